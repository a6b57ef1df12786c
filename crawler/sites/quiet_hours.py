"""Quiet hours of a site: windows of its local time without requests. Pure functions."""

from bisect import bisect_left
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietWindow:
    """A part of each day, from `start` up to but excluding `end`; over midnight if `end` is earlier than `start`."""

    start: time
    end: time

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"

    def __contains__(self, moment: time) -> bool:
        if self.start < self.end:
            return self.start <= moment < self.end
        return moment >= self.start or moment < self.end


def quiet_until(windows: Collection[QuietWindow], timezone: ZoneInfo, now: datetime) -> datetime | None:
    """Return the end (UTC) of the quiet time that contains `now` (aware), or None if `now` is not quiet.

    The windows are local times of `timezone`. Windows that touch or overlap count as one. If clocks change within a
    window, it ends when the local time is first outside it.
    """
    start = moment = now.astimezone(UTC)
    while window := _window_at(windows, moment.astimezone(timezone)):
        moment = _leave(window, moment, timezone)
    return None if moment == start else moment


def cover_whole_day(windows: Iterable[QuietWindow]) -> bool:
    """Return whether the windows cover the whole day; a window with equal start and end covers nothing."""
    windows = tuple(windows)
    return bool(windows) and all(any(window.end in other for other in windows) for window in windows)


def _window_at(windows: Collection[QuietWindow], local: datetime) -> QuietWindow | None:
    return next((window for window in windows if local.time() in window), None)


def _leave(window: QuietWindow, moment: datetime, timezone: ZoneInfo) -> datetime:
    """Return the end of the window, or the time of a clock change before it."""
    local = moment.astimezone(timezone)
    span = (_since_midnight(window.end) - _since_midnight(local.time())) % _DAY
    first, last = int(moment.timestamp()), int((moment + span).timestamp())
    offset = local.utcoffset()
    # The UTC offset differs from some second on, so bisection finds that second.
    change = bisect_left(
        range(first, last), True, key=lambda second: datetime.fromtimestamp(second, timezone).utcoffset() != offset
    )
    return moment + span if first + change == last else datetime.fromtimestamp(first + change, UTC)


def _since_midnight(clock: time) -> timedelta:
    return timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second, microseconds=clock.microsecond)
