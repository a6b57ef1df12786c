"""Windows of the day in which a site is not asked: pure, in the site's own local time."""

from bisect import bisect_left
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A part of each day, from `start` up to but without `end`; over midnight where `end` is the earlier one."""

    start: time
    end: time

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"

    def __contains__(self, moment: time) -> bool:
        if self.start < self.end:
            return self.start <= moment < self.end
        return moment >= self.start or moment < self.end


def quiet_until(windows: Collection[Window], timezone: ZoneInfo, now: datetime) -> datetime | None:
    """The end (UTC) of the quiet time that `now` (aware) lies in, with windows of local time in `timezone`; else None.

    Windows that touch or overlap count as one. Where clocks are put forward or back within a window, it ends when a
    clock on the wall first shows a time outside of it.
    """
    start = moment = now.astimezone(UTC)
    while window := _window_at(windows, moment.astimezone(timezone)):
        moment = _leave(window, moment, timezone)
    return None if moment == start else moment


def leave_no_time(windows: Iterable[Window]) -> bool:
    """Whether the windows together take the whole day; a window that ends where it begins takes none."""
    windows = tuple(windows)
    return bool(windows) and all(any(window.end in other for other in windows) for window in windows)


def _window_at(windows: Collection[Window], local: datetime) -> Window | None:
    return next((window for window in windows if local.time() in window), None)


def _leave(window: Window, moment: datetime, timezone: ZoneInfo) -> datetime:
    """The end of the window, or the moment before it at which the clocks are changed."""
    local = moment.astimezone(timezone)
    wait = (_since_midnight(window.end) - _since_midnight(local.time())) % _DAY
    first, last = int(moment.timestamp()), int((moment + wait).timestamp())
    offset = local.utcoffset()
    # The offset differs from some second on, so that second can be found by halving.
    change = bisect_left(
        range(first, last), True, key=lambda second: datetime.fromtimestamp(second, timezone).utcoffset() != offset
    )
    return moment + wait if first + change == last else datetime.fromtimestamp(first + change, UTC)


def _since_midnight(clock: time) -> timedelta:
    return timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second, microseconds=clock.microsecond)
