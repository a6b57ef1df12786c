"""Fold and split text for search, in the same way for the index (in SQL, see storage/fulltext) and for queries.

Folding replaces single characters: full-width and other compatibility forms by the plain ones, Traditional Han
characters by Simplified ones, Greek letters by their names (so that TGF-β1 is TGF-beta1). Before that, half-width
katakana are joined with their voice marks: ｶﾞ is ガ. Splitting separates what
readers see as units: every character of a script written without spaces, and letters from digits, so
that IL10 is IL-10. SQLite's `unicode61` tokenizer then does the rest.

The index holds characters in pairs: 干细胞 is 干细 细胞 胞. A word of two characters is then one token, not two common
ones side by side: in 100,000 articles 大会上 took 8 ms to rank instead of 51. A pair reaches over one space or line
break, which typesetting puts anywhere, but not over punctuation.

An archive holds the table it was indexed with: a change here needs a migration that fills the table anew and rebuilds.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import accumulate
from operator import add
from pathlib import Path

from archive.text.scripts import HAN, HAN_MARKS, HAN_RADICALS, HANGUL, KANA

BOUNDARY = "\u200b"  # zero width space: parts tokens in unicode61, and shows as nothing where folded text is shown

# Characters by class, as ranges that mean the same in a regular expression and in SQLite's GLOB.
DIGITS = "0-9０-９"
INDICES = "²³¹⁰⁴-⁹₀-₉"  # apart from digits: 10² is not 102, nor is the note mark of "in 1998²"
GREEK = "\u00b5\u0370-\u03ff\u1f00-\u1fff"  # the micro sign too; letter by letter: γδ T cells are gamma-delta T cells
UNSPACED = (  # scripts that are written without spaces
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    f"{HAN_MARKS}{KANA}{HAN_RADICALS}{HAN}"
    f"{HANGUL}"  # words carry their particles, and a stem is to be found inside
)
SINGLES = f"{GREEK}①-⑳❶-❿{UNSPACED}"
BRIDGED = " \t\n\u3000\u00a0\u00ad\u2009\u200d\ufeff"  # of these a pair reaches over one
_ASCII_RUN = re.compile("[0-9]+|[^0-9]+")
_NOT_ASCII = re.compile("[^\0-\x7f]+")
MOST_REPLACED = 40  # different characters, up to which replacing one after the other is faster than `str.translate`

# Where compatibility characters are looked for (NFKC): full-width forms and kana, indices, circled numbers, Roman
# numerals, ligatures, units, and the Han characters that PDF files and old Korean and Japanese sets bring.
_COMPATIBLE = "！-～ｦ-ﾝ²³¹⁰⁴-⁹₀-₉①-⑳Ⅰ-ⅿﬀ-ﬄ㎀-㏞\u2f00-\u2fd5\uf900-\ufaff\U0002f800-\U0002fa1d"
VOICE_MARKS = "ﾞﾟ"  # characters of their own in half-width katakana
_HALF_WIDTH_KATAKANA = "ｦ-ﾝ"
_VOICED = re.compile(f"[{_HALF_WIDTH_KATAKANA}][{VOICE_MARKS}]")
_GREEK_NAME = re.compile(r"GREEK (?:SMALL|CAPITAL) LETTER (?:FINAL )?([A-Z]+)")


# Patterns of scripts without spaces are compiled at their first use: each takes two milliseconds, and a query in ASCII
# needs none.
@cache
def _piece() -> re.Pattern[str]:
    return re.compile(rf"[{DIGITS}]+|[{INDICES}]+|[{SINGLES}]|[^{DIGITS}{INDICES}{SINGLES}]+")


@cache
def _unspaced() -> re.Pattern[str]:
    return re.compile(f"[{UNSPACED}]+")


@cache
def _run() -> re.Pattern[str]:
    """Match a run of characters without spaces, with the one that its last forms a pair with, or another unit."""
    return re.compile(
        rf"([{UNSPACED}]+)(?:(?=[{BRIDGED}]([{UNSPACED}])))?"
        rf"|[{DIGITS}]+|[{INDICES}]+|[{SINGLES}]|[^{DIGITS}{INDICES}{SINGLES}]+"
    )


@cache
def table() -> dict[str, str]:
    """Return the characters that folding changes with their replacements, which are of one class and never empty."""
    han = dict(traditional_characters())
    return {character: han.get(plain, plain) for character, plain in symbols().items()} | han


@cache
def symbols() -> dict[str, str]:
    """Return what `table()` has beside Traditional characters, in a third of the time: all that ASCII replaces."""
    rows = {BOUNDARY: " ", "\u3000": " "}
    rows |= {chr(0x2776 + number): str(number + 1) for number in range(10)}  # ❶ to ❿, which NFKC leaves alone
    return rows | dict(_compatible()) | dict(_greek())


@cache
def voiced_katakana() -> dict[str, str]:
    """Return half-width katakana with a voice mark, two characters each, with their full-width letters."""
    pairs = (kana + mark for kana in _characters(_HALF_WIDTH_KATAKANA) for mark in VOICE_MARKS)
    letters = ((pair, unicodedata.normalize("NFKC", pair)) for pair in pairs)
    return {pair: letter for pair, letter in letters if len(letter) == 1}


def fold(text: str) -> str:
    """Return `text` with voice marks joined and every character of `table()` replaced; folding is idempotent."""
    return _replaced(_joined(text).replace(BOUNDARY, " "))


def pair(text: str) -> str:
    """Return `text` folded, with a BOUNDARY before every unit and characters in pairs, as the index stores it."""
    if text.isascii():
        return _parted(text)
    found: list[str] = []
    for match in _run().finditer(_joined(text).replace(BOUNDARY, " ")):
        run, following = match[1], match[2] or ""
        found += map(add, run, [*run[1:], following]) if run else [match[0]]
    return _replaced(BOUNDARY + BOUNDARY.join(found)) if found else ""


def characters(text: str) -> str:
    """Return the characters of scripts without spaces, folded, with a BOUNDARY before each."""
    found = "" if text.isascii() else "".join(_unspaced().findall(_joined(text)))
    return _replaced(BOUNDARY + BOUNDARY.join(found)) if found else ""


def is_character(unit: str) -> bool:
    """Return whether a folded unit is a single character of a script without spaces."""
    return len(unit) == 1 and not unit.isascii() and _unspaced().match(unit) is not None


def split(text: str) -> str:
    """Return `text` folded, with a BOUNDARY before every unit: words and single characters."""
    if text.isascii():
        return _parted(text)
    pieces = _piece().findall(_joined(text).replace(BOUNDARY, " "))  # its own ones may stand anywhere, inside words too
    return _replaced(BOUNDARY + BOUNDARY.join(pieces)) if pieces else ""


def _parted(text: str) -> str:
    """Return ASCII text with a BOUNDARY before every run of digits and of other characters."""
    return "".join(BOUNDARY + found for found in _ASCII_RUN.findall(text))


def origins(text: str) -> Sequence[int]:
    """Return offsets: character `i` of `fold(text)` comes from `text[origins(text)[i]]`; a last entry is the end."""
    changed, joined = _translation(), _joined(text)
    if len(joined.translate(changed)) == len(text) == len(joined):  # no replacement is empty: each is one character
        return range(len(text) + 1)
    lengths = [len(changed.get(ord(character), character)) for character in joined]
    starts: Iterable[int] = range(len(joined))
    if len(joined) < len(text):
        voiced = {match.start() + 1 for match in _VOICED.finditer(text) if match[0] in voiced_katakana()}
        starts = (index for index in range(len(text)) if index not in voiced)
    found = [len(text)] * (sum(lengths) + 1)
    for origin, start, length in zip(starts, accumulate(lengths, initial=0), lengths, strict=False):
        found[start : start + length] = [origin] * length
    return found


def has_voice_marks(text: str) -> bool:
    """Return whether the text has voice marks of half-width katakana, which folding joins with the letter before."""
    return any(mark in text for mark in VOICE_MARKS)


def _joined(text: str) -> str:
    """Return `text` with half-width katakana and their voice marks as one letter."""
    if not has_voice_marks(text):
        return text
    return _VOICED.sub(lambda match: voiced_katakana().get(match[0], match[0]), text)


def _replaced(text: str) -> str:
    """Return `text` with the characters of `table()` but BOUNDARY replaced. No replacement has such a character."""
    if text.isascii():
        return text
    changed = _translation()
    found = changed.keys() & {ord(character) for character in set("".join(_NOT_ASCII.findall(text)))}
    if len(found) > MOST_REPLACED:
        return text.translate(changed)
    for character in found:
        text = text.replace(chr(character), changed[character])
    return text


@cache
def _translation() -> dict[int, str]:
    return {ord(character): folded for character, folded in table().items() if character != BOUNDARY}


def traditional_characters() -> Iterator[tuple[str, str]]:
    """Yield Traditional characters and variants, each with its Simplified character."""
    lines = Path(__file__).with_name("traditional_simplified.tsv").read_text(encoding="utf-8").splitlines()
    for line in lines:
        if not line.startswith("#"):
            traditional, simplified = line.split("\t")
            yield traditional, simplified


def _compatible() -> Iterator[tuple[str, str]]:
    for character in _characters(_COMPATIBLE):
        plain = unicodedata.normalize("NFKC", character)
        # A unit such as m² or km/h would bring characters of several classes, which one row cannot part.
        letters_or_digits = plain.isascii() and (plain.isalpha() or plain.isdigit())
        if plain != character and (len(plain) == 1 or letters_or_digits):
            yield character, plain


def _greek() -> Iterator[tuple[str, str]]:
    for character in _characters(GREEK):
        letter = unicodedata.normalize("NFKD", character)[0]
        if match := _GREEK_NAME.match(unicodedata.name(letter, "")):
            yield character, match[1].lower().replace("lamda", "lambda")  # as Unicode spells it


def _characters(ranges: str) -> Iterator[str]:
    for first, last in re.findall("(.)(?:-(.))?", ranges):
        yield from map(chr, range(ord(first), ord(last or first) + 1))
