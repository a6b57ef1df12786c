"""Search an archive: find the articles that match a query, order them, and cut their snippets.

The query language is described in query.py. A filter has the same effect as an argument and as a word of the query.
"""

import json
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Unpack

from archive.retrieval import plan as plans
from archive.retrieval import terms
from archive.retrieval.count_order import most_first
from archive.retrieval.date_order import newest_first, publication_years
from archive.retrieval.field_names import field_names
from archive.retrieval.filters import Filters, Sort, check_filters, check_page
from archive.retrieval.hits import Hit, hits
from archive.retrieval.query import MAX_LENGTH, citing, parse
from archive.retrieval.ranking import MOST, rank
from archive.retrieval.terms import Clause, Term, phrase, wanted_terms
from archive.storage.connection import snapshot
from archive.storage.database import open_to_read
from archive.storage.gone_pages import latest_gone
from archive.storage.sql import Reader
from archive.text.messages import counted, joined, message

_BATCH = 64  # articles whose texts are in memory at once: bounds the memory of a search without a limit


@dataclass(frozen=True, slots=True)
class Results:
    """A page of hits.

    total: number of hits on all pages, counted up to 10,000; `more` is True if there are more. A group of duplicates
        counts once unless the search returns all copies.
    note: a sentence on what was not ranked, where that would have taken too long, and one on damaged hits.
    """

    hits: tuple[Hit, ...]
    total: int
    more: bool = False
    note: str | None = None


def search(
    archive: Reader | Path | str,
    query: str,
    *,
    copies: bool = False,
    sort: Sort = "rank",
    limit: int = 20,
    offset: int = 0,
    mark: tuple[str, str] = ("<b>", "</b>"),
    **filters: Unpack[Filters],
) -> Results:
    """Return a page of the articles that match `query`, best first, or newest first with `sort="date"`.

    archive: an open archive, or the path of one, which is then opened for reading and closed.
    query: the query language of docs/searching.md; every string is a valid query, an empty one matches all articles.
    copies: return every article of a group of duplicates; by default only the first of each group.
    sort: "rank", "date", "references" (most first) or "advertising" (most characters of it on the page first). Where
        nothing can be ranked (a query without words, or of identifiers only) "rank" is newest first, undated ones last;
        a query for pages that are gone lists first those that went last.
    limit, offset: how many hits to return (0: all), and how many to skip before.
    mark: strings around a hit in `Hit.snippet`.
    filters: see `Filters`.

    Raises FilterError, a ValueError, for a filter or value that makes no sense, and ArchiveError for a path that holds
    no archive.
    """
    check_page(sort, limit, offset)
    if not isinstance(archive, Path | str):
        return _search(archive, query, filters, copies=copies, sort=sort, limit=limit, offset=offset, mark=mark)
    with closing(open_to_read(archive)) as db, snapshot(db):
        return _search(db, query, filters, copies=copies, sort=sort, limit=limit, offset=offset, mark=mark)


def _search(
    db: Reader,
    query: str,
    filters: Filters,
    *,
    copies: bool,
    sort: str,
    limit: int,
    offset: int,
    mark: tuple[str, str],
) -> Results:
    clauses = query_clauses(db, query, filters)
    plan = plans.make_plan(db, clauses)
    by_rank = sort == "rank" and bool(plan.words)
    collapse = not copies and db.execute("select 1 from copies limit 1").fetchone() is not None
    by_count = sort in ("references", "advertising")
    found = plans.some(db, plan, MOST + 1) if by_rank or by_count or collapse else []
    number = len(found) or plans.count(db, plan, MOST + 1)  # counting takes half the time of fetching ids
    ranked = rank(db, plan, found) if by_rank else None
    terms_found = wanted_terms(clauses)
    by_gone = sort == "rank" and any(term.condition == "gone" for term in terms_found)
    wanted = min(offset + limit, MOST) if limit > 0 else MOST
    order: Iterable[int] = ranked.ids if ranked else _unranked(db, plan, wanted, by_gone=by_gone)
    if by_count:
        order = most_first(db, found[:MOST], sort)
    if (ranked or by_count) and number > MOST:
        first = list(order)
        order = chain(first, _without(newest_first(db, plan, wanted), set(first)))
    if collapse:
        order = _first_of_groups(db, order, found)
    start = min(offset, sys.maxsize)
    ids = list(islice(order, start, min(start + limit, sys.maxsize) if limit > 0 else None))
    others = _copies(db, ids, found) if collapse else {}
    pages = (ids[first : first + _BATCH] for first in range(0, len(ids), _BATCH))
    shown = tuple(hit for page in pages for hit in hits(db, page, terms_found, mark, others))
    total = min(number, MOST) - (_collapsed_count(db, found) if collapse and number <= MOST else 0)
    partly = message("Only %(most)s of the results are in this order; the others follow, newest first.", most=MOST)
    order_note = ranked.note if ranked else partly if by_count and number > MOST else None
    return Results(shown, total, number > MOST, joined(order_note, unread_note(len(ids) - len(shown))))


def unread_note(number: int) -> str | None:
    """Return a sentence for hits whose articles cannot be read."""
    if not number:
        return None
    return counted(
        "%(count)s hit is damaged and is left out: healthnews check names what is damaged.",
        "%(count)s hits are damaged and are left out: healthnews check names what is damaged.",
        number,
    )


