"""What a newspaper's words are in the titles of papers: lay words of English, and Chinese terms."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from archive.literature.linking.diagnoses import diagnoses
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
    known, longest = _chinese(), max(map(len, _chinese()))
    start = 0
    while start < len(folded):
        # By the table and not by a pattern: with thousands of terms that is a hundred times as fast.
        for end in range(min(start + longest, len(folded)), start, -1):
            if stems := known.get(folded[start:end]):
                yield from (Term(stem, start, end) for stem in stems)
                start = end - 1
                break
        start += 1


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
    own = {fold(chinese): terms(english) for chinese, english in _data()["chinese"].items()}
    return diagnoses() | own
