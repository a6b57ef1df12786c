"""The collaborators of one crawl: made by the spider, handed to Scrapy's components, closed with the spider."""

import random
import sqlite3
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings
from scrapy.utils.misc import load_object

from archive.storage.crawls import INTERRUPTED
from archive.storage.frontier import DuePage, NewPage, Selection, make_due, named_lists
from archive.urls.canonical import canonical_url, host_of
from crawler.clock import Clock
from crawler.crawl_archive import CrawlArchive, cannot_be_written
from crawler.extraction import SiteExtractor
from crawler.identity import configured_sites, contact_of, require_contact
from crawler.orphans import LATEST_ON_DEMAND, Orphans
from crawler.policy.robots import origin_of
from crawler.politeness.host_throttle import HostThrottles
from crawler.politeness.robots_cache import RobotsCache
from crawler.politeness.tdmrep_files import TdmrepFiles
from crawler.shards.store import StoreFaultError
from crawler.shards.territory import Territory, territory_of
from crawler.sites.site import Site, starting_pages


class CrawlStatus:
    """Whether a crawl has to end, and why.

    `minutes` is the time it was given (0: no limit), `problem` why it ends early, as a sentence; `warnings` are other
    things that need attention.
    """

    def __init__(self, clock: Clock, minutes: float) -> None:
        self._clock, self.minutes = clock, minutes
        self.deadline = clock.now() + timedelta(minutes=minutes) if minutes else None
        self.problem: str | None = None
        self.warnings: list[str] = []
        self.interrupted = False

    def end_early(self, problem: str) -> None:
        """End the crawl: no more requests are sent, and pages that are not recorded yet stay due."""
        self.problem = self.problem or problem
        self.deadline = self._clock.now()

    def time_is_up(self) -> bool:
        """Whether the crawl's time is over."""
        return self.deadline is not None and self._clock.now() >= self.deadline

    def reason(self) -> str | None:
        """Return why the crawl ended early, as a sentence."""
        reason = self.problem or (INTERRUPTED if self.interrupted else None)
        if reason is None and self.time_is_up():
            return f"Its {self.minutes:g} minutes were over."
        return reason


class InFlightPages:
    """The pages that the scheduler handed out and whose outcome is not recorded yet."""

    def __init__(self) -> None:
        self.pages: dict[int, DuePage] = {}
        self._refused: set[int] = set()

    def __len__(self) -> int:
        return len(self.pages)

    def add(self, page: DuePage) -> None:
        self.pages[page.id] = page

    def remove(self, page: DuePage) -> None:
        self.pages.pop(page.id, None)
        self._refused.discard(page.id)

    def has_url(self, url: str) -> bool:
        return any(page.url == url for page in self.pages.values())

    def mark_refused(self, page: DuePage) -> None:
        """Note that the page's outcome is on its way to the pipeline without a response."""
        self._refused.add(page.id)

    def lost(self) -> list[DuePage]:
        """Return the pages that nothing is in progress for, given that no request is."""
        return [page for page in self.pages.values() if page.id not in self._refused]


