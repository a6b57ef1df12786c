"""The rules of boilerplate.toml: phrases that mark a line as no part of an article, and words that woo the reader."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from archive.text.scripts import has_cjk

# Kinds of marketing and page furniture that a Removal may name; other removals have none.
KINDS = frozenset(
    [
        "advertisement",
        "call to action",
        "contact",
        "form",
        "newsletter",
        "phone",
        "poll",
        "QR code",
        "related list",
        "share",
        "slogan",
    ]
)
_EDGES = " \t\u3000-—–_=*·•|｜:：>»›.。…!！~～[]【】「」#↓↑←→▼▲◆■●○☆★"
_NARROW = {0xFF0C: ",", 0xFF1F: "?", 0xFF01: "!", 0xFF1A: ":", 0x3000: " ", 0x2019: "'", 0xFF5C: "|", 0xA0: " "}
_SPACE = re.compile(r"\s+")


@lru_cache(maxsize=8)  # every rule asks it of the same few lines, one line after the other
def _is_wide(line: str) -> bool:
    return not line.isascii() and has_cjk(line)


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases and patterns as two expressions: one for lines in CJK script, a shorter one for all others."""

    wide: re.Pattern[str] | None
    narrow: re.Pattern[str] | None

    def search(self, line: str) -> bool:
        """Whether a folded line holds one of them."""
        pattern = self.wide if _is_wide(line) else self.narrow
        return pattern is not None and pattern.search(line) is not None


@dataclass(frozen=True, slots=True)
class Rule:
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
        """Whether the rule applies to a folded line, given with and without the punctuation at its ends."""
        if len(line) > self.limit:
            return False
        return bare in self.lines or line.startswith(self.starts) or self.words.search(line)


@dataclass(frozen=True, slots=True)
class Promotion:
    """The `[appeal]` table: groups of words by which an advertisement is known, whatever it sells."""

    groups: tuple[tuple[str, Phrases], ...]

    def hits(self, line: str) -> frozenset[str]:
        """The groups that a folded line has a word of."""
        return frozenset(name for name, words in self.groups if words.search(line))


@cache
def rules() -> tuple[Rule, ...]:
    """The rules in the order of the file."""
    return tuple(_rule(entry) for entry in _tables()["rule"])


@cache
def promotion() -> Promotion:
    """The groups of wooing words, all languages together."""
    groups = _tables()["promotion"]
    return Promotion(tuple((name, _words(group["words"], group.get("patterns", ()))) for name, group in groups.items()))


def fold_line(text: str) -> str:
    """Case and full-width punctuation folded, on one line."""
    return _SPACE.sub(" ", text.translate(_NARROW)).strip().lower()


def bare_line(line: str) -> str:
    """A folded line without the punctuation at its ends."""
    return line.strip(_EDGES)


@cache
def _tables() -> dict[str, Any]:
    source = resources.files("archive.extraction").joinpath("boilerplate.toml").read_text(encoding="utf-8")
    return tomllib.loads(source)


def _rule(entry: dict[str, Any]) -> Rule:
    return Rule(
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
    folded, shared = [fold_line(word) for word in words], [f"(?:{pattern})" for pattern in patterns]
    narrow = [_bounded(word) for word in folded if not has_cjk(word)]
    wide = [re.escape(word) for word in folded if has_cjk(word)]
    return Phrases(_any([*wide, *narrow, *shared]), _any([*narrow, *shared]))


def _any(patterns: Iterable[str]) -> re.Pattern[str] | None:
    source = "|".join(patterns)
    return re.compile(source, re.IGNORECASE) if source else None


def _bounded(word: str) -> str:
    start = r"\b" if word[:1].isascii() and word[:1].isalnum() else ""
    end = r"\b" if word[-1:].isascii() and word[-1:].isalnum() else ""
    return f"{start}{re.escape(word)}{end}"
