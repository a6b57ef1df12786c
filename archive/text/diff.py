"""Word diff of two texts: Chinese and Japanese by character, numbers as wholes."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Literal

from archive.text.alignment import Run, anchors, common_runs
from archive.text.scripts import HAN, HAN_MARKS, HAN_RADICALS, KANA

Kind = Literal["same", "removed", "added"]

# Equal text between two changes that is shorter than this, in words and CJK characters, counts as changed: sentences
# share 的 or "of the" by chance. Below 4 a rewritten sentence is shown in many small pieces.
MIN_CONTEXT = 4

_UNSPACED = f"{KANA}{HAN}{HAN_MARKS}{HAN_RADICALS}"
_LETTERS = rf"(?:[^\W{_UNSPACED}][\u0300-\u036f]*)+"  # accents that are characters of their own stay with their letters
_JOINED = r"(?:['’-]|(?<=\d)[.,:](?=\d))"
_UNIT = re.compile(rf"\n+|[^\S\n]+|[{_UNSPACED}]|{_LETTERS}(?:{_JOINED}{_LETTERS})*|.", re.DOTALL)
_PARAGRAPH = re.compile(r"\n+|[^\n]+")
_ENDS = frozenset("。！？!?.；;")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that both versions share, or that only the old (`removed`) or the new one (`added`) has."""

    kind: Kind
    text: str


def differences(old: str, new: str) -> tuple[Piece, ...]:
    """Return the pieces from `old` to `new`, none of them empty.

    Same and removed pieces make up `old`, same and added ones `new`. A removed piece stands before the added one that
    replaces it.
    """
    old_paragraphs, new_paragraphs = _PARAGRAPH.findall(old), _PARAGRAPH.findall(new)
    old_units, new_units = _UNIT.findall(old), _UNIT.findall(new)
    unmoved = _in_units(anchors(old_paragraphs, new_paragraphs), old_paragraphs, new_paragraphs)
    runs = common_runs(old_units, new_units, unmoved)
    runs = _without_coincidences(old_units, new_units, runs)
    return tuple(_pieces(old_units, new_units, _shifted(old_units, new_units, runs)))


def _in_units(runs: Iterable[Run], old: Sequence[str], new: Sequence[str]) -> list[Run]:
    """Convert runs of paragraphs to runs of units."""
    at_old, at_new = ([0, *accumulate(len(_UNIT.findall(each)) for each in paragraphs)] for paragraphs in (old, new))
    return [Run(at_old[run.at_old], at_new[run.at_new], at_old[run.end_old] - at_old[run.at_old]) for run in runs]


def _without_coincidences(old: Sequence[str], new: Sequence[str], runs: Sequence[Run]) -> list[Run]:
    """Drop runs that are short compared with the changes on both sides."""
    in_old, in_new = ([0, *accumulate(map(_weight, units))] for units in (old, new))

    def is_coincidence(before: Run, run: Run, after: Run) -> bool:
        removed = [in_old[b.at_old] - in_old[a.end_old] for a, b in ((before, run), (run, after))]
        added = [in_new[b.at_new] - in_new[a.end_new] for a, b in ((before, run), (run, after))]
        weight = in_old[run.end_old] - in_old[run.at_old]
        # Where text was only added on both sides, or only removed, what stands between them is what was left.
        return weight < min(MIN_CONTEXT, *map(max, removed, added)) and any(removed) and any(added)

    kept: list[Run] = []
    for run in (Run(0, 0, 0), *runs, Run(len(old), len(new), 0)):
        kept.append(run)
        while len(kept) > 2 and is_coincidence(*kept[-3:]):
            del kept[-2]
    return kept[1:-1]


def _weight(unit: str) -> int:
    """Return the weight of a unit: 1 for words and CJK characters; the end of a paragraph is never dropped."""
    if "\n" in unit:
        return MIN_CONTEXT
    return 1 if unit[0].isalnum() else 0


def _shifted(old: Sequence[str], new: Sequence[str], runs: Sequence[Run]) -> list[Run]:
    """Shift additions and removals to the boundary of a sentence or paragraph where one fits.

    `A. [B. ]C.` and `A[. B]. C.` are the same change.
    """
    made = list(runs)
    for index, (_, after) in enumerate(pairwise(runs)):
        before = made[index]
        if before.end_old == after.at_old:
            shift = _best_shift(new, before.end_new, after.at_new, before.length - 1, after.length - 1)
        elif before.end_new == after.at_new:
            shift = _best_shift(old, before.end_old, after.at_old, before.length - 1, after.length - 1)
        else:
            continue
        made[index] = before._replace(length=before.length + shift)
        made[index + 1] = Run(after.at_old + shift, after.at_new + shift, after.length - shift)
    return made


def _best_shift(units: Sequence[str], start: int, end: int, most_left: int, most_right: int) -> int:
    """Return the shift by which the range from `start` to `end` begins as a sentence or a paragraph does."""
    left = right = 0
    while left < most_left and units[start - 1 - left] == units[end - 1 - left]:
        left += 1
    while right < most_right and units[start + right] == units[end + right]:
        right += 1
    return max(range(-left, right + 1), key=lambda shift: (_beginning(units, start + shift), -abs(shift)))


def _beginning(units: Sequence[str], at: int) -> int:
    """Return how good a beginning `at` is: 3 a paragraph, 2 a sentence, 1 a part of one, 0 a word."""
    before = units[at - 1]
    if "\n" in before:
        return 3
    if before in _ENDS or (before.isspace() and at > 1 and units[at - 2] in _ENDS):
        return 2
    return 0 if before[0].isalnum() else 1


def _pieces(old: Sequence[str], new: Sequence[str], runs: Sequence[Run]) -> Iterator[Piece]:
    at_old = at_new = 0
    for run in (*runs, Run(len(old), len(new), 0)):
        pieces = (
            Piece("removed", "".join(old[at_old : run.at_old])),
            Piece("added", "".join(new[at_new : run.at_new])),
            Piece("same", "".join(old[run.at_old : run.end_old])),
        )
        yield from (piece for piece in pieces if piece.text)
        at_old, at_new = run.end_old, run.end_new
