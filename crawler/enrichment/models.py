"""What a service says of a work."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class MalformedError(Exception):
    """The answer is not what the service documents; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The HTTP status, the facts by field of `resolved` (none: the service knows nothing of it), and what it said."""

    status: int
    facts: Mapping[str, str] = field(default_factory=dict)
    answer: Any = None


def year_of(value: Any) -> str:
    """The year at the beginning of a date as services write it (2016, `2016 Sep 19`); "" if there is none."""
    match = re.match(r"(1[6-9]|20)[0-9]{2}(?![0-9])", str(value))
    return match[0] if match else ""
