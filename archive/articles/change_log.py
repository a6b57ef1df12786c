"""What changed lately: articles whose content changed or whose page went, with the changed passages.

Nothing is stored for it. A change is a past revision and the one that followed it (table `superseded`); its passages
and its size are computed when it is read. CPU time for a page of 20 with 100,000 articles of 8,000 characters, 100,000
past revisions and 1,000 pages that went: 0.04 s, with a word of the text 0.04 s, with 的 0.11 s; where EXAMINED texts
are compared 0.3 s.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import islice
from operator import attrgetter, itemgetter
from typing import Any, Literal

from sqlite_utils import Database

from archive.articles.change_passages import Passage, compare
from archive.articles.changes import missing_references
from archive.errors import FilterError
from archive.retrieval import plan as plans
from archive.retrieval.engine import query_clauses
from archive.retrieval.filters import DATE_FORMATS, Filters, check_page, is_period
from archive.retrieval.past_revisions import matching_revisions
from archive.retrieval.plan import Condition
from archive.retrieval.terms import Clause
from archive.storage.fulltext.facet_codes import last_day
from archive.storage.gone_pages import CONDITION as GONE
from archive.storage.row_mapping import from_json
from archive.storage.sql import Fragment, compose
from archive.text.claim_words import Hint
from archive.text.diff import Piece
from archive.text.messages import message

EXAMINED = 300  # changes whose texts are compared where a filter or the order needs it, 1 ms each
MAX_ROWS = 10_000_000
_BATCH = 50  # changes whose texts are in memory at once

ORDERS = ("date", "size")


# A change as the tables have it: when it was found, the article, the past revision that was replaced (id and number in
# `superseded`), and the one after it (None: the newest). For a page that went the last three are None.
Event = tuple[str, int, int | None, int | None, int | None]

# Both read an index only, which has no texts: 100,000 past revisions take 20 ms to order.
_LATEST = """
select until, article_id, id, number,
  (select later.id from superseded later where later.article_id = s.article_id and later.number > s.number
   order by later.number limit 1)
