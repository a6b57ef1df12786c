"""Searching an archive: which articles a query finds, in which order, with the passage that shows why."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NamedTuple

from sqlite_utils import Database

from archive.query import Clause, Term, clean, expression, fts_query, identify, parse, term
from archive.references.identifiers import Identifier
from archive.snippet import Segment, find_hits, passage, render, whole

__all__ = ["Hit", "Results", "fts_query", "search"]

_PAGE = 64  # articles whose passages are looked for at a time: what bounds the memory of a search without a limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An article that was found.

    `segments` is the passage with the hits as (text, is it a hit): what to render where text must be escaped.
    `snippet` is the same as one string, unescaped, hits between the marks asked for. `title_segments` is the title.
    """

    id: int
    url: str
    title: str
    snippet: str
    site: str
    source: str | None
    published: str | None
    language: str | None
    segments: tuple[Segment, ...]
    title_segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """A page of hits, and how many there are on all pages."""

    hits: tuple[Hit, ...]
    total: int


class _Condition(NamedTuple):
    sql: str
    values: tuple[Any, ...]


def search(
    db: Database,
    query: str,
    *,
    site: str | None = None,
    language: str | None = None,
    since: date | str | None = None,
    until: date | str | None = None,
    source: str | None = None,
    cites: str | None = None,
    sort: Literal["rank", "date"] = "rank",
    limit: int = 20,
    offset: int = 0,
    mark: tuple[str, str] = ("<b>", "</b>"),
) -> Results:
    """The articles that `query` (see query.py) finds, best first, or newest first with `sort="date"`.

    Newest first, undated last, is also the order where nothing is to be ranked: a query without words, or of
    identifiers only. `site` is the site's name; `language` a BCP 47 tag, `zh` standing for all its scripts; `since`
    and `until` are dates or their beginnings (`2024`, `2024-05`), both inclusive, and leave undated articles out;
    `source` is a word or phrase of the publisher's name; `cites` an identifier of a cited work, or words as its
    reference prints them. `limit` 0 gives all hits.
    """
    clauses = parse(query)
    if source is not None:
        clauses += (Clause((term(source, "source") or Term("", "source"),)),)  # a name without a letter finds nothing
    ranked, conditions = _conditions(clauses)
    conditions += _filters(site, language, since, until, cites)
    ids, total = _select(db, ranked, conditions, by_rank=sort == "rank", limit=limit, offset=offset)
    found = [found for clause in clauses if not clause.negative for found in clause.terms]
    pages = (ids[start : start + _PAGE] for start in range(0, len(ids), _PAGE))
    return Results(tuple(hit for page in pages for hit in _hits(db, page, found, mark)), total)


def _conditions(clauses: Iterable[Clause]) -> tuple[str, list[_Condition]]:
    """What the index answers and ranks, as one FTS5 expression (or ""), and what is asked in SQL."""
    words = [clause for clause in clauses if not any(found.identifier for found in clause.terms)]
    others = [clause for clause in clauses if clause not in words]
    if all(clause.negative for clause in words):
        return "", [_condition(clause) for clause in (*others, *words)]
    return expression(words), [_condition(clause) for clause in others]


def _condition(clause: Clause) -> _Condition:
    """A clause in SQL: an identifier may stand in the text or in the list of references."""
    parts = ["a.id in (select rowid from articles_fts where articles_fts match ?)"]
    values = [clause.expression]
    for identifier in (found.identifier for found in clause.terms):
        if identifier:
            parts.append(_citing(identifier))
            values += [identifier.value] * 2
    return _Condition(f"{'not ' if clause.negative else ''}({' or '.join(parts)})", tuple(values))


def _citing(identifier: Identifier) -> str:
    """Articles that print the identifier, or cite the work that another article's reference gives it to."""
    return (
        f"a.id in (select article_id from bibliography where {identifier.kind} = ? "  # noqa: S608 a fixed word
        "union select b.article_id from work_identifiers w join bibliography b on b.work_id = w.work_id "
        f"where w.value = ? and w.kind = '{identifier.kind}')"
    )


