"""Words of the pages: what a query may be, how filters and languages are called, how numbers are written."""

import re
from functools import cache

from archive.retrieval import query
from archive.retrieval.engine import Results

NAMES = {
    "site": "Site", "language": "Language", "source": "Source", "year": "Year", "since": "Published since",
    "until": "Published until", "cites": "Cites", "references": "References", "retracted": "Cites a retracted work",
    "gone": "Page",
}  # fmt: skip
VALUES = {
    ("references", "yes"): "has references",
    ("references", "no"): "no references",
    ("retracted", "yes"): "yes",
    ("gone", "yes"): "gone",
}
LANGUAGES = {
    "zh-Hans": "Chinese (simplified)", "zh-Hant": "Chinese (traditional)", "zh": "Chinese", "en": "English",
    "ja": "Japanese", "ko": "Korean", "de": "German", "fr": "French", "es": "Spanish", "pt": "Portuguese",
    "it": "Italian", "ru": "Russian", "ar": "Arabic", "vi": "Vietnamese", "th": "Thai", "id": "Indonesian",
}  # fmt: skip


@cache
def query_language() -> tuple[tuple[str, str], ...]:
    """The table in the documentation of archive.retrieval.query: what can be typed, and what it finds."""
    rows: list[tuple[str, str]] = []
    for line in (query.__doc__ or "").splitlines():
        if row := re.fullmatch(r"`(.+?)`\s{2,}(.+)", line):
            rows.append((row[1], row[2]))
        elif rows and (more := re.fullmatch(r"\s{2,}(.+)", line)):  # the line before goes on
            rows[-1] = (rows[-1][0], f"{rows[-1][1]} {more[1]}")
    return tuple(rows)


def language_name(tag: str) -> str:
    """The English name of a BCP 47 tag, the tag itself where it is not a common one."""
    return LANGUAGES.get(tag, tag)


def value_name(filter_name: str, value: str) -> str:
    """How a filter's value is shown."""
    if filter_name == "language":
        return language_name(value)
    return VALUES.get((filter_name, value), value)


def how_many(results: Results) -> str:
    """The number of results in words."""
    if results.more:
        return f"More than {results.total:,} results"
    return "1 result" if results.total == 1 else f"{results.total:,} results"
