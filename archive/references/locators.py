"""Find locators: year, volume, issue and pages as printed in the styles of health pages.

Patterns read them as well as a CRF does (F1 of 0.98 at most). Each style is one pattern, the most specific first. The
last match of a style counts, because titles hold numbers too.
"""

import re
from dataclasses import dataclass
from functools import cache

from archive.references.plain import plain

# All patterns read plain text (see `plain`) in lower case: ASCII dashes, brackets and commas. Sets of characters beyond
# Latin-1 are spelt as alternatives: each such set costs a millisecond to compile, and so does ignoring case.
_MONTH = r"[a-z]{3,9}\.?"  # any word: month names spelt out cost more to compile than they ever keep out
YEAR = r"(?<![\d-])(?<!\d\.)(?:1[6-9]\d\d|20[0-4]\d)(?!\d)"
_DAY = rf"(?:\s?[-/,]?\s?{_MONTH}(?:\s?[-/]\s?{_MONTH})?(?:[\s,]{{1,2}}\d{{1,2}}(?:st|nd|rd|th)?(?![\d(]))?)"
_NUMERIC_DAY = r"(?:(?:[-/.]|年)\s?\d{1,2}(?:(?:[-/.]|月)\s?\d{1,2}日?)?月?)"
_DATE = rf"(?P<year>{YEAR})[a-z]?年?(?:{_DAY}|{_NUMERIC_DAY})?"
_DATE_FIRST = rf"(?:\d{{1,2}}\s)?(?:{_MONTH}\s(?:\d{{1,2}},\s)?)?(?P<year>{YEAR})"
_VOLUME = r"(?P<volume>[a-z]?\d{1,4}[a-z]?(?:\s?(?:suppl|pt)\.?(?:\s?\d{1,2})?)?)"
_ISSUE = r"\(\s?(?:(?:no|nr|issue|n°)\.?\s?)?(?P<issue>[^();:]{1,24})\)"
_PAGE = r"[a-z]{0,4}\.?\d+(?:\.[a-z]?\d+|[a-z])?"
_PAGES = (
    rf"(?:pp?\.?\s?|s\.\s|页\s?|第?\s?)?(?P<pages>{_PAGE}(?:\s?-+\s?{_PAGE}){{0,8}}"
    r"(?:,\s?[a-z]?\d{1,6}-[a-z]?\d{1,6})?)页?"
)
_NO = r"(?:no|nr|num|number|iss|issue|heft|n°)\.?\s?"
_VOL = r"(?:\b(?:vol(?:ume)?|bd|band|v)\.?\s?)"

