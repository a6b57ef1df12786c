"""Running a spider in this process, as `healthnews crawl` does."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scrapy.crawler import CrawlerProcess
from scrapy.settings import Settings
from twisted.python.failure import Failure

from crawler.session import session_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a crawl ended: its id in the archive, whether it was interrupted, and what made it end early."""

    crawl_id: int
    interrupted: bool
    trouble: str | None


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
    # A robots.txt that cannot be had is logged with a traceback; the page's own recorded fate says it all.
    logging.getLogger("scrapy.downloadermiddlewares.robotstxt").setLevel(logging.CRITICAL)
    crawler = process.create_crawler(spider)
    errors: list[BaseException] = []

    def keep(failure: Failure) -> None:
        if failure.value:
            errors.append(failure.value)

    process.crawl(crawler, **arguments).addErrback(keep)
    if not errors:
        process.start()
    if errors:
        raise errors[0]
    session = session_of(crawler)
    return Outcome(crawl_id=session.crawl_id, interrupted=session.interrupted, trouble=session.trouble)
