"""The scheduler: what is due, kept in the archive's `pages` table.

There is no second queue: a page is taken here in memory only, and leaves the table's due pages in the same transaction
that stores what became of it. A process that dies loses nothing, because nothing was taken out. (Scrapy's own queue
with JOBDIR loses requests when killed: scrapy#7978.)
"""

from collections import defaultdict, deque
from collections.abc import Iterable
from typing import Any

from scrapy import Request, Spider, signals
from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler

from archive.pages import DuePage, due_hosts, next_due
from crawler.session import session_of

PAGE = "page"  # key of Request.meta that holds the DuePage


class Frontier(BaseScheduler):
    """Hands out due pages host by host in turn, never more of a host than its site permits at a time."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.slots: dict[str, dict[str, int]] = crawler.settings.getdict("DOWNLOAD_SLOTS")
        self.concurrency = crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        self.followups: deque[Request] = deque()  # redirects and retries of pages in hand
        self.in_hand: dict[int, DuePage] = {}  # taken, fate not recorded yet
        self.on_the_wire: defaultdict[str, set[int]] = defaultdict(set)  # host -> ids of pages being downloaded
        self.hosts: deque[str] = deque()  # that may have due pages, in turn

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Frontier":
        return cls(crawler)

    def open(self, spider: Spider) -> None:  # noqa: ARG002 (Scrapy's signature)
        self.session = session_of(self.crawler)
        self.crawler.signals.connect(self._left_downloader, signals.request_left_downloader)
        self.add_hosts(due_hosts(self.session.db, self.session.selection, self.session.started_at))

    def add_hosts(self, hosts: Iterable[str]) -> None:
        """Takes notice of hosts that have got due pages."""
        self.hosts.extend(set(hosts).difference(self.hosts))

    def has_pending_requests(self) -> bool:
        return bool(self.followups) or bool(self.hosts)

    def enqueue_request(self, request: Request) -> bool:
        """Only follow-ups of pages in hand come this way; pages themselves come from the table."""
        if PAGE not in request.meta:
            return False
        self.followups.append(request)
        return True

    def next_request(self) -> Request | None:
        if self.followups:
            return self.followups.popleft()
        for _ in range(len(self.hosts)):
            host = self.hosts[0]
            self.hosts.rotate(-1)
            if len(self.on_the_wire[host]) >= self.slots.get(host, {}).get("concurrency", self.concurrency):
                continue
            page = next_due(self.session.db, host, self.session.selection, self.session.started_at, self.in_hand)
            if page:
                return self._take(page)
            self.hosts.pop()  # rotated to the end just now; it has nothing due
        return None

    def done(self, page: DuePage) -> None:
        """The fate of `page` is recorded."""
        self.in_hand.pop(page.id, None)
        self.on_the_wire[page.host].discard(page.id)

    def _take(self, page: DuePage) -> Request:
        self.in_hand[page.id] = page
        self.on_the_wire[page.host].add(page.id)
        spider: Any = self.crawler.spider
        return Request(page.url, callback=spider.parse, errback=spider.failed, dont_filter=True, meta={PAGE: page})

    def _left_downloader(self, request: Request) -> None:
        page = request.meta.get(PAGE)
        if page:
            self.on_the_wire[page.host].discard(page.id)


def frontier_of(crawler: Crawler) -> Frontier:
    """The frontier of a running crawl."""
    engine: Any = crawler.engine
    frontier: Frontier = engine.scheduler
    return frontier
