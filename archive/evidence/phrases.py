"""Find the phrases of evidence.toml in a sentence, all of them in one pass.

A phrase is looked for only where its first word is, or a word that begins with its first letters: to try some thousand
phrases at each character would take milliseconds a sentence.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any

from archive.evidence.quantities import DURATION, MANY, NUMBER, NUMBER_WORDS, NUMERALS
from archive.text.scripts import HAN
from archive.text.word_lists import read_word_list

Label = tuple[str, str]  # field and value
_Match = Callable[[str, int], re.Match[str] | None]

_LATIN_KEY, _HAN_KEY = 3, 2  # first letters by which phrases are found
_KEPT_WORDS = 8_192  # words whose phrases are remembered
_GAP = {"en": r"[^.;:!?\n]{0,60}?", "zh": r"[^。;:!?；：！？\n]{0,20}?"}
_NUMBER_KEY = "#"
_STARTS = re.compile(rf"[{HAN}]|([a-z]++)[a-z0-9]*+|[0-9][a-z0-9]*+")
_WORD = re.compile("[a-z]+")
_NAMED = re.compile(r"\{(\w+)\}")
_OWN = re.compile(r"[{*_]|\.\.\.")
_PART = re.compile(r"\{(\w+)\}|(\.\.\.)|(\s)|(\*)|(_)|([^{.\s*_]+|.)")
_FIRST = "^"  # of a phrase that begins its sentence, or what is said behind a colon or a dash
_AT_FIRST = r"""(?:(?<![^"'“‘(•·:])(?<![\s\w,]["'“‘(])|(?<=[:•!?–—-]\s)|(?<=:\s["'“‘]))"""


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found at `start` to `end` of the sentence, and what it says."""

    label: Label
    start: int
    end: int
    text: str


@cache
def words() -> dict[str, Any]:
    """Return the tables of evidence.toml."""
    return read_word_list("archive.evidence", "evidence")


@cache
def nouns(name: str) -> frozenset[str]:
    """Return the words of both languages in the list of that name."""
    return frozenset(word for listed in words()["nouns"][name].values() for word in listed)


def phrases_in(sentence: str, *, on_topic: bool) -> Iterator[Hit]:
    """Yield the phrases in a folded sentence in lower case, each kind as often as it occurs.

    With `on_topic` those of the table `topic` are looked for, without it all others.
    """
    groups_at = _groups_at(on_topic)
    for start in _STARTS.finditer(sentence):
        position, end = start.start(), start.end(1)
        if end - position < _LATIN_KEY:  # a short word, a number or Chinese
            end = position + (_LATIN_KEY if sentence[position].isascii() else _HAN_KEY)
        for match_head, match_any, phrases in groups_at(sentence[position:end]):
            behind_head = position
            if match_head:
                head = match_head(sentence, position)
                if head is None:
                    continue
                behind_head = head.end()
            if match_any(sentence, behind_head):
                for phrase in phrases:
                    if match := phrase.match(sentence, behind_head):
                        yield Hit(phrase.label, position, match.end(), sentence[position : match.end()])


def may_hold(label: Label, text: str) -> bool:
    """Return whether any sentence of a folded text in lower case may hold a phrase that says so."""
    return _search_of(label)(text) is not None


@cache
def _search_of(label: Label) -> Callable[[str], re.Match[str] | None]:
    patterns = (phrase_pattern(phrase, language) for own, language, phrase in all_phrases() if own == label)
    return re.compile("|".join(patterns)).search


class _Phrase:
    """A phrase, or what is behind its head, and what it says; compiled when it is first looked for."""

    def __init__(self, label: Label, pattern: str) -> None:
        self.label = label
        self.pattern = pattern

    @cached_property
    def match(self) -> _Match:
        return re.compile(self.pattern).match


_Matches = tuple[_Match | None, _Match, list[_Phrase]]  # of a group's head, of any of its phrases, and these


class _Group:
    """Phrases that begin in the same way, looked for together: at most places none of them is.

    `head` is the pattern of the words of a list with which all of them begin, such as `{people}`, or empty.
    """

    def __init__(self, head: str) -> None:
        self._head = head
        self.phrases: list[_Phrase] = []

    @cached_property
    def matches(self) -> _Matches:
        """The match of the head, if there is one, of any of the phrases behind it, and the phrases."""
        match_any = re.compile("|".join(phrase.pattern for phrase in self.phrases)).match
        return re.compile(self._head).match if self._head else None, match_any, self.phrases


