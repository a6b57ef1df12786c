"""Choose the snippet window: the passage of a text that shows best why a query found it.

The window of a text is chosen by hits that a regular expression finds in the text as written, which is fast: at a
million articles a page of 20 hits took up to 110 ms where FTS5 marked whole texts (8 KB), and 12 to 30 ms where it
marks the windows only. Hits that the expression misses (an accent, an irregular stem) cost time but are not lost: where
FTS5 finds no hit in a window, it marks the whole text.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import islice

from archive.retrieval.terms import Term
from archive.text.folding import SINGLES, fold, symbols, table

Span = tuple[int, int]  # offsets into a text: text[start:end]

# A window's length is counted in units: a word costs 5, a CJK character 3.
WORD, CHARACTER = 5, 3
LENGTH = 120  # of a window: 24 words or 40 characters
LEAD = 30  # of it kept for the text before the first hit; more if the text ends soon after
MAX_HITS = 100  # hits that a window may begin with; later ones only count inside it
MAX_MATCHES = 24  # matches of the regular expression that are taken from a text

_LOOK_BACK = 400  # characters: enough for LENGTH in words of usual length
_UNIT = re.compile(rf"([{SINGLES}])|[^\W{SINGLES}]{{1,40}}")
_SUFFIX = 3  # letters at the end of a Latin word that its other forms may not have
_STEM = 3  # letters of a Latin word that are always kept
_BETWEEN = r"[\W_]{0,4}"  # between the units of a phrase; unbounded, a page of full stops takes minutes


def best_window(text: str, hits: Sequence[Span]) -> Span:
    """Return the window with the most different hits; without hits the beginning of `text`."""
    if not hits:
        return 0, _reach(text, 0, LENGTH)
    best, window = (0, 0), hits[0]
    for number, (start, _) in enumerate(hits[:MAX_HITS]):
        end = _reach(text, start, LENGTH - LEAD)
        inside = [hit for hit in hits[number : number + LENGTH] if hit[1] <= end]
        score = len({fold(text[a:b]).lower() for a, b in inside}), len(inside)
        if score > best:
            best, window = score, (start, end)
    start, end = window
    used = sum(_cost(unit) for unit in _UNIT.finditer(text, start, end))
    start = _lead(text, start, LENGTH - used)
    return start, max(end, _reach(text, start, LENGTH))


def match_window(text: str, patterns: Iterable[re.Pattern[str]]) -> Span | None:
    """Return the window by the matches of the first pattern that has any; None if none has."""
    for pattern in patterns:
        if matches := list(islice(_matches(text, pattern), MAX_MATCHES)):
            return best_window(text, matches)
    return None


def word_patterns(words: Iterable[Term]) -> tuple[re.Pattern[str], ...]:
    """Return a pattern that matches the words as typed and one that matches their other forms; () without words.

    Both cases of a letter are spelled out, since Python matches a character class ten times as fast as a letter with
    IGNORECASE.
    """
    texts = list(dict.fromkeys(word.text for word in words))
    if not texts:
        return ()
    return tuple(re.compile("|".join(_phrase(text, last) for text in texts)) for last in (_exact, _stem))


def _matches(text: str, pattern: re.Pattern[str]) -> Iterator[Span]:
    """Yield the spans of matches that do not begin inside a Latin word."""
    for match in pattern.finditer(text):
        start = match.start()
        if not (start and _is_latin(text[start]) and _is_latin(text[start - 1])):
            yield match.span()


def _lead(text: str, start: int, left: int) -> int:
    """Return where a window begins whose first hit is at `start`; it stays in the hit's paragraph."""
    earliest = max(0, start - _LOOK_BACK)
    earliest = max(earliest, text.rfind("\n", earliest, start) + 1)
    for unit in reversed(list(_UNIT.finditer(text, earliest, start))):
        left -= _cost(unit)
        if left < 0:
            return start
        start = unit.start()
    return earliest


def _reach(text: str, start: int, length: int) -> int:
    """Return where a window of `length` that begins at `start` ends."""
    end = start
    for unit in _UNIT.finditer(text, start):
        length -= _cost(unit)
        if length < 0:
            return end
        end = unit.end()
    return len(text)


def _cost(unit: re.Match[str]) -> int:
    return CHARACTER if unit[1] else WORD


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalpha()


def _phrase(units: str, last_unit: Callable[[str], str]) -> str:
    *before, last = units.split()
    return _BETWEEN.join([*map(_spellings, before), last_unit(last)])


def _exact(unit: str) -> str:
    return _spellings(unit) + ("(?![A-Za-z])" if _is_latin(unit[-1]) else "")


def _stem(unit: str) -> str:
    """Return a pattern of what words with the stem of `unit` begin with, as the Porter stemmer sees them."""
    if not (unit.isascii() and unit.isalpha()):
        return _spellings(unit)
    stem = unit[: max(_STEM, len(unit) - _SUFFIX)]
    if len(stem) > _STEM and stem[-1] == stem[-2]:
        stem = stem[:-1]  # revelling is revel
    return _spellings(stem[:-1]) + "[yYiI]" if stem[-1] in "yi" else _spellings(stem)  # studying is studi


def _spellings(unit: str) -> str:
    """Return a pattern of the spellings that fold to `unit`."""
    letters = "".join(_either_case(letter) for letter in unit)
    variants = _variants(to_ascii=unit.isascii()).get(unit, [])
    if len(unit) == 1:
        return "[" + "".join(map(re.escape, {unit.lower(), unit.upper(), *variants})) + "]"
    return "(?:" + "|".join([letters, *map(re.escape, variants)]) + ")" if variants else letters


def _either_case(letter: str) -> str:
    return f"[{letter.lower()}{letter.upper()}]" if letter.isascii() and letter.isalpha() else re.escape(letter)


@cache
def _variants(*, to_ascii: bool) -> dict[str, list[str]]:
    """Map folded text, ASCII or any, to the characters that fold to it."""
    variants: defaultdict[str, list[str]] = defaultdict(list)
    for character, folded in (symbols() if to_ascii else table()).items():
        variants[folded].append(character)
    return dict(variants)
