"""Scrapy scheduler that takes due pages from the archive's `pages` table and sends each host one request at a time.

There is no second queue: a page is handed out in memory only, and stops being due in the same transaction that stores
its outcome. A process that dies loses nothing. (Scrapy's own queue with JOBDIR loses requests when killed:
scrapy#7978.)
"""

import asyncio
import sqlite3
from collections import Counter, deque
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from functools import partial

from scrapy import Request, Spider, signals
from scrapy.core.engine import ExecutionEngine
from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response
from scrapy.utils.defer import deferred_from_coro

from archive.articles.fetch_result import FetchResult
from archive.storage.frontier import DuePage, Frontier
from archive.urls.canonical import canonical_url, host_of
from crawler.crawl_archive import REMOVED, cannot_be_written
from crawler.host_turns import HostTurns
from crawler.page_requests import page_request, robots_request, tdmrep_request
from crawler.policy.robots import origin_of
from crawler.politeness.outcomes import Outcome, RefusedError, of_redirect, of_verification
from crawler.politeness.private_addresses import PrivateAddresses
from crawler.request_state import STATE, VALIDATORS, NotSentError, state_of
from crawler.session import index_urls
from crawler.spiders.base import PageSpider, without_response

# Pages that may be in flight, and as many more for each worker. Beyond that no page is handed out: pages that are not
# interpreted yet take memory, and are fetched again when the process dies.
IN_FLIGHT, PER_WORKER = 32, 8

# A host that is held for longer is left to the next crawl; above the longest delay that is obeyed.
LONGEST_WAIT = timedelta(minutes=5)

# The tdmrep.json of an origin is requested when no page is left to fetch, and after so many of its articles at the
# latest: a long crawl may be ended before.
TDMREP_AFTER = 25

# How long a probe waits at most before it checks again whether the crawl ends.
RECHECK = timedelta(seconds=1)

OTHER_SHARD = "shard"  # why a host is left: it belongs to another shard of a crawl on a cluster


