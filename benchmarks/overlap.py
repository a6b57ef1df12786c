"""Compute precision and recall of 4-grams, as scrapinghub's article-extraction-benchmark does.

A token is a run of letters and digits; a CJK character is a token of its own, since Chinese is written without spaces.
"""

import re
from collections import Counter
from collections.abc import Iterable
from statistics import fmean

from archive.text.scripts import CJK

GRAM = 4
_TOKEN = re.compile(rf"[{CJK}]|[^\W{CJK}]+")

Pair = tuple[float | None, float | None]


def grams(text: str) -> Counter[tuple[str, ...]]:
    """Return the 4-grams of a text with their counts; a shorter text is one gram."""
    tokens = _TOKEN.findall(text)
    return Counter(tuple(tokens[i : i + GRAM]) for i in range(max(1, len(tokens) - GRAM + 1)) if tokens)


def overlap(gold: str, found: str) -> Pair:
    """Return precision and recall of one page; None where the found or the gold text is empty."""
    wanted, got = grams(gold), grams(found)
    shared = (wanted & got).total()
    return (shared / got.total() if got else None), (shared / wanted.total() if wanted else None)


def f1(pairs: Iterable[Pair]) -> float:
    """Return the harmonic mean of mean precision and mean recall over pages."""
    pairs = list(pairs)
    precision = fmean([p for p, _ in pairs if p is not None] or [0.0])
    recall = fmean([r for _, r in pairs if r is not None] or [0.0])
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
