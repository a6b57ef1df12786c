"""Words on the pages: the query syntax, and the names of filters, values and languages."""

import re
from functools import cache

from babel import Locale, UnknownLocaleError

from archive.evidence.wording import shown as shown_evidence
from archive.retrieval import query
from archive.retrieval.engine import Results
from archive.retrieval.query import EVIDENCE_FIELDS
from archive.retrieval.terms import MOST_COUNTED, parse_range
from archive.web.translation import current, day, gettext, ngettext, number, translated
from archive.web.translation import gettext_noop as _

FILTER_NAMES = {
    "site": _("Site"), "language": _("Language"), "source": _("Source"), "year": _("Year"),
    "since": _("Published since"), "until": _("Published until"), "cites": _("Cites"), "references": _("References"),
    "retracted": _("Cites a retracted work"), "gone": _("Page"), "reference_count": _("Number of references"),
    "doubtful": _("Has a doubtful reference"), "design": _("Study design"), "subjects": _("Studied"),
}  # fmt: skip
FILTER_VALUES = {
    ("references", "yes"): _("has references"),
    ("references", "no"): _("no references"),
    ("retracted", "yes"): _("yes"),
    ("doubtful", "yes"): _("yes"),
    ("gone", "yes"): _("gone"),
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


def filter_name(name: str) -> str:
    """Return how a filter is called in the current language."""
    return gettext(FILTER_NAMES[name])


def language_name(tag: str) -> str:
    """Return the name of a BCP 47 tag in the current language, `Chinese (Simplified)`; the tag if it has none."""
    return _language_name(tag, current().locale)


@cache
def _language_name(tag: str, locale: str) -> str:
    try:
        return Locale.parse(tag, sep="-").get_display_name(locale) or tag
    except (ValueError, UnknownLocaleError):
        return tag


def value_name(name: str, value: str) -> str:
    """Return how the value of the filter `name` is shown."""
    if name == "language":
        return language_name(value)
    if name in ("year", "since", "until"):
        return day(value)
    if name in ("references", "reference_count") and (numbers := parse_range(value)):
        first, last = numbers
        if first == last:
            return number(first)
        if last == MOST_COUNTED:
            return gettext("%(number)s or more", number=first)
        return gettext("%(first)s to %(last)s", first=first, last=last)
    if name in EVIDENCE_FIELDS:
        return translated(shown_evidence(name, value))
    shown = FILTER_VALUES.get((name, value))
    return gettext(shown) if shown else value


def count_results(results: Results) -> str:
    """Return the number of results in words."""
    if results.more:
        return gettext("More than %(number)s results", number=results.total)
    return ngettext("%(count)s result", "%(count)s results", results.total)
