"""Run a spider in this process, as `healthnews crawl` does."""

import gc
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from scrapy.crawler import Crawler, CrawlerProcess
from scrapy.settings import Settings
from twisted.python.failure import Failure

from archive.errors import ExitCode
from archive.storage.frontier import Selection
from crawler.session import SessionSpider, session_of

GRACE = 25.0  # seconds that pages in flight get after the first signal; 30 are promised


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlResult:
    """How a crawl ended: its id in the archive, the pages it was to crawl, whether it was interrupted, and warnings.

    `is_unfinished` says that its time was over or that it ended early, `waiting` are the URLs of pages that redirect to
    a host of another shard, with that host.
    """

    crawl_id: int
    selection: Selection
    interrupted: bool
    warnings: tuple[str, ...]
    is_unfinished: bool = False
    waiting: tuple[tuple[str, str], ...] = ()


def settings(archive: Path, **values: Any) -> Settings:
    """Return the project's settings with the command's options; None leaves a default."""
    made = Settings()
    made.setmodule("crawler.settings", priority="project")
    made.set("HEALTHNEWS_ARCHIVE", str(archive), "cmdline")
    made.set("HEALTHNEWS_SUMMARY", False, "cmdline")
    for name, value in values.items():
        if value is not None:
            made.set(name, value, "cmdline")
    return made


def crawl(spider: str, made: Settings, **arguments: str) -> CrawlResult:
    """Run the spider of that name to its end. Scrapy permits one such call per process.

    Raises what opening the session raises: ArchiveError, SiteError, BusyError, ContactError.
    """
    process = CrawlerProcess(made)
    crawler = process.create_crawler(spider)
    errors: list[BaseException] = []

    def keep(failure: Failure) -> None:
        if failure.value:
            errors.append(failure.value)

    process.crawl(crawler, **arguments).addErrback(keep)
    if not errors:
        Stopping(process, crawler).install()
        gc.freeze()  # what is loaded by now stays: a full collection would look at all of it, for 70 ms
        gc.set_threshold(700, 10, 10)  # Python's default: garbage may hold on to whole pages
        process.start(install_signal_handlers=False)
    if errors:
        raise errors[0]
    session = session_of(crawler)
    status = session.status
    warnings = [*status.warnings, *([status.problem] if status.problem else [])]
    return CrawlResult(
        crawl_id=session.archive.crawl_id,
        selection=session.selection,
        interrupted=status.interrupted,
        warnings=tuple(warnings),
        is_unfinished=status.time_is_up(),
        waiting=tuple(session.territory.waiting.values()) if session.territory else (),
    )


class Stopping:
    """Handles SIGINT and SIGTERM: the first lets the pages in flight finish, for GRACE seconds at most; a second one
    ends the process at once. Either way nothing is lost: pages that are not recorded stay due."""

    def __init__(self, process: CrawlerProcess, crawler: Crawler) -> None:
        self.process, self.crawler = process, crawler
        self.signalled = False

    def install(self) -> None:
        """Install the signal handlers once the reactor runs."""
        from twisted.internet import reactor

        for number in (signal.SIGINT, signal.SIGTERM):
            reactor.callWhenRunning(signal.signal, number, self._signalled)

    def _signalled(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 (Python's signature)
        from twisted.internet import reactor

        # Not here: a transaction may be open.
        reactor.callFromThread(self._end if self.signalled else self._stop)
        self.signalled = True

    def _stop(self) -> None:
        from twisted.internet import reactor

        print("Finishing the pages in flight; interrupt again to stop at once.", file=sys.stderr)
        reactor.callLater(GRACE, self._end)  # type: ignore[arg-type]
        self.process.stop()

    def _end(self) -> None:
        """End the process without waiting for Scrapy's downloads and threads."""
        spider = self.crawler.spider
        if isinstance(spider, SessionSpider) and not spider.session.closed:
            spider.session.status.interrupted = True
            spider.session.abort()
        sys.stdout.flush()
        os._exit(ExitCode.INTERRUPTED)
