"""Hosts that ask for patience, or cannot be reached, are left alone: 429, 503, Retry-After, broken connections."""

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
)
from scrapy.http import Response

from crawler import backoff
from crawler.links import host_of
from crawler.resolver import refused
from crawler.robots_files import ORIGIN
from crawler.session import session_of

NOT_BEFORE = "not before"  # key of Request.meta: until when the host asked to be left alone
UNREACHABLE = (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    DownloadFailedError,
)


class Patience:
    """Tells the host's gate how the host answered. (What robots.txt answered is the business of RobotsFiles.)"""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Patience":
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        if ORIGIN in request.meta:
            return response
        session, host = session_of(self.crawler), host_of(request.url)
        if response.status in (429, 503):
            now = session.clock.now()
            header = response.headers.get("Retry-After")
            asked = backoff.retry_after(header.decode("latin-1") if header else None, now)
            request.meta[NOT_BEFORE] = session.hosts.hold(host, now, f"http {response.status}", asked=asked)
        else:
            session.hosts.reached(host)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        host = host_of(request.url)
        if isinstance(exception, UNREACHABLE) and host not in refused:
            session = session_of(self.crawler)
            session.hosts.failed(host, session.clock.now())