class Session:
    """The collaborators of one crawl, and what it is to crawl: `selection`, and `refetch_all` (see there)."""

    def __init__(self, settings: BaseSettings) -> None:
        """Open the archive, which is made if missing. Raises ArchiveError, SiteError, BusyError."""
        self.sites: dict[str, Site] = configured_sites(settings)
        self.contact = contact_of(settings)
        self.clock: Clock = load_object(settings["HEALTHNEWS_CLOCK"])()
        self.status = CrawlStatus(self.clock, settings.getfloat("HEALTHNEWS_MINUTES"))
        now = self.clock.now()
        command = settings["HEALTHNEWS_COMMAND"] or " ".join(sys.argv)
        self.archive = CrawlArchive(Path(settings["HEALTHNEWS_ARCHIVE"]), now=now, command=command)
        self.status.warnings += self.archive.warnings
        self.rng = random.Random(settings["HEALTHNEWS_SEED"])  # noqa: S311 nothing secret
        self.hosts = HostThrottles(self.archive.db, self.sites.values(), self.rng, now)
        self.robots = RobotsCache(self.archive.db, self.archive.crawl_id, self.hosts)
        self.tdmrep = TdmrepFiles(self.archive.db)
        self.extractor = SiteExtractor(settings.getint("HEALTHNEWS_WORKERS"), self.archive, self.sites)
        self.in_flight = InFlightPages()
        self.orphans = Orphans(self.archive)
        self.territory: Territory | None = territory_of(settings)
        self.selection = Selection()
        self.conditional = True  # whether validators go with requests for feeds, sitemaps and listings
        self.closed = False

    def is_ours(self, host: str) -> bool:
        """Whether this crawl may send requests to the host: on a cluster a host belongs to one shard.

        A store of shards that cannot be reached ends the crawl.
        """
        try:
            return self.territory is None or self.territory.has(host)
        except StoreFaultError as error:
            self.status.end_early(str(error))
            return False

    def refetch_all(self) -> None:
        """Read feeds, sitemaps and listings even if they did not change, and fetch robots.txt even if it is fresh."""
        self.conditional = False
        self.orphans.not_before = self.clock.now() - LATEST_ON_DEMAND
        self.robots.fresh_from = self.archive.started_at

    def seed(self, pages: Sequence[NewPage], *, due: bool) -> None:
        """Add the first pages; with `due`, known ones are due now and robots.txt is fetched anew.

        Raises ContactError when a page is on a public host and no contact is set.
        """
        require_contact(self.contact, {page.host for page in pages})
        self.archive.add_pages(pages)
        if due:
            make_due(self.archive.db, [page.url for page in pages], self.archive.started_at)
            self.robots.fresh_from = self.archive.started_at
            self.orphans.not_before = self.clock.now() - LATEST_ON_DEMAND
            for page in pages:
                self.hosts.reset_backoff(origin_of(page.url))

    def close(self, outcome: str) -> None:
        """End workers and files and write the crawl's row; `outcome` is finished or stopped."""
        self.extractor.close()
        self._finish(outcome, redact=True)

    def abort(self) -> None:
        """End at once: what is in progress is dropped, and its pages stay due."""
        self.extractor.kill()
        self._finish("stopped", redact=False)

    def _finish(self, outcome: str, *, redact: bool) -> None:
        self.closed = True
        try:
            self.archive.close_warc()
        except OSError as error:  # a full disk: what was recorded stays
            self.status.problem = self.status.problem or self.archive.unwritable(error)
        try:
            if redact:
                self.status.warnings += self.archive.redact_pending()
            self.hosts.save()
            self.archive.finish(outcome, self.status.reason(), self.clock.now())
        except (sqlite3.Error, OSError) as error:  # a full disk; the next crawl records that this one did not end
            self.status.problem = self.status.problem or cannot_be_written(error)
        finally:
            self.archive.release()


def site_of(sites: dict[str, Site], host: str) -> str:
    """Return the name of the first site on that host, else ''."""
    return next((name for name, site in sites.items() if host_of(site.home) == host), "")


def index_urls(site: Site | None) -> frozenset[str]:
    """Return the canonical URLs of the site's feeds and listings."""
    return frozenset(map(canonical_url, (*site.feeds, *site.listings))) if site else frozenset()


def former_lists(session: Session) -> frozenset[str]:
    """Return the URLs of feeds, sitemaps and listings that a site's file named once, and none names now."""
    starts = (urls for site in session.sites.values() for urls in starting_pages(site).values())
    return frozenset(named_lists(session.archive.db)) - {canonical_url(url) for urls in starts for url in urls}


class SessionSpider(Spider):
    """A spider that has a session."""

    session: Session


def session_of(crawler: Crawler) -> Session:
    """Return the session of a crawl. Raises TypeError for another kind of spider."""
    if not isinstance(crawler.spider, SessionSpider):
        raise TypeError(f"{crawler.spider!r} has no session")
    return crawler.spider.session
