"""When which host may be asked: one gate for all requests, kept in the archive from one crawl to the next.

Scrapy's own slots know neither robots.txt nor redirects to other hosts nor the crawl before this one; they are left
open, and a request that is handed to Scrapy may go out at once.
"""

import random
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from scrapy import Request
from sqlite_utils import Database

from archive.storage.connection import timestamp
from archive.storage.held_hosts import OUR_LIMITS
from archive.storage.hosts import Host, load_host, save
from crawler.policy import backoff
from crawler.policy.robots import LONGEST_DELAY
from crawler.sites.quiet_hours import quiet_until
from crawler.sites.site import Site, site_hosts

FAILURES = 3  # connections in a row that fail before a host counts as unreachable
DELAY = 1.0  # seconds; of hosts that no site file names
DAILY_REQUESTS = 5000
LONGEST_HOLD = backoff.LONGEST_ASKED * 1.25  # with the jitter


@dataclass(slots=True, kw_only=True)
class Gate:
    """The state of one host: `asking` are the numbers of requests under way, `waiting` those that stand before it.

    `sites` are those whose files name it and those whose pages are asked there; `crawl_delay` is what its robots.txt
    asks for.
    """

    sites: list[Site]
    row: Host
    crawl_delay: float = 0.0
    asking: set[int] = field(default_factory=set)
    waiting: deque[Request] = field(default_factory=deque)
    failures: int = 0
    answered_at: datetime | None = None

    @property
    def delay(self) -> float:
        """Seconds from an answer to the next request: the longest that a site's file or robots.txt asks for."""
        return max(self.crawl_delay, max((site.delay for site in self.sites), default=DELAY))

    @property
    def concurrency(self) -> int:
        """Requests that may be under way at once; where sites share the host, the gentler file counts."""
        return min((site.concurrency for site in self.sites), default=1)

    def pause(self) -> None:
        """Has the next request wait for the delay after the last answer."""
        if self.answered_at:
            until = timestamp(self.answered_at + timedelta(seconds=self.delay))
            self.row.ready_at = max(self.row.ready_at or "", until)

    @property
    def daily_requests(self) -> int:
        """Requests that the host may get on one day."""
        return min((site.daily_requests for site in self.sites), default=DAILY_REQUESTS)


