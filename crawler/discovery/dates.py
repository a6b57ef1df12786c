"""Parse the dates of feeds and sitemaps."""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

_ISO = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})日?"
    r"(?:[T\s]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?"
    r"\s*(?:Z|UTC|GMT|([+-])(\d{2}):?(\d{2})?)?",
    re.ASCII | re.IGNORECASE,
)
_OLDEST = 1990  # earlier years are placeholders, such as the epoch


def read_date(text: str) -> datetime | None:
    """Parse RFC 822, ISO 8601 or a year-first form such as 2024年5月21日 into a time in UTC; without a zone it is UTC.

    Return None for everything else, also for dates without a day (`2024-05`). feedparser is not used because it reads
    2024年05月21日 as the first of the current month of 2024.
    """
    text = " ".join(text[:100].split())
    try:
        found = _ISO.fullmatch(text)
        date = _from_iso(found) if found else parsedate_to_datetime(text)
        date = date.replace(tzinfo=date.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return date if date.year >= _OLDEST else None


def _from_iso(found: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    sign, hours, minutes = found[7], int(found[8] or 0), int(found[9] or 0)
    offset = timedelta(hours=hours, minutes=minutes) * (-1 if sign == "-" else 1)
    return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=timezone(offset))
