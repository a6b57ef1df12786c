"""Roughly where words are in a text, found by a regular expression: what is looked at closely is then short.

At a million articles a page of 20 hits took up to 110 ms where whole texts (8 KB) were marked by FTS5, and 12 to 30
where their likely parts are. What this misses (an accent, an irregular stem) costs time, not hits: who finds nothing in
the likely part looks in the whole.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cache
from itertools import islice

from archive.retrieval.snippets import best_window
from archive.retrieval.terms import Term
from archive.text.folding import table

AROUND = 200  # characters before and after the best window: more than a passage shows of them
MOST = 24  # places that are looked at
ENDING = 3  # letters at the end of a word of Latin script that its other forms may not have
STEM = 3  # letters that are always kept
MARKS = r"[\W_]{0,4}"  # between the units of a phrase; a bound, or a page of full stops takes minutes


def patterns(words: Iterable[Term]) -> tuple[re.Pattern[str], ...]:
    """What finds the words as they are typed, and what finds other forms of them; nothing if there are none.

    Both cases of a letter are spelled out: a class of characters is what Python's engine finds fast, without regard to
    case it takes ten times as long.
    """
    texts = list(dict.fromkeys(word.text for word in words))
    if not texts:
        return ()
    return tuple(re.compile("|".join(_phrase(text, ending) for text in texts)) for ending in (_whole, _stem))


def likely_part(text: str, looked_for: Iterable[re.Pattern[str]]) -> tuple[int, int]:
    """Where the part of `text` begins and ends that holds the passage to show, by the first pattern that finds any;
    all of it if none does."""
    end = 0
    for pattern in looked_for:
        end = len(text)
        inside = (match.span() for match in pattern.finditer(text) if not _within_word(text, match.start()))
        if places := list(islice(inside, MOST)):
            start, end = best_window(text, places)
            return max(0, start - AROUND), min(len(text), end + AROUND)
    return 0, end


def _within_word(text: str, place: int) -> bool:
    return place > 0 and _is_latin(text[place]) and _is_latin(text[place - 1])


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalpha()


def _phrase(units: str, ending: Callable[[str], str]) -> str:
    *before, last = units.split()
    return MARKS.join([*map(_spellings, before), ending(last)])


def _whole(unit: str) -> str:
    return _spellings(unit) + ("(?![A-Za-z])" if _is_latin(unit[-1]) else "")


def _stem(unit: str) -> str:
    if unit.isascii() and unit.isalpha():
        return _spellings(unit[: max(STEM, len(unit) - ENDING)])
    return _spellings(unit)


def _spellings(unit: str) -> str:
    """The ways in which a folded unit may be written."""
    letters = "".join(_either(letter) for letter in unit)
    variants = _variants().get(unit, [])
    if len(unit) == 1:
        return "[" + "".join(map(re.escape, {unit.lower(), unit.upper(), *variants})) + "]"
    return "(?:" + "|".join([letters, *map(re.escape, variants)]) + ")" if variants else letters


def _either(letter: str) -> str:
    return f"[{letter.lower()}{letter.upper()}]" if letter.isascii() and letter.isalpha() else re.escape(letter)


@cache
def _variants() -> dict[str, list[str]]:
    """What folding turns characters into -> those characters."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for character, folded in table().items():
        found[folded].append(character)
    return dict(found)
