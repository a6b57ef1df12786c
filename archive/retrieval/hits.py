"""Turn the ids that a search found into hits: the facts of each article, and the snippet with its hits marked."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from archive.retrieval.query import parse
from archive.retrieval.snippet_window import Span, best_window, match_window, word_patterns
from archive.retrieval.snippets import Segment, find_hits, render, segments, snippet
from archive.retrieval.terms import Term, wanted_terms
from archive.storage.damage import is_damage
from archive.storage.gone_pages import gone_since
from archive.storage.sql import Fragment, Reader, compose
from archive.text.folding import has_voice_marks

FIELDS = "id, url, title, text, site, source, published, language"
# The same of a past revision, and when that revision was current.
PAST_FIELDS = "a.id, a.url, s.title, s.text, a.site, s.source, s.published, s.language"
PERIOD = "s.number, s.seen_at, s.until"
REFERENCE_COUNTS = """
select article_id, count(*) from bibliography where article_id in (select value from json_each(?)) group by 1
"""
WORDS, PAST_WORDS = "articles_fts", "superseded_fts"
GROUPS = "select article_id, group_id from copies where article_id in (select value from json_each(?))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An article that a search found.

    snippet: the best passage of the text, unescaped, hits between the marks of the search.
    segments, title_segments: the snippet and the title as (text, is a hit) pairs, to be escaped one by one.
    published: ISO 8601 date. language: BCP 47 tag. gone_since: time since which the page is gone, ISO 8601 in UTC.
    references: how many references the article has.
    group: id of its group of duplicates. copies: how many other members of the group this hit stands for.
    revision: number of the past revision that matches, whose title, text and facts the hit has; it was current from
        `seen_at` until `until`. None for the newest revision.
    archive: name of the archive, where several are searched.
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
    archive: str | None = None


@dataclass(frozen=True, slots=True)
class _Match:
    """Where a title and a text match, and the snippet window of the text."""

    title: list[Span]
    text: list[Span]
    window: Span


@dataclass(frozen=True, slots=True)
class _Texts:
    """Texts in a full-text index: what it says without their being read. `rowids` are their rows in the index."""

    db: Reader
    index: str
    rowids: Sequence[int]

    def without(self, words: Sequence[Term], places: Sequence[int]) -> set[int]:
        """Return the places in `rowids`, of those given, whose texts have none of the words by the index.

        `places` are of texts without voice marks in which `word_patterns` find nothing. These find all that the index
        does, but for stems and accents: it is asked about words with letters only. What would be slow to ask is not.
        """
        asked = [replace(word, field="text") for word in words if not word.field and not word.is_plain]
        if any(word.is_begun for word in asked):
            return set()
        if not asked:
            return set(places)
        sql = compose("select 1 from {index} where {index} match ? and rowid = ?", index=self.index)
        expression = " OR ".join(word.expression for word in asked)
        return {place for place in places if not self.db.execute(sql, [expression, self.rowids[place]]).fetchone()}


def hits(
    db: Reader, ids: Sequence[int], terms: Sequence[Term], mark: tuple[str, str], copies: Mapping[int, int]
) -> Iterator[Hit]:
    """Yield the articles as hits, in the order of `ids`, without deleted and damaged ones.

    `copies`: see Hit, by article id.
    """
    sql = compose("select {fields} from articles where id in (select value from json_each(?))", fields=Fragment(FIELDS))
    try:
        rows = {row[0]: row for row in db.execute(sql, [json.dumps(ids)])}
    except sqlite3.Error as error:
        if not is_damage(error):
            raise
        rows = {row[0]: row for number in ids for row in _readable(db, sql, number)}
    found = {number: rows[number] for number in ids if number in rows}
    return _hits(db, found, terms, mark, copies, _Texts(db, WORDS, list(found)))


def text_hits(query: str, title: str, text: str) -> tuple[list[Span], list[Span]]:
    """Return the spans at which the words of a query hit a title and a text; negated words and filters hit nothing."""
    words = [
        term for term in wanted_terms(parse(query)) if term.text and not (term.condition or term.field == "source")
    ]
    if not words:
        return [], []
    return find_hits(" OR ".join(word.literal for word in words), [(title, text)])[0]


def _readable(db: Reader, sql: str, article_id: int) -> list[tuple[Any, ...]]:
    """Return the row of the article, none where it is damaged."""
    try:
        rows: list[tuple[Any, ...]] = db.execute(sql, [json.dumps([article_id])]).fetchall()
    except sqlite3.Error as error:
        if not is_damage(error):
            raise
        return []
    return rows


def past_hits(db: Reader, revisions: Sequence[int], terms: Iterable[Term], mark: tuple[str, str]) -> Iterator[Hit]:
    """Yield past revisions (ids in `superseded`), each of another article, as hits, in the order of `revisions`."""
    sql = compose(
        "select s.id, {period}, {fields} from superseded s join articles a on a.id = s.article_id "
        "where s.id in (select value from json_each(?))",
        period=Fragment(PERIOD),
        fields=Fragment(PAST_FIELDS),
    )
    rows = {row[0]: row[1:] for row in db.execute(sql, [json.dumps(revisions)])}
    ordered = [rows[number] for number in revisions if number in rows]
    words = [replace(term, identifier=None) for term in terms]  # references are kept of the newest revision only
    kept = _Texts(db, PAST_WORDS, [number for number in revisions if number in rows])
    made = _hits(db, {row[3]: row[3:] for row in ordered}, words, mark, {}, kept)
    for hit, (number, seen_at, until, *_) in zip(made, ordered, strict=True):
        yield replace(hit, revision=number, seen_at=seen_at, until=until)


def _hits(
    db: Reader,
    rows: Mapping[int, Sequence[Any]],
    terms: Sequence[Term],
    mark: tuple[str, str],
    copies: Mapping[int, int],
    texts: _Texts,
) -> Iterator[Hit]:
    """Yield the rows (article id -> FIELDS) as hits. `texts` are the same articles in the full-text index."""
    ids = json.dumps(list(rows))
    counts = dict(db.execute(REFERENCE_COUNTS, [ids]))
    groups = dict(db.execute(GROUPS, [ids]))
    gone = gone_since(db, list(rows))
    words = [term for term in terms if term.text and not term.condition]
    matches = _matches([(title, text) for _, _, title, text, *_ in rows.values()], words, texts)
    unmatched = [number for number, match in zip(rows, matches, strict=True) if not match.text]
    cited = _reference_snippets(db, unmatched, [term for term in terms if term.identifier])
    for row, match in zip(rows.values(), matches, strict=True):
        number, url, title, text, site, source, published, language = row
        shown = cited.get(number) or snippet(text, match.text, match.window)
        yield Hit(
            id=number, url=url, title=title, snippet=render(shown, mark), site=site, source=source,
            published=published, language=language, references=counts.get(number, 0), copies=copies.get(number, 0),
            group=groups.get(number), segments=shown, title_segments=segments(title, match.title),
            gone_since=gone.get(number),
        )  # fmt: skip


def _matches(rows: Sequence[tuple[str, str]], words: Sequence[Term], texts: _Texts | None = None) -> list[_Match]:
    """Return where the words match in each (title, text). FTS5 marks the window of a text.

    Of a text without a window it marks all, unless the text has no hit, because the words are in the title: that is
    often so where the best hits come first, and to mark 20 whole texts takes longer than the rest of the search.
    """
    if not words:
        return [_Match([], [], best_window(text, ())) for _, text in rows]
    expression = " OR ".join(word.literal for word in words)
    patterns = word_patterns(words)
    windows = [match_window(text, patterns) for _, text in rows]
    unfound = [i for i, window in enumerate(windows) if not (window or has_voice_marks(rows[i][1]))]
    without = texts.without(words, unfound) if texts else set()
    windows = [best_window(rows[i][1], ()) if i in without else window for i, window in enumerate(windows)]
    parts = [
        "" if i in without else text[slice(*window)] if window else text
        for i, (window, (_, text)) in enumerate(zip(windows, rows, strict=True))
    ]
    hits = find_hits(expression, [(title, part) for (title, _), part in zip(rows, parts, strict=True)])
    missed = [i for i, (_, in_text) in enumerate(hits) if windows[i] and not in_text and i not in without]
    for i, again in zip(missed, find_hits(expression, [rows[i] for i in missed]), strict=True):
        hits[i], windows[i] = again, None
    return [
        _Match(in_title, *_in_window(text, in_text, window))
        for (in_title, in_text), window, (_, text) in zip(hits, windows, rows, strict=True)
    ]


def _in_window(text: str, hits: list[Span], window: Span | None) -> tuple[list[Span], Span]:
    """Return the hits as offsets into `text`, and the window; they come relative to the window if there is one."""
    if window is None:
        return hits, best_window(text, hits)
    return [(window[0] + start, window[0] + end) for start, end in hits], window


def _reference_snippets(db: Reader, ids: Sequence[int], terms: Sequence[Term]) -> dict[int, tuple[Segment, ...]]:
    """Return for each article that cites an identifier of the terms a snippet of its first such reference."""
    snippets: dict[int, tuple[Segment, ...]] = {}
    for term in terms:
        identifier = term.identifier
        if not identifier:
            continue
        sql = compose(
            "select article_id, raw, min(position) from bibliography where {kind} = ? "
            "and article_id in (select value from json_each(?)) group by article_id",
            kind=identifier.kind,
        )
        rows = [(number, raw) for number, raw, _ in db.execute(sql, [identifier.value, json.dumps(ids)])]
        hits = find_hits(term.literal, [("", raw) for _, raw in rows])
        for (number, raw), (_, in_raw) in zip(rows, hits, strict=True):
            snippets.setdefault(number, snippet(raw, in_raw, best_window(raw, in_raw)))
    return snippets
