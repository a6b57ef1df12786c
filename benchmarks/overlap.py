"""How much of a text was found: precision and recall of 4-grams, after scrapinghub's article-extraction-benchmark.

A token is a run of letters and digits; a CJK character is a token of its own, since Chinese is written without spaces.
"""

import re
from collections import Counter
from collections.abc import Iterable
from statistics import fmean

GRAM = 4
_CJK = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_TOKEN = re.compile(rf"[{_CJK}]|[^\W{_CJK}]+")

Pair = tuple[float | None, float | None]


def grams(text: str) -> Counter[tuple[str, ...]]:
    """The 4-grams of a text with their numbers; a shorter text is one gram."""
    tokens = _TOKEN.findall(text)
    return Counter(tuple(tokens[i : i + GRAM]) for i in range(max(1, len(tokens) - GRAM + 1)) if tokens)


def overlap(gold: str, found: str) -> Pair:
    """Precision and recall of one page; None where that side is empty."""
    wanted, got = grams(gold), grams(found)
    shared = (wanted & got).total()
    return (shared / got.total() if got else None), (shared / wanted.total() if wanted else None)


def f1(pairs: Iterable[Pair]) -> float:
    """The harmonic mean of mean precision and mean recall over pages."""
    pairs = list(pairs)
    precision = fmean([p for p, _ in pairs if p is not None] or [0.0])
    recall = fmean([r for _, r in pairs if r is not None] or [0.0])
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
