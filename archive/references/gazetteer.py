"""Gazetteer of journal names and abbreviations, a feature of the sequence model."""

from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files

from archive.references.tokens import Token, tokenise

_MOST_WORDS = 16


def key(name: str) -> str:
    """Return the words or ideographs of a name in lower case, which all printings of one journal share."""
    return " ".join(token.text.lower() for token in tokenise(name) if token.text[0].isalnum())


class Gazetteer:
    """A set of journal names that marks their occurrences in a reference."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._keys = frozenset(keys)
        self._longest: dict[str, int] = {}
        for each in self._keys:
            words = each.split(" ")
            self._longest[words[0]] = max(self._longest.get(words[0], 0), min(len(words), _MOST_WORDS))

    def tags(self, tokens: Sequence[Token]) -> list[str]:
        """Return one tag per token: its place in a known name and the length of the name in words, or ""."""
        tags = [""] * len(tokens)
        words = [(i, token.text.lower()) for i, token in enumerate(tokens) if token.text[0].isalnum()]
        position = 0
        while position < len(words):
            size = self._match(words, position)
            if not size or tokens[words[position][0]].text[0].islower():
                position += 1
                continue
            first, last = words[position][0], words[position + size - 1][0]
            for i in range(first, last + 1):
                tags[i] = f"J{'b' if i == first else 'e' if i == last else 'i'}{min(size, 4)}"
            position += size
        return tags

    def _match(self, words: Sequence[tuple[int, str]], position: int) -> int:
        most = min(self._longest.get(words[position][1], 0), len(words) - position)
        text = [word for _, word in words[position : position + most]]
        for size in range(most, 0, -1):
            if " ".join(text[:size]) in self._keys and (size > 1 or len(text[0]) > 2):
                return size
        return 0


@cache
def shipped() -> Gazetteer:
    """Return the gazetteer that the package ships; it is read once."""
    text = (files("archive.references") / "data" / "journals.txt").read_text("utf-8")
    return Gazetteer(line for line in text.splitlines() if line and not line.startswith("#"))
