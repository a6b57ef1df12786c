"""Decide when a host may get its next request, by delay, back-off, daily budget and quiet hours.

What cannot be reached is an origin (scheme, host and port): a dead port says nothing of the host's others.

The state is kept in the archive from one crawl to the next. Scrapy's own slots know neither robots.txt nor redirects to
other hosts nor the previous crawl; they are left open, and Scrapy sends at once what the scheduler hands it.
"""

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlite_utils import Database

from archive.storage.connection import timestamp
from archive.storage.held_hosts import BLOCKED, OUR_LIMITS
from archive.storage.hosts import Host, load_host, save
from archive.urls.canonical import host_of
from crawler.policy import backoff
from crawler.policy.robots import LONGEST_DELAY
from crawler.politeness.outcomes import UNREACHABLE
from crawler.sites.quiet_hours import quiet_until
from crawler.sites.site import Site, site_hosts

FAILURES = 3  # failed connections in a row after which a host counts as unreachable
DELAY = 1.0  # seconds; for hosts that no site file names
DAILY_REQUESTS = 5000
LATELY = timedelta(days=7)  # an origin that answered within it is expected to answer
LONGEST_HOLD = backoff.LONGEST_ASKED * 1.25  # with the jitter

# The origins of a host's due pages: their canonical URLs up to the first slash after the scheme's two.
DUE_ORIGINS = """
select distinct substr(url, 1, instr(substr(url, 9), '/') + 7) from pages
where host = ? and priority in (0, 1, 2, 3, 4) and due_at <= ?
"""

# A host's origins that answered: nothing, or a colon and a port, follows the host.
ANSWERED_ORIGINS = """
select origin from robots where reason is null and fetched_at >= :since and (
  origin in ('http://' || :host, 'https://' || :host)
  or (origin >= 'http://' || :host || ':' and origin < 'http://' || :host || ';')
  or (origin >= 'https://' || :host || ':' and origin < 'https://' || :host || ';')
)
"""


class _Released(NamedTuple):
    """What is kept of a host that is let go of, see HostThrottle."""

    sites: tuple[Site, ...]
    crawl_delay: float
    answered: tuple[str, ...]
    answered_at: datetime | None


@dataclass(slots=True, kw_only=True)
class HostThrottle:
    """The state of one host in this crawl.

    `sites` are those whose files name the host and those with pages fetched from it. `in_flight` are the numbers of the
    requests that were sent and not answered yet. `reserved` counts probes that wait for the host and are sent before
    its pages. `crawl_delay` (seconds) is that of robots.txt. `origins` are the rows of its origins. `failures` counts
    failed connections in a row by origin, `answered` are the origins that answered last.
    """

    sites: list[Site]
    row: Host
    crawl_delay: float = 0.0
    in_flight: set[int] = field(default_factory=set)
    reserved: int = 0
    origins: dict[str, Host] = field(default_factory=dict)
    failures: Counter[str] = field(default_factory=Counter)
    answered: set[str] = field(default_factory=set)
    answered_at: datetime | None = None

    @property
    def delay(self) -> float:
        """Seconds from a response to the next request: the longest of the site files' delays and Crawl-delay."""
        return max(self.crawl_delay, max((site.delay for site in self.sites), default=DELAY))

    @property
    def concurrency(self) -> int:
        """The number of requests that may be in flight at once: the lowest of the site files' values."""
        return min((site.concurrency for site in self.sites), default=1)

    @property
    def daily_requests(self) -> int:
        """The number of requests that the host may get on one day (UTC)."""
        return min((site.daily_requests for site in self.sites), default=DAILY_REQUESTS)

    @property
    def is_full(self) -> bool:
        """Whether as many requests are in flight as may be."""
        return len(self.in_flight) >= self.concurrency

    def apply_delay(self) -> None:
        """Hold the next request until the delay after the last response has passed."""
        if self.answered_at:
            until = timestamp(self.answered_at + timedelta(seconds=self.delay))
            self.row.ready_at = max(self.row.ready_at or "", until)


