"""Item pipeline: interpret a fetch result and commit it. (The WARC record is written before, in middlewares.warc.)"""

import sqlite3
from dataclasses import replace
from datetime import datetime

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.http import Response

from archive.articles.fetch_result import FetchResult
from archive.extraction.pool import PoolError
from archive.storage import redaction
from archive.storage.held_hosts import BLOCKED
from archive.urls.canonical import host_of
from crawler.crawl_archive import REMOVED, StorageError, cannot_be_written
from crawler.request_state import NotSentError
from crawler.scheduler import scheduler_of
from crawler.session import Session, session_of
from crawler.turns import SLICE, in_slices
from crawler.visit.images import with_images
from crawler.visit.interpret import Interpreter
from crawler.visit.next_visit import with_due_dates

BUSY = (429, 503)


class ArchivePipeline:
    """Interprets a response and commits it, with the page's new state, in one transaction."""

    def __init__(self, crawler: Crawler, session: Session) -> None:
        self.crawler = crawler
        self.archive, self.status, self.in_flight = session.archive, session.status, session.in_flight
        self.clock, self.sites, self.hosts = session.clock, session.sites, session.hosts
        self.tdmrep = session.tdmrep
        self.interpreter = Interpreter(session.archive, session.extractor, session.sites, session.rng, self._fetch)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "ArchivePipeline":
        return cls(crawler, session_of(crawler))

    async def process_item(self, item: FetchResult) -> FetchResult:
        try:
            result = self._with_back_off(await self.interpreter.interpret(item))
            result = with_images(result, self.sites.get(item.page.site), self.archive)
            result = await self._with_pages_added(result)
            when = datetime.fromisoformat(item.fetched_at) if item.fetched_at else self.clock.now()
            result = with_due_dates(result, self.sites.get(item.page.site), self.archive.db, when)
            self.archive.record(self._ready_to_record(result))
        except NotSentError as error:
            raise self._dropped(item, str(error)) from error
        except PoolError as error:
            raise self._failed(item, f"The extraction workers cannot be kept running: {error}.") from error
        except StorageError as error:
            raise self._failed(item, str(error)) from error
        except sqlite3.Error as error:
            raise self._failed(item, cannot_be_written(error)) from error
        self.in_flight.remove(item.page)
        if result.outcome == "stored":
            self.tdmrep.count_article(result.target.url if result.target else result.page.url)
        scheduler = scheduler_of(self.crawler)
        scheduler.add_hosts(page.host for page in result.discovered)
        scheduler.add_hosts(image.page.host for image in result.images if image.page)
        for host in {item.page.host, host_of(result.url)}:
            scheduler.release(host)
        return result

    async def _with_pages_added(self, result: FetchResult) -> FetchResult:
        """Return the result of a long list without the pages that it links to: they are added in slices.

        Other pages are recorded and fetched in between. The list itself stays due until its outcome is recorded.
        """
        if len(result.discovered) <= SLICE:
            return result
        added, page, scheduler = 0, result.page, scheduler_of(self.crawler)
        async for pages in in_slices(result.discovered):
            added += self.archive.add_found(pages, page.fetched_at, self.clock.now())
            scheduler.add_hosts(new.host for new in pages)
        return replace(result, discovered=(), added=added)

    def _with_back_off(self, result: FetchResult) -> FetchResult:
        """Return the result with the time until when its host is left alone; tell the host's throttle how it answered.

        A middleware has done so after 429 and 503, before the body was read.
        """
        asked, answered = host_of(result.page.url), host_of(result.url)
        if result.outcome == "blocked" and result.not_before is None:
            why = f"{BLOCKED}{result.reason}"
            until = self.hosts.back_off(asked, self.clock.now(), why, retry_after=result.retry_after)
            return replace(result, not_before=until)
        if result.outcome != "blocked" and result.status and result.status not in BUSY:
            for host in {asked, answered}:
                self.hosts.record_page(host)
        return result

    def _ready_to_record(self, result: FetchResult) -> FetchResult:
        """Return the result as it is recorded: without the WARC record of an excluded page, which is erased, and
        without a digest that the next body is not to be compared with."""
        if result.reason == REMOVED and result.warc:
            redaction.mark_record(self.archive.db, result.warc)
            result = replace(result, warc=None)
        # The next body is compared with the one that the stored article was extracted from.
        first = result.outcome == "no article" and result.page.article_id is None
        if result.outcome not in ("stored", "read") and not first:
            result = replace(result, digest=None, payload=None)
        target = result.target if result.moved else None
        return replace(result, target_in_flight=target is not None and self.in_flight.has_url(target.url))

    async def _fetch(self, request: Request) -> Response:
        return await scheduler_of(self.crawler).fetch(request)

    def _failed(self, item: FetchResult, problem: str) -> DropItem:
        """End the crawl; the page stays due."""
        self.status.end_early(problem)
        return self._dropped(item, problem)

    def _dropped(self, item: FetchResult, why: str) -> DropItem:
        self.in_flight.remove(item.page)
        return DropItem(why)
