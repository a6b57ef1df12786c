"""The pieces of a word diff as paragraphs, what was not changed folded away or clipped: pure functions."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from archive.text.diff import Kind, Piece

CONTEXT = 1  # unchanged paragraphs that are left on either side of a change
CLIPPED = 60  # characters of unchanged text that are left on either side in a passage

Line = tuple[Piece, ...]  # a paragraph


@dataclass(frozen=True, slots=True)
class Stretch:
    """Paragraphs in a row; `folded`: none of them was changed, and they are far from what was."""

    lines: tuple[Line, ...]
    folded: bool


def lines(pieces: Iterable[Piece]) -> list[Line]:
    """The pieces by paragraph. Where two paragraphs were joined, or one was parted, a ¶ says so."""
    made: list[list[Piece]] = [[]]
    breaks: list[Kind] = []
    for piece in pieces:
        for part in re.findall(r"\n+|[^\n]+", piece.text):
            if part[0] == "\n":
                breaks.append(piece.kind)
                made.append([])
            else:
                made[-1].append(Piece(piece.kind, part))
    for (before, after), kind in zip(pairwise(made), breaks, strict=True):
        # A break that came or went with all of a paragraph is part of that.
        if kind != "same" and _has_other(before, kind) and _has_other(after, kind):
            before.append(Piece(kind, "¶"))
    return [part for line in made for part in _unmixed(line)]


def stretches(pieces: Iterable[Piece]) -> list[Stretch]:
    """The paragraphs, with those that are far from any change in stretches to fold away."""
    every = lines(pieces)
    changed = [index for index, line in enumerate(every) if is_changed(line)]
    shown = {near for index in changed for near in range(index - CONTEXT, index + CONTEXT + 1)}
    made: list[Stretch] = []
    for index, line in enumerate(every):
        folded = index not in shown
        if made and made[-1].folded == folded:
            made[-1] = Stretch((*made[-1].lines, line), folded)
        else:
            made.append(Stretch((line,), folded))
    return made


def passages(pieces: Iterable[Piece]) -> list[Line]:
    """The paragraphs that were changed, long unchanged text in them clipped."""
    return [_clipped(line) for line in lines(pieces) if is_changed(line)]


def is_changed(line: Sequence[Piece]) -> bool:
    """Whether anything was removed or added in the paragraph."""
    return any(piece.kind != "same" for piece in line)


def _unmixed(line: Sequence[Piece]) -> Iterator[Line]:
    """A paragraph that was replaced by another as two: so much that was struck out and put in is not read in one."""
    if len(line) == 2 and not _has_same(line) and sum(len(piece.text) for piece in line) > CLIPPED:
        yield from ((piece,) for piece in line)
    elif line:
        yield tuple(line)


def _has_same(line: Iterable[Piece]) -> bool:
    return any(piece.kind == "same" for piece in line)


def _has_other(line: Iterable[Piece], kind: Kind) -> bool:
    return any(piece.kind != kind for piece in line)


def _clipped(line: Line) -> Line:
    made = []
    for index, piece in enumerate(line):
        before = piece.text[:CLIPPED] if index else ""
        after = piece.text[-CLIPPED:] if index + 1 < len(line) else ""
        is_long = piece.kind == "same" and len(piece.text) > len(before) + len(after) + 1
        made.append(Piece("same", f"{before}…{after}") if is_long else piece)
    return tuple(made)
