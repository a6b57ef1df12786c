"""Roughly where words are in a text, found by a regular expression: what is looked at closely is then short.

A page of hits is 20 texts of 8 KB, and FTS5 takes 40 ms to mark the hits in them; in the likely parts, 3 ms. What this
misses (an accent, an irregular stem) costs time, not hits: who finds nothing in the likely part looks in the whole.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache

from archive.folding import table
from archive.snippet import best_window
from archive.terms import Term

AROUND = 300  # characters before and after the best window: more than a passage shows of them
MOST = 100  # places that are looked at
ENDING = 3  # letters at the end of a word of Latin script that its other forms may not have
STEM = 3  # letters that are always kept
MARKS = r"[\W_]{0,4}"  # between the units of a phrase; a bound, or a page of full stops takes minutes


def pattern(words: Iterable[Term]) -> re.Pattern[str] | None:
    """What finds the words, as a regular expression; None if there are none."""
    parts = dict.fromkeys(_phrase(word.text) for word in words)
    return re.compile("|".join(parts), re.IGNORECASE) if parts else None


def likely_part(text: str, looked_for: re.Pattern[str] | None) -> tuple[int, int]:
    """Where the part of `text` begins and ends that holds the passage to show; all of it if nothing is found."""
    if looked_for is None:
        return 0, 0
    places = []
    for match in looked_for.finditer(text):
        places.append(match.span())
        if len(places) == MOST:
            break
    if not places:
        return 0, len(text)
    start, end = best_window(text, places)
    return max(0, start - AROUND), min(len(text), end + AROUND)


def _phrase(units: str) -> str:
    *before, last = units.split()
    return MARKS.join([*map(_spellings, before), _stem(last)])


def _stem(unit: str) -> str:
    if unit.isascii() and unit.isalpha():
        return r"(?<![^\W\d_])" + unit[: max(STEM, len(unit) - ENDING)]
    return _spellings(unit)


def _spellings(unit: str) -> str:
    """The ways in which a folded unit may be written."""
    variants = _variants().get(unit)
    if variants:
        return "(?:" + "|".join([re.escape(unit), *map(re.escape, variants)]) + ")"
    return re.escape(unit)


@cache
def _variants() -> dict[str, list[str]]:
    """What folding turns characters into -> those characters."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for character, folded in table().items():
        found[folded].append(character)
    return dict(found)
