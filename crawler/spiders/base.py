"""What all spiders share: the session, and the way from an answer to an item."""

from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response
from scrapy.utils.defer import deferred_from_coro
from twisted.python.failure import Failure

from archive.pages import DuePage
from crawler import fates
from crawler.discover import discover
from crawler.frontier import PAGE, frontier_of
from crawler.items import Answer
from crawler.links import canonical_url
from crawler.middlewares.labels import CUT_SHORT
from crawler.middlewares.recording import RECORD, StorageError
from crawler.politeness import download_slots, user_agent
from crawler.session import Session


class PageSpider(Spider):
    """Fetches what the frontier hands out. Subclasses say in `seed` where the crawl starts."""

    session: Session

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> "PageSpider":
        spider: PageSpider = super().from_crawler(crawler, *args, **kwargs)
        session = spider.session = Session(crawler.settings)
        crawler.settings.set("USER_AGENT", user_agent(session.contact), "spider")
        crawler.settings.set("DOWNLOAD_SLOTS", download_slots(session.sites.values()), "spider")
        try:
            spider.seed()
        except BaseException:
            session.close("stopped")
            raise
        crawler.signals.connect(spider.close_session, signals.spider_closed)
        crawler.signals.connect(spider.settle_lost, signals.spider_idle)
        return spider

    def seed(self) -> None:
        """Notes the first pages and sets the session's selection."""
        raise NotImplementedError

    async def start(self) -> AsyncIterator[Any]:
        """Nothing: the frontier has everything, the first pages too."""
        for nothing in list[Any]():
            yield nothing

    def parse(self, response: Response) -> Iterator[Answer]:
        page: DuePage = response.meta[PAGE]
        outcome, reason = fates.of_status(response.status) or (None, None)
        facts = _facts(page, response)
        if outcome:
            yield Answer(**facts, outcome=outcome, reason=reason)
        elif page.kind == "article":
            yield Answer(**facts)
        else:
            found, warning = discover(page, response.body, facts["url"], facts["content_type"], self.session)
            facts["detail"] = warning or facts["detail"]
            yield Answer(**facts, outcome="read", found=found)

    def failed(self, failure: Failure) -> Iterator[Answer]:
        error: BaseException = failure.value  # type: ignore[assignment]
        if isinstance(error, StorageError):
            self.crawler.engine.close_spider(self, "storage")  # the page stays due
            return
        request: Request = failure.request  # type: ignore[attr-defined]
        page: DuePage = request.meta[PAGE]
        host = urlsplit(request.url).hostname or ""
        outcome, reason = fates.of_error(error, host)
        record = request.meta.get(RECORD)
        yield Answer(
            page=page, url=page.url, outcome=outcome, reason=reason, detail=fates.in_words(error, host), record=record
        )

    def settle_lost(self) -> None:
        """Records pages that Scrapy dropped without callback or errback, so that none is without a fate."""
        lost = list(frontier_of(self.crawler).in_hand.values())
        for page in lost:
            answer = Answer(
                page=page, url=page.url, outcome="failed", reason="lost", detail="Dropped by the downloader"
            )
            deferred_from_coro(self.crawler.engine.scraper.start_itemproc_async(answer, response=None))
        if lost:
            raise DontCloseSpider

    def close_session(self, reason: str) -> None:
        self.session.close("finished" if reason == "finished" else "stopped")


def _facts(page: DuePage, response: Response) -> dict[str, Any]:
    def header(name: str) -> str | None:
        value = response.headers.get(name)
        return value.decode("latin-1") if value else None

    return {
        "page": page,
        "url": canonical_url(response.url),
        "status": response.status,
        "content_type": header("Content-Type") or "",
        "etag": header("ETag"),
        "last_modified": header("Last-Modified"),
        "body": response.body,
        "seconds": response.meta.get("download_latency"),
        "record": response.meta.get(RECORD),
        "detail": "The compressed body ended too early" if CUT_SHORT in response.flags else None,
    }
