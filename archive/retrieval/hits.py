"""What is shown of an article that a search found: facts, and the passage that shows why."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlite_utils import Database

from archive.retrieval.snippet_window import likely_part, patterns
from archive.retrieval.snippets import Segment, Span, find_hits, passage, render, whole
from archive.retrieval.terms import Term
from archive.storage.gone_pages import gone_since

FIELDS = "id, url, title, text, site, source, published, language"
# The same of a superseded revision, and what a hit of one says besides.
EARLIER = "a.id, a.url, s.title, s.text, a.site, s.source, s.published, s.language"
PERIOD = "s.number, s.seen_at, s.until"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An article that was found.

    `segments` is the passage with the hits as (text, is it a hit): what to render where text must be escaped.
    `snippet` is the same as one string, unescaped, hits between the marks asked for. `title_segments` is the title.
    `references` is how many the article has; `group` its group of copies, and `copies` how many other hits of the
    group this one stands for. `gone_since` is since when its page is gone. A hit in a superseded `revision` (a number)
    has the title, text and facts of that one, which was seen first at `seen_at`, and the next one at `until`.
    """

    id: int
    url: str
    title: str
    snippet: str
    site: str
    source: str | None
    published: str | None
    language: str | None
    references: int
    copies: int
    group: int | None
    segments: tuple[Segment, ...]
    title_segments: tuple[Segment, ...]
    gone_since: str | None = None
    revision: int | None = None
    seen_at: str | None = None
    until: str | None = None


def hits(
    db: Database, ids: Sequence[int], terms: Sequence[Term], mark: tuple[str, str], copies: Mapping[int, int]
) -> Iterator[Hit]:
    """The articles as hits, in that order, without what has just been deleted. `copies` as in Hit, by id."""
    sql = f"select {FIELDS} from articles where id in (select value from json_each(?))"  # noqa: S608
    rows = {row[0]: row for row in db.execute(sql, [json.dumps(ids)])}
    return _shown(db, {number: rows[number] for number in ids if number in rows}, terms, mark, copies)


def earlier_hits(db: Database, revisions: Sequence[int], terms: Iterable[Term], mark: tuple[str, str]) -> Iterator[Hit]:
    """Superseded revisions (ids in `superseded`), each of another article, as hits, in that order."""
    sql = (
        f"select s.id, {PERIOD}, {EARLIER} from superseded s join articles a on a.id = s.article_id "  # noqa: S608
        "where s.id in (select value from json_each(?))"
    )
    found = {row[0]: row[1:] for row in db.execute(sql, [json.dumps(revisions)])}
    ordered = [found[number] for number in revisions if number in found]
    words = [replace(term, identifier=None) for term in terms]  # what is cited is known of the newest revision only
    shown = _shown(db, {row[3]: row[3:] for row in ordered}, words, mark, {})
    for hit, (number, seen_at, until, *_) in zip(shown, ordered, strict=True):
        yield replace(hit, revision=number, seen_at=seen_at, until=until)


def _shown(
    db: Database,
    rows: Mapping[int, Sequence[Any]],
    terms: Sequence[Term],
    mark: tuple[str, str],
    copies: Mapping[int, int],
) -> Iterator[Hit]:
    """The rows (of FIELDS, by the article's id) as hits."""
    chosen = json.dumps(list(rows))
    inside = "in (select value from json_each(?))"
    counts = dict(
        db.execute(f"select article_id, count(*) from bibliography where article_id {inside} group by 1", [chosen])  # noqa: S608
    )
    groups = dict(db.execute(f"select article_id, group_id from copies where article_id {inside}", [chosen]))  # noqa: S608
    gone = gone_since(db, list(rows))
    words = [term for term in terms if term.text and not term.asked]
    places = _places([(title, text) for _, _, title, text, *_ in rows.values()], words)
    missing = [number for number, (_, in_text) in zip(rows, places, strict=True) if not in_text]
    references = _references(db, missing, [term for term in terms if term.identifier])
    for row, (in_title, in_text) in zip(rows.values(), places, strict=True):
        number, url, title, text, site, source, published, language = row
        segments = references.get(number) or passage(text, in_text)
        yield Hit(
            id=number, url=url, title=title, snippet=render(segments, mark), site=site, source=source,
            published=published, language=language, references=counts.get(number, 0), copies=copies.get(number, 0),
            group=groups.get(number), segments=segments, title_segments=whole(title, in_title),
            gone_since=gone.get(number),
        )  # fmt: skip


def _places(rows: Sequence[tuple[str, str]], words: Sequence[Term]) -> list[tuple[list[Span], list[Span]]]:
    """Where the words are in each (title, text): in the part of the text that is likely to be shown, and in the rest
    only where they are not in that."""
    expression = " OR ".join(word.literal for word in words) or '""'
    looked_for = patterns(words)
    parts = [likely_part(text, looked_for) for _, text in rows]
    found = find_hits(expression, [(title, text[a:b]) for (title, text), (a, b) in zip(rows, parts, strict=True)])
    again = [i for i, (_, in_text) in enumerate(found) if words and not in_text and parts[i] != (0, len(rows[i][1]))]
    for i, places in zip(again, find_hits(expression, [rows[i] for i in again]), strict=True):
        found[i], parts[i] = places, (0, 0)
    return [
        (in_title, [(first + start, last + start) for first, last in in_text])
        for (in_title, in_text), (start, _) in zip(found, parts, strict=True)
    ]


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
        places = find_hits(wanted.literal, [("", raw) for _, raw in rows])
        for (number, raw), (_, in_raw) in zip(rows, places, strict=True):
            found.setdefault(number, passage(raw, in_raw))
    return found
