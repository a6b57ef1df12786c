"""Tokens of a reference, which the sequence model labels: words, numbers, ideographs, punctuation.

Tokens are finer than white space, because health pages leave spaces out: `【1】Wehbe`, `Science270:985`, `2016;3:48`.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from archive.text.scripts import CJK, HAN, HANGUL, KANA

FILLER = "\x01"
# A stretch that is no field (identifier, URL, note) is one token, whatever its length. Ideographs and kana are tokens
# of their own; they come first because they are letters too.
_TOKEN = re.compile(
    rf"{FILLER}[\s{FILLER}]*|[{HAN}]|[{KANA}]|[{HANGUL}]+|\d+"
    rf"|[^\W\d_{CJK}]+(?:['’][^\W\d_]+)?|\S"
)


class Token(NamedTuple):
    """`text[start:end]` of the tokenised text; a filled stretch is the token FILLER."""

    text: str
    start: int
    end: int


def tokenise(text: str) -> list[Token]:
    """Return all tokens in order; only white space lies between them."""
    return [
        Token(FILLER if match[0][0] == FILLER else match[0], match.start(), match.end())
        for match in _TOKEN.finditer(text)
    ]


def fill(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return the text with the spans overwritten by FILLER; all other characters keep their offsets."""
    pieces: list[str] = []
    position = 0
    for start, end in sorted(spans):
        if end > position:
            pieces += [text[position : max(start, position)], FILLER * (end - max(start, position))]
            position = end
    return "".join([*pieces, text[position:]])
