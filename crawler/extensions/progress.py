"""Show the progress of a crawl: a bar on a terminal, a plain line every half minute in a log."""

import sys
from collections import Counter, deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.crawler import Crawler
from twisted.internet.task import LoopingCall

from archive.storage.frontier import due_count
from crawler.scheduler import scheduler_of
from crawler.session import Session, session_of

if TYPE_CHECKING:
    from crawler.extensions.bar import Bar

EVERY = {True: 0.5, False: 30.0}  # seconds between lines, on a terminal and in a log
RECENTLY = timedelta(minutes=1)  # the rate is that of the last minute
COUNTING = 0.02  # share of the time spent counting due pages: a count takes 60 ms with 1,000,000 known pages


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How far a crawl is.

    `done` of `known` pages are recorded; `counts` are their outcomes (see crawl_reports.COUNT_NAMES);
    `rate` is in pages a second; `held` is the number of held hosts; `left` the time left, None: no limit.
    """

    done: int
    known: int
    counts: Counter[str]
    rate: float
    in_flight: int
    held: int
    elapsed: timedelta
    left: timedelta | None


def line(figures: Figures) -> str:
    """Return the figures as a line of text."""
    return f"{figures.done:,} of {figures.known:,} pages: {details(figures)}"


def details(figures: Figures) -> str:
    """Return the figures without the numbers of pages, which a bar shows."""
    outcomes = [f"{figures.counts[name]:,} {name}" for name in ("new", "changed", "failed") if figures.counts[name]]
    parts = [
        *outcomes,
        f"{figures.rate:.1f} pages/s",
        f"{figures.in_flight} in flight",
        *([f"{figures.held} hosts held"] if figures.held > 1 else ["1 host held"] * figures.held),
        f"{_clock(figures.elapsed)} passed",
        *([f"{_clock(figures.left)} left"] if figures.left is not None else []),
    ]
    return ", ".join(parts)


def _clock(span: timedelta) -> str:
    """Format a time span as 0:01:30."""
    return str(timedelta(seconds=max(0, round(span.total_seconds()))))


class Progress:
    """Prints the outcomes recorded so far to standard error."""

    def __init__(self, crawler: Crawler, session: Session) -> None:
        self.crawler = crawler
        self.archive, self.clock, self.status = session.archive, session.clock, session.status
        self.session = session
        self.live = sys.stderr.isatty()
        self.loop = LoopingCall(self.show)
        self.bar: Bar | None = None
        self._samples: deque[tuple[datetime, int]] = deque()
        self._due, self._counted_at, self._cost = 0, 0.0, 0.0
        crawler.signals.connect(self.opened, signals.spider_opened)
        crawler.signals.connect(self.closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Progress":
        return cls(crawler, session_of(crawler))

    def opened(self) -> None:
        self.started = self.clock.now()
        if self.live:
            from crawler.extensions.bar import Bar

            self.bar = Bar()
            self.bar.start()
            self.bar.console.show_cursor(True)  # rich hides it, and a killed process does not restore it
        self.loop.start(EVERY[self.live], now=self.live)

    def closed(self) -> None:
        if self.loop.running:
            self.loop.stop()
        if self.bar:
            self.bar.stop()

    def show(self) -> None:
        figures = self.figures()
        if self.bar:
            self.bar.show(figures.done, figures.known, details(figures))
        else:
            print(line(figures), file=sys.stderr)

    def figures(self) -> Figures:
        """Return how far the crawl is now."""
        now, deadline = self.clock.now(), self.status.deadline
        counts: Counter[str] = sum(self.archive.counts.values(), Counter())
        done = counts.total()
        return Figures(
            done=done,
            known=done + self._count_due(),
            counts=counts,
            rate=self._rate(now, done),
            in_flight=len(self.session.in_flight),
            held=scheduler_of(self.crawler).held_hosts(),
            elapsed=now - self.started,
            left=deadline - now if deadline else None,
        )

    def _rate(self, now: datetime, done: int) -> float:
        self._samples.append((now, done))
        while now - self._samples[0][0] > RECENTLY and len(self._samples) > 2:
            self._samples.popleft()
        then, before = self._samples[0]
        return (done - before) / max((now - then).total_seconds(), 1.0)

    def _count_due(self) -> int:
        """Return how many pages are due, as of the last count; counting may take COUNTING of the time."""
        began = perf_counter()
        if not self._counted_at or began - self._counted_at > self._cost / COUNTING:
            self._due = due_count(self.archive.db, self.session.selection, self.archive.started_at)
            self._counted_at, self._cost = perf_counter(), perf_counter() - began
        return self._due