class Scheduler(BaseScheduler):
    """Hands out due pages host by host in turn, and no request before its host may get one."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.hosts = HostTurns()  # that may have a page due
        self.left: dict[str, str] = {}  # hosts that are left to the next crawl -> why
        self.waiting_probes = 0  # pages in flight whose probe waits for its host
        self._handed_out: Counter[str] = Counter()  # articles by site
        self._obey = crawler.settings.getbool("ROBOTSTXT_OBEY")
        self._articles_per_site = crawler.settings.getint("HEALTHNEWS_ARTICLES_PER_SITE")
        self._most = IN_FLIGHT + PER_WORKER * crawler.settings.getint("HEALTHNEWS_WORKERS")
        self._is_full = False
        self._private = PrivateAddresses(crawler.settings)
        self._adopted: deque[Request] = deque()  # redirects that were followed before the crawl was killed
        self._wake_at: datetime | None = None
        self._answered: dict[str, asyncio.Event] = {}  # of hosts that probes wait for: a request of it has ended
        self._tdmrep_after = TDMREP_AFTER

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Scheduler":
        return cls(crawler)

    def open(self, spider: Spider) -> None:
        if not isinstance(spider, PageSpider):
            raise TypeError(f"{spider!r} does not fetch pages of the archive")
        session = spider.session
        self.spider = spider
        self.archive, self.sites, self.status = session.archive, session.sites, session.status
        self.clock, self.throttles, self.robots = session.clock, session.hosts, session.robots
        self.tdmrep = session.tdmrep
        self.in_flight, self.selection, self.conditional = session.in_flight, session.selection, session.conditional
        self.crawler.signals.connect(self._left_downloader, signals.request_left_downloader)
        self.crawler.signals.connect(self._record_lost, signals.spider_idle)
        self.crawler.signals.connect(self._request_tdmrep, signals.spider_idle)
        self.orphans = session.orphans
        self.frontier = Frontier(self.archive.db, self.selection, self.archive.started_at)
        for host in self.frontier.hosts():
            if self._is_ours(host):
                self.hosts.add(host)

    def add_hosts(self, hosts: Iterable[str]) -> None:
        """Add hosts that have a page due now, or another one than before."""
        if self.status.time_is_up():
            return
        for host in set(hosts):
            self.frontier.reread(host)
            if host not in self.left and host not in self.hosts and self._is_ours(host):
                self.hosts.add(host)
                self._call_engine()

    def release(self, host: str) -> None:
        """Let go of what is known of a host whose last page was recorded."""
        if host not in self.hosts:
            self.throttles.release(host)

    def _is_ours(self, host: str) -> bool:
        """Whether the host may get requests from this crawl; one of another shard is left to it."""
        if self.spider.session.is_ours(host):
            return True
        self.left[host] = OTHER_SHARD
        return False

    def has_pending_requests(self) -> bool:
        return bool(self.hosts) or bool(self.orphans) or bool(self._adopted)

    def held_hosts(self) -> int:
        """Return how many hosts with due pages are held for longer than the delay between two requests."""
        return len(self.left) + sum(self.throttles[host].row.held is not None for host in self.hosts.waiting())

    def enqueue_request(self, request: Request) -> bool:
        """Queue a redirect or a retry; pages themselves come from the table."""
        if STATE not in request.meta:
            return False
        if self._refuse_redirect(request):
            return True
        if "redirect_urls" in request.meta:  # the validators are those of another URL
            for name in VALIDATORS:
                request.headers.pop(name, None)
        host = host_of(request.url)
        if self._adopt_hop(request):
            self._adopted.append(request)
        elif host in self.left or self.status.time_is_up() or not self._is_ours(host):
            self.left.setdefault(host, "time")
            self._drop(request, host)
        else:
            self._add_sites(request, host)
            self.hosts.queue(host, request, first=True)  # finish what was begun before the next page
            self.hosts.wake(host)  # it may have waited for the answer that redirected here
        return True

    def next_request(self) -> Request | None:
        try:
            return self._next()
        except sqlite3.Error as error:  # nothing more can be recorded: pages in flight stay due
            self.status.end_early(cannot_be_written(error))
            self.hosts.clear()
            self.in_flight.pages.clear()
            return None

    def _next(self) -> Request | None:
        if self.status.time_is_up():
            self._leave_all()
        now = self.clock.now()
        self.hosts.wake_until(now)
        self._is_full = len(self.in_flight) - self.hosts.queued - self.waiting_probes > self._most
        if request := self._next_adopted():
            return request
        while host := self._take():
            if request := self._next_of(host, now):
                self.hosts.wake(host)
                return request
        self._wake_when_ready()
        self._fail_lost_robots(now)
        return None

    def _take(self) -> str | None:
        """Return the host whose turn it is, None where none may get a request."""
        for origin in self.robots.take_settled():  # also by what was done for the last host
            self.frontier.reread(host_of(origin))  # what other rules forbade may be due now
            self.hosts.wake(host_of(origin))
        return self.hosts.take(begun=self._is_full)

    async def fetch(self, request: Request) -> Response:
        """Send one more request for a page in flight, as soon as its host may get one; return the response.

        Raises NotSentError when the host is left or the crawl ends before, RefusedError when robots.txt forbids the
        URL, and Scrapy's download errors.
        """
        host, origin = host_of(request.url), origin_of(request.url)
        await self._wait_for(host)
        if why := self.throttles.origin_hold(origin, self.clock.now()):
            raise RefusedError(_silent_origin(origin, why))
        if self._obey and not self.robots.is_fresh(origin, self.clock.now()):
            raise RefusedError(Outcome("failed", "host waits", "The rules of robots.txt are too old"))
        if self._obey and (refusal := self.robots.refusal(origin, request.url)):
            raise RefusedError(refusal)
        return await self._engine().download_async(self._started(request, host, self.clock.now()))

    async def _wait_for(self, host: str) -> None:
        """Wait until the host may get a request. It gets no other one meanwhile."""
        throttle = self.throttles[host]
        throttle.reserved += 1
        self.waiting_probes += 1
        try:
            while True:
                now = self.clock.now()
                ready_at = self.throttles.ready_at(host, now)
                if self._is_ending() or host in self.left or ready_at - now > LONGEST_WAIT:
                    raise NotSentError(f"{host} gets no request now ({self.throttles.hold_reason(host, now)})")
                if ready_at == now and not throttle.is_full:
                    return
                answered = self._answered.setdefault(host, asyncio.Event())
                if ready_at > now:
                    self.clock.call_at(min(ready_at, now + RECHECK), answered.set)
                await answered.wait()
                if self._answered.get(host) is answered:
                    del self._answered[host]
        finally:
            throttle.reserved -= 1
            self.waiting_probes -= 1
            self.hosts.wake(host)
            self._call_engine()

    def _is_ending(self) -> bool:
        slot = self._engine()._slot
        return self.status.time_is_up() or slot is None or slot.closing is not None

    def _next_of(self, host: str, now: datetime) -> Request | None:
        """Return the host's next request, if it may get one and there is one to send."""
        # Checked twice: the next page's site may have a longer delay than those before.
        if self.throttles[host].reserved or not self._is_ready(host, now):
            return None
        request = self._fill(host)
        if request is None or not self._is_ready(host, now):
            return None
        origin = origin_of(request.url)
        refusal = self._private.refusal(host)
        if why := self.throttles.origin_hold(origin, now):
            refusal = _silent_origin(origin, why)
        if refusal:
            state_of(request).refusal = refusal
            return self.hosts.pop(host)
        if state_of(request).robots_origin or not self._obey:
            return self._started(self.hosts.pop(host), host, now)
        if not self.robots.is_fresh(origin, now):
            if self.robots.is_fetching(origin):
                return None  # the host is woken when the file is stored
            return self._started(robots_request(self.spider, origin, self.robots.begin_fetch(origin)), host, now)
        self.hosts.pop(host)
        if refusal := self.robots.refusal(origin, request.url):
            state_of(request).refusal = refusal
            return request
        return self._started(request, host, now)

    def _is_ready(self, host: str, now: datetime) -> bool:
        """Whether the host may get a request now, else it waits until it may; for too long, it is left to the next
        crawl."""
        if self.throttles[host].is_full:
            return False  # the host is woken when an answer has come
        moment = self.throttles.ready_at(host, now)
        if moment - now > LONGEST_WAIT:
            self._leave(host, self.throttles.leave(host, now))
        elif moment > now:
            self.hosts.wait(host, moment)
        return moment == now

    def _add_sites(self, request: Request, host: str) -> None:
        """Apply to the host the file of the site that the request is for."""
        state = state_of(request)
        if state.page:
            names = [state.page.site]
        else:
            names = [site.name for site in self.throttles[host_of(state.robots_origin or "")].sites]
        self.throttles.add_sites(host, names)

    def _refuse_redirect(self, request: Request) -> bool:
        """Record the outcome of a redirect that is not followed: to an excluded URL, a home page or the like.

        Return whether it is one.
        """
        state, url = state_of(request), canonical_url(request.url)
        page = state.page
        if page is None:
            return self._refuse_robots_redirect(state.robots_origin or "", url)
        if url == page.url:
            return False
        outcome = None
        if self.archive.is_excluded(url):
            outcome = Outcome("refused", REMOVED, f"Redirected to {url}, which was removed on request")
        elif blocked := of_verification(page.url, url):
            outcome = blocked
        elif page.kind == "article":
            outcome = of_redirect(page.url, url, index_urls(self.sites.get(page.site)))
        if outcome:
            self._record(page, outcome)
        return outcome is not None

    def _refuse_robots_redirect(self, origin: str, url: str) -> bool:
        """Record that a robots.txt that redirects to a challenge or the like cannot be read; return whether it does."""
        blocked = of_verification(f"{origin}/robots.txt", url)
        if blocked:
            self.robots.store_block(origin, blocked, self.clock.now())
        return blocked is not None

    def _fill(self, host: str) -> Request | None:
        """Return the first request in the queue of the host, if need be that for its next due page."""
        if request := self.hosts.head(host):
            return request
        request = self._next_tdmrep(host)
        if request is None:
            page = self._next_page(host)
            if page is None:
                self._finish(host)
                return None
            request = self._page_request(page)
            self._add_sites(request, host)
        self.hosts.queue(host, request)
        return request

    def _next_page(self, host: str) -> DuePage | None:
        limit = self._articles_per_site
        sites_at_limit = [site for site, number in self._handed_out.items() if number >= limit] if limit else []
        page = self.frontier.take(host, self._not_to_take(), sites_at_limit)
        if limit and page and page.kind == "article":
            self._handed_out[page.site] += 1
        return page

    def _finish(self, host: str) -> None:
        """Let go of a host on which nothing is due: it may be the last that is heard of it."""
        self.hosts.remove(host)
        self.release(host)

    def _not_to_take(self) -> Collection[int]:
        """Return the ids of pages that are in flight, or redirect to a host of another shard."""
        territory = self.spider.session.territory
        if territory is None or not territory.waiting:
            return self.in_flight.pages
        return self.in_flight.pages.keys() | territory.waiting.keys()

    def _next_adopted(self) -> Request | None:
        """Return the request for a page whose answer a killed crawl received. Its host gets no request for it."""
        if self._adopted:
            return self._adopted.popleft()
        found = None if self._is_full else self.orphans.next(self.selection)
        if found is None:
            return None
        page, adopted = found
        request = self._page_request(page)
        state_of(request).adopted = adopted
        return request

    def _adopt_hop(self, request: Request) -> bool:
        """Whether the killed crawl whose answer redirected here received that of the redirect too."""
        state = state_of(request)
        last, state.adopted = state.adopted, None
        if last and state.page:
            state.adopted = self.orphans.hop(state.page, last.warc, request.url)
        return state.adopted is not None

    def _page_request(self, page: DuePage) -> Request:
        self.in_flight.add(page)
        return page_request(self.spider, page, conditional=self.conditional)

    def _next_tdmrep(self, host: str) -> Request | None:
        """Return a request for the tdmrep.json of an origin of the host that enough articles were stored of."""
        origin = self.tdmrep.next_origin(host, self.clock.now(), self._tdmrep_after)
        if origin is None or self._articles_per_site:  # sites that are only tried out are not asked
            return None
        return tdmrep_request(self.spider, origin, self.tdmrep.begin_fetch(origin))

    def _request_tdmrep(self) -> None:
        """Have the requests for tdmrep.json sent that are left when all pages are recorded."""
        slot = self._engine()._slot
        if slot is None or self.status.time_is_up():
            return
        self._tdmrep_after = 1
        self.add_hosts(self.tdmrep.hosts())
        if self.hosts:
            raise DontCloseSpider

    def _started(self, request: Request, host: str, now: datetime) -> Request:
        state_of(request).number = self.throttles.start(host, now)
        return request

    def _left_downloader(self, request: Request) -> None:
        number = state_of(request).number
        if number is not None:
            host = host_of(request.url)
            self.throttles.finish(host, number, self.clock.now())
            if answered := self._answered.get(host):
                answered.set()
            self.hosts.wake(host)

    def _wake_when_ready(self) -> None:
        """Have the engine call again when the first host may get a request or the crawl's time is over."""
        first = self.hosts.first_moment()
        if first is None:
            return
        first = min(first, self.status.deadline or first)
        if self._wake_at is None or first < self._wake_at:
            self._wake_at = first
            self.clock.call_at(first, partial(self._wake, first))

    def _wake(self, moment: datetime) -> None:
        """Have the engine call as was arranged for that moment. The timer may be early by the system's clock."""
        if self._wake_at == moment:
            self._wake_at = None
        self._call_engine()

    def _fail_lost_robots(self, now: datetime) -> None:
        """Record a failure for a robots.txt whose request Scrapy dropped without callback or errback."""
        slot = self._engine()._slot
        if slot and not slot.inprogress and self.robots.fetches_any:
            queued = {origin for request in self.hosts.all_queued() if (origin := state_of(request).robots_origin)}
            if self.robots.fail_lost(now, queued=queued):
                self._call_engine()

    def _record_lost(self) -> None:
        """Record pages that Scrapy dropped without callback or errback, so that each has an outcome."""
        for page in self.in_flight.lost():
            self._record(page, Outcome("failed", "lost", "Dropped by the downloader"))
        if self.in_flight:
            raise DontCloseSpider

    def _leave(self, host: str, why: str) -> None:
        """Leave a host to the next crawl."""
        self.hosts.remove(host)
        self.left[host] = why
        while self.hosts.head(host):
            self._drop(self.hosts.pop(host), host)
        self.release(host)

    def _leave_all(self) -> None:
        self.orphans.clear()
        for host in list(self.hosts):
            self._leave(host, "time")

    def _drop(self, request: Request, host: str) -> None:
        """Drop a request that was not sent. Its page stays due, unless its host is closed or it was redirected here."""
        why, page = self.left[host], state_of(request).page
        outcome = Outcome("failed", "host waits", f"{host} gets no request now ({why})")
        if origin := state_of(request).tdmrep_origin:
            self.tdmrep.abandon(origin)
            return
        if page is None:
            if why != "time":
                self.robots.store_failure(state_of(request).robots_origin or "", outcome, self.clock.now())
            return
        if why == OTHER_SHARD:
            self.in_flight.remove(page)
            if self.spider.session.territory:
                self.spider.session.territory.waiting[page.id] = (page.url, host)
            return
        closed = self.robots.closed(origin_of(request.url))
        if closed or (request.url != page.url and why != "time"):
            self._record(page, closed or outcome)
        else:
            self.in_flight.remove(page)

    def _record(self, page: DuePage, outcome: Outcome) -> None:
        """Have the pipeline record the outcome of a page in flight that no request is in progress for."""
        self.in_flight.mark_refused(page)
        deferred_from_coro(self._process(without_response(page, outcome)))

    async def _process(self, result: FetchResult) -> None:
        try:
            await self._engine().scraper.start_itemproc_async(result, response=None)
        finally:
            self._call_engine()  # no request ends here, after which Scrapy would call it

    def _call_engine(self) -> None:
        """Have the engine ask for the next request, or end the crawl."""
        if slot := self._engine()._slot:
            slot.nextcall.schedule()

    def _engine(self) -> ExecutionEngine:
        engine = self.crawler.engine
        if engine is None:
            raise RuntimeError("The crawl has not started")
        return engine


def _silent_origin(origin: str, why: str) -> Outcome:
    """Return the outcome of a page of an origin that did not answer, while another one of its host does."""
    return Outcome("failed", why, f"{origin} did not answer, and is not asked again for now; others of its host may be")


def scheduler_of(crawler: Crawler) -> Scheduler:
    """Return the scheduler of a running crawl."""
    scheduler = crawler.engine.scheduler if crawler.engine else None
    if not isinstance(scheduler, Scheduler):
        raise TypeError(f"{scheduler!r} is not the scheduler of the archive")
    return scheduler
