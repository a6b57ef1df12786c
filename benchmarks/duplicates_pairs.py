"""Generate labelled pairs of texts: variants of real pages, and look-alikes that are not duplicates.

The pages are split into a development half, on which constants are chosen, and a hold-out half.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from archive.text.shingles import digest, units
from benchmarks.duplicates_negatives import NEGATIVES
from benchmarks.duplicates_variants import VARIANTS, is_unspaced

SHORTEST = 100  # units of a page; a third of a shorter one is too little text


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """Two texts, as units, and whether they are copies; `kind` is the function that made the pair."""

    kind: str
    one: tuple[str, ...]
    other: tuple[str, ...]
    copies: bool


def pages(corpus: Path) -> list[str]:
    """Return the texts of the labelled pages, each once."""
    rows = map(json.loads, (corpus / "pages.jsonl").read_bytes().splitlines())
    found = {digest(units(row["text"])): row["text"] for row in rows if len(units(row["text"])) >= SHORTEST}
    return list(found.values())


def halves(texts: list[str]) -> tuple[list[str], list[str]]:
    """Return the development and the hold-out half: every second text of each kind of script."""
    han, others = [text for text in texts if is_unspaced(text)], [text for text in texts if not is_unspaced(text)]
    return han[::2] + others[::2], han[1::2] + others[1::2]


def labelled(texts: list[str], seed: int = 1) -> list[LabelledPair]:
    """Return all pairs that the generators make of the texts, deterministically."""
    random = Random(seed)  # noqa: S311
    made = [(kind, one, other, True) for kind, one, other in _variants(texts, random)]
    for negatives in NEGATIVES:
        made += [(negatives.__name__, one, other, False) for one, other in negatives(texts, random)]
    return [LabelledPair(kind, tuple(units(one)), tuple(units(other)), copies) for kind, one, other, copies in made]


def _variants(texts: list[str], random: Random) -> Iterator[tuple[str, str, str]]:
    for text in texts:
        alike = [other for other in texts if is_unspaced(other) == is_unspaced(text) and other != text]
        for variant in VARIANTS:
            yield variant.__name__, text, variant(text, random, random.choice(alike))