from superseded s indexed by superseded_places where until between ? and ? order by until desc, article_id desc limit ?
"""
_CHANGED = """
select until, article_id, id, number, lead(id) over (partition by article_id order by number)
from superseded indexed by superseded_places where article_id in (select value from json_each(?))
"""
_COUNT = "select count(*) from superseded indexed by superseded_places where until between ? and ?"
_GONE = """
select p.gone_since, a.id, null, null, null from pages p cross join articles a on a.page_id = p.id
where p.gone_since between ? and ?
"""
_FACTS = ("id", "url", "site", "title", "source", "published", "language")
_ARTICLES = compose(
    "select id, {columns}, revision from articles where id in (select value from json_each(?))", columns=_FACTS
)
_PAST = "select id, title, text, number from superseded where id in (select value from json_each(?))"
_TEXTS = "select id, title, text from articles where id in (select value from json_each(?))"
_CONTENTS = """
select content, case when json_valid(content) then json_extract(content, '$.references') end from revisions
where article_id = ? and number in (?, ?) order by number
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change of an article.

    kind: "changed", or "gone" for a page that went. at: when the crawler found it. revision, before: the numbers of the
    revision it led to and of the one it replaced; `before` is None for a page that went. The facts are those of the
    article today. size, title_pieces, passages, more, hints: see Comparison. references_removed, references_added:
    numbers of references.
    """

    id: int
    url: str
    site: str
    title: str
    source: str | None
    published: str | None
    language: str | None
    kind: Literal["changed", "gone"]
    at: str
    revision: int
    before: int | None = None
    size: int = 0
    title_pieces: tuple[Piece, ...] = ()
    passages: tuple[Passage, ...] = ()
    more: int = 0
    hints: tuple[Hint, ...] = ()
    references_removed: int = 0
    references_added: int = 0

    def as_object(self) -> dict[str, Any]:
        """Return the change for JSON; pieces are lists of kind and text."""
        shown = asdict(self)
        shown["title_changes"] = _as_lists(shown.pop("title_pieces"))
        for passage in shown["passages"]:
            passage["paragraphs"] = list(map(_as_lists, passage["paragraphs"]))
        return shown


@dataclass(frozen=True, slots=True)
class ChangeList:
    """A page of changes; `more` if there are further ones.

    total: number of all changes, None where a filter had to compare texts. note: a sentence on what was not looked at.
    compared_since: the day to which the compared changes go back, None if all were compared.
    """

    changes: tuple[Change, ...]
    more: bool
    total: int | None
    note: str | None = None
    compared_since: str | None = None


def latest_changes(
    db: Database,
    query: str = "",
    filters: Filters | None = None,
    *,
    since: str | None = None,
    until: str | None = None,
    min_size: int = 0,
    claims: bool = False,
    sort: str = "date",
    limit: int = 20,
    offset: int = 0,
    most: int = EXAMINED,
) -> ChangeList:
    """Return a page of the changes, the latest first.

    query, filters: as in a search, matched with the text before the change and the text after it: one must match.
    since, until: when the change was found, as YYYY-MM-DD, YYYY-MM or YYYY, both inclusive. The filters of these names
        are about the date of publication.
    min_size: leave out smaller changes; pages that went stay.
    claims: only changes with a hint.
    sort: "date", or "size" for the largest first. Where texts must be compared to choose or order the changes, only the
        `most` latest ones are.
    limit: 0 for all.

    Raises FilterError for a filter or value that makes no sense.
    """
    check_page("date", limit, offset)
    if sort not in ORDERS:
        raise FilterError(f"sort: {sort!r} is not an order; use {' or '.join(ORDERS)}.")
    compares = bool(min_size or claims or sort == "size")
    last = (offset + limit if limit else sys.maxsize) if not compares else most
    found, total = events(db, query, filters, since=since, until=until, limit=min(last, MAX_ROWS))
    if not compares:
        page = list(described(db, found[offset:]))
        return ChangeList(tuple(_with_references(db, page)), total > last, total)
    examined: Iterable[Change] = described(db, found)
    if sort == "size":
        examined = sorted(examined, key=attrgetter("size"), reverse=True)
    chosen = (
        change
        for change in examined
        if (change.hints or not claims) and (change.size >= min_size or change.kind == "gone")
    )
    size = limit or total
    page = list(islice(chosen, offset, offset + size + 1))
    changes = tuple(_with_references(db, page[:size]))
    if total <= most:
        return ChangeList(changes, len(page) > size, None)
    day = found[-1][0][:10]
    note = message(
        "Only the %(most)s latest of %(total)s changes were compared, back to %(day)s.", most=most, total=total, day=day
    )
    return ChangeList(changes, len(page) > size, None, note, day)


def events(
    db: Database,
    query: str = "",
    filters: Filters | None = None,
    *,
    since: str | None = None,
    until: str | None = None,
    limit: int = MAX_ROWS,
) -> tuple[list[Event], int]:
    """Return the latest changes that match, at most `limit`, and the number of all.

    Arguments and errors are those of `latest_changes`.
    """
    for name, value in (("since", since), ("until", until)):
        if value is not None and not is_period(value):
            raise FilterError(f"{name}: {value!r} is not a date; write it as {DATE_FORMATS}.")
    period = (since or "", f"{last_day(until)}~" if until else "~")  # ~ is behind all characters of a time
    clauses = query_clauses(db, query, filters or {})
    gone: list[Event] = db.execute(_GONE, period).fetchall()
    if clauses:
        now = _matching_now(db, clauses)
        changed = _matching_changes(db, clauses, now, period)
        gone = [event for event in gone if event[1] in now]
        number = len(changed)
    else:
        changed = db.execute(_LATEST, [*period, limit]).fetchall()
        (number,) = db.execute(_COUNT, period).fetchone()
    latest = sorted((*changed, *gone), key=itemgetter(0, 1), reverse=True)
    return latest[:limit], number + len(gone)


def _matching_changes(db: Database, clauses: Sequence[Clause], now: set[int], period: tuple[str, str]) -> list[Event]:
    """Return the changes in the period of which the text before or after matches; `now`: the newest text matches."""
    past = matching_revisions(db, clauses)
    rows: Iterable[Event] = db.execute(_CHANGED, [json.dumps([*now.union(past.values())])])
    return [
        event
        for event in rows
        if period[0] <= event[0] <= period[1]
        and (event[2] in past or (event[1] in now if event[4] is None else event[4] in past))
    ]


def described(db: Database, chosen: Sequence[Event]) -> Iterator[Change]:
    """Yield the changes with their passages, in the same order, without the numbers of references."""
    for start in range(0, len(chosen), _BATCH):
        batch = chosen[start : start + _BATCH]
        articles = _rows(db, _ARTICLES, (event[1] for event in batch))
        past = _rows(db, _PAST, (number for event in batch for number in (event[2], event[4]) if number))
        texts = _rows(db, _TEXTS, (event[1] for event in batch if event[2] and not event[4]))
        for at, article, replaced, number, newer in batch:
            *facts, revision = articles[article]
            change = Change(**dict(zip(_FACTS, facts, strict=True)), kind="gone", at=at, revision=revision)
            if replaced is None or number is None:
                yield change
                continue
            old, (title, text, *later) = past[replaced], past[newer] if newer else texts[article]
            change = replace(change, kind="changed", before=number, revision=later[0] if later else revision)
            found = compare((old[0], old[1]), (title, text))
            yield replace(
                change,
                size=found.size,
                title_pieces=found.title,
                passages=found.passages,
                more=found.more,
                hints=found.hints,
            )


def _with_references(db: Database, changes: Iterable[Change]) -> Iterator[Change]:
    """Yield the changes with the numbers of references that were removed and added."""
    for change in changes:
        rows = db.execute(_CONTENTS, [change.id, change.before, change.revision]).fetchall() if change.before else []
        if len(rows) < 2 or rows[0][1] == rows[1][1] or None in (rows[0][1], rows[1][1]):
            yield change
            continue
        old, new = (from_json(content).references for content, _ in rows)
        removed, added = (sum(1 for _ in missing_references(*pair)) for pair in ((old, new), (new, old)))
        yield replace(change, references_removed=removed, references_added=added)


def _matching_now(db: Database, clauses: Sequence[Clause]) -> set[int]:
    """Return the articles with a change whose newest revision matches."""
    plan = plans.make_plan(db, clauses)
    of_interest = Condition(compose("({{id}} in (select article_id from superseded) or {gone})", gone=Fragment(GONE)))
    return set(plans.some(db, replace(plan, conditions=(*plan.conditions, of_interest)), -1))


def _rows(db: Database, sql: str, ids: Iterable[int]) -> dict[int, tuple[Any, ...]]:
    return {row[0]: row[1:] for row in db.execute(sql, [json.dumps(sorted(set(ids)))])}


def _as_lists(pieces: Iterable[dict[str, str]]) -> list[list[str]]:
    return [[piece["kind"], piece["text"]] for piece in pieces]
