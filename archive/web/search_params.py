"""What the search page was asked: its query string, read with patience and written again. Pure functions."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import urlencode

from archive.retrieval.filters import DATE_FORMATS, Filters, is_period

PAGE_SIZE = 20
MAX_SIZE = 100  # hits on a page that a program may ask for
DEEPEST = 10_000  # hits that can be paged through; counts go no further either

TEXTS = ("site", "language", "source", "cites")
FILTERS = ("site", "language", "source", "year", "since", "until", "cites", "references", "retracted", "gone")
NO_FILE = "Files and feeds hold articles as they are now: read text that is no longer there on the page, or as JSON."


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A search as typed and clicked. An empty string is a filter that is not set; `complaints` are sentences on
    parameters that could not be understood and were left out."""

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
    gone: str = ""
    revisions: str = ""
    copies: str = ""
    sort: Literal["rank", "date"] = "rank"
    page: int = 1
    size: int = PAGE_SIZE
    complaints: tuple[str, ...] = ()

    @property
    def filters(self) -> dict[str, str]:
        """The filters that are set, by name."""
        return {name: value for name in FILTERS if (value := getattr(self, name))}

    @property
    def every_copy(self) -> bool:
        """Whether each copy of an article is a result of its own."""
        return self.copies == "yes"

    @property
    def earlier(self) -> bool:
        """Whether text is looked for that is no longer there."""
        return self.revisions == "yes"

    @property
    def misfits(self) -> tuple[str, ...]:
        """Sentences on why there can be no file or feed of the search; empty where there can."""
        return (*self.complaints, *([NO_FILE] if self.earlier else []))

    @property
    def offset(self) -> int:
        """How many hits stand on the pages before."""
        return (self.page - 1) * self.size

    def narrowing(self) -> Filters:
        """The filters as `archive.retrieval.engine` takes them."""
        since = max(filter(None, (self.since, self.year)), default=None)
        until = min(filter(None, (self.until, self.year)), key=lambda day: day + "~", default=None)  # 2024-05 < 2024
        return Filters(
            site=self.site or None,
            language=self.language or None,
            source=self.source or None,
            cites=self.cites or None,
            since=since,
            until=until,
            references={"yes": True, "no": False}.get(self.references),
            retracted=self.retracted == "yes",
            gone=self.gone == "yes",
        )

    def query(self, **changes: Any) -> dict[str, str]:
        """The query string's parameters, with changes; from the first page unless `page` is among them."""
        new = replace(self, **{"page": 1, **changes})
        defaults = Asked()
        names = ("q", *FILTERS, "revisions", "copies", "sort", "page", "size")
        return {name: str(value) for name in names if (value := getattr(new, name)) != getattr(defaults, name)}

    def query_string(self, **changes: Any) -> str:
        """The same as text, with its question mark; empty if there is nothing to say."""
        query = urlencode(self.query(**changes))
        return f"?{query}" if query else ""


def read(parameters: Mapping[str, str]) -> Asked:
    """The parameters of a request as a search; nothing is an error."""
    values: dict[str, Any] = {name: parameters.get(name, "").strip() for name in ("q", *TEXTS)}
    complaints = []
    for name, (understand, hint) in RULES.items():
        text = parameters.get(name, "").strip()
        value = understand(text)
        if value is not None:
            values[name] = value
        elif text:
            complaints.append(f"“{text[:40]}” is not understood as {name} and is left out: write {hint}.")
    return Asked(**values, complaints=tuple(complaints))


def _date(text: str) -> str | None:
    return text if is_period(text) else None


def _year(text: str) -> str | None:
    return text if re.fullmatch("[0-9]{4}", text) else None


def _word(*words: str) -> "Rule":
    return (lambda text: text if text in words else None), " or ".join(words)


def _number(most: int) -> "Rule":
    def understand(text: str) -> int | None:
        number = int(text) if re.fullmatch("[0-9]{1,9}", text) else 0
        return number if 1 <= number <= most else None

    return understand, f"a number from 1 to {most}"


Rule = tuple[Callable[[str], Any], str]  # what makes a value of a text, None if it is none; how it is to be written
RULES: dict[str, Rule] = {
    "since": (_date, DATE_FORMATS),
    "until": (_date, DATE_FORMATS),
    "year": (_year, "YYYY"),
    "references": _word("yes", "no"),
    "retracted": _word("yes"),
    "gone": _word("yes"),
    "revisions": _word("yes"),
    "copies": _word("yes"),
    "sort": _word("rank", "date"),
    "page": _number(DEEPEST // PAGE_SIZE),
    "size": _number(MAX_SIZE),
}
