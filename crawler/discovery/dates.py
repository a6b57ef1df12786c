"""Parse the dates of feeds and sitemaps."""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dateparser.date import DateDataParser

_ISO = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})日?"
    r"(?:(?:[T\s]|(?<=日))\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?"
    r"\s*(?:Z|UTC|GMT)?(?:([+-])(\d{1,2}):?(\d{2})?)?",
    re.ASCII | re.IGNORECASE,
)
# RFC 822 with an offset in any of the forms +0800, +08:00, GMT+8 and UTC+0800, or with a zone that email.utils knows.
_RFC = re.compile(
    r"((?:[a-z]{3,9},?\s)?\d{1,2}[\s-][a-z]{3}[\s-]\d{2,4}\s\d{1,2}:\d{2}(?::\d{2})?)"
    r"\s?(?:Z|UTC?|GMT|([ECMP][SD]T))?\s?(?:([+-])(\d{1,2}):?(\d{2})?)?",
    re.ASCII | re.IGNORECASE,
)
# The month and day of 05/06/2024 may be either.
_AMBIGUOUS = re.compile(r"(?<!\d)\d{1,2}([/-])\d{1,2}\1(?:\d{4}|\d{2})(?!\d)", re.ASCII)
_OLDEST = 1990  # earlier years are placeholders, such as the epoch
# Languages whose dates are read, by script: trying all of them takes four times as long (30 ms).
_EAST_ASIAN: tuple[str, ...] = ("zh", "ja", "ko")
_CYRILLIC: tuple[str, ...] = ("ru", "uk")
_LATIN: tuple[str, ...] = ("en", "fr", "de", "es", "it", "pt", "nl", "pl", "sv", "da", "nb", "fi", "cs", "tr")


def read_date(text: str) -> datetime | None:
    """Parse RFC 822, ISO 8601, a year-first form such as 2024年5月21日, or the date of a common language, into UTC.

    Without a zone a time is in UTC. Return None for everything else, also for dates without a day (`2024-05`) and for
    those whose day and month cannot be distinguished (`05/06/2024`). feedparser is not used because it reads
    2024年05月21日 as the first of the current month of 2024.
    """
    text = " ".join(text[:100].split())
    try:
        date = _read(text)
        date = date and date.replace(tzinfo=date.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return date if date and date.year >= _OLDEST else None


def _read(text: str) -> datetime | None:
    if found := _ISO.fullmatch(text):
        return _from_iso(found)
    if found := _RFC.fullmatch(text):
        day_and_time, zone, sign, hours, minutes = found.groups()
        offset = f"{sign}{int(hours):02}{minutes or '00'}" if sign else zone or "+0000"
        try:
            return parsedate_to_datetime(f"{day_and_time} {offset}")
        except ValueError:
            return _in_any_language(text)  # the month is that of another language
    return _in_any_language(text)


def _from_iso(found: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    sign, hours, minutes = found[7], int(found[8] or 0), int(found[9] or 0)
    offset = timedelta(hours=hours, minutes=minutes) * (-1 if sign == "-" else 1)
    return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=timezone(offset))


def _in_any_language(text: str) -> datetime | None:
    """Return the date by dateparser, in 1 to 7 ms: month names, zones such as CEST, 下午."""
    if not re.search(r"\d", text) or _AMBIGUOUS.search(text):
        return None
    languages = _LATIN
    if re.search("[\u3040-\u9fff\uac00-\ud7af]", text):
        languages = _EAST_ASIAN
    elif re.search("[\u0400-\u04ff]", text):
        languages = _CYRILLIC
    date = _parser(languages).get_date_data(text).date_obj
    return date if isinstance(date, datetime) else None


@cache
def _parser(languages: tuple[str, ...]) -> "DateDataParser":
    from dateparser.date import DateDataParser  # takes half a second to import, and few feeds need it

    settings = {
        "STRICT_PARSING": True,  # day, month and year must all be there
        "PARSERS": ["absolute-time"],  # neither "yesterday" nor "2 hours ago"
        "DATE_ORDER": "DMY",
        "TIMEZONE": "UTC",
        "RETURN_AS_TIMEZONE_AWARE": True,
    }
    # Without earlier locales first, a date does not depend on those read before it.
    return DateDataParser(languages=list(languages), settings=settings, try_previous_locales=False)
