"""Align two sequences of strings in bounded time.

difflib alone takes time quadratic in the length of the difference. As in patience diff, anchors come first: runs that
occur exactly once in each sequence, in the same order in both. difflib then aligns what lies between anchors.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import NamedTuple

RUNS = (8, 4)  # units in an anchor: long ones first, since short ones may be unique by chance
# Limits on the pairs of equal units (blanks left out) that difflib compares, between two anchors and in all gaps.
# Beyond them nothing is aligned. Unrelated texts have 6,000 in 1,000 Chinese characters and 500 in 200 English words.
# The worst case known, a few words in turn against the same in reverse order, takes 0.1 s for each 20,000.
PAIRS_IN_A_GAP, PAIRS = 20_000, 200_000
REPEATED = -1  # in place of an offset: the run occurs more than once


class Run(NamedTuple):
    """`old[at_old : at_old + length] == new[at_new : at_new + length]`."""

    at_old: int
    at_new: int
    length: int

    @property
    def end_old(self) -> int:
        """Where it ends in `old`."""
        return self.at_old + self.length

    @property
    def end_new(self) -> int:
        """Where it ends in `new`."""
        return self.at_new + self.length


class _Range(NamedTuple):
    """A range of both sequences."""

    old: int
    old_end: int
    new: int
    new_end: int


def common_runs(old: Sequence[str], new: Sequence[str], sure: Sequence[Run] = ()) -> list[Run]:
    """Return the runs of units that both sequences share, in order; `sure` are runs that are already known."""
    whole = _Range(0, len(old), 0, len(new))
    found = list(sure)
    for size in RUNS:
        found = sorted([*found, *(run for gap in _gaps(found, whole) for run in _anchors(old, new, gap, size))])
    left = PAIRS
    for gap in list(_gaps(found, whole)):
        pairs = _pairs(old[gap.old : gap.old_end], new[gap.new : gap.new_end])
        if pairs <= min(PAIRS_IN_A_GAP, left):
            left -= pairs
            found += _matched(old, new, gap)
    return _merged(sorted(found))


def anchors(old: Sequence[str], new: Sequence[str]) -> list[Run]:
    """Return the units that occur exactly once in each sequence, in the order of both.

    Each run includes the equal units around it; equal beginnings and ends are runs too.
    """
    return _merged(_anchors(old, new, _Range(0, len(old), 0, len(new)), 1))


def _anchors(old: Sequence[str], new: Sequence[str], gap: _Range, size: int) -> list[Run]:
    first, last = _ends(old, new, gap)
    inner = _Range(gap.old + first, gap.old_end - last, gap.new + first, gap.new_end - last)
    in_old = _places(old, inner.old, inner.old_end, size)
    in_new = _places(new, inner.new, inner.new_end, size)
    shared = [(at, in_new.get(run, REPEATED)) for run, at in in_old.items() if at != REPEATED]
    once = [(at_old, at_new) for at_old, at_new in shared if at_new != REPEATED]
    runs = [Run(gap.old, gap.new, first)] if first else []
    for at_old, at_new in _longest_increasing(once):
        before = runs[-1] if runs else Run(gap.old, gap.new, 0)
        if at_old >= before.end_old and at_new >= before.end_new:
            runs.append(_extended(old, new, Run(at_old, at_new, size), before, inner))
    return [*runs, Run(inner.old_end, inner.new_end, last)] if last else runs


def _ends(old: Sequence[str], new: Sequence[str], gap: _Range) -> tuple[int, int]:
    """Return the number of equal units at the beginning of the range, and at the end of the rest."""
    most = min(gap.old_end - gap.old, gap.new_end - gap.new)
    first = 0
    while first < most and old[gap.old + first] == new[gap.new + first]:
        first += 1
    last = 0
    while last < most - first and old[gap.old_end - 1 - last] == new[gap.new_end - 1 - last]:
        last += 1
    return first, last


def _places(units: Sequence[str], start: int, end: int, size: int) -> dict[tuple[str, ...], int]:
    """Return the offset of each run of `size` units, REPEATED for those that occur more than once."""
    places: dict[tuple[str, ...], int] = {}
    for at, run in enumerate(zip(*(units[start + shift : end] for shift in range(size)), strict=False), start):
        places[run] = REPEATED if run in places else at
    return places


def _longest_increasing(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return a longest subsequence that increases in the second number too (patience sorting)."""
    tops: list[int] = []
    ends: list[int] = []
    before: list[int | None] = []
    for index, (_, second) in enumerate(pairs):
        pile = bisect_left(tops, second)
        before.append(ends[pile - 1] if pile else None)
        tops[pile : pile + 1] = [second]
        ends[pile : pile + 1] = [index]
    chain: list[tuple[int, int]] = []
    at = ends[-1] if ends else None
    while at is not None:
        chain.append(pairs[at])
        at = before[at]
    return chain[::-1]


def _extended(old: Sequence[str], new: Sequence[str], run: Run, before: Run, inner: _Range) -> Run:
    """Extend a run by the equal units around it, up to the run before and the end of the range."""
    at_old, at_new, length = run
    while at_old + length < inner.old_end and at_new + length < inner.new_end:
        if old[at_old + length] != new[at_new + length]:
            break
        length += 1
    while at_old > before.end_old and at_new > before.end_new:
        if old[at_old - 1] != new[at_new - 1]:
            break
        at_old, at_new, length = at_old - 1, at_new - 1, length + 1
    return Run(at_old, at_new, length)


def _gaps(runs: Sequence[Run], whole: _Range) -> Iterator[_Range]:
    """Yield the ranges between runs that are empty in neither sequence."""
    stops = [Run(whole.old, whole.new, 0), *runs, Run(whole.old_end, whole.new_end, 0)]
    for one, other in pairwise(stops):
        gap = _Range(one.end_old, other.at_old, one.end_new, other.at_new)
        if gap.old < gap.old_end and gap.new < gap.new_end:
            yield gap


def _pairs(old: Sequence[str], new: Sequence[str]) -> int:
    counts = Counter(unit for unit in new if not _is_blank(unit))
    return sum(number * counts[unit] for unit, number in Counter(old).items())


def _matched(old: Sequence[str], new: Sequence[str], gap: _Range) -> Iterator[Run]:
    # All blanks are equal, so a blank is matched only next to another equal unit.
    matcher = SequenceMatcher(_is_blank, old[gap.old : gap.old_end], new[gap.new : gap.new_end], autojunk=False)
    for at_old, at_new, length in matcher.get_matching_blocks():
        if length:
            yield Run(gap.old + at_old, gap.new + at_new, length)


def _is_blank(unit: str) -> bool:
    return unit.isspace() and "\n" not in unit


def _merged(runs: Sequence[Run]) -> list[Run]:
    """Merge runs that are adjacent in both sequences."""
    made: list[Run] = []
    for run in runs:
        before = made[-1] if made else None
        if before and (before.end_old, before.end_new) == (run.at_old, run.at_new):
            made[-1] = before._replace(length=before.length + run.length)
        else:
            made.append(run)
    return made
