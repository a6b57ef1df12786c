"""Decide whether two texts are near-duplicates, by the texts themselves.

Two texts are near-duplicates if they share most of their shingles (Jaccard resemblance, Broder 1997), or if one is an
excerpt: the beginning of the other has most of its shingles. Only the beginning counts, since a digest contains whole
articles one after the other. In both cases the numbers must agree: daily reports repeat sentences with other numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from archive.text.shingles import shingles


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Thresholds for two texts.

    Swept one by one with `python -m benchmarks.duplicates --sweep` on variants of 173 real pages and 1,380 similar but
    different articles: precision .998, recall .981. On as many other pages, from the signature to the decision: .9995
    and .977.
    """

    # Length of a shingle in units (see shingles.py), by what it begins with. With 3 words recall is .922, with 5
    # characters .967: too few shingles are left where every fifth word differs.
    words: int = 2
    characters: int = 3
    # With .4 precision is .992, with .3 .914: digests of several articles.
    resemblance: float = 0.5
    # Of an excerpt in the head of the other text. With .5 precision is .985, templates; with .8 recall is .947.
    containment: float = 0.65
    # The head has `head` times the excerpt's length, plus `margin` units that a site puts before its articles. Without
    # this limit precision is .919: digests.
    head: float = 1.25
    margin: int = 50
    # Share of equal numbers among those that follow the same `context` units in both texts; `spare` may always differ.
    # Without this rule precision is .855: daily reports. With a spare of 0 recall is .973: a number was corrected.
    # Any context from 2 to 12 units works; comparing all numbers regardless of context does not.
    figures: float = 0.6
    context: int = 6
    spare: int = 1


RULE = Rule()


@dataclass(frozen=True, slots=True)
class PreparedText:
    """A text prepared for comparison: its units, shingles, and numbers by the units that precede them."""

    units: Sequence[str]
    shingles: frozenset[str]
    figures: Mapping[str, str]


def prepare(units: Sequence[str], rule: Rule = RULE) -> PreparedText:
    """Prepare a text, given as units, for comparison."""
    found = shingles(units, words=rule.words, characters=rule.characters)
    return PreparedText(units, found, _figures(units, rule.context))


def are_near_duplicates(one: PreparedText, other: PreparedText, rule: Rule = RULE) -> bool:
    """Return whether two texts are near-duplicates; the order of the arguments does not matter."""
    return _figures_agree(one, other, rule) and (
        resemblance(one, other) >= rule.resemblance or _is_excerpt(one, other, rule)
    )


def resemblance(one: PreparedText, other: PreparedText) -> float:
    """Return the Jaccard resemblance, 0 to 1: shingles that both have, divided by those that either has."""
    shared = len(one.shingles & other.shingles)
    return shared / max(1, len(one.shingles) + len(other.shingles) - shared)


def _is_excerpt(one: PreparedText, other: PreparedText, rule: Rule) -> bool:
    short, long = sorted((one, other), key=lambda text: (len(text.units), len(text.shingles), text.units))
    enough = max(1, rule.containment * len(short.shingles))
    if len(short.shingles & long.shingles) < enough:
        return False
    end = min(len(long.units), rule.head * len(short.units) + rule.margin)
    head = shingles(long.units[: int(end)], words=rule.words, characters=rule.characters)
    return len(short.shingles & head) >= enough


def _figures(units: Sequence[str], context: int) -> dict[str, str]:
    """Map the units before a number to the number, where they precede one number only."""
    plain = ["#" if unit.isdigit() else unit for unit in units]
    found: dict[str, set[str]] = {}
    for at, unit in enumerate(units):
        if unit.isdigit():
            found.setdefault(" ".join(plain[max(0, at - context) : at]), set()).add(unit)
    return {before: numbers.pop() for before, numbers in found.items() if len(numbers) == 1}


def _figures_agree(one: PreparedText, other: PreparedText, rule: Rule) -> bool:
    both = one.figures.keys() & other.figures.keys()
    differ = sum(one.figures[before] != other.figures[before] for before in both)
    return differ <= max(rule.spare, (1 - rule.figures) * len(both))
