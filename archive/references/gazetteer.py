"""Gazetteers of journals, names and places, features of the sequence model."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from archive.references.tokens import Token, tokenise

DATA = Path(__file__).with_name("data")
_MOST_WORDS = 16
_MOST_KEPT = 20_000  # first words whose longest name is remembered


def key(name: str) -> str:
    """Return the words or ideographs of a name in lower case, which all printings of one journal share."""
    return " ".join(token.text.lower() for token in tokenise(name) if token.text[0].isalnum())


class Gazetteer:
    """A set of journal names that marks their occurrences in a reference."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._sorted = sorted(keys)
        self._keys = frozenset(self._sorted)
        self._longest: dict[str, int] = {}

    def __contains__(self, name: str) -> bool:
        """Return whether the whole name is a journal's."""
        return key(name) in self._keys

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
        most = min(self._most_words(words[position][1]), len(words) - position)
        text = [word for _, word in words[position : position + most]]
        for size in range(most, 0, -1):
            if " ".join(text[:size]) in self._keys and (size > 1 or len(text[0]) > 2):
                return size
        return 0

    def _most_words(self, first: str) -> int:
        """Return the number of words of the longest name that begins with a word, 16 at most."""
        most = self._longest.get(first)
        if most is None:
            if len(self._longest) > _MOST_KEPT:
                self._longest.clear()
            start, end = bisect_left(self._sorted, first), bisect_left(self._sorted, first + "!")  # "!" follows " "
            most = max((min(name.count(" ") + 1, _MOST_WORDS) for name in self._sorted[start:end]), default=0)
            self._longest[first] = most
        return most


@cache
def shipped() -> Gazetteer:
    """Return the gazetteer that the package ships; it is read once."""
    text = (DATA / "journals.txt").read_text("utf-8")
    return Gazetteer(line for line in text.splitlines() if line and not line.startswith("#"))


@cache
def name_kinds() -> dict[str, str]:
    """Return what a word may be part of, by the word: `given`, `family`, `place`, joined by `+` if several."""
    text = (DATA / "names.txt").read_text("utf-8")
    kinds: dict[str, str] = {}
    for kind in ("given", "family", "place"):
        _, _, words = text.partition(f"\n# {kind}\n")
        for word in words.partition("\n#")[0].split():
            kinds[word] = f"{kinds[word]}+{kind}" if word in kinds else kind
    return kinds
