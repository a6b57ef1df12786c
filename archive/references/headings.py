"""The words that introduce a reference list, in the languages met on health pages."""

import re
from typing import NamedTuple

from archive.references.word_lists import alternatives, load

_DATA = load("headings")
_WORDS = f"(?:(?P<sure>{alternatives(_DATA['sure'])})|(?P<unsure>{alternatives(_DATA['unsure'])}))"
_OPEN = (
    r"[\W_]*(?:[一二三四五六七八九十]{1,3}\s?[、.．]\s?|\d{1,2}\s?[、.．]\s?)?[\W_]*"
    r"(?:主要|本文|部分|相关|附录?[:：]?)?"
)
_COUNT = r"(?:\s?[(（\[［【]\s?(?:\d{1,3}|edit|编辑|略|部分|references?|sources?)\s?[)）\]］】]|\s?\d{1,3}\s?(?=$))?"
_TWICE = r"(?:\s?/?\s?(?:references?|参考文献|sources?))?"
_HEADING = re.compile(rf"{_OPEN}{_WORDS}{_COUNT}{_TWICE}[\W_]*$", re.IGNORECASE)
_LEAD = re.compile(
    rf"{_OPEN}{_WORDS}(?:\s?[:：】\]］〕)）]+[:：]?\s?|\s(?=[\[【［]\s?1\s?[\]】］]))",
    re.IGNORECASE,
)
_POLICY = re.compile(alternatives(_DATA["policy"]), re.IGNORECASE)
_LONGEST = 60  # characters; the longest heading met has 38


class Heading(NamedTuple):
    """`sure` says that the word means literature and nothing else; `end` is where the text after it begins."""

    sure: bool
    end: int


def read_heading(text: str) -> Heading | None:
    """The heading that a whole line is, if it introduces references."""
    if len(text) > _LONGEST:
        return None
    match = _HEADING.match(text)
    return Heading(match["sure"] is not None, len(text)) if match else None


def is_policy(text: str) -> bool:
    """Whether a line tells how the site chooses the sources that follow."""
    return len(text) < 700 and bool(_POLICY.search(text))


def read_lead(text: str) -> Heading | None:
    """The heading that a line begins with, as in `参考文献：[1] …`; the rest of the line holds entries."""
    match = _LEAD.match(text[:_LONGEST])
    return Heading(match["sure"] is not None, match.end()) if match and match.end() < len(text) else None
