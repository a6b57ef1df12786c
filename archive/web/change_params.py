"""Parse the query string of the page of changes, and write it again. Pure functions.

Its filters are those of a search. `since` and `until` are about the time at which the change was found.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from archive.retrieval.filters import Filters
from archive.text.messages import message
from archive.web.search_params import FILTERS, SearchParams, invalid_value, parse_params

PAGE_SIZE = 20
MOST = 1_000_000  # characters that min_size can ask for
SORTS = ("date", "size")
_VALID = {"min_size": message("a number up to %(most)s", most=MOST), "claims": "yes", "sort": SORTS}
SHARED = ("q", *FILTERS, "page")  # parameters that mean the same as in a search, and the period


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeParams:
    """The parameters of a list of changes; `search` has those that a search has too, and the complaints."""

    search: SearchParams
    min_size: int = 0
    claims: bool = False
    sort: str = "date"

    @property
    def offset(self) -> int:
        """The number of changes on the pages before."""
        return (self.search.page - 1) * PAGE_SIZE

    @property
    def filters(self) -> Filters:
        """The filters on articles, for `latest_changes`."""
        return replace(self.search, since="", until="").to_filters()

    def wanted(self) -> dict[str, Any]:
        """Return the other arguments for `latest_changes`."""
        period = {"since": self.search.since or None, "until": self.search.until or None}
        return {**period, "min_size": self.min_size, "claims": self.claims, "sort": self.sort}

    def query(self, **changes: Any) -> dict[str, str]:
        """Return the parameters of the query string with changes; `page` becomes 1 unless it is among them."""
        ours = {"min_size": self.min_size, "claims": "yes" if self.claims else "", "sort": self.sort}
        ours |= {name: changes[name] for name in ours if name in changes}
        shared = self.search.query(sort="rank", size=SearchParams().size, revisions="", copies="", **{
            name: value for name, value in changes.items() if name not in ours
        })  # fmt: skip
        defaults = {"min_size": 0, "claims": "", "sort": "date"}
        return shared | {name: str(value) for name, value in ours.items() if value not in (defaults[name], "")}

    def query_string(self, **changes: Any) -> str:
        """Return the query string with its question mark; empty if all parameters have their defaults."""
        query = urlencode(self.query(**changes))
        return f"?{query}" if query else ""


def parse_change_params(parameters: Mapping[str, str]) -> ChangeParams:
    """Parse the parameters of a request. An invalid value is ignored and gives a complaint, not an error."""
    search = parse_params({name: parameters.get(name) or "" for name in SHARED})
    values: dict[str, Any] = {}
    complaints = list(search.complaints)
    for name, text in ((name, (parameters.get(name) or "").strip()) for name in ("min_size", "claims", "sort")):
        if name == "min_size" and text.isascii() and text.isdigit() and int(text[:9]) <= MOST:
            values[name] = int(text[:9])
        elif name == "claims" and text == "yes":
            values[name] = True
        elif name == "sort" and text in SORTS:
            values[name] = text
        elif text:
            complaints.append(invalid_value(name, text, _VALID[name]))
    return ChangeParams(search=replace(search, complaints=tuple(complaints)), **values)
