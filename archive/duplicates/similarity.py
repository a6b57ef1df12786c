"""Whether two texts are copies of one article, judged on the texts themselves.

A copy is told in two ways. Its shingles are mostly those of the other (Jaccard resemblance, Broder 1997); or it is an
excerpt: most of its shingles stand where the other begins. That an excerpt is looked for only there keeps articles
apart that a digest brings whole, one after the other. Either way the figures must agree: daily reports say the same
sentences with other numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from archive.text.shingles import shingles


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What is asked of two texts.

    Swept one by one with `python -m benchmarks.duplicates --sweep` on variants of 173 real pages and 1,380 look-alikes:
    precision .998, recall .981. On as many other pages, from the sketch to the verdict: .9995 and .977.
    """

    # Length of a shingle in units (see shingles.py), by what it begins with. With 3 words recall is .922, with 5
    # characters .967: too few shingles are left where every fifth word is another.
    words: int = 2
    characters: int = 3
    # With .4 precision is .992, with .3 .914: digests of several articles.
    resemblance: float = 0.5
    # Of an excerpt, in the other's head. With .5 precision is .985, templates; with .8 recall is .947.
    containment: float = 0.65
    # The head is `head` times as long as the excerpt, and `margin` units that a site puts before its articles. Without
    # the bound precision is .919: digests.
    head: float = 1.25
    margin: int = 50
    # Where both say the same `context` units before a number, so many of the numbers are the same, or all but `spare`.
    # Without it precision is .855: daily reports. With none to spare recall is .973: a single number was corrected.
    # Any context from 2 units to 12 does; which numbers a text has, wherever, does not: those of a series are near.
    figures: float = 0.6
    context: int = 6
    spare: int = 1


RULE = Rule()


@dataclass(frozen=True, slots=True)
class Reading:
    """A text made ready for comparisons under one rule: units, shingles, and numbers by what precedes them."""

    units: Sequence[str]
    shingles: frozenset[str]
    figures: Mapping[str, str]


def read(units: Sequence[str], rule: Rule = RULE) -> Reading:
    """Makes a text, given as units, ready for comparisons."""
    found = shingles(units, words=rule.words, characters=rule.characters)
    return Reading(units, found, _figures(units, rule.context))


def are_copies(one: Reading, other: Reading, rule: Rule = RULE) -> bool:
    """Whether the two are copies of one article; in whichever order they are given."""
    return _figures_agree(one, other, rule) and (
        resemblance(one, other) >= rule.resemblance or _is_excerpt(one, other, rule)
    )


def resemblance(one: Reading, other: Reading) -> float:
    """The Jaccard resemblance of the two, 0 to 1: the shingles that both have, of those that either has."""
    shared = len(one.shingles & other.shingles)
    return shared / max(1, len(one.shingles) + len(other.shingles) - shared)


def _is_excerpt(one: Reading, other: Reading, rule: Rule) -> bool:
    short, long = sorted((one, other), key=lambda text: (len(text.units), len(text.shingles), text.units))
    enough = max(1, rule.containment * len(short.shingles))
    if len(short.shingles & long.shingles) < enough:
        return False
    end = min(len(long.units), rule.head * len(short.units) + rule.margin)
    head = shingles(long.units[: int(end)], words=rule.words, characters=rule.characters)
    return len(short.shingles & head) >= enough


def _figures(units: Sequence[str], context: int) -> dict[str, str]:
    """The numbers of a text by the units that precede them, where these stand before one number only."""
    plain = ["#" if unit.isdigit() else unit for unit in units]
    found: dict[str, set[str]] = {}
    for at, unit in enumerate(units):
        if unit.isdigit():
            found.setdefault(" ".join(plain[max(0, at - context) : at]), set()).add(unit)
    return {before: numbers.pop() for before, numbers in found.items() if len(numbers) == 1}


def _figures_agree(one: Reading, other: Reading, rule: Rule) -> bool:
    both = one.figures.keys() & other.figures.keys()
    differ = sum(one.figures[before] != other.figures[before] for before in both)
    return differ <= max(rule.spare, (1 - rule.figures) * len(both))
