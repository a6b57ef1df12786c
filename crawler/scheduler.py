"""The scheduler: what is due, kept in the archive's `pages` table, and the one gate that all requests pass.

There is no second queue: a page is taken here in memory only, and leaves the table's due pages in the same transaction
that stores what became of it. A process that dies loses nothing, because nothing was taken out. (Scrapy's own queue
with JOBDIR loses requests when killed: scrapy#7978.)
"""

import sqlite3
from collections import Counter, deque
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from scrapy import Request, Spider, signals
from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler

from archive.storage.frontier import DuePage, due_hosts, next_due
from archive.urls.canonical import canonical_url, host_of
from crawler.items import Answer
from crawler.policy.robots import origin_of
from crawler.politeness.outcomes import Refusal, of_redirect
from crawler.politeness.robots_cache import ORIGIN, VALIDATORS, validate
from crawler.session import cannot_be_written, session_of
from crawler.visit.soft404_probe import nowhere

# Keys of Request.meta.
PAGE = "page"  # the DuePage
NUMBER = "number"  # of the request at its host's gate
REFUSED = "refused"  # it must not go out: the Refusal
PROBED = "probed"  # the Answer that the site's answer for nothing is to be compared with

# Pages that may be under way or wait to be understood, with so many more for each worker: beyond that, none is asked
# for, since what is not understood yet is in memory, and is asked for again when the process dies.
IN_HAND, PER_WORKER = 32, 8

# A host that has to be waited for longer is left to the next job; it is above the longest delay that is kept to.
PATIENCE = timedelta(minutes=5)


