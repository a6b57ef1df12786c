"""Search several archives as one: shards by year or by site stay files of their own.

Hits, their order, snippets and counts are those of one archive into which all were merged. Words are weighed by the
statistics of all archives. A page that several archives have is the one whose content was seen to change last;
near-duplicates in different archives are one hit. Both are looked for among the first JOINED hits.

Two things may differ from the merged archive: articles that rank equally come in the order in which they were archived,
and more than JOINED hits are counted with the duplicates of different archives.
"""

import heapq
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Any, Unpack

from archive.duplicates.across_archives import Key, pairs
from archive.retrieval import plan as plans
from archive.retrieval.bm25 import scores
from archive.retrieval.count_order import counted
from archive.retrieval.date_order import newest_first, publication_years
from archive.retrieval.engine import Results, clauses_within, groups_of, unread_note
from archive.retrieval.facets import Facets, as_facets, value_counts
from archive.retrieval.filters import Filters, Sort, check_page
from archive.retrieval.hits import Hit, hits
from archive.retrieval.ranking import MOST, candidates, note, scored_clauses, titled_ids, weighed_words
from archive.retrieval.terms import Clause, wanted_terms
from archive.storage.gone_pages import gone_since
from archive.storage.sql import Reader
from archive.text.messages import joined, message

JOINED = 2_000  # hits, best first, among which pages and texts of several archives are joined
_BATCH = 64  # articles whose dates or texts are in memory at once


@dataclass(frozen=True, slots=True)
class Archive:
    """An open archive and its name, which its hits carry."""

    name: str
    db: Reader


@dataclass(frozen=True, slots=True)
class _Search:
    """A query on several archives: its plan in each, and the articles that match, at most MOST + 1 of each."""

    archives: Sequence[Reader]
    clauses: tuple[Clause, ...]
    plans: tuple[plans.Plan, ...]
    found: tuple[list[int], ...]

    @property
    def number(self) -> int:
        """How many articles were found."""
        return sum(map(len, self.found))


def search_several(
    archives: Sequence[Archive],
    query: str,
    *,
    copies: bool = False,
    sort: Sort = "rank",
    limit: int = 20,
    offset: int = 0,
    mark: tuple[str, str] = ("<b>", "</b>"),
    **filters: Unpack[Filters],
) -> Results:
    """Return a page of the articles of all archives that match; the arguments are those of `archive.search`.

    Each hit has the name of its archive. Raises FilterError, a ValueError.
    """
    check_page(sort, limit, offset)
    readers = [archive.db for archive in archives]
    found = _find(readers, query, filters)
    order, sentence = _order(found, sort)
    first = list(islice(order, JOINED))
    joins = _joins(readers, found, first, copies=copies)
    shown = (key for key in chain(first, order) if key not in joins.left_out)
    start = min(offset, sys.maxsize)
    keys = list(islice(shown, start, min(start + limit, sys.maxsize) if limit > 0 else None))
    pages = tuple(_hits(archives, found, keys, mark, joins.copies))
    total = min(found.number - len(joins.left_out), MOST)
    return Results(pages, total, found.number > MOST, joined(sentence, unread_note(len(keys) - len(pages))))


def facets_of_several(archives: Sequence[Archive], query: str, **filters: Unpack[Filters]) -> Facets:
    """Return the facets of the articles of all archives that match, their counts summed; at most 10,000 are counted."""
    readers = [archive.db for archive in archives]
    found = _find(readers, query, filters)
    share = MOST // len(readers) if found.number > MOST else MOST
    chosen = [ids[:share] for ids in found.found]
    counts = [value_counts(db, ids) for db, ids in zip(readers, chosen, strict=True)]
    summed = {name: sum((each[name] for each in counts), Counter[str]()) for name in counts[0]}
    return as_facets(summed, sum(map(len, chosen)), more=found.number > MOST)


def _find(archives: Sequence[Reader], query: str, filters: Filters) -> _Search:
    spans = [span for span in map(publication_years, archives) if span]
    years = (min(first for first, _ in spans), max(last for _, last in spans)) if spans else None
    clauses = clauses_within(query, filters, years)
    planned = tuple(plans.make_plan(db, clauses, archives) for db in archives)
    found = tuple(plans.some(db, plan, MOST + 1) for db, plan in zip(archives, planned, strict=True))
    return _Search(archives, clauses, planned, found)


