"""How long a host that asks for patience is left alone: pure functions."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

FIRST = timedelta(minutes=1)  # after the first 429 or 503 without a Retry-After; doubled with each more in a row
LONGEST = timedelta(days=1)
# A Retry-After beyond this is a mistake or a way to say never; the host is asked once a week whether it still means it.
LONGEST_ASKED = timedelta(days=7)
UNREACHABLE = timedelta(hours=1)  # a host that cannot be reached, or whose robots.txt fails; doubled likewise


def retry_after(header: str | None, now: datetime) -> timedelta | None:
    """The time that a Retry-After header (RFC 9110, 10.2.3: seconds or a date) asks for; None for none or nonsense."""
    text = (header or "").strip()
    if text.isascii() and text.isdecimal():
        return min(timedelta(seconds=min(int(text[:12]), 10**9)), LONGEST_ASKED)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    moment = moment.replace(tzinfo=moment.tzinfo or UTC)
    return min(max(moment - now, timedelta()), LONGEST_ASKED)


def wait(asked: timedelta | None, times: int, jitter: float, first: timedelta = FIRST) -> timedelta:
    """How long to wait after `times` such answers in a row, at least as long as was `asked` for.

    `jitter`, from 0 to 1, makes it up to a quarter longer, so that not all who were turned away come back at once.
    """
    doubled = min(first * int(2 ** min(times - 1, 20)), LONGEST)
    return max(doubled, asked or timedelta()) * (1 + jitter / 4)
