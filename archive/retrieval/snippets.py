"""Where a query hits in a text, and the passage around the best hit, as it was written.

The index holds folded text. FTS5 marks its hits in that, and the marks are carried back to the original by position,
so that Traditional text found by a Simplified query is shown in Traditional characters.
"""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing

from archive.storage.fulltext.index import TOKENIZER
from archive.text.folding import BOUNDARY, SINGLES, fold, origins, split

Segment = tuple[str, bool]  # a piece of text, and whether it is a hit
Span = tuple[int, int]  # offsets of a hit: text[start:end]

WORD, CHARACTER = 5, 3  # what a word and a CJK character take of a passage's length
LENGTH = 120  # of a passage: 24 words or 40 characters
LEAD = 30  # of it kept for what stands before the first hit; more if the text ends soon after
_LOOK_BACK = 400  # characters: enough for LENGTH in words of usual length
_CANDIDATES = 100  # hits that a passage may begin with; further ones only count inside it
_UNIT = re.compile(rf"([{SINGLES}])|[^\W{SINGLES}]{{1,40}}")
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"  # code points that Unicode keeps for such uses
_UNMARKED = str.maketrans({_OPEN: " ", _CLOSE: " "})


def find_hits(expression: str, rows: Sequence[tuple[str, str]]) -> list[tuple[list[Span], list[Span]]]:
    """For each (title, text): where the FTS5 expression hits in the title and in the text, as written."""
    found: list[tuple[list[Span], list[Span]]] = [([], []) for _ in rows]
    with closing(sqlite3.connect(":memory:")) as scratch:  # FTS5 itself decides what is a hit, stemming included
        scratch.execute(f"create virtual table hit using fts5 (title, text, source, tokenize='{TOKENIZER}')")
        scratch.executemany("insert into hit (rowid, title, text) values (?, ?, ?)", _spelled(rows))
        marked = scratch.execute(
            "select rowid, highlight(hit, 0, :open, :close), highlight(hit, 1, :open, :close) "
            "from hit where hit match :expression",
            {"open": _OPEN, "close": _CLOSE, "expression": expression},
        )
        for number, *columns in marked:
            title, text = (list(_spans(*pair)) for pair in zip(columns, rows[number], strict=True))
            found[number] = (title, text)
    return found


def whole(text: str, hits: Sequence[Span]) -> tuple[Segment, ...]:
    """All of `text`, parted into what is a hit and what is not."""
    return tuple(_segments(text, hits, 0, len(text)))


def passage(text: str, hits: Sequence[Span]) -> tuple[Segment, ...]:
    """The LENGTH of `text` with the most different hits, or its beginning; `…` stands for what is left out."""
    start, end = best_window(text, hits) if hits else (0, _reach(text, 0, LENGTH))
    segments = _segments(text, hits, start, end)
    return (
        *([("…", False)] if text[:start].strip() else []),
        *segments,
        *([("…", False)] if text[end:].strip() else []),
    )


def best_window(text: str, hits: Sequence[Span]) -> Span:
    """Where the passage with the most different hits begins and ends."""
    best, window = (0, 0), hits[0]
    for number, (start, _) in enumerate(hits[:_CANDIDATES]):
        reach = _reach(text, start, LENGTH - LEAD)
        inside = [hit for hit in hits[number : number + LENGTH] if hit[1] <= reach]
        score = len({fold(text[a:b]).lower() for a, b in inside}), len(inside)
        if score > best:
            best, window = score, (start, reach)
    start, end = window
    taken = sum(_cost(unit) for unit in _UNIT.finditer(text, start, end))
    start = _lead(text, start, LENGTH - taken)
    return start, max(end, _reach(text, start, LENGTH))


def render(segments: Sequence[Segment], mark: tuple[str, str]) -> str:
    """The segments as text, hits between the two strings of `mark`; nothing is escaped."""
    return "".join(f"{mark[0]}{text}{mark[1]}" if hit else text for text, hit in segments)


def _spelled(rows: Sequence[tuple[str, str]]) -> Iterator[tuple[int, str, str]]:
    for number, (title, text) in enumerate(rows):
        yield number, split(title.translate(_UNMARKED)), split(text.translate(_UNMARKED))


def _spans(marked: str, text: str) -> Iterator[Span]:
    before, *parts = marked.replace(BOUNDARY, "").split(_OPEN)
    position = len(before)
    origin = origins(text) if parts else ()
    for part in parts:
        hit, _, rest = part.partition(_CLOSE)
        yield origin[position], origin[position + len(hit) - 1] + 1
        position += len(hit) + len(rest)


def _lead(text: str, start: int, left: int) -> int:
    """Where a passage begins whose first hit is at `start`: not before the paragraph of the hit."""
    earliest = max(0, start - _LOOK_BACK)
    earliest = max(earliest, text.rfind("\n", earliest, start) + 1)
    for unit in reversed(list(_UNIT.finditer(text, earliest, start))):
        left -= _cost(unit)
        if left < 0:
            return start
        start = unit.start()
    return earliest


def _cost(unit: re.Match[str]) -> int:
    return CHARACTER if unit[1] else WORD


def _reach(text: str, start: int, length: int) -> int:
    end = start
    for unit in _UNIT.finditer(text, start):
        length -= _cost(unit)
        if length < 0:
            return end
        end = unit.end()
    return len(text)


def _segments(text: str, hits: Sequence[Span], start: int, end: int) -> Iterator[Segment]:
    position = start
    for first, last in hits:
        if start <= first and last <= end:
            yield from _segment(text[position:first], False)
            yield from _segment(text[first:last], True)
            position = last
    yield from _segment(text[position:end], False)


def _segment(text: str, hit: bool) -> Iterator[Segment]:
    if text:
        yield re.sub(r"\s+", " ", text), hit