def _order(found: _Search, sort: Sort) -> tuple[Iterator[Key], str | None]:
    """Return the articles in the order of the search, and a sentence on what is not in that order."""
    many = found.number > MOST
    if sort in ("references", "advertising"):
        by_count = _sorted(found, lambda db, ids: counted(db, ids, sort), [ids[:MOST] for ids in found.found])[:MOST]
        partly = message("Only %(most)s of the results are in this order; the others follow, newest first.", most=MOST)
        return _then_newest(found, by_count, many=many), partly if many else None
    if sort == "rank" and found.plans[0].words:
        ranked, sentence = _ranked(found, many=many)
        return _then_newest(found, ranked, many=many), sentence
    if sort == "rank" and any(term.condition == "gone" for term in wanted_terms(found.clauses)):
        return iter(_sorted(found, gone_since, found.found)), None
    return _newest(found), None


def _ranked(found: _Search, *, many: bool) -> tuple[list[Key], str | None]:
    """Return at most MOST articles, best first, as `ranking.rank` does for one archive."""
    plan = found.plans[0]
    weighed = weighed_words(found.archives, plan, many=many)
    chosen = [
        candidates(db, each, ids[:MOST]) if many else ids
        for db, each, ids in zip(found.archives, found.plans, found.found, strict=True)
    ]
    keys = _last_archived_first(found.archives, chosen)
    if weighed:
        phrases = [
            phrase
            for clause in scored_clauses(plan, set(weighed))
            for term in clause.terms
            if not term.codes
            for phrase in term.phrases
        ]
        scored = scores(found.archives, phrases, chosen)
        keys.sort(key=lambda key: scored[key[0]].get(key[1], 0.0))
    else:
        titled = [set(titled_ids(db, plan, ids)) for db, ids in zip(found.archives, chosen, strict=True)]
        keys.sort(key=lambda key: key[1] not in titled[key[0]])
    return keys[:MOST], note(many=many, weighed=len(weighed), words=len(plan.words))


def _then_newest(found: _Search, first: list[Key], *, many: bool) -> Iterator[Key]:
    if not many:
        return iter(first)
    known = set(first)
    return chain(first, (key for key in _newest(found) if key not in known))


def _last_archived_first(archives: Sequence[Reader], ids: Sequence[Sequence[int]]) -> list[Key]:
    sql = "select id, first_seen from articles where id in (select value from json_each(?))"
    dated = [
        (first_seen or "", number, article)
        for number, db in enumerate(archives)
        for article, first_seen in db.execute(sql, [json.dumps(ids[number])])
    ]
    return [(number, article) for _, number, article in sorted(dated, reverse=True)]


def _sorted(
    found: _Search,
    read: Callable[[Reader, Sequence[int]], dict[int, int] | dict[int, str]],
    ids: Sequence[Sequence[int]],
) -> list[Key]:
    """Return the articles by what is read of them, the largest value first; equal ones: the last archived first."""
    values: dict[Key, Any] = {
        (number, article): value
        for number, db in enumerate(found.archives)
        for article, value in read(db, ids[number]).items()
    }
    keys = [key for key in _last_archived_first(found.archives, ids) if key in values]
    return sorted(keys, key=lambda key: values[key], reverse=True)


def _newest(found: _Search) -> Iterator[Key]:
    """Yield the articles newest first, undated ones last."""
    planned = zip(found.archives, found.plans, strict=True)
    dated = [_dated(number, db, plan) for number, (db, plan) in enumerate(planned)]
    return (key for *_, key in heapq.merge(*dated, key=lambda each: each[:2], reverse=True))


def _dated(number: int, db: Reader, plan: plans.Plan) -> Iterator[tuple[str, str, Key]]:
    """Yield the dates of publication and archiving of the articles of an archive, newest first."""
    rest = iter(newest_first(db, plan))
    sql = "select id, published, first_seen from articles where id in (select value from json_each(?))"
    while page := list(islice(rest, _BATCH)):
        rows = {article: dates for article, *dates in db.execute(sql, [json.dumps(page)])}
        for article in page:
            published, archived = rows[article]
            yield published or "", archived or "", (number, article)


