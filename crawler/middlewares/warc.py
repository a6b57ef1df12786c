"""Write every response to the WARC file as it was received, before anything that can fail touches it.

Of a body that is the same as the previous one only that fact is kept; of a page with noindex, or with noarchive
unless its site's file says `keep`, only the headers.
"""

import hashlib
from collections.abc import Mapping

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Headers, Response
from scrapy.utils.python import to_unicode
from twisted.web import http

from archive.storage.frontier import DuePage
from archive.storage.redaction import mark_record
from archive.storage.warc.content_encoding import decode_head
from archive.storage.warc.files import Exchange, Location, Original, read_original, records_of
from crawler.clock import Clock
from crawler.crawl_archive import CrawlArchive, StorageError
from crawler.policy.link_header import canonical_target
from crawler.policy.rights import page_rights
from crawler.policy.robots_directives import HEAD, directives
from crawler.request_state import state_of
from crawler.session import session_of
from crawler.sites.site import Site
from crawler.turns import in_turn

# Request headers that are not kept: a proxy's password, and what a site gave to this crawler alone.
SECRET = frozenset({"authorization", "cookie", "proxy-authorization"})


class WarcMiddleware:
    """Records requests and responses, redirects and robots.txt included. Nearest to the downloader."""

    def __init__(self, archive: CrawlArchive, clock: Clock, sites: Mapping[str, Site]) -> None:
        self.archive, self.clock, self.sites = archive, clock, sites

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "WarcMiddleware":
        session = session_of(crawler)
        return cls(session.archive, session.clock, session.sites)

    def process_request(self, request: Request) -> Response | None:
        """Answer with what a killed crawl received, if there is such an answer: nothing is sent then."""
        adopted = state_of(request).adopted
        return adopted.response.replace(url=request.url) if adopted else None

    async def process_response(self, request: Request, response: Response) -> Response:
        state = state_of(request)
        page = None if state.is_probe else state.page
        size = len(response.body)
        state.payload = await in_turn(size, lambda: hashlib.sha1(response.body, usedforsecurity=False).hexdigest())
        state.digest = state.payload if response.body else None
        head = _head(response)
        state.directives = directives(_values(response, "X-Robots-Tag"), head)
        state.rights = page_rights(_pairs(response.headers), head)
        state.canonical = canonical_target(_values(response, "Link"))
        kept = page is not None and page.kind in ("article", "image")
        state.withheld = page is not None and kept and self._is_withheld(page, state.directives)
        state.fetched_at = state.adopted.fetched_at if state.adopted else None
        if state.adopted:
            state.warc = self._kept(state.adopted.warc, withheld=state.withheld)
            return response
        exchange = Exchange(
            url=response.url,
            fetched_at=self.clock.now(),
            method=request.method,
            request_headers=[(name, value) for name, value in _pairs(request.headers) if name.lower() not in SECRET],
            status=response.status,
            reason=to_unicode(http.RESPONSES.get(response.status, b"Unknown")),
            headers=_pairs(response.headers),
            body=response.body,
            payload=state.payload,
            ip_address=str(response.ip_address) if response.ip_address else None,
            original=self._original(page, response, state.payload),
            withheld=state.withheld,
        )
        records = await in_turn(size, lambda: records_of(exchange))
        try:
            state.warc = self.archive.warc.append(records)
        except OSError as error:
            raise StorageError(self.archive.unwritable(error)) from error
        return response

    def _kept(self, location: Location, *, withheld: bool) -> Location | None:
        """Return the record of an adopted answer; None, and it is to be overwritten, where it must not be kept now."""
        if withheld:
            mark_record(self.archive.db, location)
        return None if withheld else location

    def _is_withheld(self, page: DuePage, directives: frozenset[str]) -> bool:
        """Return whether the page's directives forbid to keep its body."""
        site = self.sites.get(page.site)
        keeps = site is not None and site.noarchive == "keep"
        return bool(directives - {"noarchive"} if keeps else directives)

    def _original(self, page: DuePage | None, response: Response, payload: str) -> Original | None:
        """Return the archived response that this one repeats, if there is one."""
        if page is None or not page.payload or not (response.status == 304 or payload == page.payload):
            return None
        last = self.archive.last_body(page)
        original = read_original(self.archive.folder, last) if last else None
        return original if original and original.payload == page.payload else None


def _head(response: Response) -> bytes:
    return decode_head(response.body, ", ".join(_values(response, "Content-Encoding")), HEAD)


def _values(response: Response, name: str) -> list[str]:
    return [value.decode("latin-1") for value in response.headers.getlist(name)]


def _pairs(headers: Headers) -> list[tuple[str, str]]:
    return [
        (to_unicode(name, "latin-1"), to_unicode(value, "latin-1"))
        for name, values in headers.items()
        for value in values
    ]
