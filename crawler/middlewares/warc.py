"""Raw first: every answer goes into the WARC as it was received, before anything that can fail touches it.

Of a body that is the one before, only the fact is kept; of a page that does not want to be archived, only its headers.
"""

import hashlib

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Headers, Response
from scrapy.utils.python import to_unicode
from twisted.web import http

from archive.storage.frontier import DuePage
from archive.storage.warc.files import Exchange, Location, Original, read_original
from crawler.policy.robots_directives import directives, unpacked_head
from crawler.scheduler import PAGE, PROBED
from crawler.session import session_of

# Keys of Request.meta.
RECORD = "warc"  # the Location of the last answer
PAYLOAD = "payload"  # SHA-1 of its body as received
DIRECTIVES = "directives"  # what it asks of archives


class StorageError(IgnoreRequest):
    """The WARC cannot be written; the crawl ends, the page stays due."""


class Recording:
    """Nearest to the wire: sees content codings, redirects and robots.txt."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Recording":
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        session = session_of(self.crawler)
        page: DuePage | None = None if PROBED in request.meta else request.meta.get(PAGE)
        payload = request.meta[PAYLOAD] = hashlib.sha1(response.body, usedforsecurity=False).hexdigest()
        asked = request.meta[DIRECTIVES] = _directives(response)
        exchange = Exchange(
            url=response.url,
            fetched_at=session.clock.now(),
            method=request.method,
            request_headers=_pairs(request.headers),
            status=response.status,
            reason=to_unicode(http.RESPONSES.get(response.status, b"Unknown")),
            headers=_pairs(response.headers),
            body=response.body,
            ip_address=str(response.ip_address) if response.ip_address else None,
            original=self._original(page, response, payload),
            withheld=bool(asked) and page is not None and page.kind == "article",
        )
        try:
            request.meta[RECORD] = session.warc.write(exchange)
        except OSError as error:
            message = f"The raw pages cannot be written to {session.warc.folder}: {error.strerror}."
            raise StorageError(message) from error
        return response

    def _original(self, page: DuePage | None, response: Response, payload: str) -> Original | None:
        """The response that this one repeats, if the archive has it."""
        if page is None or not page.payload or not (response.status == 304 or payload == page.payload):
            return None
        session = session_of(self.crawler)
        sql = "select warc_file, warc_offset from fetches where page_id = ? and digest is not null order by id desc"
        row = session.db.execute(f"{sql} limit 1", [page.id]).fetchone()
        original = read_original(session.folder, Location(*row)) if row and row[0] else None
        return original if original and original.payload == page.payload else None


def _directives(response: Response) -> frozenset[str]:
    headers = [value.decode("latin-1") for value in response.headers.getlist("X-Robots-Tag")]
    coding = b", ".join(response.headers.getlist("Content-Encoding")).strip().lower().decode("latin-1")
    return directives(headers, unpacked_head(response.body, coding))


def _pairs(headers: Headers) -> list[tuple[str, str]]:
    return [
        (to_unicode(name, "latin-1"), to_unicode(value, "latin-1"))
        for name, values in headers.items()
        for value in values
    ]
