"""Running a spider in this process, as `healthnews crawl` does."""

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
from crawler.session import Session, session_of

GRACE = 25.0  # seconds that the pages in hand get after the first signal; the promise is 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a crawl ended: its id in the archive, which pages it was to work off, whether it was interrupted, and what
    needs a look, in sentences."""

    crawl_id: int
    selection: Selection
    interrupted: bool
    warnings: tuple[str, ...]


def settings(archive: Path, **values: Any) -> Settings:
    """The project's settings with the command's options; None leaves a default."""
    made = Settings()
    made.setmodule("crawler.settings", priority="project")
    made.set("HEALTHNEWS_ARCHIVE", str(archive), "cmdline")
    for name, value in values.items():
        if value is not None:
            made.set(name, value, "cmdline")
    return made


def crawl(spider: str, made: Settings, **arguments: str) -> Outcome:
    """Runs the spider of that name to its end. Scrapy permits one such call per process.

    Raises what making the spider raised: ArchiveError, SiteError, BusyError, ContactError.
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
        process.start(install_signal_handlers=False)
    if errors:
        raise errors[0]
    session = session_of(crawler)
    warnings = [*session.warnings, *([session.trouble] if session.trouble else [])]
    return Outcome(
        crawl_id=session.crawl_id,
        selection=session.selection,
        interrupted=session.interrupted,
        warnings=tuple(warnings),
    )


class Stopping:
    """What SIGINT and SIGTERM do: the first one lets the pages in hand finish, for GRACE seconds at most; a second one
    ends the process at once. Either way nothing is lost: what is not recorded stays due."""

    def __init__(self, process: CrawlerProcess, crawler: Crawler) -> None:
        self.process, self.crawler = process, crawler
        self.asked = False

    def install(self) -> None:
        """Takes the signals, once the reactor runs."""
        from twisted.internet import reactor

        for number in (signal.SIGINT, signal.SIGTERM):
            reactor.callWhenRunning(signal.signal, number, self._signalled)

    def _signalled(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 (Python's signature)
        from twisted.internet import reactor

        # Not here: the signal may have come in the middle of a transaction.
        reactor.callFromThread(self._end if self.asked else self._stop)
        self.asked = True

    def _stop(self) -> None:
        from twisted.internet import reactor

        print("Finishing the pages in hand; interrupt again to stop at once.", file=sys.stderr)
        reactor.callLater(GRACE, self._end)  # type: ignore[arg-type]
        self.process.stop()

    def _end(self) -> None:
        """Ends the process without asking Scrapy, whose downloads and threads may take their time."""
        session: Session | None = getattr(self.crawler.spider, "session", None)
        if session and not session.closed:
            session.interrupted = True
            session.abandon()
        sys.stdout.flush()
        os._exit(ExitCode.INTERRUPTED)
