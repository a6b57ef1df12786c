"""Something that an operator should look at, and the words for it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

Kind = Literal[
    "quiet",
    "discovery fails",
    "lists nothing",
    "articles fail",
    "fewer articles",
    "fewer dates",
    "fewer references",
    "articles gone",
    "certificate expires",
    "certificate changed",
    "robots changed",
    "host waits",
    "crawl ended early",
    "no crawl",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something to look at: on a `site`, a `host`, both, or neither where it is of all crawls. `before` and `now` are
    the figures (numbers, shares from 0 to 1, times); `sentence` says it all."""

    kind: Kind
    site: str | None = None
    host: str | None = None
    before: float | str | None
    now: float | str | None
    sentence: str


def called(site: str) -> str:
    """How a site is named in a sentence: '' is that of the pages that were crawled as single URLs."""
    return site or "Single URLs"


def moment(text: str) -> datetime:
    """A time of the archive, aware."""
    made = datetime.fromisoformat(text)
    return made if made.tzinfo else made.replace(tzinfo=UTC)


def span_in_words(span: timedelta) -> str:
    """A span of time in days, in hours where that is less than two days."""
    if span < timedelta(days=2):
        return f"{span / timedelta(hours=1):.0f} hours"
    return f"{span / timedelta(days=1):.0f} days"
