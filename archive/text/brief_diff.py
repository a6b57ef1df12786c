"""The word diff of two revisions for a list of changes: only what changed, and in bounded time.

`differences` takes some milliseconds for a long article of which one word changed. Here equal paragraphs at both ends
are set aside first, and of very long changes paragraphs are compared as wholes.
"""

import re
from itertools import takewhile

from archive.text.alignment import Run, anchors
from archive.text.diff import Piece, differences

# Characters of both texts between the equal ends up to which words are compared. Unrelated Chinese texts of that length
# take 20 to 40 ms.
LONGEST = 20_000
_PARAGRAPH = re.compile(r"\n+|[^\n]+")


def brief_differences(old: str, new: str) -> tuple[Piece, ...]:
    """Return the pieces from `old` to `new` without the equal paragraphs at both ends; () if the texts are equal."""
    if old == new:
        return ()
    before, after = _PARAGRAPH.findall(old), _PARAGRAPH.findall(new)
    first = _equal(before, after)
    last = _equal(before[first:][::-1], after[first:][::-1])
    before, after = before[first : len(before) - last], after[first : len(after) - last]
    middle_old, middle_new = "".join(before), "".join(after)
    if len(middle_old) + len(middle_new) <= LONGEST:
        return differences(middle_old, middle_new)
    return _by_paragraph(before, after)


def size(*every: tuple[Piece, ...]) -> int:
    """Return the number of characters that were removed plus those that were added, without white space."""
    changed = (piece.text for pieces in every for piece in pieces if piece.kind != "same")
    return sum(len(part) for text in changed for part in text.split())


def _equal(one: list[str], other: list[str]) -> int:
    """Return how many paragraphs at the beginning are equal."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _by_paragraph(old: list[str], new: list[str]) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    at_old = at_new = 0
    for run in (*anchors(old, new), Run(len(old), len(new), 0)):
        pieces += [
            Piece("removed", "".join(old[at_old : run.at_old])),
            Piece("added", "".join(new[at_new : run.at_new])),
            Piece("same", "".join(old[run.at_old : run.end_old])),
        ]
        at_old, at_new = run.end_old, run.end_new
    return tuple(piece for piece in pieces if piece.text)
