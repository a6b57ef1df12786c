"""Punctuation between the words of a query: where it parts words as a space does."""

import re
from functools import cache

from archive.references.identify import identify
from archive.text.folding import UNSPACED
from archive.text.scripts import FULL_WIDTH_FORMS

QUOTES = '"“”„＂「」『』'
# Marks that no word contains. Full-width colons and hyphens belong to fields and negations.
_ALWAYS = re.compile(r"[、。；！？…｜|､｡《》〈〉【】〔〕]|，(?!\d)|(?<!\d)，")
_COMMA = re.compile(r"[,;](?!\d)|(?<!\d)[,;]")
# km/h, CD4+CD25 and 2024/05 are one expression; GLP-1/GIP and stem+progenitor are two.
_SLASH = re.compile(r"(?<![^/])((?=[^/]*[^\W\d_])[^/]{3,})/(?=[^/]*[^\W\d_])(?=[^/]{3})")
_PLUS = re.compile(r"(?<=[^\W\d_]{3})\+(?=[^\W\d_]{3})")
_URL = re.compile(r"//|www\.|[a-z\d]\.[a-z]{2,63}/", re.IGNORECASE)


def part_words(text: str) -> str:
    """Return a query with spaces for the marks between its words, outside of quotation marks.

    `干细胞，硬皮病` and `stem cell/scleroderma` are then words side by side. A number (1,000), a URL and an identifier
    of literature, whose marks belong to it, stay as they are.
    """
    pieces = re.split(f"([{QUOTES}])", text)
    # Pieces at even places are text; a quotation mark is between two of them, so every second of these is quoted.
    pieces[::4] = map(_parted, pieces[::4])
    return "".join(pieces)


@cache
def _beside_character() -> re.Pattern[str]:
    marks = "[,;/+!?&()／＋＆（）]"
    return re.compile(rf"(?<=[{UNSPACED}]){marks}|{marks}(?=[{UNSPACED}])")


def _parted(text: str) -> str:
    spaced = text if text.isascii() else _beside_character().sub(" ", _ALWAYS.sub(" ", text))
    return re.sub(r"\S+", _parted_word, spaced)


def _parted_word(match: re.Match[str]) -> str:
    word = match[0].translate(FULL_WIDTH_FORMS)
    value = word.rpartition(":")[2] if word.partition(":")[0].isalpha() else word
    if _URL.search(word) or identify(word) or identify(value):
        return match[0]
    return " ".join(_PLUS.sub(" ", _SLASH.sub(r"\1 ", part)) for part in _COMMA.sub(" ", word).split())
