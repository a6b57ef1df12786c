"""The robots.txt files of a crawl: fetched before a host's first page, stored, and fetched again after a day."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from archive.extraction.answers import blocking_reason, only_refuses
from archive.page import Page
from archive.storage.connection import timestamp
from archive.storage.held_hosts import BLOCKED
from archive.storage.hosts import RobotsFile, load_robots, notice, reopen, save
from archive.urls.canonical import host_of
from crawler.policy import backoff
from crawler.policy.robots import FRESH, Rules, closed_by, difference, is_web_page, text_of
from crawler.politeness.host_throttle import HostThrottles
from crawler.politeness.outcomes import REFUSING, UNREACHABLE, Outcome

MISSING = (404, 410)  # statuses that say that there is no robots.txt, whatever their body says
EXAMPLES = 3  # pages that a notice names


@dataclass(slots=True)
class _Entry:
    file: RobotsFile
    rules: Rules
    closed: Outcome | None = None  # the outcome of every page while the file cannot be read …
    until: datetime | None = None  # … and until when


class RobotsCache:
    """What robots.txt permits, by origin."""

    def __init__(self, db: Database, crawl_id: int, hosts: HostThrottles) -> None:
        self.db, self.crawl_id, self.hosts = db, crawl_id, hosts
        self.fresh_from: str | None = None  # files fetched before that time are fetched again
        self._entries: dict[str, _Entry] = {}
        self._fetching: set[str] = set()

    def is_fresh(self, origin: str, now: datetime) -> bool:
        """Whether the origin's rules are known and not older than a day."""
        entry = self._entries.get(origin) or self._load(origin)
        if entry is None or origin in self._fetching:
            return False
        if entry.closed:
            return entry.until is None or now < entry.until
        fetched = entry.file.fetched_at
        age = now - datetime.fromisoformat(fetched)  # negative where the clock was wrong
        return fetched >= (self.fresh_from or "") and timedelta() <= age < FRESH

    def is_fetching(self, origin: str) -> bool:
        """Whether the origin's robots.txt is being fetched."""
        return origin in self._fetching

    def begin_fetch(self, origin: str) -> tuple[str | None, str | None]:
        """Record that the origin's robots.txt is being fetched; return the stored file's ETag and Last-Modified."""
        self._fetching.add(origin)
        file = load_robots(self.db, origin)
        return (file.etag, file.last_modified) if file and file.reason is None else (None, None)

    def refusal(self, origin: str, url: str) -> Outcome | None:
        """Return why the URL must not be fetched, or None. The origin's robots.txt has been fetched before."""
        entry = self._entries[origin]
        if entry.closed or entry.rules.permits(url):
            return entry.closed
        return Outcome("refused", "robots", "Forbidden by robots.txt")

    def closed(self, origin: str) -> Outcome | None:
        """Return why none of the origin's pages may be fetched, or None."""
        return self._entries[origin].closed if origin in self._entries else None

    def store_response(
        self, origin: str, status: int, body: bytes, headers: Mapping[str, str | None], now: datetime
    ) -> None:
        """Store the response to a request for the origin's robots.txt."""
        if block := _block(origin, status, body, headers.get("Content-Type")):
            self.store_block(origin, block, now, backoff.retry_after(headers.get("Retry-After"), now), status)
            return
        if reason := closed_by(status):
            retry_after = backoff.retry_after(headers.get("Retry-After"), now)
            detail = f"robots.txt answered {status}: the host is closed until it can be read"
            until = self._back_off(origin, reason, now, retry_after)
            self._close(origin, Outcome("failed", reason, detail), now, until, status=status)
            return
        before = load_robots(self.db, origin)
        text = text_of(body) if 200 <= status < 300 else ""
        is_other = is_web_page(text)  # in its place, such as the home page: it says nothing of the rules
        headers = {} if is_other else headers
        unchanged = before is not None and (status == 304 or is_other)
        text = before.body if before and unchanged else text
        rules = Rules(text)
        file = RobotsFile(
            origin=origin, fetched_at=timestamp(now), status=status, body=text, crawl_delay=rules.crawl_delay,
            etag=headers.get("ETag") or (before.etag if before and unchanged else None),
            last_modified=headers.get("Last-Modified") or (before.last_modified if before and unchanged else None),
            changed_at=before.changed_at if before else None, rights=json.dumps(rules.rights, ensure_ascii=False),
        )  # fmt: skip
        if before and before.body != text:
            file.changed_at = timestamp(now)
            host, detail = host_of(origin), difference(before.body, text)
            detail += self._newly_forbidden(origin, Rules(before.body), rules)
            notice(self.db, self.crawl_id, at=timestamp(now), host=host, kind="robots", detail=detail)
            reopen(self.db, host, timestamp(now))
        save(self.db, file)
        self._keep(origin, file, rules)

    def _newly_forbidden(self, origin: str, before: Rules, rules: Rules) -> str:
        """Return in a sentence, which begins with a space, which stored pages the new rules forbid; '' for none."""
        sql = (
            "select p.url from pages p join articles a on a.page_id = p.id where p.host = ? and substr(p.url, 1, ?) = ?"
        )
        start = f"{origin}/"
        urls = [url for (url,) in self.db.execute(sql, [host_of(origin), len(start), start])]
        newly = sorted(url for url in urls if before.permits(url) and not rules.permits(url))
        if not newly:
            return ""
        more = f" and {len(newly) - EXAMPLES:,} more" if len(newly) > EXAMPLES else ""
        return (
            f" It newly forbids pages of stored articles ({', '.join(newly[:EXAMPLES])}{more}): they stay as they are "
            "and are not fetched again, unless healthnews remove takes them away."
        )

    def store_failure(self, origin: str, outcome: Outcome, now: datetime) -> None:
        """Store that the origin's robots.txt could not be fetched: the origin is closed."""
        until, why = None, outcome.reason or ""
        if why in UNREACHABLE:
            until = self.hosts.hold_origin(origin, now, why)
        elif outcome.outcome == "failed":
            until = self._back_off(origin, why, now)
        self._close(origin, outcome, now, until)

    def store_block(
        self,
        origin: str,
        outcome: Outcome,
        now: datetime,
        retry_after: timedelta | None = None,
        status: int | None = None,
    ) -> None:
        """Store that another page was served in place of the origin's robots.txt: the origin is closed."""
        until = self._back_off(origin, f"{BLOCKED}{outcome.reason}", now, retry_after)
        self._close(origin, outcome, now, until, status, reason=f"robots {outcome.reason}")

    def abandon(self, origin: str) -> None:
        """Forget that the origin's robots.txt is being fetched: its response could not be stored, which is no fault of
        the host."""
        self._fetching.discard(origin)

    def fail_lost(self, now: datetime, *, queued: Collection[str]) -> None:
        """Store a failure for every robots.txt being fetched but those `queued`. No request is in flight."""
        for origin in self._fetching.difference(queued):
            self.store_failure(origin, Outcome("failed", "lost", "robots.txt was dropped by the downloader"), now)

    def _back_off(self, origin: str, why: str, now: datetime, retry_after: timedelta | None = None) -> datetime:
        return self.hosts.back_off(host_of(origin), now, why, retry_after=retry_after, first=backoff.UNREACHABLE)

    def _close(
        self,
        origin: str,
        outcome: Outcome,
        now: datetime,
        until: datetime | None,
        status: int | None = None,
        reason: str | None = None,
    ) -> None:
        file = load_robots(self.db, origin) or RobotsFile(origin=origin, fetched_at="")
        file.fetched_at, file.status, file.reason = timestamp(now), status, reason or outcome.reason
        save(self.db, file)
        self._fetching.discard(origin)
        self._entries[origin] = _Entry(file, Rules(""), outcome, until)

    def _load(self, origin: str) -> _Entry | None:
        file = load_robots(self.db, origin)
        if file is None or file.reason:
            return None
        return self._keep(origin, file, Rules(file.body))

    def _keep(self, origin: str, file: RobotsFile, rules: Rules) -> _Entry:
        self._fetching.discard(origin)
        self.hosts.set_crawl_delay(host_of(origin), rules.crawl_delay)
        entry = self._entries[origin] = _Entry(file, rules)
        return entry


def _block(origin: str, status: int, body: bytes, content_type: str | None) -> Outcome | None:
    """Return the outcome of pages whose robots.txt is answered by a challenge, a rate limit or a maintenance notice.

    Such an answer says nothing of the rules, whatever its status. A login page in its place means that there is none.
    """
    if status in MISSING or not text_of(body).lstrip().startswith("<"):
        return None
    page = Page(url=f"{origin}/robots.txt", body=body, content_type=content_type or "")
    reason = blocking_reason(page)
    if reason is None or reason == "login" or (status in REFUSING and only_refuses(page)):
        return None
    detail = f"robots.txt is answered by another page ({reason}): the host is closed until it can be read"
    return Outcome("blocked", reason, detail)
