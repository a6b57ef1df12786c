"""How long the crawler backs off from a host: pure functions."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

FIRST = timedelta(minutes=1)  # after the first 429 or 503 without a Retry-After; doubled with each more in a row
LONGEST = timedelta(days=1)
# A longer Retry-After is a mistake or means never; the host gets one request a week to find out.
LONGEST_ASKED = timedelta(days=7)
UNREACHABLE = timedelta(hours=1)  # a host that cannot be reached, or whose robots.txt fails; doubled likewise


def retry_after(header: str | None, now: datetime) -> timedelta | None:
    """Parse a Retry-After header (RFC 9110, 10.2.3: seconds or a date); None without one, or with an invalid one."""
    text = (header or "").strip()
    if text.isascii() and text.isdecimal():
        return min(timedelta(seconds=min(int(text[:12]), 10**9)), LONGEST_ASKED)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    moment = moment.replace(tzinfo=moment.tzinfo or UTC)
    return min(max(moment - now, timedelta()), LONGEST_ASKED)


def wait(retry_after: timedelta | None, times: int, jitter: float, first: timedelta = FIRST) -> timedelta:
    """Return how long to back off after `times` such responses in a row: at least `retry_after`.

    `jitter`, from 0 to 1, makes it up to a quarter longer, so that not all clients come back at once.
    """
    doubled = min(first * int(2 ** min(times - 1, 20)), LONGEST)
    return max(doubled, retry_after or timedelta()) * (1 + jitter / 4)
