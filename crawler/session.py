"""One crawl: the archive it writes, its WARC file, its workers, and what it has counted so far."""

import asyncio
import os
import random
import sqlite3
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings
from scrapy.utils.misc import load_object
from sqlite_utils import Database

from archive.articles.fetches import Visit, record
from archive.extraction.pool import ExtractionPool
from archive.monitoring.crawl_reports import count_name
from archive.monitoring.crawl_reports import counts as final_counts
from archive.storage.block_counts import forget_rare, known_blocks
from archive.storage.clock_skew import reset_future_due_dates
from archive.storage.connection import close, timestamp, transaction, warc_folder
from archive.storage.crawls import INTERRUPTED, finish_crawl, start_crawl
from archive.storage.database import open_archive
from archive.storage.exclusions import Exclusions
from archive.storage.frontier import DuePage, NewPage, Selection, add_pages, make_due
from archive.storage.lock import hold
from archive.storage.redaction import RedactionError, redact_pending
from archive.storage.warc.files import WarcWriter, trim
from archive.urls.canonical import canonical_url, host_of
from crawler.clock import Clock
from crawler.identity import configured_sites, contact_of, require_contact
from crawler.politeness.host_throttle import Hosts
from crawler.politeness.robots_cache import RobotsFiles
from crawler.sites.site import Site

LEARN_EVERY = 5  # articles of a site between two looks at what recurs on it


