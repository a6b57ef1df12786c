"""The clock of a crawl; tests replace it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from scrapy.utils.asyncio import call_later


def utc_now() -> datetime:
    """Return the current time, aware, in UTC."""
    return datetime.now(UTC)


class Clock(Protocol):
    """Tells the time and calls back later."""

    def now(self) -> datetime:
        """Return the current time, aware, in UTC."""

    def call_at(self, moment: datetime, callback: Callable[[], object]) -> None:
        """Call back at that moment or soon after."""


class SystemClock:
    """The system clock and the reactor's timer."""

    def now(self) -> datetime:
        """Return the current time, aware, in UTC."""
        return utc_now()

    def call_at(self, moment: datetime, callback: Callable[[], object]) -> None:
        """Call back at that moment or soon after."""
        call_later(max(0.0, (moment - self.now()).total_seconds()), callback)
