"""The base of all spiders: opens the session and turns responses into fetch results."""

import hashlib
import logging
import sqlite3
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from archive.articles.fetch_result import FetchResult
from archive.storage.connection import timestamp
from archive.storage.frontier import DuePage
from archive.text.characters import clean
from archive.urls.canonical import canonical_url
from crawler.crawl_archive import StorageError, cannot_be_written
from crawler.identity import user_agent
from crawler.middlewares.forwards import FORWARD
from crawler.politeness.outcomes import Outcome, of_error, of_status
from crawler.request_state import CUT_SHORT, VALIDATORS, state_of
from crawler.session import Session, SessionSpider
from crawler.turns import in_turn
from crawler.visit.images import read_image

PERMANENT = (301, 308)


class PageSpider(SessionSpider):
    """Turns the responses to the scheduler's requests into results. Subclasses say in `seed` where a crawl starts."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> "PageSpider":
        spider: PageSpider = super().from_crawler(crawler, *args, **kwargs)
        session = spider.session = Session(crawler.settings)
        crawler.settings.set("USER_AGENT", user_agent(session.contact), "spider")
        # Scrapy filters by the level only when it prints: until then it makes every message.
        logging.getLogger("scrapy").setLevel(crawler.settings["LOG_LEVEL"])
        try:
            spider.seed()
        except BaseException:
            session.close("stopped")
            raise
        crawler.signals.connect(spider.close_session, signals.spider_closed)
        return spider

    def seed(self) -> None:
        """Add the first pages and set the session's selection."""
        raise NotImplementedError

    async def start(self) -> AsyncIterator[Any]:
        """Yield nothing: the scheduler has the first pages too."""
        for nothing in list[Any]():
            yield nothing

    async def parse(self, response: Response) -> AsyncIterator[FetchResult]:
        page, state = page_of(response), state_of(response)
        result = await in_turn(len(response.body), lambda: _result(page, response))
        status = _status_outcome(response)
        if status:
            yield replace(result, outcome=status.outcome, reason=status.reason, detail=status.detail)
        elif page.kind == "image":
            yield read_image(result, state.directives)
        elif page.kind != "article":
            yield await self._discovered(result)
        elif reason := self._refusal(page, state.directives):
            yield replace(result, outcome="refused", reason=reason)
        else:
            yield result

    def _refusal(self, page: DuePage, directives: frozenset[str]) -> str | None:
        """Return the directive for which nothing of an article's page is kept, or None."""
        if "noindex" in directives:
            return "noindex"
        site = self.session.sites.get(page.site)
        return "noarchive" if "noarchive" in directives and site and site.noarchive == "refuse" else None

    async def _discovered(self, result: FetchResult) -> FetchResult:
        page, session = result.page, self.session
        same = result.digest == page.digest and result.url == page.url  # else relative links may have changed
        if same and session.conditional:
            return replace(result, outcome="unchanged")
        from crawler.visit.discover import discover  # with the readers of feeds and dates: loaded by the first list

        return await discover(result, session.sites.get(page.site), session.archive)

    def failed(self, failure: Failure) -> Iterator[FetchResult]:
        error, request = _error_of(failure)
        page, state = page_of(request), state_of(request)
        if isinstance(error, StorageError):  # the page stays due
            self.session.status.end_early(str(error))
            self.session.in_flight.remove(page)
            return
        yield replace(without_response(page, _outcome(error, request)), warc=state.warc)

    def parse_robots(self, response: Response) -> None:
        """Store the response to a request for robots.txt."""
        names = ("Content-Type", "Retry-After", "ETag", "Last-Modified")
        headers = {name: _header(response, name) for name in names}
        now = self.session.clock.now()
        try:
            self.session.robots.store_response(_origin(response), response.status, response.body, headers, now)
        except sqlite3.Error as error:
            self.session.robots.abandon(_origin(response))
            self.session.status.end_early(cannot_be_written(error))

    def robots_failed(self, failure: Failure) -> None:
        """Store that a robots.txt could not be fetched."""
        error, request = _error_of(failure)
        session, origin, outcome = self.session, _origin(request), _outcome(error, request)
        if isinstance(error, StorageError | sqlite3.Error):
            session.robots.abandon(origin)
            session.status.end_early(str(error) if isinstance(error, StorageError) else cannot_be_written(error))
        elif outcome.reason in ("redirect loop", "bad address"):  # RFC 9309, 2.3.1.2: as if there were no rules
            session.robots.store_response(origin, 404, b"", {}, session.clock.now())
        else:
            session.robots.store_failure(origin, outcome, session.clock.now())

    def parse_tdmrep(self, response: Response) -> None:
        """Store the response to a request for tdmrep.json."""
        origin, files = state_of(response).tdmrep_origin or "", self.session.tdmrep
        outcome = Outcome("failed", "cut short") if CUT_SHORT in response.flags else of_status(response.status)
        headers = {name: _header(response, name) for name in ("ETag", "Last-Modified")}
        try:
            files.store_response(origin, response.status, response.body, headers, outcome, self.session.clock.now())
        except sqlite3.Error as error:
            self.session.status.end_early(cannot_be_written(error))

    def tdmrep_failed(self, failure: Failure) -> None:
        """Store that a tdmrep.json could not be fetched."""
        error, request = _error_of(failure)
        session, outcome = self.session, _outcome(error, request)
        try:
            if isinstance(error, StorageError):
                session.status.end_early(str(error))
            else:
                session.tdmrep.store_failure(state_of(request).tdmrep_origin or "", outcome, session.clock.now())
        except sqlite3.Error as problem:
            session.status.end_early(cannot_be_written(problem))

    def close_session(self, reason: str) -> None:
        status = self.session.status
        status.interrupted = reason == "shutdown"  # Scrapy's word for a signal
        ended = reason == "finished" and not status.problem
        self.session.close("finished" if ended else "stopped")


