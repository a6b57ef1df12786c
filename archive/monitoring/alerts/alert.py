"""The type of an alert, and helpers to word its sentence."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something that an operator should check.

    `kind` is a short fixed phrase. `site` and `host` say what is concerned; both are None when it concerns all crawls.
    `before` and `now` are the figures that are compared: numbers, shares from 0 to 1, or times. `sentence` says
    everything, with what to do.
    """

    kind: str
    site: str | None = None
    host: str | None = None
    before: float | str | None
    now: float | str | None
    sentence: str


def site_label(site: str) -> str:
    """Return how a sentence names a site; '' is the site of pages that were crawled as single URLs."""
    return site or "Single URLs"


def parse_time(text: str) -> datetime:
    """Parse a timestamp of the archive into an aware time; without a zone it is UTC."""
    parsed = datetime.fromisoformat(text)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def format_span(span: timedelta) -> str:
    """Format a span of time in whole hours below two days, else in whole days."""
    if span < timedelta(days=2):
        return f"{span / timedelta(hours=1):.0f} hours"
    return f"{span / timedelta(days=1):.0f} days"
