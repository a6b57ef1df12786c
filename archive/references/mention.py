"""A mention of a journal in running text, and access to its sentence."""

import re
from dataclasses import dataclass

from archive.article import Reference

_SENTENCE_END = re.compile(
    r"[。！？!?\n]|(?<!\bDr)(?<!\bProf)(?<!\bMr)(?<!\bMs)(?<!\bSt)(?<!\bet al)[.][\"”]?\s+(?=[A-Z\"“])"
)
_NOTHING = Reference()


@dataclass(frozen=True, slots=True)
class Mention:
    """A journal named in `text[start:end]`: its name as printed, and the year or locator printed with it."""

    start: int
    end: int
    container: str
    printed: Reference = _NOTHING  # the year or locator of a short reference in parentheses


def before(text: str, position: int, most: int) -> str:
    """Return at most `most` characters of the sentence before a position."""
    lead = text[max(0, position - most) : position]
    ends = [match.end() for match in _SENTENCE_END.finditer(lead)]
    return lead[ends[-1] :] if ends else lead


def after(text: str, position: int, most: int) -> str:
    """Return at most `most` characters of the sentence after a position."""
    rest = text[position : position + most]
    end = _SENTENCE_END.search(rest)
    return rest[: end.start()] if end else rest
