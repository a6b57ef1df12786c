"""A mention of a journal in running text, access to its sentence, and words for all kinds of mentions."""

import re
from dataclasses import dataclass
from typing import Any

from archive.article import Reference
from archive.text.word_lists import alternatives, read_word_list

WORDS: dict[str, Any] = read_word_list("archive.references", "mentions")
# The journal as a house: `The Lancet editors`, `JAMA subscribers`; and fields of study: `Health Psychology textbooks`.
HOUSE_BEFORE = re.compile(rf"\b{alternatives(WORDS['house']['before'])}\b.{{0,60}}$", re.IGNORECASE)
HOUSE_AFTER = re.compile(rf"(?:[’']s)? {alternatives(WORDS['house']['after'])}")
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
