"""Which words of certainty, doubt and negation, and which numbers, a change removes and adds. Pure functions.

A hint and no verdict: the words are those of claim_words.toml, and what they mean in their sentence is not known.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from archive.text.folding import fold
from archive.text.word_lists import all_words, read_word_list

KINDS = ("certainty", "doubt", "negation", "number")
_NEITHER = "neither"
_ENGLISH = re.compile(r"[a-z]+(?:['’-][a-z]+)*")
# Dates and times change when nothing is claimed otherwise.
_DATE = re.compile(
    r"(?:\d{4}|(?<!\d)\d\d)\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}\s?[日号]?|\d{1,2}\s?月\s?\d{1,2}\s?[日号]|\d{4}\s?年(?:\s?\d{1,2}\s?月)?"
    r"|\d{1,2}:\d\d(?::\d\d)?"
)
_JOINED = re.compile(r"\s(?![a-z])")  # `80 %` is `80%`
_NUMBER = re.compile(
    r"\d+(?:[.,]\d+)*\s?(?:%|‰|percent\b|per cent\b|倍|成(?!立|功|为|人|分|长|本)|万|亿|例|名|人|岁)?"
    r"|百分之[〇零一二三四五六七八九十百点两]+|(?<![一二三四五六七八九十两])[一二三四五六七八九十两]+(?:倍|成(?!立|功|为|人|分|长|本))"
    r"|\b(?:half|twice|double[ds]?|triple[ds]?|two-?fold|one third|two thirds)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Hint:
    """The words of one kind that a change removes and adds, as they are folded; each in alphabetical order."""

    kind: str
    removed: tuple[str, ...]
    added: tuple[str, ...]


def claim_hints(old: str, new: str) -> tuple[Hint, ...]:
    """Return a hint for each of KINDS of which one text has words that the other has not, or has more often."""
    before, after = _counted(old), _counted(new)
    hints = (
        Hint(kind, tuple(sorted(before[kind] - after[kind])), tuple(sorted(after[kind] - before[kind])))
        for kind in KINDS
    )
    return tuple(hint for hint in hints if hint.removed or hint.added)


def _counted(text: str) -> dict[str, Counter[str]]:
    folded = fold(text).lower()
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    for kind, word in _words(folded):
        if kind != _NEITHER:
            counts[kind][word] += 1
    countless = _lists().counter.sub(" ", _DATE.sub(" ", folded))
    counts["number"].update(_JOINED.sub("", match[0]) for match in _NUMBER.finditer(countless))
    return counts


def _words(folded: str) -> Iterator[tuple[str, str]]:
    """Yield the kind and the word for each word of the lists; at a place the longest one counts."""
    lists = _lists()
    for match in lists.chinese.finditer(folded):
        yield lists.kinds[match[0]], match[0]
    for match in _ENGLISH.finditer(folded):
        if kind := lists.english(match[0].replace("’", "'")):
            yield kind, match[0]


class _Lists:
    """The words of claim_words.toml: Chinese ones as a pattern, English ones whole or by their beginning.

    `counter` matches a number beside what a page counts.
    """

    def __init__(self) -> None:
        words = read_word_list("archive.text", "claim_words")
        counted = "|".join(map(re.escape, all_words(words.pop("counter"))))
        self.counter = re.compile(rf"(?:{counted})[^\w\n]{{0,3}}\d[\d,.]*|\d[\d,.]*[^\w\n]{{0,3}}(?:{counted})")
        self.kinds = {word: kind for kind, by_language in words.items() for word in all_words(by_language)}
        chinese = sorted((word for by_language in words.values() for word in by_language["zh"]), key=len, reverse=True)
        self.chinese = re.compile("|".join(map(re.escape, chinese)))
        self._beginnings = {word.removesuffix("*"): kind for word, kind in self.kinds.items() if word.endswith("*")}

    def english(self, word: str) -> str | None:
        """Return the kind of a word; the longest beginning counts."""
        if word in self.kinds:
            return self.kinds[word]
        if word.endswith("n't"):
            return self.kinds["n't"]
        beginnings = (word[:length] for length in range(len(word), 2, -1))
        return next((self._beginnings[each] for each in beginnings if each in self._beginnings), None)


@cache
def _lists() -> _Lists:
    return _Lists()