def matching(db: Reader, query: str, *, copies: bool = True, limit: int = 0, **filters: Unpack[Filters]) -> list[int]:
    """Return the ids of the articles that match `query`, newest first; `limit` 0: all. Raises FilterError."""
    plan = plans.make_plan(db, query_clauses(db, query, filters))
    order: Iterable[int] = newest_first(db, plan, min(limit, MOST) if limit > 0 else MOST)
    if not copies:
        found = list(order)
        order = _first_of_groups(db, found, found)
    return list(islice(order, min(limit, sys.maxsize) if limit > 0 else None))


def query_clauses(db: Reader, query: str, filters: Filters) -> tuple[Clause, ...]:
    """Return the clauses that must all hold for the query and its filters. Raises FilterError."""
    return clauses_within(query, filters, publication_years(db))


def clauses_within(query: str, filters: Filters, years: tuple[int, int] | None) -> tuple[Clause, ...]:
    """Return the same; `years` are the first and the last publication year. Raises FilterError."""
    check_filters(filters)
    span = years or terms.YEARS
    narrowing = tuple(_filter_clauses(filters, span))
    return (*parse(query, span, alone=not narrowing), *narrowing)


def _filter_clauses(filters: Filters, span: tuple[int, int]) -> Iterator[Clause]:
    nothing = Term(codes=(terms.NOTHING,))
    if (site := filters.get("site")) is not None:
        yield Clause((terms.of_site(site),))
    if (language := filters.get("language")) is not None:
        yield Clause((terms.of_language(field_names().value("language", language)),))
    since, until = filters.get("since"), filters.get("until")
    if since is not None or until is not None:
        yield Clause((terms.of_period(since, until, span) or nothing,))
    if (source := filters.get("source")) is not None:
        yield Clause((phrase(source[:MAX_LENGTH], "source") or nothing,))
    if (cites := filters.get("cites")) is not None:
        yield Clause((citing(cites[:MAX_LENGTH]),))
    if (references := filters.get("references")) is not None:
        numbers = None if isinstance(references, bool) else terms.parse_range(references)
        yield Clause((Term(condition="references", numbers=numbers),), negative=not references)
    if filters.get("retracted"):
        yield Clause((Term(condition="retracted"),))
    if filters.get("doubtful"):
        yield Clause((Term(condition="doubtful"),))
    if filters.get("gone"):
        yield Clause((Term(condition="gone"),))
    yield from _evidence_clauses(filters)


def _evidence_clauses(filters: Filters) -> Iterator[Clause]:
    for name, value in (("design", filters.get("design")), ("subjects", filters.get("subjects"))):
        if value is not None:
            yield Clause((terms.of_evidence(name, field_names().value(name, value)),))


def _unranked(db: Reader, plan: plans.Plan, wanted: int, *, by_gone: bool) -> Iterable[int]:
    """Return the articles that match the plan, newest first, or by the time at which their page went."""
    return latest_gone(db, plans.some(db, plan, -1)) if by_gone else newest_first(db, plan, wanted)


def _without(ids: Iterable[int], known: set[int]) -> Iterator[int]:
    return (number for number in ids if number not in known)


def _first_of_groups(db: Reader, ids: Iterable[int], found: Iterable[int]) -> Iterator[int]:
    """Yield one id for each group of duplicates: that of its members among `found` that was published first."""
    matching_ids, shown = set(found), dict[int, int]()
    rest = iter(ids)
    while page := list(islice(rest, _BATCH)):
        groups = groups_of(db, page)
        for known, member in _members(db, set(groups.values()) - shown.keys()):
            if member in matching_ids:
                shown.setdefault(known, member)
        for number in page:
            group = groups.get(number)
            if group is None or shown.setdefault(group, number) == number:
                yield number


def _members(db: Reader, groups: Collection[int]) -> list[tuple[int, int]]:
    """Return pairs of a group and a member of it, members in the order of publication."""
    sql = (
        "select group_id, article_id from copies join articles on id = article_id "
        "where group_id in (select value from json_each(?)) order by coalesce(published, first_seen), id"
    )
    return db.execute(sql, [json.dumps(sorted(groups))]).fetchall() if groups else []


def groups_of(db: Reader, ids: Sequence[int]) -> dict[int, int]:
    sql = "select article_id, group_id from copies where article_id in (select value from json_each(?))"
    return dict(db.execute(sql, [json.dumps(ids)]).fetchall())


def _collapsed_count(db: Reader, found: Sequence[int]) -> int:
    """Return how many of the articles are not the first of their group."""
    groups = groups_of(db, found).values()
    return len(groups) - len(set(groups))


def _copies(db: Reader, ids: Sequence[int], found: Sequence[int]) -> dict[int, int]:
    """Map articles to the number of other hits in their group, where there are any."""
    groups = groups_of(db, ids)
    sql = "select article_id, group_id from copies where group_id in (select value from json_each(?))"
    members = db.execute(sql, [json.dumps(sorted(set(groups.values())))]).fetchall() if groups else []
    known = {*found, *ids}
    numbers = Counter(group for number, group in members if number in known)
    return {number: numbers[group] - 1 for number, group in groups.items() if numbers[group] > 1}