class HostThrottles:
    """The throttles of a crawl by host, each made when the host first turns up."""

    def __init__(self, db: Database, sites: Iterable[Site], rng: random.Random, now: datetime) -> None:
        self.db, self.rng = db, rng
        self._sites = {site.name: site for site in sites}
        self._sites_of_host: dict[str, list[Site]] = {}
        for site in self._sites.values():
            for host in {_bare(host) for host in site_hosts(site)}:
                self._sites_of_host.setdefault(host, []).append(site)
        self._started_at = now
        self._longest_delay = timedelta(seconds=max([LONGEST_DELAY, *(site.delay for site in self._sites.values())]))
        self._throttles: dict[str, HostThrottle] = {}
        self._released: dict[str, _Released] = {}
        self._last_number = 0

    def __getitem__(self, host: str) -> HostThrottle:
        if host not in self._throttles:
            self._throttles[host] = self._made(host)
        return self._throttles[host]

    def _made(self, host: str) -> HostThrottle:
        before = self._released.pop(host, None)
        if before is None:
            return HostThrottle(sites=list(self._sites_of_host.get(_bare(host), ())), row=self._load(host))
        sites, crawl_delay, answered, answered_at = before
        return HostThrottle(
            sites=list(sites), row=load_host(self.db, host), crawl_delay=crawl_delay, answered=set(answered),
            answered_at=answered_at,
        )  # fmt: skip

    def release(self, host: str) -> None:
        """Let go of the state of a host that gets no request for now, but for what the archive does not keep.

        It stays where requests are on their way, or something of the host is held or failed.
        """
        throttle = self._throttles.get(host)
        if throttle is None:
            return
        held = any(row.held or row.backoff for row in throttle.origins.values())
        if throttle.in_flight or throttle.reserved or throttle.failures or held:
            return
        save(self.db, throttle.row)
        self._released[host] = _Released(
            tuple(throttle.sites), throttle.crawl_delay, tuple(throttle.answered), throttle.answered_at
        )
        del self._throttles[host]

    def _load(self, host: str) -> Host:
        """Load the host's row. Times too far ahead are cut: the clock of an earlier crawl may have been wrong."""
        row = load_host(self.db, host)
        if row.held in OUR_LIMITS:  # the site files may have changed since
            row.held = None
        longest = max(self._longest_delay, LONGEST_HOLD) if row.held else self._longest_delay
        if row.ready_at:
            row.ready_at = min(row.ready_at, timestamp(self._started_at + longest))
        return row

    def add_sites(self, host: str, names: Iterable[str]) -> None:
        """Apply the files of these sites to the host too: pages of theirs are fetched from it."""
        throttle = self[host]
        more = [site for name in names if (site := self._sites.get(name)) and site not in throttle.sites]
        if more:
            throttle.sites += more
            throttle.apply_delay()

    def ready_at(self, host: str, now: datetime) -> datetime:
        """Return when the host may get its next request, by delay, back-off, budget and quiet hours; `now` or later."""
        throttle = self[host]
        row = throttle.row
        moments = [datetime.fromisoformat(row.ready_at)] if row.ready_at else []
        if row.day == day_of(now) and row.asked >= throttle.daily_requests:
            moments.append(now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1))
        moments += filter(None, (quiet_until(site.quiet, site.timezone, now) for site in throttle.sites))
        return max([now, *moments])

    def hold_reason(self, host: str, now: datetime) -> str:
        """Return in a word why the host may not get a request now."""
        throttle = self[host]
        if any(quiet_until(site.quiet, site.timezone, now) for site in throttle.sites):
            return "quiet hours"
        if throttle.row.day == day_of(now) and throttle.row.asked >= throttle.daily_requests:
            return "daily requests"
        return throttle.row.held or "delay"

    def leave(self, host: str, now: datetime) -> str:
        """Leave the host to the next crawl; return why. Quiet hours and a spent budget are recorded as a hold."""
        row, why = self[host].row, self.hold_reason(host, now)
        if why in OUR_LIMITS and (row.held is None or (row.ready_at or "") <= timestamp(now)):
            row.ready_at, row.held = timestamp(self.ready_at(host, now)), why
            save(self.db, row)
        return why

    def start(self, host: str, now: datetime) -> int:
        """Record a request before it is sent; return its number."""
        throttle = self[host]
        row = throttle.row
        row.asked = row.asked + 1 if row.day == day_of(now) else 1
        row.day, row.held = day_of(now), None
        row.ready_at = timestamp(now + timedelta(seconds=throttle.delay))
        save(self.db, row)
        self._last_number += 1
        throttle.in_flight.add(self._last_number)
        return self._last_number

    def finish(self, host: str, number: int, now: datetime) -> None:
        """Record that a request has ended, however it did: the delay runs from now."""
        throttle = self[host]
        throttle.in_flight.discard(number)
        throttle.answered_at = now
        throttle.apply_delay()

    def record_response(self, origin: str) -> None:
        """End the origin's series of failed connections: it answered."""
        throttle, row = self[host_of(origin)], self._origin(origin)
        throttle.failures.pop(origin, None)
        throttle.answered.add(origin)
        if row.backoff:
            row.backoff, row.ready_at, row.held = 0, None, None
            save(self.db, row)

    def record_page(self, host: str) -> None:
        """End the host's series of back-offs: it answered with neither 429 nor 503, and was not found to block."""
        row = self[host].row
        if row.backoff:
            row.backoff = 0
            save(self.db, row)

    def record_failure(self, origin: str, now: datetime, why: str) -> None:
        """Count a failed connection, `why` in a short fixed word; after FAILURES in a row the origin is held."""
        failures = self[host_of(origin)].failures
        failures[origin] += 1
        if failures[origin] >= FAILURES:
            self.hold_origin(origin, now, why)

    def hold_origin(self, origin: str, now: datetime, why: str) -> datetime:
        """Send an origin that cannot be reached nothing for hours, and its host neither, unless another origin of it
        may answer; return until when."""
        host = host_of(origin)
        self[host].answered.discard(origin)
        others = self._others(host, origin) if why in UNREACHABLE else ()
        if not others:
            return self.back_off(host, now, "unreachable", first=backoff.UNREACHABLE)
        row = self._origin(origin)
        if not self._is_held(row, now):
            row.backoff += 1
            wait = backoff.wait(None, row.backoff, self.rng.random(), backoff.UNREACHABLE)
            row.ready_at, row.held = timestamp(now + wait), why
            save(self.db, row)
        if all(self._is_held(self._origin(other), now) for other in others):
            self.back_off(host, now, "unreachable", first=backoff.UNREACHABLE)
        return datetime.fromisoformat(row.ready_at or timestamp(now))

    def origin_hold(self, origin: str, now: datetime) -> str | None:
        """Return why an origin gets no request now while another one of its host may; None where it may get one."""
        row = self._origin(origin)
        return row.held if self._is_held(row, now) else None

    def _origin(self, origin: str) -> Host:
        """Return the row of an origin, which has only the times and the reason for which it is held."""
        origins = self[host_of(origin)].origins
        if origin not in origins:
            origins[origin] = self._load(origin)
        return origins[origin]

    def _is_held(self, row: Host, now: datetime) -> bool:
        return row.held is not None and (row.ready_at or "") > timestamp(now)

    def _others(self, host: str, origin: str) -> set[str]:
        """Return the host's other origins that may answer: with due pages, and those that answered lately."""
        due = self.db.execute(DUE_ORIGINS, [host, timestamp(self._started_at)])
        since = timestamp(self._started_at - LATELY)
        answered = self.db.execute(ANSWERED_ORIGINS, {"host": host, "since": since})
        known = {other for (other,) in (*due, *answered) if host_of(other) == host}
        return (known | self[host].answered) - {origin}

    def back_off(
        self,
        host: str,
        now: datetime,
        why: str,
        *,
        retry_after: timedelta | None = None,
        first: timedelta = backoff.FIRST,
    ) -> datetime:
        """Send the host nothing for at least `retry_after`, and twice as long each time in a row; return until when.

        Responses to requests that were in flight when the back-off began belong to the same one.
        """
        row = self[host].row
        if row.held is None or not row.backoff:
            row.backoff += 1
        until = now + backoff.wait(retry_after, row.backoff, self.rng.random(), first)
        row.ready_at, row.held = max(row.ready_at or "", timestamp(until)), why
        save(self.db, row)
        return until

    def defer(self, host: str, now: datetime, why: str, retry_after: timedelta) -> None:
        """Send the host nothing for `retry_after`, without counting it as a back-off."""
        row, until = self[host].row, timestamp(now + retry_after)
        if retry_after and until > (row.ready_at or ""):
            row.ready_at, row.held = until, why
            save(self.db, row)

    def set_crawl_delay(self, host: str, crawl_delay: float | None) -> None:
        """Apply the Crawl-delay of a robots.txt (seconds) up to LONGEST_DELAY, where it is the longest delay so far."""
        throttle = self[host]
        throttle.crawl_delay = max(throttle.crawl_delay, min(crawl_delay or 0.0, LONGEST_DELAY))
        throttle.apply_delay()

    def reset_backoff(self, origin: str) -> None:
        """Forget that origin and host could not be reached: the user names a page. The host's limits stay in force."""
        row, own = self[host_of(origin)].row, self._origin(origin)
        own.ready_at, own.held = None, None
        if row.held and not row.held.startswith(("http", BLOCKED)):
            row.ready_at, row.held = None, None

    def save(self) -> None:
        """Store until when each host may not get a request, as of its last response."""
        for throttle in self._throttles.values():
            if throttle.row.ready_at:
                save(self.db, throttle.row)


def _bare(host: str) -> str:
    return host.removeprefix("www.")


def day_of(moment: datetime) -> str:
    """Return the date (UTC) on which requests are counted."""
    return timestamp(moment)[:10]
