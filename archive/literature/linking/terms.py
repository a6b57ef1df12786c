"""The words of a title or text as terms that are compared: stems, in one spelling, without words that say little."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any, NamedTuple

from archive.text.characters import without_accents_in_place
from archive.text.word_lists import read_word_list

_WORD = re.compile(r"[a-z][a-z0-9]+|\d+")
_STOP_WORDS = frozenset(read_word_list("archive.literature.linking", "vocabulary")["stop_words"])
# British spellings: oesophagus, anaemia, tumour, randomised. What they do to other words they do on both sides.
_SPELLINGS = ((re.compile("(?<=[a-z])our(?=s|ed|ing|$)"), "or"), (re.compile("[ao]e(?=[a-z])"), "e"))
_IZE = re.compile("is(?=e[sd]?$|ing$|ation)")


class Term(NamedTuple):
    """A stem, and where its word stands in the text."""

    stem: str
    start: int
    end: int


def located_terms(text: str) -> Iterator[Term]:
    """Yield the terms of a text, with offsets."""
    for match in _WORD.finditer(without_accents_in_place(text).lower()):
        if len(match[0]) > 1 and match[0] not in _STOP_WORDS:
            yield Term(stem(match[0]), *match.span())


def terms(text: str) -> list[str]:
    """Return the stems of the words of a text, in their order.

    >>> terms("A randomised trial of tumours in Anaemia")
    ['random', 'trial', 'tumor', 'anemia']
    """
    words = _WORD.findall(without_accents_in_place(text).lower())
    return [stem(word) for word in words if len(word) > 1 and word not in _STOP_WORDS]


@cache
def _stemmer() -> Any:
    from Stemmer import Stemmer  # a crawl does without it

    return Stemmer("english", 0)  # without a cache: `stem` has one


@lru_cache(maxsize=300_000)  # the words of some million titles
def stem(word: str) -> str:
    """Return the stem of a lower-case word by Porter's second English stemmer (Snowball), in American spelling."""
    for pattern, spelling in _SPELLINGS:
        word = pattern.sub(spelling, word)
    return str(_stemmer().stemWord(_IZE.sub("iz", word)))