_NAMED = (
    rf"{_VOL}(?P<volume>[a-z]?\d{{1,4}})\s?[,;]?\s?(?:{_NO}(?P<issue_>[\w/-]{{1,9}})|{_ISSUE})?\s?[,;:]?\s?"
    rf"(?:[(]?{_DATE_FIRST}[)]?\s?[,:;]?\s?)?(?:(?:pp?\.?|pages?|s\.|:)\s?{_PAGES})?"
)
_ISSUE_ALONE = (
    r"(?:(?<=[^\W\d_])|(?<=[^\W\d_][\s.])|(?<=[^\W\d_]\.\s))\(\s?(?P<issue>[a-z]?\d{1,3}|增刊\s?\d?)\s?\)"
    rf"\s?:\s?{_PAGES}(?:\s?[,.]\s?{_DATE_FIRST}(?=\W*$))?"
)
_STYLES = (
    # 2016 Sep 19;3:48   2013;65:2737-47   2021,35(04):386   2013;(10):CD005440   1978,8;85:1282-1287
    rf"{_DATE}\s?(?:,\s?\d{{1,2}})?[;,.]\s?{_VOL}?{_VOLUME}?\s?,?\s?(?:{_ISSUE})?\s?:\s?{_PAGES}",
    # 2026;17(1)   2013, 3(3)
    rf"{_DATE}\s?[;,]\s?{_VOL}?{_VOLUME}\s?(?:{_ISSUE})(?:\s?[,.]\s?{_PAGES}(?![\w/]))?",
    rf"{_DATE}\s?,?\s?{_ISSUE}\s?:\s?{_PAGES}",  # 2019(11):971-972
    rf"{_DATE}\s?;\s?{_VOLUME}?\s?(?:{_ISSUE})?\s?(?::\s?)?",  # 2026;: .   2020;12
    # 24.12 (2008): 2455-2459
    rf"{_VOLUME}\s?\.\s?(?P<issue>\d{{1,3}})\s?\({_DATE_FIRST}\)\s?:\s?{_PAGES}",
    rf"第?(?P<volume>\d{{1,4}})卷\s?,?\s?第?(?P<issue>\d{{1,4}})期(?:\s?[,:]?\s?{_PAGES})?",
    rf"{_DATE}\s?,?\s?第?(?P<issue>\d{{1,4}})期(?:\s?[,:]?\s?{_PAGES})?",
    _NAMED,  # vol. 64, no. 3, pp. 1-2, Aug. 2001
    # 26, 450-452 (2020)   113:1730 (2009)   37(10), 1027-1028   72(3):3-8, 2020
    rf"(?<![\w.]){_VOLUME}\s?(?:{_ISSUE})?\s?[:,]\s?{_PAGES}\s?,?\s?\({_DATE_FIRST}\)",
    rf"(?<![\w.]){_VOLUME}\s?(?:{_ISSUE}\s?[:,]|:)\s?(?:article\s)?{_PAGES}(?:\s?[,.;]\s?{_DATE_FIRST}(?=\W*$))?(?![-\w])",
    rf"(?<![\w.])(?P<volume>\d{{1,4}})\s?\({_DATE_FIRST}\)\s?[:,]?\s?{_PAGES}",  # 72 (1990) 3-8
    r"(?<=[a-z.,])\s(?P<volume>\d{1,4})\s?,\s?(?P<pages>[a-z]?\d{1,6}(?:\s?-\s?[a-z]?\d{1,6}|\d\d))(?=[.\s]*$)",
    _ISSUE_ALONE,  # Coastal Medicine (7): 3-9   中国卫生(5): 38-39
    rf"{_DATE}\s?:\s?{_PAGES}",  # 北京: 出版社, 2010: 12-15
    rf"(?:\bpp?\.|\bpages?|\bS\.)\s?(?P<pages>{_PAGE}(?:\s?-+\s?{_PAGE})?)(?:\s?[,.]\s?{_DATE_FIRST}(?=\W*$))?",
    rf"(?<=[.,;])\s?{_DATE}(?=\W*$|[.;])",  # Journal. 2020.
)


@cache
def _style(number: int) -> re.Pattern[str]:
    """One of the styles, compiled at first use: all together take 9 ms, and most pages need three."""
    return re.compile(_STYLES[number])


@dataclass(frozen=True, slots=True)
class Locator:
    """The match of one pattern: `text[start:end]` of the searched text; `spans` holds (field, start, end)."""

    start: int
    end: int
    year: int | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    spans: tuple[tuple[str, int, int], ...] = ()

    def field_at(self, position: int) -> str:
        """Return the field that the character at `position` belongs to, or ""."""
        return next((name for name, start, end in self.spans if start <= position < end), "")


def locate(text: str, after: int = 0) -> Locator | None:
    """Return the match of the most specific style from character `after` on, or None; values are as printed."""
    folded = plain(text).lower()
    for number in range(len(_STYLES)):
        if matches := list(_style(number).finditer(folded, after)):
            return _locator(text, matches[-1])
    return None


def _locator(text: str, match: re.Match[str]) -> Locator:
    spans = tuple((name.rstrip("_"), *match.span(name)) for name, value in match.groupdict().items() if value)
    found = {name: value for name, start, end in spans if (value := text[start:end].strip())}
    return Locator(
        match.start(),
        match.end(),
        year=int(found["year"]) if "year" in found else None,
        volume=found.get("volume"),
        issue=found.get("issue"),
        pages=found.get("pages"),
        spans=spans,
    )


_PARENTHESISED = re.compile(rf"\(\s?(?:\w{{1,20}}\s)?({YEAR})[a-z]?[^()]{{0,24}}\)")
_ANY_YEAR = re.compile(YEAR)


def year_of(text: str) -> int | None:
    """Return the year of a text without a locator: the first in parentheses, else the last one, or None."""
    folded = plain(text)
    if match := _PARENTHESISED.search(folded):
        return int(match[1])
    years = _ANY_YEAR.findall(folded)
    return int(years[-1]) if years else None
