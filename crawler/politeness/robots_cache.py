"""The robots.txt files of a crawl: read when a host is first asked, kept in the archive, read again after a day."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from scrapy import Request
from sqlite_utils import Database

from archive.storage.connection import timestamp
from archive.storage.hosts import RobotsFile, load_robots, notice, reopen, save
from archive.urls.canonical import host_of
from crawler.policy import backoff
from crawler.policy.robots import FRESH, Rules, closed_by, difference, text_of
from crawler.politeness.outcomes import Refusal

if TYPE_CHECKING:
    from crawler.politeness.host_throttle import Hosts

ORIGIN = "robots of"  # key of Request.meta: the origin whose robots.txt is asked for


VALIDATORS = ("If-None-Match", "If-Modified-Since")


def validate(request: Request, etag: str | None, last_modified: str | None) -> None:
    """Has the request say which answer is known, byte for byte as it was received."""
    for name, value in zip(VALIDATORS, (etag, last_modified), strict=True):
        if value:
            request.headers[name] = value.encode("latin-1")


@dataclass(slots=True)
class _Known:
    file: RobotsFile
    rules: Rules
    refusal: Refusal | None = None  # of every page, while the file cannot be read …
    until: datetime | None = None  # … that is until then


class RobotsFiles:
    """What this crawler may ask for, by origin."""

    def __init__(self, db: Database, crawl_id: int, hosts: "Hosts") -> None:
        self.db, self.crawl_id, self.hosts = db, crawl_id, hosts
        self.fresh_from: str | None = None  # files read before that time are read again
        self._known: dict[str, _Known] = {}
        self._reading: set[str] = set()

    def are_read(self, origin: str, now: datetime) -> bool:
        """Whether the origin's rules are known and not older than a day."""
        known = self._known.get(origin) or self._load(origin)
        if known is None or origin in self._reading:
            return False
        if known.refusal:
            return known.until is None or now < known.until
        fetched = known.file.fetched_at
        age = now - datetime.fromisoformat(fetched)  # below 0 where the clock was wrong
        return fetched >= (self.fresh_from or "") and timedelta() <= age < FRESH

    def begin(self, origin: str, spider: Any) -> Request | None:
        """The request for the origin's robots.txt; None when it is under way."""
        if origin in self._reading:
            return None
        self._reading.add(origin)
        request = Request(
            f"{origin}/robots.txt",
            callback=spider.robots_read,
            errback=spider.robots_failed,
            dont_filter=True,
            meta={ORIGIN: origin},
        )
        file = load_robots(self.db, origin)
        if file and file.reason is None:
            validate(request, file.etag, file.last_modified)
        return request

    def refusal(self, origin: str, url: str) -> Refusal | None:
        """Why the URL must not be asked for; its origin's rules have been read."""
        known = self._known[origin]
        if known.refusal or known.rules.permits(url):
            return known.refusal
        return Refusal("refused", "robots", "Forbidden by robots.txt")

    def closed(self, origin: str) -> Refusal | None:
        """Why the origin is closed altogether, if it is."""
        return self._known[origin].refusal if origin in self._known else None

    def read(self, origin: str, status: int, body: bytes, headers: Mapping[str, str | None], now: datetime) -> None:
        """Takes the answer of an origin's robots.txt."""
        if reason := closed_by(status):
            asked = backoff.retry_after(headers.get("Retry-After"), now)
            refusal = Refusal(
                "failed", reason, f"robots.txt answered {status}: the host is closed until it can be read"
            )
            self._close(origin, refusal, now, self._hold(origin, refusal.reason, now, asked), status=status)
            return
        before = load_robots(self.db, origin)
        unchanged = status == 304 and before is not None
        text = text_of(body) if 200 <= status < 300 else ""
        text = before.body if before and unchanged else text
        rules = Rules(text)
        file = RobotsFile(
            origin=origin, fetched_at=timestamp(now), status=status, body=text, crawl_delay=rules.crawl_delay,
            etag=headers.get("ETag") or (before.etag if before and unchanged else None),
            last_modified=headers.get("Last-Modified") or (before.last_modified if before and unchanged else None),
            changed_at=before.changed_at if before else None,
        )  # fmt: skip
        if before and before.body != text:
            file.changed_at = timestamp(now)
            host, detail = host_of(origin), difference(before.body, text)
            notice(self.db, self.crawl_id, at=timestamp(now), host=host, kind="robots", detail=detail)
            reopen(self.db, host, timestamp(now))
        save(self.db, file)
        self._keep(origin, file, rules)

    def failed(self, origin: str, refusal: Refusal, now: datetime) -> None:
        """The origin's robots.txt could not be had at all."""
        until = self._hold(origin, refusal.reason, now) if refusal.outcome == "failed" else None
        self._close(origin, refusal, now, until)

    def give_up_reading(self, now: datetime, *, except_for: Collection[str]) -> None:
        """Takes for failed what is being read but for those origins: nothing is under way."""
        for origin in self._reading.difference(except_for):
            self.failed(origin, Refusal("failed", "lost", "robots.txt was dropped by the downloader"), now)

    def _hold(self, origin: str, why: str, now: datetime, asked: timedelta | None = None) -> datetime:
        return self.hosts.hold(host_of(origin), now, why, asked=asked, first=backoff.UNREACHABLE)

    def _close(
        self, origin: str, refusal: Refusal, now: datetime, until: datetime | None, status: int | None = None
    ) -> None:
        file = load_robots(self.db, origin) or RobotsFile(origin=origin, fetched_at="")
        file.fetched_at, file.status, file.reason = timestamp(now), status, refusal.reason
        save(self.db, file)
        self._reading.discard(origin)
        self._known[origin] = _Known(file, Rules(""), refusal, until)

    def _load(self, origin: str) -> _Known | None:
        file = load_robots(self.db, origin)
        if file is None or file.reason:
            return None
        return self._keep(origin, file, Rules(file.body))

    def _keep(self, origin: str, file: RobotsFile, rules: Rules) -> _Known:
        self._reading.discard(origin)
        self.hosts.slow_down(host_of(origin), rules.crawl_delay)
        known = self._known[origin] = _Known(file, rules)
        return known
