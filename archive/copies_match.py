"""Whether two texts are copies of one article, judged on the texts themselves.

A copy is told in two ways. Its shingles are mostly those of the other (Jaccard resemblance, Broder 1997); or it is an
excerpt: most of its shingles stand where the other begins. That an excerpt is looked for only there keeps articles
apart that a digest brings whole, one after the other. Either way the figures must agree: daily reports say the same
sentences of other numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from archive.shingles import shingles


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What is asked of two texts. Lengths are in units, see shingles.py; the others are shares between 0 and 1."""

    words: int = 3  # length of a shingle …
    characters: int = 5  # … where it begins with an unspaced character
    resemblance: float = 0.5
    containment: float = 0.7
    shortest: int = 80  # an excerpt
    figures: float = 0.5  # the numbers of the text with fewer of them that the other has


RULE = Rule()
HEAD, MARGIN = 1.25, 50  # an excerpt stands in the first 1.25 times its length, after up to 50 units of boilerplate


@dataclass(frozen=True, slots=True)
class Reading:
    """A text made ready for comparisons under one rule."""

    units: Sequence[str]
    shingles: frozenset[str]
    figures: frozenset[str]


def read(units: Sequence[str], rule: Rule = RULE) -> Reading:
    """Makes a text, given as units, ready for comparisons."""
    figures = frozenset(unit for unit in units if unit.isdigit())
    return Reading(units, shingles(units, words=rule.words, characters=rule.characters), figures)


def are_copies(one: Reading, other: Reading, rule: Rule = RULE) -> bool:
    """Whether the two are copies of one article; in whichever order they are given."""
    return _figures_agree(one, other, rule) and (
        resemblance(one, other) >= rule.resemblance or _is_excerpt(one, other, rule)
    )


def resemblance(one: Reading, other: Reading) -> float:
    """The Jaccard resemblance of the two, 0 to 1: shared shingles of all."""
    shared = len(one.shingles & other.shingles)
    return shared / max(1, len(one.shingles) + len(other.shingles) - shared)


def _is_excerpt(one: Reading, other: Reading, rule: Rule) -> bool:
    short, long = sorted((one, other), key=lambda reading: len(reading.units))
    if len(short.units) < rule.shortest:
        return False
    head = long.units[: int(len(short.units) * HEAD) + MARGIN]
    shared = short.shingles & shingles(head, words=rule.words, characters=rule.characters)
    return len(shared) / len(short.shingles) >= rule.containment


def _figures_agree(one: Reading, other: Reading, rule: Rule) -> bool:
    fewer = min(len(one.figures), len(other.figures))
    return len(one.figures & other.figures) >= rule.figures * fewer
