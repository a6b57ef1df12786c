"""What is shown of an article that a search found: facts, and the passage that shows why."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from archive.snippet import Segment, Span, find_hits, passage, render, whole
from archive.terms import Term
from archive.whereabouts import likely_part, patterns

FIELDS = "id, url, title, text, site, source, published, language"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An article that was found.

    `segments` is the passage with the hits as (text, is it a hit): what to render where text must be escaped.
    `snippet` is the same as one string, unescaped, hits between the marks asked for. `title_segments` is the title.
    `references` is how many the article has; `group` its group of copies, and `copies` how many other hits of the
    group this one stands for.
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


def hits(
    db: Database, ids: Sequence[int], terms: Sequence[Term], mark: tuple[str, str], copies: Mapping[int, int]
) -> Iterator[Hit]:
    """The articles as hits, in that order, without what has just been deleted. `copies` as in Hit, by id."""
    chosen = json.dumps(ids)
    inside = "in (select value from json_each(?))"
    rows = {row[0]: row for row in db.execute(f"select {FIELDS} from articles where id {inside}", [chosen])}  # noqa: S608
    rows = {number: rows[number] for number in ids if number in rows}
    counts = dict(
        db.execute(f"select article_id, count(*) from bibliography where article_id {inside} group by 1", [chosen])  # noqa: S608
    )
    groups = dict(db.execute(f"select article_id, group_id from copies where article_id {inside}", [chosen]))  # noqa: S608
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
