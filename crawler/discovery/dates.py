"""Parse the dates of feeds and sitemaps."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from archive.extraction.dates import EARLIEST, find_short_date, parse_date
from archive.text.scripts import HAN
from archive.text.word_lists import read_word_list

if TYPE_CHECKING:
    from dateparser.date import DateDataParser

_WORDS = read_word_list("crawler.discovery", "dates")
_ISO = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})日?"
    r"(?:(?:[T\s]|(?<=日))\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?",
    re.ASCII | re.IGNORECASE,
)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)?)?", re.ASCII)
_RFC = re.compile(
    r"(?:[a-z]{3,9},?\s?)?\d{1,2}[\s-][a-z]{3}[\s-]\d{2,4}\s\d{1,2}:\d{2}(?::\d{2})?"
    r"|[a-z]{3}\s[a-z]{3}\s\d{1,2}\s\d{1,2}:\d{2}:\d{2}\s\d{4}",
    re.ASCII | re.IGNORECASE,
)
# An offset behind a time, in any of the forms +0800, +08:00, +8, GMT+8 and UTC+0800, with comments behind it.
_OFFSET = re.compile(
    r"(?<=[\d\sm])(?:GMT|UTC?|Z)?\s?([+-])(\d{1,2})(?::?(\d{2}))?(?=\s|\(|\[|$)(?:\s?\([^()]{0,40}\)|\[[^\[\]]{0,40}\]|\s[A-Z]{3,4}$)?",
    re.ASCII,
)
_CLOCK = re.compile(r"\d:\d\d|\d{8}T?\d{4}", re.ASCII)
_UTC = re.compile(r"(?<=\d)Z|(?<![A-Za-z])(?:Z|UTC?|GMT)(?![A-Za-z])")
_REGION = re.compile(r"(?<![A-Za-z])[A-Z][a-z]{2,9}/[A-Z][A-Za-z_]{2,20}")
_ZONES: dict[str, float] = _WORDS["zones"]  # hours from UTC
_NAMED = re.compile(rf"\(?(?<![A-Za-z])({'|'.join(_ZONES)})(?![A-Za-z])\)?")
# As java.util.Date prints it, before the year: that of China.
_JAVA = re.compile(r"(?<=\d)\sCST(?=\s\d{4}$)", re.ASCII)
_EPOCH = re.compile(r"\d{10}(?:\d{3})?", re.ASCII)
_ASIAN_TIME = re.compile(r"([^\W\d]{2})?\s?(\d{1,2})\s?[:时時点點시]\s?(?:(\d{1,2})(?:\s?[:分분]\s?(\d{1,2}))?)?")
_HALF_BEHIND = re.compile(r"\s?([^\W\d]{2})(?![^\W\d])")
# As software for English prints a translated month: `一, 06 五月 2024`, `월, 06 5월 2024`.
_MONTH_BEHIND_DAY = re.compile(
    r"(?:[^\W\d]{1,3},\s?)?(\d{1,2})\s(\d{1,2}|十[一二]?|[一二三四五六七八九])\s?[月월],?\s(\d{4})(?!\d)"
)
_NUMERALS = {numeral: number for number, numeral in enumerate([*"一二三四五六七八九十", "十一", "十二"], start=1)}
# A year of the Buddhist calendar, which feeds of Thailand also give in forms for other years.
_BUDDHIST_ERA, _BUDDHIST_YEARS = 543, range(2533, 2643)
_MORNING, _AFTERNOON = _WORDS["halves"]["morning"], _WORDS["halves"]["afternoon"]
# The month and day of 05/06/2024 may be either.
_AMBIGUOUS = re.compile(r"(?<!\d)\d{1,2}([/-])\d{1,2}\1(?:\d{4}|\d{2})(?!\d)", re.ASCII)
_EAST_ASIAN = re.compile(f"[{HAN}\u3040-\u30ff\uac00-\ud7af]")
# Languages whose dates dateparser reads, by script: trying all of them takes four times as long (30 ms).
_CYRILLIC: tuple[str, ...] = ("ru", "uk")
_LATIN: tuple[str, ...] = ("en", "fr", "de", "es", "it", "pt", "nl", "pl", "sv", "da", "nb", "fi", "cs", "tr")


def read_date(text: str, *, is_chinese: bool = False) -> datetime | None:
    """Parse the date of a feed or sitemap into UTC: RFC 822, ISO 8601, Java's, seconds since 1970, that of a language.

    Without a zone a time is in UTC; `is_chinese` says that CST is the time of China. Return None for everything else,
    also for dates without a day (`2024-05`) and for those whose day and month cannot be distinguished (`05/06/2024`).
    feedparser is not used because it reads 2024年05月21日 as the first of the current month of 2024.
    """
    text = " ".join(unicodedata.normalize("NFKC", text[:100]).replace("\u2212", "-").split())
    try:
        if _EPOCH.fullmatch(text):
            return datetime.fromtimestamp(int(text[:10]), UTC)
        local, zone = _without_zone(text, is_chinese)
        found = _read(local.strip())
        if found and found.year in _BUDDHIST_YEARS:
            found = found.replace(year=found.year - _BUDDHIST_ERA)
        date = found and found.replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return date if date and date.date() >= EARLIEST else None


def _without_zone(text: str, is_chinese: bool) -> tuple[str, tzinfo]:
    """Return the text without its zone, and the zone; UTC if it names none, or has no time."""
    clock = _CLOCK.search(text)
    if offset := _OFFSET.search(text, clock.end()) if clock else None:
        hours, minutes = int(offset[2]), int(offset[3] or 0)
        if offset[3] is None and len(offset[2]) == 2 and hours > 14:
            raise ValueError(f"no offset: {offset[0]}")
        delta = timedelta(hours=hours, minutes=minutes) * (-1 if offset[1] == "-" else 1)
        return text[: offset.start()] + text[offset.end() :], timezone(delta)
    if found := _JAVA.search(text):
        return text[: found.start()] + text[found.end() :], timezone(timedelta(hours=8))
    if found := _REGION.search(text):
        return text[: found.start()] + text[found.end() :], _region(found[0])
    if found := _NAMED.search(text):
        hours_east = 8 if found[1] == "CST" and is_chinese else _ZONES[found[1]]
        return text[: found.start()] + " " + text[found.end() :], timezone(timedelta(hours=hours_east))
    return _UTC.sub("", text), UTC


def _region(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError) as error:  # OSError: the name of a folder
        raise ValueError(f"no time zone: {name}") from error


def _read(text: str) -> datetime | None:
    """Return the date and time of a text without a zone."""
    text = _MONTH_BEHIND_DAY.sub(lambda day: f"{day[3]}-{_NUMERALS.get(day[2], day[2])}-{day[1]}", text, count=1)
    if found := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
        return datetime(year, month, day, tzinfo=UTC) + _time(hour, minute, min(second, 59))
    if _EAST_ASIAN.search(text):
        return _in_east_asian(text)
    if _RFC.fullmatch(text) and (parsed := parsedate(text)) and 1 <= parsed[1] <= 12:
        return datetime(*parsed[:3], tzinfo=UTC) + _time(*parsed[3:6])
    return _in_any_language(text) or _in_east_asian(text)


def _time(hour: int, minute: int, second: int) -> timedelta:
    """Return a time of day, of which 24:00 is the end. Raises ValueError if there is none such."""
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and (minute or second)):
        raise ValueError(f"no time of day: {hour}:{minute}:{second}")
    return timedelta(hours=hour, minutes=minute, seconds=second)


def _in_east_asian(text: str) -> datetime | None:
    """Return the date as the extraction of pages finds it, with eras and numerals, and the time behind it."""
    day = parse_date(text)
    if day is None and (short := find_short_date(text) if re.search("[年월]", text) else None):
        day = short[1]
    if day is None:
        return None
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    found = _ASIAN_TIME.search(text)
    if not found:
        return midnight
    behind = _HALF_BEHIND.match(text, found.end())
    half = found[1] or (behind[1] if behind else "")
    hour, minute, second = int(found[2]), int(found[3] or 0), int(found[4] or 0)
    if half in _AFTERNOON and hour < 12 and not (half == "中午" and hour == 11):
        hour += 12
    elif half in _MORNING and hour == 12:
        hour = 0
    return midnight + _time(hour, minute, second)


def _in_any_language(text: str) -> datetime | None:
    """Return the date by dateparser, in 1 to 7 ms: month names, AM and PM."""
    if not re.search(r"\d", text) or _AMBIGUOUS.search(text) or re.search(r"\d-?W\d", text):
        return None
    date = _parser(_CYRILLIC if re.search("[\u0400-\u04ff]", text) else _LATIN).get_date_data(text).date_obj
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
