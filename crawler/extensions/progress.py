"""Progress of a crawl: a live line on a terminal, a plain line every half minute in a log."""

import sys
from collections import Counter
from typing import Any

from scrapy import signals
from scrapy.crawler import Crawler
from twisted.internet.task import LoopingCall

from crawler.frontier import frontier_of
from crawler.session import session_of

EVERY = {True: 0.5, False: 30.0}  # seconds between lines, on a terminal and in a log


class Progress:
    """Prints what has been recorded so far to standard error."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.live = sys.stderr.isatty()
        self.loop = LoopingCall(self.show)
        crawler.signals.connect(self.opened, signals.spider_opened)
        crawler.signals.connect(self.closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Progress":
        return cls(crawler)

    def opened(self) -> None:
        self.session = session_of(self.crawler)
        self.console = _console()
        self.status = self.console.status("Starting") if self.live else None
        if self.status:
            self.status.start()
        self.loop.start(EVERY[self.live], now=False)

    def closed(self) -> None:
        if self.loop.running:
            self.loop.stop()
        if self.status:
            self.status.stop()

    def show(self) -> None:
        line = self.line()
        if self.status:
            self.status.update(line)
        else:
            self.console.print(line, highlight=False)

    def line(self) -> str:
        """Pages by outcome and what is under way."""
        total: Counter[str] = sum(self.session.counts.values(), Counter())
        frontier = frontier_of(self.crawler)
        done = ", ".join(f"{number} {outcome}" for outcome, number in total.most_common()) or "nothing yet"
        return f"{total.total()} pages: {done}; {len(frontier.in_hand)} under way on {len(frontier.hosts)} hosts"


def _console() -> Any:
    from rich.console import Console

    return Console(stderr=True)
