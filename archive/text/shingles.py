"""Shingles: the overlapping short stretches of a text by which copies of it are told, whatever its typesetting.

A unit is a word, a number, or one character of a script written without spaces. Units are folded, so that case, width,
punctuation, white space and Traditional or Simplified forms make no difference.
"""

import hashlib
import re
import unicodedata
from collections.abc import Sequence

from archive.text.folding import INDICES, SINGLES, fold

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")  # soft hyphens and the like, which stand inside words
_UNIT = re.compile(rf"(?!\u30fb)[{SINGLES}]|\d+|[{INDICES}]+|[^\W\d_{INDICES}{SINGLES}]+")  # U+30FB is punctuation
_SINGLE = re.compile(f"[{SINGLES}]")
_FIRST_SINGLE = "\u0e00"  # no folded single character comes before it: Greek and circled numbers are folded away


def units(text: str) -> list[str]:
    """The words, numbers and unspaced characters of a text, folded, in their order."""
    plain = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    joined = "\n".join(_UNIT.findall(plain.casefold()))
    return (joined if joined.isascii() else fold(joined)).split()


def shingles(text: Sequence[str], *, words: int, characters: int) -> frozenset[str]:
    """The stretches of a text given as units: `characters` long where they begin with an unspaced character, else
    `words` long. A text that is too short for one is one shingle itself; without units there is none."""
    unspaced = [unit >= _FIRST_SINGLE and _SINGLE.match(unit) is not None for unit in text]
    found = _windows(text, words)
    if any(unspaced):
        found = [window for window, single in zip(found, unspaced, strict=False) if not single]
        by_characters = zip(_windows(text, characters), unspaced, strict=False)
        found += [window for window, single in by_characters if single]
    return frozenset(found or ([" ".join(text)] if text else []))


def digest(text: Sequence[str]) -> int:
    """A signed 64-bit number that texts share whose units read the same, wherever white space stands."""
    hashed = hashlib.blake2b("".join(text).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(hashed, "little", signed=True)


def _windows(text: Sequence[str], length: int) -> list[str]:
    return list(map(" ".join, zip(*(text[start:] for start in range(length)), strict=False)))
