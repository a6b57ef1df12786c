"""The clock is an argument: tests bring their own."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from scrapy.utils.asyncio import call_later


def utc_now() -> datetime:
    """Now, aware, in UTC."""
    return datetime.now(UTC)


class Clock(Protocol):
    """What tells the time of a crawl, and wakes it."""

    def now(self) -> datetime:
        """Now, aware, in UTC."""

    def call_at(self, moment: datetime, callback: Callable[[], object]) -> None:
        """Calls back when that moment has come, or soon after."""


class SystemClock:
    """The computer's clock and the reactor's timer."""

    def now(self) -> datetime:
        """Now, aware, in UTC."""
        return utc_now()

    def call_at(self, moment: datetime, callback: Callable[[], object]) -> None:
        """Calls back when that moment has come, or soon after."""
        call_later(max(0.0, (moment - self.now()).total_seconds()), callback)
