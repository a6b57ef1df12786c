"""Words on the pages: the query syntax, and the names of filters, values and languages."""

import re
from functools import cache

from babel import Locale, UnknownLocaleError

from archive.retrieval import query
from archive.retrieval.engine import Results
from archive.retrieval.terms import MOST_COUNTED, parse_range

FILTER_NAMES = {
    "site": "Site", "language": "Language", "source": "Source", "year": "Year", "since": "Published since",
    "until": "Published until", "cites": "Cites", "references": "References", "retracted": "Cites a retracted work",
    "gone": "Page", "reference_count": "Number of references",
}  # fmt: skip
FILTER_VALUES = {
    ("references", "yes"): "has references",
    ("references", "no"): "no references",
    ("retracted", "yes"): "yes",
    ("gone", "yes"): "gone",
}


@cache
def query_syntax() -> tuple[tuple[str, str], ...]:
    """Return the table in the docstring of archive.retrieval.query: pairs of a query and what it finds."""
    rows: list[tuple[str, str]] = []
    for line in (query.__doc__ or "").splitlines():
        if row := re.fullmatch(r"`(.+?)`\s{2,}(.+)", line):
            rows.append((row[1], row[2]))
        elif rows and (more := re.fullmatch(r"\s{2,}(.+)", line)):  # continues the line before
            rows[-1] = (rows[-1][0], f"{rows[-1][1]} {more[1]}")
    return tuple(rows)


@cache
def language_name(tag: str) -> str:
    """Return the English name of a BCP 47 tag, such as "Chinese (Simplified)"; the tag itself if it has none."""
    try:
        return Locale.parse(tag, sep="-").english_name or tag
    except (ValueError, UnknownLocaleError):
        return tag


def value_name(filter_name: str, value: str) -> str:
    """Return how the value of a filter is shown."""
    if filter_name == "language":
        return language_name(value)
    if filter_name in ("references", "reference_count") and (numbers := parse_range(value)):
        first, last = numbers
        to = "" if first == last else " or more" if last == MOST_COUNTED else f" to {last:,}"
        return f"{first:,}{to}"
    return FILTER_VALUES.get((filter_name, value), value)


def count_results(results: Results) -> str:
    """Return the number of results in words."""
    if results.more:
        return f"More than {results.total:,} results"
    return "1 result" if results.total == 1 else f"{results.total:,} results"
