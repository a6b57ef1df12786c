"""Back off from a host after 429, 503, Retry-After or repeated connection errors."""

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
from crawler.clock import Clock
from crawler.policy import backoff
from crawler.policy.robots import closed_by, origin_of
from crawler.politeness.host_throttle import HostThrottles
from crawler.politeness.outcomes import of_error
from crawler.politeness.resolver import refused
from crawler.request_state import state_of
from crawler.session import session_of

UNREACHABLE = (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    DownloadFailedError,
)


class BackoffMiddleware:
    """Tells the host's throttle how the host answered. A robots.txt that closes the host is up to RobotsCache."""

    def __init__(self, hosts: HostThrottles, clock: Clock) -> None:
        self.hosts, self.clock = hosts, clock

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "BackoffMiddleware":
        session = session_of(crawler)
        return cls(session.hosts, session.clock)

    def process_response(self, request: Request, response: Response) -> Response:
        state = state_of(request)
        if state.robots_origin and closed_by(response.status):
            return response
        host, why, now = host_of(request.url), f"http {response.status}", self.clock.now()
        header = response.headers.get("Retry-After")
        retry_after = backoff.retry_after(header.decode("latin-1") if header else None, now)
        state.retry_after = retry_after
        if state.adopted:  # the crawl that received it has done so
            return response
        if response.status in (429, 503):
            state.not_before = self.hosts.back_off(host, now, why, retry_after=retry_after)
            return response
        if not state.robots_origin:
            self.hosts.record_response(origin_of(request.url))
        if retry_after:
            self.hosts.defer(host, now, why, retry_after)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        host = host_of(request.url)
        if isinstance(exception, UNREACHABLE) and host not in refused:
            reason = of_error(exception, host).reason or ""
            self.hosts.record_failure(origin_of(request.url), self.clock.now(), reason)
