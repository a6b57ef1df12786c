"""The keys of a site file: what value each asks for, and how it is read."""

import re
from collections.abc import Callable
from datetime import time
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from archive.urls.canonical import canonical_url
from crawler.sites.quiet_hours import Window, leave_no_time

_DAY = 86_400
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_WINDOW = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


class WrongValueError(ValueError):
    """A value is not what its key asks for; `value` is the part of it that is wrong."""

    def __init__(self, problem: str, value: object) -> None:
        super().__init__(problem)
        self.value = value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise WrongValueError(f"must be a text in quotation marks, not {_kind(value)}", value)
    return value.strip()


def _name(value: object) -> str:
    if not _NAME.fullmatch(_text(value)):
        raise WrongValueError("must be made of a-z, 0-9 and hyphens, and not begin with a hyphen", value)
    return _text(value)


def _url(value: object) -> str:
    try:
        canonical_url(_text(value))
    except WrongValueError:
        raise
    except ValueError as error:
        raise WrongValueError(f"must be an http or https URL: {error}", value) from error
    return _text(value)


def _pattern(value: object) -> re.Pattern[str]:
    if not isinstance(value, str):
        raise WrongValueError(f"must be regular expressions in quotation marks, not {_kind(value)}", value)
    try:
        return re.compile(value)
    except (re.error, OverflowError, RecursionError) as error:
        raise WrongValueError(f"has a bad regular expression: {error}", value) from error


def _several(read: Callable[[object], Any]) -> Callable[[object], tuple[Any, ...]]:
    def read_list(value: object) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise WrongValueError(f"must be a list in square brackets, not {_kind(value)}", value)
        return tuple(read(item) for item in value)

    return read_list


def _at_least_one(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise WrongValueError("must be a whole number of at least 1", value)
    return value


def _seconds(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= _DAY:
        raise WrongValueError(f"must be a number of seconds from 0 to {_DAY}", value)
    return float(value)


def _language(value: object) -> str:
    if not _LANGUAGE.fullmatch(_text(value)):
        raise WrongValueError('must be a language code such as "zh-Hans" or "en"', value)
    return _text(value)


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise WrongValueError("must be true or false", value)
    return value


def _some_time(most: int, unit: str) -> Callable[[object], float]:
    def read_number(value: object) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value <= most:
            raise WrongValueError(f"must be numbers of {unit} above 0, up to {most}", value)
        return float(value)

    return read_number


def _look_again(value: object) -> tuple[float, ...]:
    days = _several(_some_time(3_650, "days"))(value)
    if not days or any(later <= day for day, later in pairwise(days)):
        raise WrongValueError("must be numbers of days of which each is greater than the one before", value)
    return days


def _discover_hours(value: object) -> tuple[float, float]:
    hours = _several(_some_time(8_760, "hours"))(value)
    if len(hours) != 2 or hours[0] > hours[1]:
        raise WrongValueError("must be two numbers of hours, the least and the most", value)
    return hours[0], hours[1]


def _window(value: object) -> Window:
    found = _WINDOW.fullmatch(_text(value))
    if not found:
        raise WrongValueError('must be windows such as "01:00-06:30", of hours from 00 to 23', value)
    window = Window(start=time(int(found[1]), int(found[2])), end=time(int(found[3]), int(found[4])))
    if window.start == window.end:
        raise WrongValueError("must be windows that end at another time than they begin", value)
    return window


def _quiet(value: object) -> tuple[Window, ...]:
    windows = _several(_window)(value)
    if leave_no_time(windows):
        raise WrongValueError("must leave some time of the day in which the site may be asked", value)
    return windows


def _timezone(value: object) -> ZoneInfo:
    try:
        return ZoneInfo(_text(value))
    except WrongValueError:
        raise
    except (KeyError, ValueError, OSError) as error:  # OSError: a folder of zones, such as "Asia"
        raise WrongValueError('must be an IANA time zone such as "Asia/Shanghai" or "UTC"', value) from error


def _kind(value: object) -> str:
    names = {bool: "a truth value", int: "a number", float: "a number", str: "a text", list: "a list", dict: "a table"}
    return names.get(type(value), "a date or time")


READERS: dict[str, Callable[[object], Any]] = {
    "name": _name,
    "home": _url,
    "feeds": _several(_url),
    "sitemaps": _several(_url),
    "listings": _several(_url),
    "listing_pages": _at_least_one,
    "articles": _several(_pattern),
    "exclude": _several(_pattern),
    "look_again": _look_again,
    "discover_hours": _discover_hours,
    "delay": _seconds,
    "concurrency": _at_least_one,
    "daily_requests": _at_least_one,
    "quiet": _quiet,
    "timezone": _timezone,
    "language": _language,
    "allow_private": _truth,
}
"""By key, in the order of the documentation: a value as TOML has it -> as Site has it. They raise WrongValueError."""
