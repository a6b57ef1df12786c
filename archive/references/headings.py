"""Headings that introduce a reference list; their words lie in headings.toml."""

import re
from typing import NamedTuple

from archive.text.word_lists import all_words, alternatives, read_word_list

_DATA = read_word_list("archive.references", "headings")
_WORDS = (
    f"(?:(?P<sure>{alternatives(all_words(_DATA['sure']))})|(?P<likely>{alternatives(all_words(_DATA['likely']))})"
    f"|(?P<unsure>{alternatives(all_words(_DATA['unsure']))}))"
)
_OPEN = (
    r"[\W_]*(?:(?:[一二三四五六七八九十]{1,3}\s?[、.．]\s?|\d{1,2}\s?[、.．]\s?)[\W_]*)?"
    r"(?:主要|本文|部分|相关|附录?[:：]?)?"
)
_COUNT = r"(?:\s?[(（\[［【]\s?(?:\d{1,3}|edit|编辑|略|部分|references?|sources?)\s?[)）\]］】]|\s?\d{1,3}\s?(?=$))?"
_TWICE = r"(?:\s?/?\s?(?:references?|参考文献|sources?))?"
_HEADING = re.compile(rf"{_OPEN}{_WORDS}{_COUNT}{_TWICE}[\W_]*$", re.IGNORECASE)
_LEAD = re.compile(
    rf"{_OPEN}{_WORDS}(?:\s?[:：】\]］〕)）]+[:：]?\s?|\s(?=[\[【［]\s?1\s?[\]】］]))",
    re.IGNORECASE,
)
_POLICY = re.compile(alternatives(all_words(_DATA["policy"])), re.IGNORECASE)
_LONGEST = 60  # characters; the longest heading met has 38


class Heading(NamedTuple):
    """A heading of a reference list.

    `sure` says that its words introduce nothing but literature, `likely` that they introduce it as a rule; `end` is
    the offset of the text after it.
    """

    sure: bool
    likely: bool
    end: int


def _heading(match: re.Match[str], end: int) -> Heading:
    return Heading(match["sure"] is not None, match["likely"] is not None, end)


def read_heading(text: str) -> Heading | None:
    """Return the heading if the whole line introduces references, else None."""
    if len(text) > _LONGEST:
        return None
    match = _HEADING.match(text)
    return _heading(match, len(text)) if match else None


def is_policy(text: str) -> bool:
    """Return whether a line says how the site chooses its sources."""
    return len(text) < 700 and bool(_POLICY.search(text))


def read_lead(text: str) -> Heading | None:
    """Return the heading that a line begins with, as in `参考文献：[1] …`; the rest of the line holds entries."""
    match = _LEAD.match(text[:_LONGEST])
    return _heading(match, match.end()) if match and match.end() < len(text) else None
