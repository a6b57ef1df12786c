"""A clock under which a crawl never waits, for tests that must not depend on how fast the machine is."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any


class VirtualClock:
    """A clock that stands still while a crawl is at work and jumps to the next awaited moment when all is quiet.

    `crawler` is the Scrapy crawler that runs. A step of a delay takes no real time, however long it is; work takes no
    time of the clock, however slow the machine is.
    """

    def __init__(self, moment: datetime | None = None) -> None:
        self.moment = moment or datetime.now(UTC)
        self.crawler: Any = None

    def now(self) -> datetime:
        """Return the clock's time, aware, in UTC."""
        return self.moment

    def seconds(self) -> float:
        """Return the clock's time in seconds, in place of time.monotonic."""
        return self.moment.timestamp()

    def call_at(self, moment: datetime, callback: Callable[[], object]) -> None:
        """Jump to that moment and call back, once nothing is under way."""
        from twisted.internet import reactor

        engine = self.crawler.engine
        slot = engine.scraper.slot
        if engine.downloader.active or (slot and (slot.queue or len(slot.active) > engine.scheduler.waiting_probes)):
            reactor.callLater(0.001, self.call_at, moment, callback)  # type: ignore[arg-type]
            return
        self.moment = max(self.moment, moment)
        callback()
