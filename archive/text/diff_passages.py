"""Group the pieces of a word diff into paragraphs, and collapse or clip what did not change. Pure functions."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from archive.text.diff import Kind, Piece

CONTEXT = 1  # unchanged paragraphs that are shown on either side of a change
CLIP_LENGTH = 60  # characters of unchanged text that are kept on either side of a change in a passage

DiffParagraph = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class ParagraphRun:
    """Adjacent paragraphs; `collapsed` if none of them changed and none is within CONTEXT of a change."""

    paragraphs: tuple[DiffParagraph, ...]
    collapsed: bool


def diff_paragraphs(pieces: Iterable[Piece]) -> list[DiffParagraph]:
    """Return the pieces by paragraph. A ¶ marks where two paragraphs were joined or one was split."""
    found: list[list[Piece]] = [[]]
    breaks: list[Kind] = []
    for piece in pieces:
        for part in re.findall(r"\n+|[^\n]+", piece.text):
            if part[0] == "\n":
                breaks.append(piece.kind)
                found.append([])
            else:
                found[-1].append(Piece(piece.kind, part))
    for (before, after), kind in zip(pairwise(found), breaks, strict=True):
        # A break that was added or removed with a whole paragraph belongs to that paragraph.
        if kind != "same" and _has_other(before, kind) and _has_other(after, kind):
            before.append(Piece(kind, "¶"))
    return [part for paragraph in found for part in _unmixed(paragraph)]


def paragraph_runs(pieces: Iterable[Piece]) -> list[ParagraphRun]:
    """Return the paragraphs in runs; those far from any change are collapsed."""
    every = diff_paragraphs(pieces)
    changed = [index for index, paragraph in enumerate(every) if is_changed(paragraph)]
    shown = {near for index in changed for near in range(index - CONTEXT, index + CONTEXT + 1)}
    found: list[ParagraphRun] = []
    for index, paragraph in enumerate(every):
        collapsed = index not in shown
        if found and found[-1].collapsed == collapsed:
            found[-1] = ParagraphRun((*found[-1].paragraphs, paragraph), collapsed)
        else:
            found.append(ParagraphRun((paragraph,), collapsed))
    return found


def changed_passages(pieces: Iterable[Piece]) -> list[DiffParagraph]:
    """Return the changed paragraphs, with long unchanged text in them clipped."""
    return [clipped(paragraph) for paragraph in diff_paragraphs(pieces) if is_changed(paragraph)]


def clipped(paragraph: DiffParagraph) -> DiffParagraph:
    """Return the paragraph with long unchanged text in it clipped."""
    found = []
    for index, piece in enumerate(paragraph):
        before = piece.text[:CLIP_LENGTH] if index else ""
        after = piece.text[-CLIP_LENGTH:] if index + 1 < len(paragraph) else ""
        is_long = piece.kind == "same" and len(piece.text) > len(before) + len(after) + 1
        found.append(Piece("same", f"{before}…{after}") if is_long else piece)
    return tuple(found)


def is_changed(paragraph: Sequence[Piece]) -> bool:
    """Return whether anything was removed or added in the paragraph."""
    return any(piece.kind != "same" for piece in paragraph)


def _unmixed(paragraph: Sequence[Piece]) -> Iterator[DiffParagraph]:
    """Split a paragraph that was replaced by another into two, since a long replacement is hard to read in one."""
    if len(paragraph) == 2 and not _has_same(paragraph) and sum(len(piece.text) for piece in paragraph) > CLIP_LENGTH:
        yield from ((piece,) for piece in paragraph)
    elif paragraph:
        yield tuple(paragraph)


def _has_same(paragraph: Iterable[Piece]) -> bool:
    return any(piece.kind == "same" for piece in paragraph)


def _has_other(paragraph: Iterable[Piece], kind: Kind) -> bool:
    return any(piece.kind != kind for piece in paragraph)
