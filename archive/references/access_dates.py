"""Read the date on which the author of a page read what he refers to: `[2020-03-01]`, `Accessed March 1, 2020`."""

import re
from functools import cache
from typing import NamedTuple

from archive.references.plain import plain
from archive.text.word_lists import alternatives, read_word_list


class Access(NamedTuple):
    """A date of access in ISO 8601, as far as it is printed (`2020-03-01`, `2020-03` or `2020`), and its span."""

    date: str
    span: tuple[int, int]


_YEAR = r"(?:19|20)\d\d"
_MONTH = r"[A-Za-z]{3,9}"
_DATES = (
    rf"(?P<y1>{_YEAR})\s?(?:[-/.]|年)\s?(?P<m1>\d{{1,2}})(?:\s?(?:[-/.]|月)\s?(?P<d1>\d{{1,2}}))?[日月]?",
    rf"(?P<y2>{_YEAR}),?\s(?P<n2>{_MONTH})\.?(?:\s(?P<d2>\d{{1,2}}))?",
    rf"(?P<d3>\d{{1,2}})(?:st|nd|rd|th|\.)?\s(?:of\s|de\s)?(?P<n3>{_MONTH})\.?,?\s(?:de\s)?(?P<y3>{_YEAR})",
    rf"(?P<n4>{_MONTH})\.?\s(?:(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?,?\s)?(?P<y4>{_YEAR})",
    rf"(?P<d5>\d{{1,2}})\s?(?P<s5>[./])\s?(?P<m5>\d{{1,2}})\s?[./]\s?(?P<y5>{_YEAR})",
    rf"(?P<y6>{_YEAR})年?",
)


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """Compiled at first use: most entries name no date of access."""
    words = {place: alternatives(found) for place, found in _words().items()}
    date = "|".join(_DATES)
    return (
        re.compile(rf"\[[^\[\]\d]{{0,20}}(?:{date})[^\[\]\d]{{0,12}}\]"),
        re.compile(
            rf"[\[(]?(?<!\w){words['before']}(?:\s?(?:on|am|le|el|in|at)(?!\w))?\s?[:,.]?\s?(?:{date})\s?[\])]?",
            re.IGNORECASE,
        ),
        re.compile(rf"[\[(]?(?:{date})\s?{words['after']}[\])]?", re.IGNORECASE),
    )


@cache
def _words() -> dict[str, list[str]]:
    read = read_word_list("archive.references", "access_dates")
    return {place: [word for words in read[place].values() for word in words] for place in ("before", "after")}


@cache
def _traces() -> re.Pattern[str]:
    """What every printed date of access has: brackets around a year, or one of the words."""
    words = [word for found in _words().values() for word in found]
    return re.compile(rf"\[[^\[\]\d]{{0,20}}{_YEAR}[^\[\]]{{2,24}}\]|{alternatives(words)}")


@cache
def _months() -> dict[str, int]:
    months: dict[str, int] = {}
    for names in read_word_list("archive.references", "access_dates")["months"].values():
        months |= {name: number for number, listed in enumerate(names, 1) for name in listed.split()}
    return months


def read_access(text: str) -> Access | None:
    """Return the date of access in a text, or None; of several the last one that is printed in the first form found."""
    folded = plain(text)
    if not _traces().search(folded.lower()):
        return None
    for pattern in _patterns():
        for match in reversed(list(pattern.finditer(folded))):
            if (date := _iso(match)) and not (pattern is _patterns()[0] and len(date) == 4):
                return Access(date, match.span())
    return None


def _iso(match: re.Match[str]) -> str | None:
    """The date of a match; None if it names a month or a day that does not exist."""
    found = {name[0]: value for name, value in match.groupdict().items() if value}
    month, day = int(found.get("m", 0)), int(found.get("d", 0))
    if "n" in found:
        month = _months().get(found["n"].lower(), 0)
        if not month:
            return None
    elif found.get("s") == "/":
        month, day = _slashed(month, day)
    if month > 12 or day > 31:
        return None
    parts = [found["y"], f"{month:02}", f"{day:02}"]
    return "-".join(parts[: 3 if month and day else 2 if month else 1])


def _slashed(second: int, first: int) -> tuple[int, int]:
    """Month and day of `3/25/2020` or `25/3/2020`; neither where both could be the month."""
    if first <= 12 and second <= 12:
        return 0, 0
    return (first, second) if first <= 12 else (second, first)
