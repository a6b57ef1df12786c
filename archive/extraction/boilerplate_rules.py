"""Read boilerplate.toml: rules for lines that are not part of an article, and the words of advertisements."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from archive.article import ADVERTISING
from archive.text.scripts import has_cjk
from archive.text.word_lists import read_word_list

# The kinds that a Removal may have; others have none.
CLUTTER = frozenset({"form field", "navigation", "poll", "related list", "share"})
KINDS = ADVERTISING | CLUTTER
_EDGES = " \t\u3000-—–_=*·•|｜:：>»›.。…!！~～[]【】「」#↓↑←→▼▲◆■●○☆★"
_NARROW = (("，", ","), ("？", "?"), ("！", "!"), ("：", ":"), ("\u3000", " "), ("’", "'"), ("｜", "|"), ("\xa0", " "))


@lru_cache(maxsize=8)  # called by every rule for the same line
def _is_wide(line: str) -> bool:
    return has_cjk(line)


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases as two regular expressions, one for lines with CJK letters and a shorter one for all others; patterns.

    The three are apart, and case matters in them, so that the expressions of phrases begin with letters only: `re` then
    looks for those letters first, which takes a third of the time.
    """

    wide: re.Pattern[str] | None
    narrow: re.Pattern[str] | None
    patterns: re.Pattern[str] | None

    def search(self, line: str) -> bool:
        """Return whether a folded line contains one of the phrases or matches a pattern."""
        phrases = self.wide if _is_wide(line) else self.narrow
        return (phrases is not None and phrases.search(line) is not None) or (
            self.patterns is not None and self.patterns.search(line) is not None
        )


@dataclass(frozen=True, slots=True)
class BoilerplateRule:
    """One `[[rule]]` of boilerplate.toml."""

    reason: str
    kind: str | None
    place: str
    effect: str
    limit: int
    lines: frozenset[str]
    starts: tuple[str, ...]
    words: Phrases

    def matches(self, line: str, bare: str) -> bool:
        """Return whether the rule applies to a folded line; `bare` is the line without the punctuation at its ends."""
        if len(line) > self.limit:
            return False
        return bare in self.lines or line.startswith(self.starts) or self.words.search(line)


@dataclass(frozen=True, slots=True)
class Promotion:
    """The `[promotion]` table: groups of words that advertisements use, whatever they sell."""

    groups: tuple[tuple[str, Phrases], ...]

    def hits(self, line: str) -> frozenset[str]:
        """Return the groups that have a word in a folded line."""
        return frozenset(name for name, words in self.groups if words.search(line))


@cache
def rules() -> tuple[BoilerplateRule, ...]:
    """Return the rules in the order of the file."""
    return tuple(_rule(entry) for entry in _tables()["rule"])


_Search = Callable[[str], re.Match[str] | None]


@cache
def _rules_at(place: str) -> tuple[tuple[BoilerplateRule, _Search | None, _Search | None, _Search | None], ...]:
    """Return the rules that apply at a place, each with the searches of its words: wide, narrow and patterns."""
    found = []
    for rule in rules():
        if rule.place in {"any", place}:
            words = rule.words
            found.append((rule, _search(words.wide), _search(words.narrow), _search(words.patterns)))
    return tuple(found)


def _search(pattern: re.Pattern[str] | None) -> _Search | None:
    return None if pattern is None else pattern.search


def first_rule(line: str, *, tail: bool) -> BoilerplateRule | None:
    """Return the first rule that applies to a folded line anywhere, or in the tail of an article.

    The same as `matches` of each rule, in a third of the time: most lines of a page are asked all rules in vain.
    """
    bare, size, is_wide = bare_line(line), len(line), has_cjk(line)
    for rule, wide, narrow, patterns in _rules_at("tail" if tail else "any"):
        if size <= rule.limit:
            phrases = wide if is_wide else narrow
            if (
                bare in rule.lines
                or line.startswith(rule.starts)
                or (phrases and phrases(line))
                or (patterns and patterns(line))
            ):
                return rule
    return None


@cache
def advertising_rules() -> tuple[BoilerplateRule, ...]:
    """Return the rules for advertising that stands anywhere."""
    return tuple(rule for rule in rules() if rule.kind in ADVERTISING and rule.place == "any")


@cache
def advertising_lines() -> dict[str, BoilerplateRule]:
    """Return the rule of each whole line that is advertising."""
    return {line: rule for rule in advertising_rules() for line in rule.lines}


@cache
def promotion() -> Promotion:
    """Return the groups of promotional words, with all languages together."""
    groups = _tables()["promotion"]
    return Promotion(tuple((name, _words(group["words"], group.get("patterns", ()))) for name, group in groups.items()))


def fold_line(text: str) -> str:
    """Return `text` in lower case on one line, with full-width punctuation as ASCII."""
    if not text.isascii():
        for wide, narrow in _NARROW:  # in a fraction of the time of `translate`, which looks up each character
            text = text.replace(wide, narrow)
    return " ".join(text.split()).lower()


def bare_line(line: str) -> str:
    """Return a folded line without the punctuation at its ends."""
    return line.strip(_EDGES)


@cache
def _tables() -> dict[str, Any]:
    return read_word_list("archive.extraction", "boilerplate")


def _rule(entry: dict[str, Any]) -> BoilerplateRule:
    return BoilerplateRule(
        reason=entry["reason"],
        kind=entry.get("kind"),
        place=entry["place"],
        effect=entry["effect"],
        limit=entry["limit"],
        lines=frozenset(bare_line(fold_line(line)) for line in entry.get("lines", ())),
        starts=tuple(map(fold_line, entry.get("starts", ()))),
        words=_words(entry.get("contains", ()), entry.get("patterns", ())),
    )


def _words(words: Iterable[str], patterns: Iterable[str]) -> Phrases:
    folded = [fold_line(word) for word in words]
    narrow = [_bounded(word) for word in folded if not has_cjk(word)]
    wide = [re.escape(word) for word in folded if has_cjk(word)]
    return Phrases(_any([*wide, *narrow]), _any(narrow), _any(f"(?:{pattern})" for pattern in patterns))


def _any(patterns: Iterable[str]) -> re.Pattern[str] | None:
    source = "|".join(patterns)
    return re.compile(source) if source else None


def _bounded(word: str) -> str:
    """Return a pattern for a word with boundaries; the one at its start is a look-behind that stands last."""
    start = rf"(?<!\w.{{{len(word)}}})" if word[:1].isascii() and word[:1].isalnum() else ""
    end = r"\b" if word[-1:].isascii() and word[-1:].isalnum() else ""
    return f"{re.escape(word)}{end}{start}"
