"""Encode an article's site, language and date as words of the full-text index: in SQL to index, in Python to query.

A code ends in a digit, so that the English stemmer does not change it. Names are in hexadecimal, so that any name is
one word. `zh-Hant-TW` has the codes of zh, zh-hant and zh-hant-tw; a date has those of its year, month and day.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

UNDATED = "undated0"

ISO = "[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]"  # as a GLOB pattern of SQL: other text is no date

PERIOD = re.compile(
    r"[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?"
)  # as in the options --since and --until
_DATE = re.compile(r"\s*([0-9]{4})(?:[-/.](0?[1-9]|1[0-2])(?:[-/.](0?[1-9]|[12][0-9]|3[01]))?)?(?:[T\s].*)?", re.DOTALL)


def _tag(subtags: int) -> str:
    """Return SQL for the first `subtags` subtags of the language, or all when there are fewer."""
    end = "0"
    for _ in range(subtags):
        end = f"({end}) + instr(substr(language || '-', ({end}) + 1), '-')"
    return f"lower(substr(language || '-', 1, ({end}) - 1))"


# The column `facets` of the index, for a row of `articles`.
SQL = (
    "'s' || hex(site) || '0 ' || coalesce("
    + " || ' ' || ".join(f"'l' || hex({tag}) || '0'" for tag in (_tag(1), _tag(2), "lower(language)"))
    + f", '') || ' ' || case when published glob '{ISO}' then 'y' || substr(published, 1, 4) || ' m' || "
    + "substr(published, 1, 4) || substr(published, 6, 2) || ' d' || replace(published, '-', '') "
    + f"else '{UNDATED}' end"
)


def of_site(name: str) -> str:
    """Return the code of a site's name."""
    return f"s{_hexadecimal(name)}0"


def of_language(tag: str) -> str:
    """Return the code of a language tag, which all more specific tags have too."""
    return f"l{_hexadecimal(tag.lower())}0"


def of_period(period: str) -> str:
    """Return the code of a year, month or day: YYYY, YYYY-MM or YYYY-MM-DD."""
    return "ymd"[period.count("-")] + period.replace("-", "")


def first_day(period: date | str) -> str | None:
    """Return the first day of a period as YYYY-MM-DD, None for text that is no date."""
    match = _DATE.fullmatch(unicodedata.normalize("NFKC", str(period)))
    return f"{match[1]}-{int(match[2] or 1):02}-{int(match[3] or 1):02}" if match else None


def last_day(period: date | str) -> str | None:
    """Return the last day of a period (31 in every month) as YYYY-MM-DD, None for text that is no date."""
    match = _DATE.fullmatch(unicodedata.normalize("NFKC", str(period)))
    return f"{match[1]}-{int(match[2] or 12):02}-{int(match[3] or 31):02}" if match else None


def periods(first: str, last: str) -> Iterator[str]:
    """Yield the fewest years, months and days that cover the days (YYYY-MM-DD) from `first` to `last` (included)."""
    for year in range(int(first[:4]), int(last[:4]) + 1):
        yield from _covering(f"{year:04}", [f"{year:04}-{month:02}" for month in range(1, 13)], first, last)


def _covering(period: str, parts: list[str], first: str, last: str) -> Iterator[str]:
    start, end = first_day(period) or "", last_day(period) or ""
    if first <= start and end <= last:
        yield period
    elif start <= last and first <= end:
        for part in parts:
            days = [f"{part}-{day:02}" for day in range(1, 32)] if part.count("-") == 1 else []
            yield from _covering(part, days, first, last)


def _hexadecimal(text: str) -> str:
    return text.encode("utf-8", "ignore").hex()
