"""Find the hits of a query in a text, and cut the snippet with its hits marked, in the text's own characters.

The index holds folded text. FTS5 marks the hits in folded text, and the marks are carried back to the original by
position, so that Traditional text found by a Simplified query is shown in Traditional characters.
"""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing

from archive.retrieval.snippet_window import Span
from archive.storage.fulltext.tokenizer import TOKENIZER
from archive.text.folding import BOUNDARY, VOICE_MARKS, origins, split

Segment = tuple[str, bool]  # a piece of text, and whether it is a hit

_OPEN, _CLOSE = "\ufdd0", "\ufdd1"  # noncharacters, which Unicode reserves for internal use
_UNMARKED = str.maketrans({_OPEN: " ", _CLOSE: " "})


def find_hits(expression: str, rows: Sequence[tuple[str, str]]) -> list[tuple[list[Span], list[Span]]]:
    """Return for each (title, text) the spans at which the FTS5 expression hits the title and the text."""
    hits: list[tuple[list[Span], list[Span]]] = [([], []) for _ in rows]
    with closing(sqlite3.connect(":memory:")) as db:  # FTS5 itself decides what is a hit, stemming included
        db.execute(f"create virtual table hit using fts5 (title, text, source, tokenize='{TOKENIZER}')")
        db.executemany("insert into hit (rowid, title, text) values (?, ?, ?)", _split(rows))
        marked = db.execute(
            "select rowid, highlight(hit, 0, :open, :close), highlight(hit, 1, :open, :close) "
            "from hit where hit match :expression",
            {"open": _OPEN, "close": _CLOSE, "expression": expression},
        )
        for number, *columns in marked:
            title, text = (list(_spans(*pair)) for pair in zip(columns, rows[number], strict=True))
            hits[number] = (title, text)
    return hits


def segments(text: str, hits: Sequence[Span]) -> tuple[Segment, ...]:
    """Return all of `text`, split into hits and what is between them."""
    return tuple(_segments(text, hits, 0, len(text)))


def snippet(text: str, hits: Sequence[Span], window: Span) -> tuple[Segment, ...]:
    """Return the window of `text`, split into hits and what is between them; `…` stands for the text left out."""
    start, end = window
    return (
        *([("…", False)] if text[:start].strip() else []),
        *_segments(text, hits, start, end),
        *([("…", False)] if text[end:].strip() else []),
    )


def render(segments: Sequence[Segment], mark: tuple[str, str]) -> str:
    """Return the segments as one string with the hits between the two strings of `mark`; nothing is escaped."""
    return "".join(f"{mark[0]}{text}{mark[1]}" if hit else text for text, hit in segments)


def _split(rows: Sequence[tuple[str, str]]) -> Iterator[tuple[int, str, str]]:
    for number, (title, text) in enumerate(rows):
        yield number, split(title.translate(_UNMARKED)), split(text.translate(_UNMARKED))


def _spans(marked: str, text: str) -> Iterator[Span]:
    """Yield the spans in `text` of the hits that FTS5 marked in its folded form."""
    before, *parts = marked.replace(BOUNDARY, "").split(_OPEN)
    position = len(before)
    origin = origins(text) if parts else ()
    for part in parts:
        hit, _, rest = part.partition(_CLOSE)
        end = origin[position + len(hit) - 1] + 1
        yield origin[position], end + text.startswith(tuple(VOICE_MARKS), end)  # ガ may be ｶﾞ in the text
        position += len(hit) + len(rest)


def _segments(text: str, hits: Sequence[Span], start: int, end: int) -> Iterator[Segment]:
    position = start
    for first, last in hits:
        if start <= first and last <= end:
            yield from _segment(text[position:first], is_hit=False)
            yield from _segment(text[first:last], is_hit=True)
            position = last
    yield from _segment(text[position:end], is_hit=False)


def _segment(text: str, *, is_hit: bool) -> Iterator[Segment]:
    if text:
        yield re.sub(r"\s+", " ", text), is_hit
