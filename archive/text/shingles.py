"""Shingles: overlapping short stretches of a text, by which near-duplicates are recognised.

A unit is a word, a number, or one character of a script written without spaces. Units are folded, so that case, width,
punctuation, white space and Traditional or Simplified forms make no difference.
"""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from functools import cache

from archive.text.folding import INDICES, SINGLES, fold

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")  # soft hyphens and the like, which stand inside words
_LETTER = rf"[^\W\d_{INDICES}{SINGLES}]"
_FIRST_SINGLE = "\u0e00"  # no folded single character comes before it: Greek and circled numbers are folded away


@cache
def _unit() -> re.Pattern[str]:
    # A word of ASCII letters comes first because it is tried fastest. U+30FB is punctuation.
    return re.compile(rf"[a-z]+{_LETTER}*|(?!\u30fb)[{SINGLES}]|\d+|[{INDICES}]+|{_LETTER}+")


@cache
def _single() -> re.Pattern[str]:
    return re.compile(f"[{SINGLES}]")


def units(text: str) -> list[str]:
    """Return the words, numbers and unspaced characters of a text, folded, in order."""
    plain = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    joined = "\n".join(_unit().findall(plain.casefold()))
    return (joined if joined.isascii() else fold(joined)).split()


def shingles(text: Sequence[str], *, words: int, characters: int) -> frozenset[str]:
    """Return the shingles of a text given as units.

    A shingle is `characters` units long where it begins with an unspaced character, else `words` units. A shorter text
    is one shingle; a text without units has none.
    """
    found, joined = _windows(text, words), "".join(text)
    if not joined.isascii() and _single().search(joined):
        single = _single()
        unspaced = [unit >= _FIRST_SINGLE and single.match(unit) is not None for unit in text]
        found = [window for window, is_single in zip(found, unspaced, strict=False) if not is_single]
        by_characters = zip(_windows(text, characters), unspaced, strict=False)
        found += [window for window, is_single in by_characters if is_single]
    return frozenset(found or ([" ".join(text)] if text else []))


def digest(text: Sequence[str]) -> int:
    """Return a signed 64-bit hash of the units, which does not depend on white space."""
    hashed = hashlib.blake2b("".join(text).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(hashed, "little", signed=True)


def _windows(text: Sequence[str], length: int) -> list[str]:
    return list(map(" ".join, zip(*(text[start:] for start in range(length)), strict=False)))