class Session:
    """Everything that the parts of one crawl share. Made by the spider, closed when the spider closes."""

    def __init__(self, settings: BaseSettings) -> None:
        """Opens the archive, which is made if missing. Raises ArchiveError, SiteError, BusyError."""
        path = Path(settings["HEALTHNEWS_ARCHIVE"])
        self.sites: dict[str, Site] = configured_sites(settings)
        self.clock: Clock = load_object(settings["HEALTHNEWS_CLOCK"])()
        now = self.clock.now()
        self.counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.selection = Selection()
        self.unconditional = False  # see start_anew
        self._blocks: dict[str, frozenset[str]] = {}
        self.contact = contact_of(settings)
        self.trouble: str | None = None  # why the crawl has to end early, in a sentence
        self.warnings: list[str] = []  # what else needs a look, in sentences
        self.interrupted = False
        self.closed = False
        self._lock = hold(path, now=now)
        self.db = open_archive(path, create=True)
        self.folder = warc_folder(path)
        _trim_torn(self.db, self.folder)
        self._redact_pending()
        self.optouts = Exclusions.load(self.db)
        reset_future_due_dates(self.db, now)
        self.started_at = timestamp(now)
        minutes = settings.getfloat("HEALTHNEWS_MINUTES")
        self.minutes = minutes
        self.deadline = now + timedelta(minutes=minutes) if minutes else None
        command = settings["HEALTHNEWS_COMMAND"] or " ".join(sys.argv)
        self.crawl_id = start_crawl(self.db, now=self.started_at, pid=os.getpid(), command=command)
        self.chance = random.Random(settings["HEALTHNEWS_SEED"])  # noqa: S311 nothing secret
        self.hosts = Hosts(self.db, self.sites.values(), self.chance, now)
        self.robots = RobotsFiles(self.db, self.crawl_id, self.hosts)
        self.warc = WarcWriter(self.folder, _warc_name(path, self.crawl_id, now))
        workers = settings.getint("HEALTHNEWS_WORKERS")
        self.extractor = ExtractionPool(workers)
        # Pages wait here, not in the pool: what the site repeats is looked up when a page's turn comes.
        self.turn = asyncio.Semaphore(workers + 1)

    def _redact_pending(self) -> None:
        """Erases what this process or an earlier one was to erase; that this fails must not keep anybody from
        crawling."""
        try:
            redact_pending(self.db, self.folder)
        except RedactionError as error:
            self.warnings.append(str(error))

    def site_of(self, host: str) -> str:
        """The name of the first site on that host, else ''."""
        return next((name for name, site in self.sites.items() if host_of(site.home) == host), "")

    def indexes(self, name: str) -> frozenset[str]:
        """The canonical URLs of the site's feeds and listings."""
        site = self.sites.get(name)
        return frozenset(map(canonical_url, (*site.feeds, *site.listings))) if site else frozenset()

    def end_early(self, why: str) -> None:
        """Has the crawl end, for a reason given in a sentence; what is not recorded stays due."""
        self.trouble = self.trouble or why
        self.deadline = self.clock.now()  # nothing more is asked for

    def time_is_up(self) -> bool:
        """Whether the crawl was given a time, and that is over."""
        return self.deadline is not None and self.clock.now() >= self.deadline

    def permitted(self, page: NewPage) -> NewPage:
        """The page as it may be noted: one that is opted out is never asked for."""
        optout = self.optouts.match(page.url)
        return (
            page if optout is None else replace(page, due_at=None, state="refused", reason="removed", optout_id=optout)
        )

    def start_anew(self) -> None:
        """Somebody asks for all, and does not wait: feeds, sitemaps and listings are read even if they did not change,
        and robots.txt even if it was read today."""
        self.unconditional = True
        self.robots.fresh_from = self.started_at

    def seed(self, pages: Sequence[NewPage], *, due: bool) -> None:
        """Notes where the crawl starts; with `due`, pages known from before are fetched again now.

        Raises ContactError when a page is on a public host and no contact is set.
        """
        require_contact(self.contact, {page.host for page in pages})
        add_pages(self.db, map(self.permitted, pages), self.started_at)
        if due:
            make_due(self.db, [page.url for page in pages], self.started_at)
            self.robots.fresh_from = self.started_at
            for page in pages:
                self.hosts.forgive(page.host)

    def record(self, visit: Visit, page: DuePage) -> None:
        """Commits what became of a page."""
        content = record(self.db, self.crawl_id, visit)
        counts = self.counts[page.site]
        counts[count_name(page.kind, visit.outcome, content)] += 1
        if visit.article and (counts["new"] + counts["changed"]) % LEARN_EVERY == 0:
            self._blocks.pop(page.site, None)

    def site_blocks(self, site: str) -> frozenset[str]:
        """The blocks of text known to recur on the site, as of at most LEARN_EVERY articles ago."""
        if site not in self._blocks:
            self._blocks[site] = known_blocks(self.db, site)
        return self._blocks[site]

    def close(self, outcome: str) -> None:
        """Ends workers and files and writes the crawl's row; `outcome` is finished or stopped."""
        self.extractor.close()
        self._finish(outcome, erase=True)

    def abandon(self) -> None:
        """Ends at once: what is under way is dropped, and its pages stay due."""
        self.extractor.kill()
        self._finish("stopped", erase=False)

    def _finish(self, outcome: str, *, erase: bool) -> None:
        self.closed = True
        try:
            self.warc.close()
            if erase:
                self._redact_pending()
            self._settle(outcome)
            close(self.db)
        except (sqlite3.Error, OSError) as error:  # a full disk; the next crawl finds that this one did not end
            self.trouble = self.trouble or cannot_be_written(error)
            self.db.close()
        finally:
            self._lock.release()

    def _settle(self, outcome: str) -> None:
        """Writes down how the crawl went."""
        self.hosts.close()
        with transaction(self.db):
            for site in self.counts:
                forget_rare(self.db, site)
        reason = self.trouble or (INTERRUPTED if self.interrupted else None)
        if reason is None and self.time_is_up():
            reason = f"Its {self.minutes:g} minutes were over."
        counts = final_counts(self.db, self.crawl_id)
        now = timestamp(self.clock.now())
        finish_crawl(self.db, self.crawl_id, now=now, outcome=outcome, counts=counts, reason=reason)


def cannot_be_written(error: Exception) -> str:
    """What a full disk, a lock that is held for long or a damaged file comes to, in a sentence."""
    return f"The archive cannot be written ({error}): see to the disk and to who else writes to it; no page is lost."


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
