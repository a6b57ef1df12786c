"""Raw first: every answer goes into the WARC as it was received, before anything that can fail touches it."""

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Headers, Response
from scrapy.utils.python import to_unicode
from twisted.web import http

from archive.warc import Exchange
from crawler.session import session_of

RECORD = "warc"  # key of Request.meta that holds the Location of the last answer


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
        exchange = Exchange(
            url=response.url,
            fetched_at=session.clock(),
            method=request.method,
            request_headers=_pairs(request.headers),
            status=response.status,
            reason=to_unicode(http.RESPONSES.get(response.status, b"Unknown")),
            headers=_pairs(response.headers),
            body=response.body,
            ip_address=str(response.ip_address) if response.ip_address else None,
        )
        try:
            request.meta[RECORD] = session.warc.write(exchange)
        except OSError as error:
            session.trouble = f"The raw pages cannot be written to {session.warc.folder}: {error.strerror}."
            raise StorageError(session.trouble) from error
        return response


def _pairs(headers: Headers) -> list[tuple[str, str]]:
    return [
        (to_unicode(name, "latin-1"), to_unicode(value, "latin-1"))
        for name, values in headers.items()
        for value in values
    ]