class Frontier(BaseScheduler):
    """Hands out due pages host by host in turn, never sooner than the host may be asked."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.in_hand: dict[int, DuePage] = {}  # taken, fate not recorded yet
        self.settling: set[int] = set()  # of these, the pages whose fate is on its way
        self.hosts: deque[str] = deque()  # that may have something to ask for, in turn
        self.left: dict[str, str] = {}  # hosts that are left to the next job -> why
        self._taken: Counter[str] = Counter()  # articles, by site
        self._obey = crawler.settings.getbool("ROBOTSTXT_OBEY")
        self._limit = crawler.settings.getint("HEALTHNEWS_ARTICLES_PER_SITE")
        self._most = IN_HAND + PER_WORKER * crawler.settings.getint("HEALTHNEWS_WORKERS")
        self._has_enough = False
        self._wake_at: datetime | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Frontier":
        return cls(crawler)

    def open(self, spider: Spider) -> None:  # noqa: ARG002 (Scrapy's signature)
        self.session = session_of(self.crawler)
        self.crawler.signals.connect(self._left_downloader, signals.request_left_downloader)
        self.add_hosts(due_hosts(self.session.db, self.session.selection, self.session.started_at))

    def add_hosts(self, hosts: Iterable[str]) -> None:
        """Takes notice of hosts that have got something to ask for."""
        if not self.session.time_is_up():
            self.hosts.extend(set(hosts).difference(self.hosts, self.left))

    def has_pending_requests(self) -> bool:
        return bool(self.hosts)

    def waiting_hosts(self) -> int:
        """How many hosts there are to ask that wait for longer than the delay between two requests."""
        return len(self.left) + sum(self.session.hosts[host].row.held is not None for host in self.hosts)

    def enqueue_request(self, request: Request) -> bool:
        """Only follow-ups come this way, redirects and retries; pages themselves come from the table."""
        if PAGE not in request.meta and ORIGIN not in request.meta:
            return False
        if self._leads_nowhere(request):
            return True
        if "redirect_urls" in request.meta:  # what is known of one address says nothing of another
            for name in VALIDATORS:
                request.headers.pop(name, None)
        host = host_of(request.url)
        if host in self.left:
            self._give_up(request, host)  # a redirect to it
        else:
            self._join(request, host)
            self.session.hosts[host].waiting.appendleft(request)  # what was begun comes before what waits for it
            self.add_hosts([host])
        return True

    def next_request(self) -> Request | None:
        try:
            return self._next()
        except sqlite3.Error as error:  # nothing more can be recorded: what is in hand stays due
            self.session.end_early(cannot_be_written(error))
            self.hosts.clear()
            self.in_hand.clear()
            return None

    def _next(self) -> Request | None:
        if self.session.time_is_up():
            self._stop_asking()
        now = self.session.clock.now()
        at_gates = sum(len(self.session.hosts[host].waiting) for host in self.hosts)
        self._has_enough = len(self.in_hand) - at_gates > self._most
        for _ in range(len(self.hosts)):
            if not self.hosts:
                break
            host = self.hosts[0]
            self.hosts.rotate(-1)
            request = self._next_of(host, now)
            if request:
                return request
        self._wake(now)
        self._forget_lost(now)
        return None

    def is_in_hand(self, url: str) -> bool:
        """Whether the page with that URL is being asked, or understood."""
        return any(page.url == url for page in self.in_hand.values())

    def done(self, page: DuePage) -> None:
        """The fate of `page` is recorded."""
        self.in_hand.pop(page.id, None)
        self.settling.discard(page.id)

    def probe(self, answer: Answer) -> None:
        """Has the site asked for an address at which there is nothing, before `answer` is settled."""
        spider: Any = self.crawler.spider
        request = Request(
            nowhere(answer.url, self.session.chance),
            callback=spider.probed,
            errback=spider.probe_failed,
            dont_filter=True,
            meta={PAGE: answer.page, PROBED: answer, "dont_redirect": True},
        )
        self.settling.discard(answer.page.id)
        self.enqueue_request(request)

    def _next_of(self, host: str, now: datetime) -> Request | None:
        """What the host is asked now, if it may be asked, and there is something to ask."""
        gate = self.session.hosts[host]
        if self._has_enough and not gate.waiting:
            return None
        # Looked at twice: the site of the page that comes next may have a gentler file than those before.
        if not self._is_open(host, now) or not self._fill(host) or not self._is_open(host, now):
            return None
        request = gate.waiting[0]
        if ORIGIN in request.meta or not self._obey:
            return self._sent(gate.waiting.popleft(), host, now)
        robots, origin = self.session.robots, origin_of(request.url)
        if not robots.are_read(origin, now):
            reading = robots.begin(origin, self.crawler.spider)
            return self._sent(reading, host, now) if reading else None
        gate.waiting.popleft()
        if refusal := robots.refusal(origin, request.url):
            request.meta[REFUSED] = refusal
            return request
        return self._sent(request, host, now)

    def _is_open(self, host: str, now: datetime) -> bool:
        """Whether the host may be asked now; one that has to be waited for too long is left."""
        hosts = self.session.hosts
        gate, wait = hosts[host], hosts.free_at(host, now) - now
        if len(gate.asking) >= gate.concurrency:
            return False
        if wait > PATIENCE:
            self._leave(host, hosts.leave(host, now))
        return not wait

    def _join(self, request: Request, host: str) -> None:
        """Has the host's gate keep to the file of the site that the request is for."""
        page: DuePage | None = request.meta.get(PAGE)
        asks = [page.site] if page else [site.name for site in self.session.hosts[host_of(request.meta[ORIGIN])].sites]
        self.session.hosts.join(host, asks)

    def _leads_nowhere(self, request: Request) -> bool:
        """Settles a page that leads to the home page or the like, or to one that must not be asked for."""
        page: DuePage | None = request.meta.get(PAGE)
        url = canonical_url(request.url)
        if page is None or url == page.url or PROBED in request.meta:
            return False
        refusal = None
        if self.session.optouts.match(url) is not None:
            refusal = Refusal("refused", "removed", f"Redirected to {url}, which was removed on request")
        elif page.kind == "article" and (reason := of_redirect(page.url, url, self.session.indexes(page.site))):
            refusal = Refusal("gone", reason, f"Redirected to {url}")
        if refusal:
            spider: Any = self.crawler.spider
            spider.settle(page, refusal)
        return refusal is not None

    def _fill(self, host: str) -> bool:
        """Whether something stands before the host's gate, if need be the next page that is due."""
        waiting = self.session.hosts[host].waiting
        if not waiting:
            page = self._next_page(host)
            if page is None:
                self.hosts.remove(host)
                return False
            waiting.append(self._request(page))
            self._join(waiting[0], host)
        return True

    def _next_page(self, host: str) -> DuePage | None:
        sated = [site for site, number in self._taken.items() if self._limit and number >= self._limit]
        session = self.session
        page = next_due(session.db, host, session.selection, session.started_at, self.in_hand, sated)
        if page and page.kind == "article":
            self._taken[page.site] += 1
        return page

    def _request(self, page: DuePage) -> Request:
        self.in_hand[page.id] = page
        spider: Any = self.crawler.spider
        request = Request(page.url, callback=spider.parse, errback=spider.failed, dont_filter=True, meta={PAGE: page})
        # Without them after a failure: there are servers that choke on them.
        if (page.kind == "article" or not self.session.unconditional) and page.digest and not page.failures:
            validate(request, page.etag, page.last_modified)
        return request

    def _sent(self, request: Request, host: str, now: datetime) -> Request:
        request.meta[NUMBER] = self.session.hosts.ask(host, now)
        return request

    def _left_downloader(self, request: Request) -> None:
        number = request.meta.get(NUMBER)
        if number is not None:
            self.session.hosts.answered(host_of(request.url), number, self.session.clock.now())

    def _wake(self, now: datetime) -> None:
        """Has the engine ask again when the first host may be asked."""
        hosts = self.session.hosts
        waiting = [host for host in self.hosts if len(hosts[host].asking) < hosts[host].concurrency]
        moments = [moment for host in waiting if (moment := hosts.free_at(host, now)) > now]
        first = min(moments, default=None)
        if first and (self._wake_at is None or not now < self._wake_at <= first):
            self._wake_at = first
            engine: Any = self.crawler.engine
            self.session.clock.call_at(first, engine._slot.nextcall.schedule)  # or within 5 s: the engine's own beat

    def _forget_lost(self, now: datetime) -> None:
        """Gives up on a robots.txt whose request Scrapy dropped without callback or errback."""
        engine: Any = self.crawler.engine
        if not engine._slot.inprogress:
            self.session.robots.give_up_reading(
                now,
                except_for={
                    request.meta[ORIGIN]
                    for host in self.hosts
                    for request in self.session.hosts[host].waiting
                    if ORIGIN in request.meta
                },
            )

    def _leave(self, host: str, why: str) -> None:
        """Leaves a host that has to be waited for too long to the next job."""
        self.hosts.remove(host)
        self.left[host] = why
        waiting = self.session.hosts[host].waiting
        while waiting:
            self._give_up(waiting.popleft(), host)

    def _stop_asking(self) -> None:
        for host in list(self.hosts):
            self._leave(host, "time")

    def _give_up(self, request: Request, host: str) -> None:
        """Lets go of a request that was not sent. Its page stays due, unless it brought somebody here in vain: a
        redirect to this host, or the robots.txt that could not be read."""
        spider: Any = self.crawler.spider
        refusal = Refusal("failed", "host waits", f"{host} is not to be asked now ({self.left[host]})")
        if ORIGIN in request.meta:
            if self.left[host] != "time":
                self.session.robots.failed(request.meta[ORIGIN], refusal, self.session.clock.now())
            return
        page: DuePage = request.meta[PAGE]
        closed = self.session.robots.closed(origin_of(request.url))
        if closed or (request.url != page.url and PROBED not in request.meta and self.left[host] != "time"):
            spider.settle(page, closed or refusal)
        else:
            self.in_hand.pop(page.id, None)


def frontier_of(crawler: Crawler) -> Frontier:
    """The frontier of a running crawl."""
    engine: Any = crawler.engine
    frontier: Frontier = engine.scheduler
    return frontier
