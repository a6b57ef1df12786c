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

from archive.urls.canonical import host_of
from crawler.policy import backoff
from crawler.policy.robots import closed_by
from crawler.politeness.resolver import refused
from crawler.politeness.robots_cache import ORIGIN
from crawler.session import session_of

NOT_BEFORE = "not before"  # key of Request.meta: until when the host asked to be left alone
UNREACHABLE = (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    DownloadFailedError,
)


class Patience:
    """Tells the host's gate how the host answered. (Where a robots.txt closes it, that is up to RobotsFiles.)"""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Patience":
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        is_page = ORIGIN not in request.meta
        if not is_page and closed_by(response.status):
            return response
        session, host, why = session_of(self.crawler), host_of(request.url), f"http {response.status}"
        now = session.clock.now()
        header = response.headers.get("Retry-After")
        asked = backoff.retry_after(header.decode("latin-1") if header else None, now)
        if response.status in (429, 503):
            request.meta[NOT_BEFORE] = session.hosts.hold(host, now, why, asked=asked)
            return response
        if is_page:
            session.hosts.reached(host)
        if asked and response.status >= 300:
            session.hosts.put_off(host, now, why, asked)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        host = host_of(request.url)
        if isinstance(exception, UNREACHABLE) and host not in refused:
            session = session_of(self.crawler)
            session.hosts.failed(host, session.clock.now())