def without_response(page: DuePage, outcome: Outcome) -> FetchResult:
    """Return the result of a page that was not fetched, or whose request failed."""
    return FetchResult(page=page, url=page.url, outcome=outcome.outcome, reason=outcome.reason, detail=outcome.detail)


def page_of(message: Request | Response) -> DuePage:
    """Return the page that a request is for. Raises TypeError for a robots.txt."""
    page = state_of(message).page
    if page is None:
        raise TypeError(f"{message!r} is not for a page")
    return page


def _status_outcome(response: Response) -> Outcome | None:
    """Return the outcome by status; None where the body decides."""
    request = response.request
    if response.status == 304 and request and not any(name in request.headers for name in VALIDATORS):
        return Outcome("failed", "http 304")  # there is nothing to compare it with
    if outcome := of_status(response.status):
        return outcome
    if CUT_SHORT in response.flags:
        return Outcome("failed", "cut short", "The compressed body ended too early or is damaged")
    return None


def _result(page: DuePage, response: Response) -> FetchResult:
    state, redirects = state_of(response), response.meta.get("redirect_reasons", ())
    return FetchResult(
        page=page,
        url=canonical_url(response.url),
        fetched_at=timestamp(state.fetched_at) if state.fetched_at else "",
        status=response.status,
        content_type=_header(response, "Content-Type") or "",
        etag=_header(response, "ETag"),
        last_modified=_header(response, "Last-Modified"),
        body=response.body,
        size=len(response.body),
        digest=state.digest or _digest(response.body),
        payload=state.payload,
        directives=", ".join(sorted(state.directives)) or None,
        seconds=response.meta.get("download_latency"),
        warc=state.warc,
        withheld=state.withheld,
        rights=state.rights,
        canonical=state.canonical,
        moved=bool(redirects) and all(_is_permanent(reason, page) for reason in redirects),
        not_before=state.not_before,
        retry_after=state.retry_after,
    )


def _digest(body: bytes) -> str | None:
    return hashlib.sha1(body, usedforsecurity=False).hexdigest() if body else None


def _is_permanent(reason: int | str, page: DuePage) -> bool:
    """Whether the redirect says that the page moved for good.

    A page that forwards says nothing of how long. If it has an article, that keeps its URL.
    """
    return page.article_id is None if reason == FORWARD else reason in PERMANENT


def _outcome(error: BaseException, request: Request) -> Outcome:
    return of_error(error, urlsplit(request.url).hostname or "")


def _error_of(failure: Failure) -> tuple[BaseException, Request]:
    """Return the error and the request of an errback's failure."""
    request: Request = failure.request  # type: ignore[attr-defined]
    error: BaseException = failure.value  # type: ignore[assignment]
    return error, request


def _origin(message: Request | Response) -> str:
    return state_of(message).robots_origin or ""


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return clean(value.decode("latin-1")) if value else None