def _filters(
    site: str | None, language: str | None, since: date | str | None, until: date | str | None, cites: str | None
) -> Iterator[_Condition]:
    if site is not None:
        yield _Condition("a.site = ?", (clean(site),))
    if language is not None:
        tag = clean(language).lower()
        yield _Condition("lower(a.language || '-') glob ? || '-*'", (_glob(tag),))
    if since is not None:
        yield _Condition("a.published >= ?", (clean(str(since)),))
    if until is not None:
        day = clean(str(until))
        yield _Condition("substr(a.published, 1, length(?)) <= ?", (day, day))
    if cites is not None and (identifier := identify(cites)):
        yield _Condition(_citing(identifier), (identifier.value, identifier.value))
    elif cites is not None:
        printed = "exists (select 1 from bibliography b where b.article_id = a.id and instr(lower(b.raw), ?))"
        yield _Condition(printed, (clean(cites).strip().lower(),))


def _glob(text: str) -> str:
    return "".join(f"[{character}]" if character in "*?[" else character for character in text)


def _select(
    db: Database, ranked: str, conditions: Sequence[_Condition], *, by_rank: bool, limit: int, offset: int
) -> tuple[list[int], int]:
    """The ids of one page and the number on all pages. The texts are not touched, so that the rest costs little."""
    tables, key = "articles a", "a.id"
    if ranked:
        conditions = [_Condition("articles_fts match ?", (ranked,)), *conditions]
        tables, key = "articles_fts cross join articles a on a.id = articles_fts.rowid", "articles_fts.rowid"
    order = "articles_fts.rank" if ranked and by_rank else "a.published desc, a.id desc"
    if ranked and by_rank and len(conditions) == 1:
        tables = "articles_fts"
    where = " and ".join(condition.sql for condition in conditions) or "true"
    values = [value for condition in conditions for value in condition.values]
    sql = f"select {key} from {tables} where {where} order by {order} limit ? offset ?"  # noqa: S608 values are bound
    ids = [row[0] for row in db.execute(sql, [*values, limit or -1, offset])]
    if offset <= 0 and (limit <= 0 or len(ids) < limit):
        return ids, len(ids)
    if ranked and len(conditions) == 1:
        tables = "articles_fts"
    return ids, db.execute(f"select count(*) from {tables} where {where}", values).fetchone()[0]  # noqa: S608


def _hits(db: Database, ids: Sequence[int], terms: Sequence[Term], mark: tuple[str, str]) -> Iterator[Hit]:
    fields = "id, url, title, text, site, source, published, language"
    sql = f"select {fields} from articles where id in (select value from json_each(?))"  # noqa: S608
    rows = {row[0]: row for row in db.execute(sql, [json.dumps(ids)])}
    rows = {number: rows[number] for number in ids if number in rows}  # in order, without what has just been deleted
    expression = " OR ".join(found.expression for found in terms) or '""'
    places = find_hits(expression, [(title, text) for _, _, title, text, *_ in rows.values()])
    missing = [number for number, (_, places_in_text) in zip(rows, places, strict=True) if not places_in_text]
    references = _references(db, missing, [found for found in terms if found.identifier])
    for row, (in_title, in_text) in zip(rows.values(), places, strict=True):
        number, url, title, text, site, published_by, published, language = row
        segments = references.get(number) or passage(text, in_text)
        yield Hit(
            id=number,
            url=url,
            title=title,
            snippet=render(segments, mark),
            site=site,
            source=published_by,
            published=published,
            language=language,
            segments=segments,
            title_segments=whole(title, in_title),
        )


def _references(db: Database, ids: Sequence[int], terms: Sequence[Term]) -> dict[int, tuple[Segment, ...]]:
    """For articles that only cite what was asked for: the first such reference as printed."""
    found: dict[int, tuple[Segment, ...]] = {}
    for wanted in terms:
        identifier = wanted.identifier
        if not identifier:
            continue
        sql = (
            f"select article_id, raw, min(position) from bibliography where {identifier.kind} = ? "  # noqa: S608
            "and article_id in (select value from json_each(?)) group by article_id"
        )
        rows = [(number, raw) for number, raw, _ in db.execute(sql, [identifier.value, json.dumps(ids)])]
        places = find_hits(wanted.expression, [("", raw) for _, raw in rows])
        for (number, raw), (_, hits) in zip(rows, places, strict=True):
            found.setdefault(number, passage(raw, hits))
    return found