@dataclass(frozen=True, slots=True)
class _Joins:
    """Articles that are not hits of their own, and for hits the number of other hits that they stand for."""

    left_out: frozenset[Key]
    copies: dict[Key, int]


def _joins(archives: Sequence[Reader], found: _Search, first: Sequence[Key], *, copies: bool) -> _Joins:
    """Join the pages that several archives have, and unless `copies` the near-duplicates.

    first: the hits in order among which they are joined; of those after them only the duplicates of one archive are.
    """
    older = set(_older(archives, first))
    if copies:
        return _Joins(frozenset(older), {})
    groups = _Groups()
    for number, db in enumerate(archives):
        leaders: dict[int, Key] = {}
        for article, group in groups_of(db, found.found[number]).items():
            groups.join(leaders.setdefault(group, (number, article)), (number, article))
    for one, other in pairs(archives, [key for key in first if key not in older]):
        groups.join(one, other)
    numbers, left_out = dict[Key, int](), set(older)
    for members in groups.all():
        there = [key for key in members if key not in older]
        leading = _published_first(archives, there) if there else None
        for key in there:
            if key == leading:
                numbers[key] = len(there) - 1
            else:
                left_out.add(key)
    return _Joins(frozenset(left_out), {key: number for key, number in numbers.items() if number})


def _older(archives: Sequence[Reader], keys: Sequence[Key]) -> Iterator[Key]:
    """Yield the articles of which another archive has a version that was seen to change later."""
    sql = "select id, url, last_changed from articles where id in (select value from json_each(?))"
    theirs = "select url, last_changed from articles where url in (select value from json_each(?))"
    for number, db in enumerate(archives):
        rows = db.execute(sql, [json.dumps([article for archive, article in keys if archive == number])]).fetchall()
        urls = json.dumps([url for _, url, _ in rows])
        later: dict[str, tuple[str, int]] = {}
        for place, other in enumerate(archives):
            if place != number:
                for url, changed in other.execute(theirs, [urls]):
                    later[url] = max(later.get(url, ("", 0)), (changed, -place))
        yield from ((number, article) for article, url, changed in rows if later.get(url, ("", 0)) > (changed, -number))


class _Groups:
    """Sets of keys that are joined pair by pair."""

    def __init__(self) -> None:
        self._parents: dict[Key, Key] = {}

    def join(self, one: Key, other: Key) -> None:
        """Put both keys, and all that are joined with them, into one set."""
        self._parents[self._root(one)] = self._root(other)

    def all(self) -> Iterable[list[Key]]:
        """Return the sets."""
        sets: dict[Key, list[Key]] = {}
        for key in list(self._parents):
            sets.setdefault(self._root(key), []).append(key)
        return sets.values()

    def _root(self, key: Key) -> Key:
        while (parent := self._parents.setdefault(key, key)) != key:
            self._parents[key] = self._parents[parent]
            key = parent
        return key


def _published_first(archives: Sequence[Reader], keys: Sequence[Key]) -> Key:
    sql = "select coalesce(published, first_seen), url from articles where id = ?"
    return min(keys, key=lambda key: tuple(archives[key[0]].execute(sql, [key[1]]).fetchone()))


def _hits(
    archives: Sequence[Archive], found: _Search, keys: Sequence[Key], mark: tuple[str, str], copies: dict[Key, int]
) -> Iterator[Hit]:
    """Yield the hits in order, without damaged ones."""
    terms = wanted_terms(found.clauses)
    for start in range(0, len(keys), _BATCH):
        page = keys[start : start + _BATCH]
        shown: dict[Key, Hit] = {}
        for number, archive in enumerate(archives):
            ids = [article for place, article in page if place == number]
            of_archive = {article: copies.get((number, article), 0) for article in ids}
            for hit in hits(archive.db, ids, terms, mark, of_archive):
                shown[number, hit.id] = replace(hit, archive=archive.name)
        yield from (shown[key] for key in page if key in shown)
