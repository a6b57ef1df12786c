"""One crawl: the archive it writes, its WARC file, its workers, and what it has counted so far."""

import asyncio
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings
from sqlite_utils import Database

from archive.blocks import forget_rare, known_blocks
from archive.crawls import finish_crawl, start_crawl
from archive.db import close, open_archive, timestamp, transaction, warc_folder
from archive.lock import hold
from archive.pages import NewPage, Selection, add_pages, make_due
from archive.store import Visit, record
from archive.warc import WarcWriter, trim
from archive.workers import Extractor
from crawler.clock import Clock, utc_now
from crawler.links import host_of
from crawler.politeness import configured_sites, contact_of, require_contact
from crawler.site import Site

LEARN_EVERY = 5  # articles of a site between two looks at what recurs on it


class Session:
    """Everything that the parts of one crawl share. Made by the spider, closed when the spider closes."""

    def __init__(self, settings: BaseSettings, *, clock: Clock = utc_now) -> None:
        """Opens the archive, which is made if missing. Raises ArchiveError, SiteError, BusyError."""
        path = Path(settings["HEALTHNEWS_ARCHIVE"])
        self.sites: dict[str, Site] = configured_sites(settings)
        self.clock = clock
        self.counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.selection = Selection()
        self._blocks: dict[str, frozenset[str]] = {}
        self.contact = contact_of(settings)
        self.trouble: str | None = None  # why the crawl has to end early, in a sentence
        self.interrupted = False
        self._lock = hold(path, now=clock())
        self.db = open_archive(path, create=True)
        folder = warc_folder(path)
        _trim_torn(self.db, folder)
        self.started_at = timestamp(clock())
        command = settings["HEALTHNEWS_COMMAND"] or " ".join(sys.argv)
        self.crawl_id = start_crawl(self.db, now=self.started_at, pid=os.getpid(), command=command)
        self.warc = WarcWriter(folder, _warc_name(path, self.crawl_id, clock()))
        workers = settings.getint("HEALTHNEWS_WORKERS")
        self.extractor = Extractor(workers)
        # Pages wait here, not in the pool: what the site repeats is looked up when a page's turn comes.
        self.turn = asyncio.Semaphore(workers + 1)

    def site_of(self, host: str) -> str:
        """The name of the first site on that host, else ''."""
        return next((name for name, site in self.sites.items() if host_of(site.home) == host), "")

    def seed(self, pages: Sequence[NewPage], *, due: bool) -> None:
        """Notes where the crawl starts; with `due`, pages known from before are fetched again now.

        Raises ContactError when a page is on a public host and no contact is set.
        """
        require_contact(self.contact, {page.host for page in pages})
        add_pages(self.db, pages, self.started_at)
        if due:
            make_due(self.db, [page.url for page in pages], self.started_at)

    def record(self, visit: Visit, site: str) -> None:
        """Commits what became of a page."""
        record(self.db, self.crawl_id, visit)
        self.counts[site][visit.outcome] += 1
        if visit.article and self.counts[site]["stored"] % LEARN_EVERY == 0:
            self._blocks.pop(site, None)

    def site_blocks(self, site: str) -> frozenset[str]:
        """The blocks of text known to recur on the site, as of at most LEARN_EVERY articles ago."""
        if site not in self._blocks:
            self._blocks[site] = known_blocks(self.db, site)
        return self._blocks[site]

    def close(self, outcome: str) -> None:
        """Ends workers and files and writes the crawl's row; `outcome` is finished or stopped."""
        self.interrupted = outcome == "stopped" and not self.trouble
        self.extractor.close()
        self.warc.close()
        with transaction(self.db):
            for site in self.counts:
                forget_rare(self.db, site)
        counts = {site: dict(counter) for site, counter in self.counts.items()}
        finish_crawl(self.db, self.crawl_id, now=timestamp(self.clock()), outcome=outcome, counts=counts)
        close(self.db)
        self._lock.release()


def session_of(crawler: Crawler) -> Session:
    """The session of a running crawl."""
    spider: Any = crawler.spider
    session: Session = spider.session
    return session


def _trim_torn(db: Database, folder: Path) -> None:
    """Cuts the torn ends off the files of crawls that were killed, so that every WARC file stays readable."""
    for (crawl_id,) in db.execute("select id from crawls where outcome = 'running'").fetchall():
        for path in sorted(folder.glob(f"*-{crawl_id:06}-*.warc.gz")):
            sql = "select coalesce(max(warc_offset), 0) from fetches where warc_file = ?"
            trim(path, db.execute(sql, [path.name]).fetchone()[0])


def _warc_name(path: Path, crawl_id: int, now: datetime) -> str:
    return f"{path.stem}-{now:%Y%m%d%H%M%S}-{crawl_id:06}"
