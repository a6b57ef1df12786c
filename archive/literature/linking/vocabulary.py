"""What a newspaper's words are in the titles of papers: lay words of English, and Chinese terms."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from archive.literature.linking.terms import Term, terms
from archive.text.folding import fold
from archive.text.scripts import HAN
from archive.text.word_lists import read_word_list

_LONGEST = 3  # words of a lay term


def lay_equivalents(stems: Sequence[str]) -> set[str]:
    """Return the stems that titles of papers have for the lay words among `stems`, which are in the text's order.

    >>> sorted(lay_equivalents(["heart", "attack"]))[:2]
    ['cardiac', 'cardiovascular']
    """
    known = _lay()
    found: set[str] = set()
    for start in range(len(stems)):
        for length in range(1, _LONGEST + 1):
            found |= known.get(tuple(stems[start : start + length]), set())
    return found


def translated_terms(text: str) -> Iterator[Term]:
    """Yield the English stems of the Chinese terms in a text, the longest term at each place, with its offsets."""
    if not _HAN.search(text):
        return
    folded = fold(text)
    if len(folded) != len(text):
        return
    for match in _chinese_pattern().finditer(folded):
        for stem in _chinese()[match[0]]:
            yield Term(stem, match.start(), match.end())


_HAN = re.compile(f"[{HAN}]")


@cache
def _data() -> dict[str, Any]:
    return read_word_list("archive.literature.linking", "vocabulary")


@cache
def _lay() -> dict[tuple[str, ...], set[str]]:
    found: dict[tuple[str, ...], set[str]] = {}
    for row in _data()["plain_words"]:
        for news in row["news"]:
            found.setdefault(tuple(terms(news)), set()).update(stem for paper in row["papers"] for stem in terms(paper))
    return found


@cache
def _chinese() -> dict[str, list[str]]:
    return {fold(chinese): terms(english) for chinese, english in _data()["chinese"].items()}


@cache
def _chinese_pattern() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(term) for term in sorted(_chinese(), key=len, reverse=True)))