@cache
def _groups_at(on_topic: bool) -> Callable[[str], tuple[_Matches, ...]]:
    """Return a function that returns the groups of phrases that may begin with a word or its first letters."""
    by_key = _by_key(on_topic)

    @lru_cache(maxsize=_KEPT_WORDS)
    def groups_at(letters: str) -> tuple[_Matches, ...]:
        found = (group for key in _keys_of(letters) for group in by_key.get(key, ()))
        return tuple(group.matches for group in dict.fromkeys(found))

    return groups_at


def _keys_of(letters: str) -> Iterator[str]:
    first = letters[0]
    if first.isdigit() or first in NUMERALS:
        yield _NUMBER_KEY
    for length in range(1, 1 + (_LATIN_KEY if first.isascii() else _HAN_KEY)):
        yield letters[:length]
    yield f"{letters} "
    if letters in NUMBER_WORDS or letters.startswith(("a ", "an ")):
        yield _NUMBER_KEY


@cache
def _by_key(on_topic: bool) -> dict[str, list[_Group]]:
    """Return the groups of phrases by their first letters.

    Each pattern is matched at one place only and has bounded repeats only, so that it takes constant time.
    """
    groups: dict[tuple[str, ...], _Group] = {}
    by_key: defaultdict[str, list[_Group]] = defaultdict(list)
    for label, language, text in all_phrases():
        if on_topic != (label[0] == "topic"):
            continue
        name, keys = _NAMED.match(text), _first_letters(text, language)
        rest = text[name.end() :] if name else text
        # A name alone is found at all its words: it would have the phrases that begin with it tried one by one.
        own = (name[1], language, "rest" if rest else "") if name else tuple(keys)
        if own not in groups:
            groups[own] = _Group(_named(name[1], language) if name else "")
            for key in keys:
                by_key[key].append(groups[own])
        groups[own].phrases.append(_Phrase(label, phrase_pattern(rest, language)))
    return dict(by_key)


def all_phrases() -> Iterator[tuple[Label, str, str]]:
    """Yield each phrase with what it says and its language."""
    for field, values in words().items():
        if field in {"nouns", "sample"}:  # lists of words
            continue
        for value, by_language in values.items():
            for language, phrases in by_language.items():
                yield from (((field, value), language, phrase) for phrase in phrases)


def _first_letters(phrase: str, language: str) -> set[str]:
    """Return the keys under which the phrase is found: one for each word that its first part may be."""
    name = _NAMED.match(phrase)
    if name is None:
        return {_key(phrase, language)}
    if name[1] in {"n", "many", "duration"}:
        return {_NUMBER_KEY}
    return {_key(word, language) for word in words()["nouns"][name[1]][language]}


def _key(phrase: str, language: str) -> str:
    """Return the first word of a phrase and a space, or the first letters of a word that is short or goes on."""
    phrase = phrase.lower().removeprefix(_FIRST)
    own = _OWN.split(phrase)[0]
    word = _WORD.match(own)
    if word and len(word[0]) >= _LATIN_KEY and (word[0] != own or (own == phrase and language == "en")):
        return f"{word[0]} "
    return own[: _LATIN_KEY if own[:1].isascii() else _HAN_KEY]


def phrase_pattern(phrase: str, language: str) -> str:
    """Return a phrase of evidence.toml as a regular expression."""
    parts = [_AT_FIRST] if phrase.startswith(_FIRST) else []
    for match in _PART.finditer(phrase.lower().removeprefix(_FIRST)):
        name, gap, space, star, few, text = match.groups()
        if name:
            parts.append(_named(name, language))
        elif gap:
            parts.append(_GAP[language])
        elif space:
            parts.append(r"[\s-]{1,2}")
        elif few:
            parts.append(r"(?:[\w'’-]{1,20}\s){1,3}?")
        elif star:
            alone = match.start() == 0 or phrase[match.start() - 1] == " "
            parts.append(r"[\w'’-]{1,20}" if alone else r"[\w'’-]{0,20}")
        else:
            parts.append(re.escape(text or ""))
    pattern = "".join(parts)
    pattern = pattern.replace(r"[\s-]{1,2}" + _GAP[language] + r"[\s-]{1,2}", r"(?:\s|\s" + _GAP[language] + r"\s)")
    return pattern + (r"(?![a-z])" if language == "en" and not phrase.endswith((" ", ":")) else "")


def _named(name: str, language: str) -> str:
    if name == "n":
        return NUMBER
    if name == "many":
        return MANY
    if name == "duration":
        gap = r"\s" if language == "en" else ""
        return rf"(?:(?:{'|'.join(words()['nouns']['about'][language])}){gap})?{DURATION}"
    listed = sorted(words()["nouns"][name][language], key=len, reverse=True)
    return f"(?:{'|'.join(phrase_pattern(word, language) for word in listed)})"