class Hosts:
    """The gates of a crawl, made as hosts turn up."""

    def __init__(self, db: Database, sites: Iterable[Site], chance: random.Random, now: datetime) -> None:
        self.db, self.chance = db, chance
        self._sites = {site.name: site for site in sites}
        self._named: dict[str, list[Site]] = {}
        for site in self._sites.values():
            for host in {_bare(host) for host in site_hosts(site)}:
                self._named.setdefault(host, []).append(site)
        self._started_at = now
        self._longest_delay = timedelta(seconds=max([LONGEST_DELAY, *(site.delay for site in self._sites.values())]))
        self._gates: dict[str, Gate] = {}
        self._numbers = 0

    def __getitem__(self, host: str) -> Gate:
        if host not in self._gates:
            self._gates[host] = Gate(sites=list(self._named.get(_bare(host), ())), row=self._load(host))
        return self._gates[host]

    def _load(self, host: str) -> Host:
        """What is known of the host, as far as it can be true: the clock of an earlier crawl may have been wrong."""
        row = load_host(self.db, host)
        if row.held in OUR_LIMITS:  # the sites' files may say otherwise by now
            row.held = None
        longest = max(self._longest_delay, LONGEST_HOLD) if row.held else self._longest_delay
        if row.ready_at:
            row.ready_at = min(row.ready_at, timestamp(self._started_at + longest))
        return row

    def join(self, host: str, names: Iterable[str]) -> None:
        """Has the files of the sites of these names hold for the host too: pages of theirs are asked there."""
        gate = self[host]
        more = [site for name in names if (site := self._sites.get(name)) and site not in gate.sites]
        if more:
            gate.sites += more
            gate.pause()

    def free_at(self, host: str, now: datetime) -> datetime:
        """The moment from which the host may be asked, by its delay, its patience, its budget and its quiet hours."""
        gate = self[host]
        row = gate.row
        moments = [datetime.fromisoformat(row.ready_at)] if row.ready_at else []
        if row.day == day_of(now) and row.asked >= gate.daily_requests:
            moments.append(now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1))
        moments += filter(None, (quiet_until(site.quiet, site.timezone, now) for site in gate.sites))
        return max([now, *moments])

    def why_waiting(self, host: str, now: datetime) -> str:
        """In a word why the host is not to be asked now."""
        gate = self[host]
        if any(quiet_until(site.quiet, site.timezone, now) for site in gate.sites):
            return "quiet hours"
        if gate.row.day == day_of(now) and gate.row.asked >= gate.daily_requests:
            return "daily requests"
        return gate.row.held or "delay"

    def leave(self, host: str, now: datetime) -> str:
        """The host is left to the next crawl; returns why. A wait that the sites' files want is written down as one."""
        row, why = self[host].row, self.why_waiting(host, now)
        if why in OUR_LIMITS and (row.held is None or (row.ready_at or "") <= timestamp(now)):
            row.ready_at, row.held = timestamp(self.free_at(host, now)), why
            save(self.db, row)
        return why

    def ask(self, host: str, now: datetime) -> int:
        """Notes, before it goes out, that the host is asked; returns the request's number."""
        gate = self[host]
        row = gate.row
        row.asked = row.asked + 1 if row.day == day_of(now) else 1
        row.day, row.held = day_of(now), None
        row.ready_at = timestamp(now + timedelta(seconds=gate.delay))
        save(self.db, row)
        self._numbers += 1
        gate.asking.add(self._numbers)
        return self._numbers

    def answered(self, host: str, number: int, now: datetime) -> None:
        """The request is over, however it ended: from now the delay runs, so that the host sees no shorter one."""
        gate = self[host]
        gate.asking.discard(number)
        gate.answered_at = now
        gate.pause()

    def reached(self, host: str) -> None:
        """The host gave an answer that asks for no patience."""
        gate = self[host]
        gate.failures = 0
        if gate.row.backoff:
            gate.row.backoff = 0
            save(self.db, gate.row)

    def failed(self, host: str, now: datetime) -> None:
        """A connection to the host failed; after some in a row it is left alone for a while."""
        gate = self[host]
        gate.failures += 1
        if gate.failures >= FAILURES:
            self.hold(host, now, "unreachable", first=backoff.UNREACHABLE)

    def hold(
        self,
        host: str,
        now: datetime,
        why: str,
        *,
        asked: timedelta | None = None,
        first: timedelta = backoff.FIRST,
    ) -> datetime:
        """Leaves the host alone, as long as it `asked` for and longer each time in a row; returns until when.

        What was under way when it was left alone already is of the same time.
        """
        row = self[host].row
        if row.held is None or not row.backoff:
            row.backoff += 1
        until = now + backoff.wait(asked, row.backoff, self.chance.random(), first)
        row.ready_at, row.held = max(row.ready_at or "", timestamp(until)), why
        save(self.db, row)
        return until

    def put_off(self, host: str, now: datetime, why: str, asked: timedelta) -> None:
        """Leaves the host alone for as long as it `asked` for, in an answer that does not say that it is too much."""
        row, until = self[host].row, timestamp(now + asked)
        if asked and until > (row.ready_at or ""):
            row.ready_at, row.held = until, why
            save(self.db, row)

    def slow_down(self, host: str, crawl_delay: float | None) -> None:
        """Keeps to a robots.txt's Crawl-delay, where it is the longer one, up to LONGEST_DELAY, from that file on."""
        gate = self[host]
        gate.crawl_delay = max(gate.crawl_delay, min(crawl_delay or 0.0, LONGEST_DELAY))
        gate.pause()

    def close(self) -> None:
        """Writes down until when the hosts are not to be asked, as of their last answers."""
        for gate in self._gates.values():
            if gate.row.ready_at:
                save(self.db, gate.row)

    def forgive(self, host: str) -> None:
        """Forgets that the host could not be reached: somebody asks for a page of it by name."""
        row = self[host].row
        if row.held and not row.held.startswith("http"):
            row.ready_at, row.held = None, None


def _bare(host: str) -> str:
    return host.removeprefix("www.")


def day_of(moment: datetime) -> str:
    """The date (UTC) on which requests are counted."""
    return timestamp(moment)[:10]
