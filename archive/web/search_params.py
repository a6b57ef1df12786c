"""Parse the query string of the search page, and write it again. Pure functions."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from archive.retrieval.filters import DATE_FORMATS, RANGE_FORMATS, SORTS, Filters, Sort, is_period
from archive.retrieval.terms import parse_range
from archive.text.messages import either, message

PAGE_SIZE = 20
MAX_SIZE = 100  # hits on a page
MAX_HITS = 10_000  # hits that can be paged through; counts stop there too

TEXTS = ("site", "language", "source", "cites", "design", "subjects")
FILTERS = (
    "site", "language", "source", "year", "since", "until", "cites", "references", "retracted", "doubtful", "gone",
    "design", "subjects",
)  # fmt: skip
NO_FILE = message(
    "Files and feeds contain articles as they are now: for text that is no longer there use the page or JSON."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchParams:
    """The parameters of a search. An empty string is a filter that is not set.

    `complaints` are sentences on invalid parameters, which are ignored.
    """

    q: str = ""
    site: str = ""
    language: str = ""
    source: str = ""
    year: str = ""
    since: str = ""
    until: str = ""
    cites: str = ""
    references: str = ""
    retracted: str = ""
    doubtful: str = ""
    gone: str = ""
    design: str = ""
    subjects: str = ""
    revisions: str = ""
    copies: str = ""
    sort: Sort = "rank"
    page: int = 1
    size: int = PAGE_SIZE
    complaints: tuple[str, ...] = ()

    @property
    def filters(self) -> dict[str, str]:
        """The filters that are set, by name."""
        return {name: value for name in FILTERS if (value := getattr(self, name))}

    @property
    def all_copies(self) -> bool:
        """Whether each copy of an article is a result of its own."""
        return self.copies == "yes"

    @property
    def past_revisions(self) -> bool:
        """Whether to search text that is no longer there, in past revisions."""
        return self.revisions == "yes"

    @property
    def export_errors(self) -> tuple[str, ...]:
        """Sentences on why the search cannot be exported as a file or feed; empty if it can."""
        return (*self.complaints, *([NO_FILE] if self.past_revisions else []))

    @property
    def offset(self) -> int:
        """The number of hits on the pages before."""
        return (self.page - 1) * self.size

    def to_filters(self) -> Filters:
        """Return the filters for `archive.retrieval.engine`."""
        since = max(filter(None, (self.since, self.year)), default=None)
        until = min(filter(None, (self.until, self.year)), key=lambda day: day + "~", default=None)  # 2024-05 < 2024
        return Filters(
            site=self.site or None,
            language=self.language or None,
            source=self.source or None,
            cites=self.cites or None,
            since=since,
            until=until,
            references={"yes": True, "no": False}.get(self.references, self.references or None),
            retracted=self.retracted == "yes",
            doubtful=self.doubtful == "yes",
            gone=self.gone == "yes",
            design=self.design or None,
            subjects=self.subjects or None,
        )

    def query(self, **changes: Any) -> dict[str, str]:
        """Return the parameters of the query string with changes; `page` becomes 1 unless it is among them."""
        new = replace(self, **{"page": 1, **changes})
        defaults = SearchParams()
        names = ("q", *FILTERS, "revisions", "copies", "sort", "page", "size")
        return {name: str(value) for name in names if (value := getattr(new, name)) != getattr(defaults, name)}

    def query_string(self, **changes: Any) -> str:
        """Return the query string with its question mark; empty if all parameters have their defaults."""
        query = urlencode(self.query(**changes))
        return f"?{query}" if query else ""


def parse_params(parameters: Mapping[str, str]) -> SearchParams:
    """Parse the parameters of a request. An invalid value is ignored and gives a complaint, not an error."""
    values: dict[str, Any] = {name: parameters.get(name, "").strip() for name in ("q", *TEXTS)}
    complaints = []
    for name, (parse, hint) in RULES.items():
        text = parameters.get(name, "").strip()
        value = parse(text)
        if value is not None:
            values[name] = value
        elif text:
            complaints.append(invalid_value(name, text, hint))
    return SearchParams(**values, complaints=tuple(complaints))


def invalid_value(name: str, text: str, hint: str | Sequence[str]) -> str:
    """Return the sentence on an invalid value; `hint` says what is valid, or is a list of all that is."""
    return message(
        "“%(text)s” is not a valid value of %(name)s and is ignored: write %(hint)s.",
        text=text[:40],
        name=name,
        hint=hint if isinstance(hint, str) else either(hint),
    )


def _date(text: str) -> str | None:
    return text if is_period(text) else None


def _year(text: str) -> str | None:
    return text if re.fullmatch("[0-9]{4}", text) else None


def _references(text: str) -> str | None:
    return text if text in ("yes", "no") or parse_range(text) else None


def _word(*words: str) -> "Rule":
    return (lambda text: text if text in words else None), words


def _number(maximum: int) -> "Rule":
    def parse(text: str) -> int | None:
        number = int(text) if re.fullmatch("[0-9]{1,9}", text) else 0
        return number if 1 <= number <= maximum else None

    return parse, message("a number from 1 to %(most)s", most=str(maximum))


Rule = tuple[
    Callable[[str], Any], str | Sequence[str]
]  # a parser that returns None for an invalid text; the valid form in words
RULES: dict[str, Rule] = {
    "since": (_date, DATE_FORMATS),
    "until": (_date, DATE_FORMATS),
    "year": (_year, "YYYY"),
    "references": (_references, message("yes, no, or their number as %(formats)s", formats=RANGE_FORMATS)),
    "retracted": _word("yes"),
    "doubtful": _word("yes"),
    "gone": _word("yes"),
    "revisions": _word("yes"),
    "copies": _word("yes"),
    "sort": _word(*SORTS),
    "page": _number(MAX_HITS // PAGE_SIZE),
    "size": _number(MAX_SIZE),
}
