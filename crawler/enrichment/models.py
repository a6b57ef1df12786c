"""The results of look-ups."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class MalformedError(Exception):
    """The response does not have the documented form; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class LookupResult:
    """The HTTP status, the data by field of `resolved` (empty: unknown to the service), and the stored response."""

    status: int
    facts: Mapping[str, str] = field(default_factory=dict)
    answer: Any = None


def year_of(value: Any) -> str:
    """Return the year at the start of a date such as 2016 or `2016 Sep 19`; "" if there is none."""
    match = re.match(r"(1[6-9]|20)[0-9]{2}(?![0-9])", str(value))
    return match[0] if match else ""
