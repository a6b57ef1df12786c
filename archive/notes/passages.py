"""Passages of a text: quote one, and find it again after the text has changed. Pure functions.

A passage is kept as the selectors of the W3C Web Annotation model: its exact text, the characters before and after it,
and its offsets. It is found by its exact text, else between what stood before and after it, else by similarity.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate
from typing import Literal

CONTEXT = 32  # characters kept before and after a passage, as Hypothesis and Apache Annotator do
LONGEST = 5_000  # characters of a passage
# A passage of fewer characters stands in many texts by chance, so some of its context has to be there too.
SHORT, LEAST_CONTEXT = 10, 4
ANCHOR = 12  # characters before and after by which a passage that was rewritten is found
# Share of characters in common. Beside a whole anchor on both sides any other words are the rewritten passage; without
# them, sentences of one subject share up to a half of their characters in Chinese.
SIMILAR = 0.7

How = Literal["exact", "context", "similar"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A passage of a text; `start` and `end` are offsets in code points."""

    exact: str
    prefix: str = ""
    suffix: str = ""
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a passage was found, and how; `similarity` is the share of characters in common, from 0 to 1."""

    start: int
    end: int
    how: How
    similarity: float = 1.0


def quote(text: str, start: int, end: int) -> Passage:
    """Return the passage of `text` from `start` to `end`, with its context."""
    return Passage(
        exact=text[start:end],
        prefix=text[max(0, start - CONTEXT) : start],
        suffix=text[end : end + CONTEXT],
        start=start,
        end=end,
    )


def select(text: str, words: str, before: int | None = None) -> Passage | None:
    """Return the passage that reads `words`, whatever its white space, or None if the text has none.

    `before` is the number of characters in front of it that are no white space, by which a browser tells which of
    several is meant; without it the first is taken.
    """
    places = [at for at, character in enumerate(text) if not character.isspace()]
    letters, wanted = "".join(text[at] for at in places), "".join(words.split())
    if not wanted:
        return None
    if before is not None and letters.startswith(wanted, before):
        first = before
    else:
        first = min(_occurrences(letters, wanted), key=lambda at: abs(at - (before or 0)), default=-1)
    if first < 0:
        return None
    return quote(text, places[first], places[first + len(wanted) - 1] + 1)


def find(text: str, passage: Passage) -> Place | None:
    """Return where the passage stands in `text` today, or None if it is not there any more."""
    return find_exact(text, passage) or _between(text, passage) or _similar(text, passage)


def find_exact(text: str, passage: Passage) -> Place | None:
    """Return where the text has the passage word for word, or None."""
    exact = passage.exact
    best = max(
        _occurrences(text, exact), key=lambda at: (_agreement(text, at, passage), -abs(at - passage.start)), default=-1
    )
    if best < 0:
        return None
    known = len(passage.prefix) + len(passage.suffix)
    if len(exact) < SHORT and _agreement(text, best, passage) < min(LEAST_CONTEXT, known):
        return None
    return Place(start=best, end=best + len(exact), how="exact")


def _between(text: str, passage: Passage) -> Place | None:
    """Find what stands between the words before and after the passage: it was rewritten in its place."""
    before, after = passage.prefix[-ANCHOR:], passage.suffix[:ANCHOR]
    if len(before) < ANCHOR or len(after) < ANCHOR:
        return None
    most = 2 * len(passage.exact) + CONTEXT
    found = []
    for at in _occurrences(text, before):
        start = at + len(before)
        end = text.find(after, start, start + most + len(after))
        if end > start and text[start:end].strip():
            found.append((start, end))
    if not found:
        return None
    start, end = min(found, key=lambda place: abs(place[0] - passage.start))
    return Place(start=start, end=end, how="context", similarity=similarity(passage.exact, text[start:end]))


def _similar(text: str, passage: Passage) -> Place | None:
    """Find the part of the text that shares most with the passage: by counted n-grams, then by matching blocks."""
    exact, size = passage.exact, 3 if len(passage.exact) >= SHORT else 2
    if len(exact) < SHORT // 2 or len(text) < size:
        return None
    grams = {exact[at : at + size] for at in range(len(exact) - size + 1)}
    shared = [text[at : at + size] in grams for at in range(len(text) - size + 1)]
    counts = [0, *accumulate(map(int, shared))]
    width = min(len(exact), len(counts) - 1)
    starts = range(len(counts) - width)
    best = max(starts, key=lambda at: (counts[at + width] - counts[at], -abs(at - passage.start)))
    around = len(exact) // 4 + 1
    first, last = max(0, best - around), best + len(exact) + around
    blocks = [
        block
        for block in SequenceMatcher(None, exact, text[first:last], autojunk=False).get_matching_blocks()
        if block.size > 1
    ]
    if not blocks:
        return None
    start, end = first + blocks[0].b, first + blocks[-1].b + blocks[-1].size
    share = similarity(exact, text[start:end])
    return Place(start=start, end=end, how="similar", similarity=share) if share >= SIMILAR else None


def similarity(one: str, other: str) -> float:
    """Return the share of characters that two texts have in common in order, from 0 to 1."""
    return round(SequenceMatcher(None, one, other, autojunk=False).ratio(), 3)


def _agreement(text: str, at: int, passage: Passage) -> int:
    """Return how many characters next to the occurrence at `at` are those of the passage's context."""
    end = at + len(passage.exact)
    before = _common(reversed(text[max(0, at - CONTEXT) : at]), reversed(passage.prefix))
    return before + _common(iter(text[end : end + CONTEXT]), iter(passage.suffix))


def _common(one: Iterator[str], other: Iterator[str]) -> int:
    number = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        number += 1
    return number


def _occurrences(text: str, part: str) -> Iterator[int]:
    at = text.find(part) if part else -1
    while at >= 0:
        yield at
        at = text.find(part, at + 1)


def without_overlaps(places: list[tuple[int, int]]) -> list[tuple[int, int, tuple[int, ...]]]:
    """Cut spans that overlap into adjacent ones: tuples of start, end and the numbers of the spans that cover it."""
    edges = sorted({edge for place in places for edge in place})
    covered: list[list[int]] = [[] for _ in edges]
    for number, (start, end) in enumerate(places):
        for at in range(bisect_left(edges, start), bisect_left(edges, end)):
            covered[at].append(number)
    return [
        (start, end, tuple(numbers)) for start, end, numbers in zip(edges, edges[1:], covered, strict=False) if numbers
    ]
