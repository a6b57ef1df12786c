"""Compute precision and recall of the similarity rule and of the sketches before it, on labelled pairs."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from statistics import fmean

from rensa import RMinHash

from archive.duplicates.similarity import RULE, PreparedText, Rule, are_near_duplicates, prepare, resemblance
from archive.text.minhash import SEED, VALUES, signature
from archive.text.shingles import shingles
from benchmarks.duplicates_pairs import LabelledPair

Text = tuple[str, ...]

SWEPT: dict[str, tuple[float, ...]] = {  # values to try for each constant of Rule, with all others as chosen
    "words": (1, 2, 3, 4, 5),
    "characters": (2, 3, 4, 5, 6),
    "resemblance": (0.3, 0.4, 0.5, 0.55, 0.6, 0.7),
    "containment": (0.4, 0.5, 0.6, 0.65, 0.7, 0.8, 1.01),
    "head": (1.0, 1.25, 1.5, 1000),
    "margin": (0, 25, 50, 100),
    "figures": (0, 0.25, 0.5, 0.6, 0.75),
    "context": (2, 4, 6, 8, 12),
    "spare": (0, 1, 2, 4),
}
SKETCHES = ((3, 4), (4, 6), (5, 8), (6, 10), (8, 12))
BAND_NUMBERS = (8, 12, 16, 20, 24)
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Figures:
    """Precision, recall, and by kind the number of wrong decisions and of all pairs."""

    precision: float
    recall: float
    wrong: dict[str, int]
    pairs: dict[str, int]


class Readings:
    """A cache of texts prepared for each length of shingles."""

    def __init__(self) -> None:
        self._cache: dict[tuple[int, int, int, Text], PreparedText] = {}

    def judge(self, pair: LabelledPair, rule: Rule) -> bool:
        """Return whether the rule takes a pair for copies."""
        return are_near_duplicates(self._read(pair.one, rule), self._read(pair.other, rule), rule)

    def _read(self, text: Text, rule: Rule) -> PreparedText:
        key = (rule.words, rule.characters, rule.context, text)
        if key not in self._cache:
            self._cache[key] = prepare(text, rule)
        return self._cache[key]


def figures(pairs: Sequence[LabelledPair], decisions: Iterable[bool]) -> Figures:
    """Return the figures of decisions on pairs; precision is 1 without a positive decision."""
    wrong: defaultdict[str, int] = defaultdict(int)
    number: defaultdict[str, int] = defaultdict(int)
    right = said = 0
    for pair, decision in zip(pairs, decisions, strict=True):
        number[pair.kind] += 1
        wrong[pair.kind] += decision != pair.copies
        right += decision and pair.copies
        said += decision
    copies = sum(pair.copies for pair in pairs)
    return Figures(right / said if said else 1.0, right / copies if copies else 1.0, dict(wrong), dict(number))


def rules(pairs: Sequence[LabelledPair], base: Rule = RULE) -> Iterator[tuple[str, float, bool, Figures]]:
    """Sweep each constant by itself; yield its name, the value, whether it is the chosen one, and the figures."""
    for name, values in SWEPT.items():
        readings = Readings()
        for value in values:
            rule = replace(base, **{name: value})  # type: ignore[arg-type]
            yield name, value, value == getattr(base, name), figures(pairs, (readings.judge(p, rule) for p in pairs))


def sketches(pairs: Sequence[LabelledPair]) -> Iterator[tuple[int, int, list[float], list[float]]]:
    """Yield for each length of shingles the share of copies with a common band, and the number of texts in a million
    with one by chance, both for each of BAND_NUMBERS. Chance is measured on texts of different pages."""
    copies = [pair for pair in pairs if pair.copies and pair.one != pair.other]
    originals = sorted({pair.one for pair in copies})
    for words, characters in SKETCHES:
        made = {text: _values(text, words, characters) for pair in copies for text in (pair.one, pair.other)}
        equal = [[a == b for a, b in zip(made[p.one], made[p.other], strict=True)] for p in copies]
        found = [fmean(any(slots[:bands]) for slots in equal) for bands in BAND_NUMBERS]
        rule = replace(RULE, words=words, characters=characters)
        alike = [resemblance(one, other) for one, other in combinations([prepare(text, rule) for text in originals], 2)]
        chance = [MILLION * fmean(1 - (1 - share) ** bands for share in alike) for bands in BAND_NUMBERS]
        yield words, characters, found, chance


def end_to_end(pairs: Sequence[LabelledPair]) -> Figures:
    """Return the figures of the chosen rule on pairs that the chosen sketches find."""
    readings = Readings()
    return figures(pairs, (_has_common_band(pair) and readings.judge(pair, RULE) for pair in pairs))


def different_pages(texts: Sequence[Text]) -> tuple[int, int]:
    """Return the number of pairs of different pages, and how many of them the rule takes for copies."""
    readings = [prepare(text) for text in texts]
    decisions = [are_near_duplicates(one, other) for one, other in combinations(readings, 2)]
    return len(decisions), sum(decisions)


def _has_common_band(pair: LabelledPair) -> bool:
    return pair.one == pair.other or bool({*signature(pair.one).bands} & {*signature(pair.other).bands})


def _values(text: Text, words: int, characters: int) -> list[int]:
    found = shingles(text, words=words, characters=characters)
    values: list[int] = RMinHash.digests_from_token_sets([list(found)], num_perm=VALUES, seed=SEED)[0]
    return values
