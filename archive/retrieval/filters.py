"""The filters of a search and their validation, the same for Python and for the command line."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal, TypedDict, get_args

from archive.errors import FilterError
from archive.retrieval.terms import parse_range
from archive.storage.fulltext.facet_codes import PERIOD
from archive.text.messages import message

DATE_FORMATS = message("YYYY-MM-DD, YYYY-MM or YYYY")
RANGE_FORMATS = message("5, 5-19 or 20-")
Sort = Literal["rank", "date", "references", "advertising"]
SORTS = get_args(Sort)
_TEXTS = ("site", "language", "source", "cites", "design", "subjects")
_DATES = ("since", "until")
_FLAGS = ("retracted", "doubtful", "gone")


class Filters(TypedDict, total=False):
    """Filters of a search. None, the default of each, means that the filter is not set.

    site: name of a configured site; the empty string selects pages that were crawled as single URLs.
    language: BCP 47 tag; `zh` includes all its scripts.
    since, until: publication date, a `date` or `YYYY-MM-DD`, `YYYY-MM`, `YYYY`; both inclusive. Undated articles are
        left out.
    source: word or phrase of the publisher's name.
    cites: identifier of a cited work (DOI, PMID, PMCID, trial or arXiv number), or words of a printed reference.
    references: True for articles that have references, False for articles without, a text such as `5`, `5-19` or `20-`
        for articles with so many.
    retracted: True for articles that cite a work that is retracted or has an expression of concern.
    doubtful: True for articles with a reference that contradicts itself or the record of its work.
    gone: True for articles whose page is gone.
    design: of the study that the article reports on: trial, cohort, case-control, cross-sectional, case report, review
        or laboratory.
    subjects: of that study: humans, animals or cells.
    """

    site: str | None
    language: str | None
    since: date | str | None
    until: date | str | None
    source: str | None
    cites: str | None
    references: bool | str | None
    retracted: bool | None
    doubtful: bool | None
    gone: bool | None
    design: str | None
    subjects: str | None


def narrowing(filters: Mapping[str, Any]) -> Filters:
    """Return the filters that narrow a search: without None, and without flags that are False, except `references`."""
    kept: Any = {
        name: filters[name]
        for name in Filters.__annotations__
        if filters.get(name) is not None and (filters[name] is not False or name == "references")
    }
    narrowed: Filters = kept
    return narrowed


def check_filters(filters: Mapping[str, Any]) -> None:
    """Raise FilterError for an unknown filter or a value that its filter does not take."""
    for name, value in filters.items():
        if name not in Filters.__annotations__:
            raise FilterError(f"There is no filter {name!r}: use one of {', '.join(Filters.__annotations__)}.")
        if value is None:
            continue
        if name in _DATES and not is_period(value):
            raise FilterError(f"{name}: {value!r} is not a date; write it as {DATE_FORMATS}.")
        if name in _TEXTS and not isinstance(value, str):
            raise FilterError(f"{name}: {value!r} is not a text; give a string.")
        if name in _FLAGS and not isinstance(value, bool):
            raise FilterError(f"{name}: {value!r} is neither True nor False; give one of them.")
        if name == "references" and not isinstance(value, bool) and parse_range(value) is None:
            raise FilterError(f"{name}: {value!r} is not a number; give True, False, or write it as {RANGE_FORMATS}.")


def check_page(sort: str, limit: int, offset: int, sorts: Sequence[str] = SORTS) -> None:
    """Raise FilterError for an order that is not one of `sorts`, or a negative number of hits."""
    if sort not in sorts:
        raise FilterError(f"sort: {sort!r} is not an order here; use {', '.join(sorts[:-1])} or {sorts[-1]}.")
    for name, value in (("limit", limit), ("offset", offset)):
        if not isinstance(value, int) or value < 0:
            raise FilterError(f"{name}: {value!r} is not a number of hits; give an integer from 0.")


def is_period(value: date | str) -> bool:
    """Whether `value` is a date, or the text of a day, month or year that the calendar has."""
    if isinstance(value, date):
        return True
    if not isinstance(value, str) or not PERIOD.fullmatch(value):
        return False
    try:
        date.fromisoformat(value + "-01-01"[len(value) - 4 :])
    except ValueError:  # 30 February, or the year 0000
        return False
    return True
