"""The keys of a site file, and how their values are validated and converted."""

import re
from collections.abc import Callable
from datetime import time
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from archive.urls.canonical import canonical_url
from archive.urls.users import without_user
from crawler.sites.quiet_hours import QuietWindow, cover_whole_day

NOARCHIVE = ("text", "refuse", "keep")  # what is done with pages that ask for no archived copy
_DAY = 86_400
_MOST_MEGABYTES = 100
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_WINDOW = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


class InvalidValueError(ValueError):
    """The value of a key is invalid; `value` is the invalid part of it."""

    def __init__(self, problem: str, value: object) -> None:
        super().__init__(problem)
        self.value = value


def problems_of(error: ExceptionGroup[InvalidValueError] | InvalidValueError) -> tuple[InvalidValueError, ...]:
    """Return the errors of a value: one for each invalid item of a list."""
    if isinstance(error, InvalidValueError):
        return (error,)
    return tuple(each for inner in error.exceptions for each in problems_of(inner))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise InvalidValueError(f"must be a text in quotation marks, not {_kind(value)}", value)
    return value.strip()


def _name(value: object) -> str:
    if not _NAME.fullmatch(_text(value)):
        raise InvalidValueError("must be made of a-z, 0-9 and hyphens, and not begin with a hyphen", value)
    return _text(value)


def _url(value: object) -> str:
    try:
        canonical_url(_text(value))
    except InvalidValueError:
        raise
    except ValueError as error:
        raise InvalidValueError(
            f"must be an http or https URL, such as https://www.example.com/: {error}", value
        ) from error
    return without_user(_text(value))


def _pattern(value: object) -> re.Pattern[str]:
    if not isinstance(value, str):
        raise InvalidValueError(f"must be regular expressions in quotation marks, not {_kind(value)}", value)
    try:
        pattern = re.compile(value)
    except (re.error, OverflowError, RecursionError) as error:
        way_out = r"write \( \[ \? for the characters themselves"
        raise InvalidValueError(f"has a bad regular expression: {error}; {way_out}", value) from error
    if _matches_everything(pattern):
        raise InvalidValueError(
            "has a regular expression that matches every URL, as '' and 'a|' do; leave it out",
            value,
        )
    return pattern


def _matches_everything(pattern: re.Pattern[str]) -> bool:
    """Whether a pattern that is searched matches any URL; one that says what must not follow is not judged."""
    judged = "(?!" not in pattern.pattern and "(?<!" not in pattern.pattern
    return judged and all(pattern.search(text) for text in ("", "https://example.org/"))


def _list_of(parse: Callable[[object], Any]) -> Callable[[object], tuple[Any, ...]]:
    def parse_list(value: object) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise InvalidValueError(f"must be a list in square brackets, not {_kind(value)}", value)
        values, errors = [], []
        for item in value:
            try:
                values.append(parse(item))
            except InvalidValueError as error:
                errors.append(error)
        if errors:
            raise ExceptionGroup("invalid items", errors)
        return tuple(values)

    return parse_list


def _at_least_one(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise InvalidValueError("must be a whole number of at least 1", value)
    return value


def _megabytes(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value <= _MOST_MEGABYTES:
        raise InvalidValueError(f"must be a number of megabytes above 0, up to {_MOST_MEGABYTES}", value)
    return float(value)


def _seconds(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= _DAY:
        raise InvalidValueError(f"must be a number of seconds from 0 to {_DAY}", value)
    return float(value)


def _language(value: object) -> str:
    if not _LANGUAGE.fullmatch(_text(value)):
        raise InvalidValueError('must be a language code such as "zh-Hans" or "en"', value)
    return _text(value)


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise InvalidValueError("must be true or false", value)
    return value


def _duration(maximum: int, unit: str) -> Callable[[object], float]:
    def parse_number(value: object) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value <= maximum:
            raise InvalidValueError(f"must be numbers of {unit} above 0, up to {maximum}", value)
        return float(value)

    return parse_number


def _recrawl_days(value: object) -> tuple[float, ...]:
    days = _list_of(_duration(3_650, "days"))(value)
    if not days or any(later <= day for day, later in pairwise(days)):
        raise InvalidValueError("must be numbers of days of which each is greater than the one before", value)
    return days


def _discover_hours(value: object) -> tuple[float, float]:
    hours = _list_of(_duration(8_760, "hours"))(value)
    if len(hours) != 2 or hours[0] > hours[1]:
        raise InvalidValueError("must be two numbers of hours, the shortest and the longest interval", value)
    return hours[0], hours[1]


def _window(value: object) -> QuietWindow:
    found = _WINDOW.fullmatch(_text(value))
    if not found:
        raise InvalidValueError('must be windows such as "01:00-06:30", of hours from 00 to 23', value)
    window = QuietWindow(start=time(int(found[1]), int(found[2])), end=time(int(found[3]), int(found[4])))
    if window.start == window.end:
        raise InvalidValueError("must be windows whose end differs from their start", value)
    return window


def _quiet(value: object) -> tuple[QuietWindow, ...]:
    windows = _list_of(_window)(value)
    if cover_whole_day(windows):
        raise InvalidValueError("must leave some time of the day for requests", value)
    return windows


def _timezone(value: object) -> ZoneInfo:
    try:
        return ZoneInfo(_text(value))
    except InvalidValueError:
        raise
    except (KeyError, ValueError, OSError) as error:  # OSError: the name of a region, such as "Asia"
        raise InvalidValueError('must be an IANA time zone such as "Asia/Shanghai" or "UTC"', value) from error


def _noarchive(value: object) -> str:
    if _text(value) not in NOARCHIVE:
        raise InvalidValueError(f"must be one of {', '.join(NOARCHIVE)}", value)
    return _text(value)


def _kind(value: object) -> str:
    names = {bool: "a truth value", int: "a number", float: "a number", str: "a text", list: "a list", dict: "a table"}
    return names.get(type(value), "a date or time")


PARSERS: dict[str, Callable[[object], Any]] = {
    "name": _name,
    "home": _url,
    "feeds": _list_of(_url),
    "sitemaps": _list_of(_url),
    "listings": _list_of(_url),
    "listing_pages": _at_least_one,
    "articles": _list_of(_pattern),
    "exclude": _list_of(_pattern),
    "look_again": _recrawl_days,
    "discover_hours": _discover_hours,
    "delay": _seconds,
    "concurrency": _at_least_one,
    "daily_requests": _at_least_one,
    "quiet": _quiet,
    "timezone": _timezone,
    "language": _language,
    "allow_private": _boolean,
    "noarchive": _noarchive,
    "own": _boolean,
    "images": _boolean,
    "images_per_article": _at_least_one,
    "image_megabytes": _megabytes,
}
"""Map each key, in the order of the documentation, to a function from its TOML value to its value in Site.

The functions raise InvalidValueError, and an ExceptionGroup of such where items of a list are invalid."""
