"""What all spiders share: the session, and the way from an answer to an item."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response
from scrapy.utils.defer import deferred_from_coro
from twisted.python.failure import Failure

from archive.page import Page
from archive.storage.frontier import DuePage
from archive.storage.warc.files import Location
from archive.urls.canonical import canonical_url
from crawler.identity import user_agent
from crawler.items import Answer, Probe
from crawler.middlewares.backoff import NOT_BEFORE
from crawler.middlewares.content_encoding import CUT_SHORT
from crawler.middlewares.warc import DIRECTIVES, PAYLOAD, RECORD, StorageError
from crawler.politeness import outcomes
from crawler.politeness.outcomes import Refusal
from crawler.politeness.robots_cache import ORIGIN, VALIDATORS
from crawler.scheduler import PAGE, PROBED, frontier_of
from crawler.session import Session, cannot_be_written
from crawler.visit.discover import discover

PERMANENT = (301, 308)
HONEST = (404, 410, 301, 302, 303, 307, 308)  # of an address that nobody made: also one that leads elsewhere


class PageSpider(Spider):
    """Fetches what the frontier hands out. Subclasses say in `seed` where the crawl starts."""

    session: Session

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> "PageSpider":
        spider: PageSpider = super().from_crawler(crawler, *args, **kwargs)
        session = spider.session = Session(crawler.settings)
        crawler.settings.set("USER_AGENT", user_agent(session.contact), "spider")
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
        facts = _facts(page, response)
        outcome, reason = _fate(response)
        if page.kind == "article":
            if outcome is None and (asked := response.meta[DIRECTIVES]):
                outcome, reason, facts["body"] = "refused", min(asked), b""  # noarchive before noindex
            yield Answer(**facts, outcome=outcome, reason=reason)
        elif outcome:
            yield Answer(**facts, outcome=outcome, reason=reason)
        else:
            yield self._discovered(page, Answer(**facts, outcome="read"))

    def _discovered(self, page: DuePage, answer: Answer) -> Answer:
        same = answer.digest == page.digest and answer.url == page.url  # else its links may lead elsewhere
        if same and not self.session.unconditional:
            return replace(answer, outcome="unchanged")
        found = discover(page, answer.body, answer.url, answer.content_type, self.session)
        detail = found.warning or answer.detail
        return replace(answer, found=found.pages, total=found.total, dates=found.dates, detail=detail)

    def failed(self, failure: Failure) -> Iterator[Answer]:
        error: BaseException = failure.value  # type: ignore[assignment]
        if isinstance(error, StorageError):
            self.session.end_early(str(error))
            frontier_of(self.crawler).done(failure.request.meta[PAGE])  # type: ignore[attr-defined]
            return  # the page stays due
        request: Request = failure.request  # type: ignore[attr-defined]
        yield _unanswered(request.meta[PAGE], _refusal(error, request), request.meta.get(RECORD))

    def probed(self, response: Response) -> Iterator[Answer]:
        """Takes what the site answers where there is nothing."""
        answer: Answer = response.meta[PROBED]
        content_type = _header(response, "Content-Type") or ""
        page = Page(
            url=canonical_url(response.url), body=response.body, content_type=content_type, site=answer.page.site
        )
        status = response.status
        yield replace(answer, probe=Probe(page=page if status == 200 else None, honest=status in HONEST))

    def probe_failed(self, failure: Failure) -> Iterator[Answer]:
        """The site could not be asked: what it answered before is taken as it is."""
        request: Request = failure.request  # type: ignore[attr-defined]
        yield replace(request.meta[PROBED], probe=Probe())

    def robots_read(self, response: Response) -> None:
        """Takes the answer of a robots.txt."""
        names = ("Retry-After", "ETag", "Last-Modified")
        headers = {name: _header(response, name) for name in names}
        now = self.session.clock.now()
        try:
            self.session.robots.read(response.meta[ORIGIN], response.status, response.body, headers, now)
        except sqlite3.Error as error:
            self.session.end_early(cannot_be_written(error))

    def robots_failed(self, failure: Failure) -> None:
        """A robots.txt could not be had."""
        request: Request = failure.request  # type: ignore[attr-defined]
        error: BaseException = failure.value  # type: ignore[assignment]
        origin, now = request.meta[ORIGIN], self.session.clock.now()
        refusal = _refusal(error, request)
        if isinstance(error, StorageError | sqlite3.Error):
            self.session.end_early(str(error) if isinstance(error, StorageError) else cannot_be_written(error))
        elif refusal.reason in ("redirect loop", "bad address"):  # RFC 9309, 2.3.1.2: as good as no rules
            self.session.robots.read(origin, 404, b"", {}, now)
        else:
            self.session.robots.failed(origin, refusal, now)

    def settle(self, page: DuePage, refusal: Refusal) -> None:
        """Records the fate of a page that is in hand and on which nothing is under way."""
        frontier_of(self.crawler).settling.add(page.id)
        answer = _unanswered(page, refusal, None)
        deferred_from_coro(self.crawler.engine.scraper.start_itemproc_async(answer, response=None))

    def settle_lost(self) -> None:
        """Records pages that Scrapy dropped without callback or errback, so that none is without a fate."""
        frontier = frontier_of(self.crawler)
        for page in list(frontier.in_hand.values()):
            if page.id not in frontier.settling:
                self.settle(page, Refusal("failed", "lost", "Dropped by the downloader"))
        if frontier.in_hand:
            raise DontCloseSpider

    def close_session(self, reason: str) -> None:
        self.session.interrupted = reason == "shutdown"  # Scrapy's word for a signal
        ended = reason == "finished" and not self.session.trouble
        self.session.close("finished" if ended else "stopped")


def _fate(response: Response) -> tuple[str | None, str | None]:
    """Outcome and reason by the status; without them the page is to be read."""
    if response.status == 304 and not any(name in response.request.headers for name in VALIDATORS):  # type: ignore[union-attr]
        return "failed", "http 304"  # the same as what?
    return outcomes.of_status(response.status) or (None, None)


def _facts(page: DuePage, response: Response) -> dict[str, Any]:
    ways = response.meta.get("redirect_reasons", ())
    return {
        "page": page,
        "url": canonical_url(response.url),
        "status": response.status,
        "content_type": _header(response, "Content-Type") or "",
        "etag": _header(response, "ETag"),
        "last_modified": _header(response, "Last-Modified"),
        "body": response.body,
        "seconds": response.meta.get("download_latency"),
        "record": response.meta.get(RECORD),
        "payload": response.meta[PAYLOAD],
        "directives": ", ".join(sorted(response.meta[DIRECTIVES])) or None,
        "moved": bool(ways) and all(way in PERMANENT for way in ways),
        "not_before": response.meta.get(NOT_BEFORE),
        "detail": "The compressed body ended too early" if CUT_SHORT in response.flags else None,
    }


def _unanswered(page: DuePage, refusal: Refusal, record: Location | None) -> Answer:
    return Answer(
        page=page, url=page.url, outcome=refusal.outcome, reason=refusal.reason, detail=refusal.detail, record=record
    )


def _refusal(error: BaseException, request: Request) -> Refusal:
    host = urlsplit(request.url).hostname or ""
    outcome, reason = outcomes.of_error(error, host)
    return Refusal(outcome, reason, outcomes.in_words(error, host))


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None
