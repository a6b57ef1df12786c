"""The robots.txt files of a crawl: fetched before a host's first page, stored, and fetched again after a day."""

import json
from collections import OrderedDict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlite_utils import Database

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
KEPT = 1000  # parsed files that are kept, those used last; others are read from the archive again, in some 0.2 ms


class _Closed(NamedTuple):
    outcome: Outcome  # of every page while the file cannot be read …
    until: datetime | None  # … and until when


class RobotsCache:
    """What robots.txt permits, by origin."""

    def __init__(self, db: Database, crawl_id: int, hosts: HostThrottles) -> None:
        self.db, self.crawl_id, self.hosts = db, crawl_id, hosts
        self.fresh_from: str | None = None  # files fetched before that time are fetched again
        self._rules: OrderedDict[str, tuple[str, Rules]] = OrderedDict()  # with the times when they were fetched
        self._closed: dict[str, _Closed] = {}
        self._fetching: set[str] = set()
        self._settled: list[str] = []

    def is_fresh(self, origin: str, now: datetime) -> bool:
        """Whether the origin's rules are known and not older than a day."""
        if origin in self._fetching:
            return False
        if closed := self._closed.get(origin):
            return closed.until is None or now < closed.until
        known = self._known(origin)
        if known is None:
            return False
        fetched, _ = known
        age = now - datetime.fromisoformat(fetched)  # negative where the clock was wrong
        return fetched >= (self.fresh_from or "") and timedelta() <= age < FRESH

    def is_fetching(self, origin: str) -> bool:
        """Whether the origin's robots.txt is being fetched."""
        return origin in self._fetching

    @property
    def fetches_any(self) -> bool:
        """Whether any robots.txt is being fetched."""
        return bool(self._fetching)

    def take_settled(self) -> list[str]:
        """Return the origins whose robots.txt is not being fetched any more since the last call."""
        settled, self._settled = self._settled, []
        return settled

    def begin_fetch(self, origin: str) -> tuple[str | None, str | None]:
        """Record that the origin's robots.txt is being fetched; return the stored file's ETag and Last-Modified."""
        self._fetching.add(origin)
        file = load_robots(self.db, origin)
        return (file.etag, file.last_modified) if file and file.reason is None else (None, None)

    def refusal(self, origin: str, url: str) -> Outcome | None:
        """Return why the URL must not be fetched, or None. The origin's robots.txt has been fetched before."""
        if origin in self._closed:
            return self._closed[origin].outcome
        known = self._known(origin)
        if known is None:
            raise KeyError(origin)
        _, rules = known
        return None if rules.permits(url) else Outcome("refused", "robots", "Forbidden by robots.txt")

    def closed(self, origin: str) -> Outcome | None:
        """Return why none of the origin's pages may be fetched, or None."""
        return self._closed[origin].outcome if origin in self._closed else None

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
        self._keep(origin, file.fetched_at, rules)

    def _newly_forbidden(self, origin: str, before: Rules, rules: Rules) -> str:
        """Return in a sentence, which begins with a space, which stored pages the new rules forbid; '' for none."""
        sql = "select p.url from pages p join articles a on a.page_id = p.id where p.url >= ? and p.url < ?"
        urls = [url for (url,) in self.db.execute(sql, [f"{origin}/", f"{origin}0"])]  # 0 comes after the slash
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
        self._end_fetch(origin)

    def fail_lost(self, now: datetime, *, queued: Collection[str]) -> bool:
        """Store a failure for every robots.txt being fetched but those `queued`; return whether there was one.

        No request is in flight.
        """
        lost = self._fetching.difference(queued)
        for origin in lost:
            self.store_failure(origin, Outcome("failed", "lost", "robots.txt was dropped by the downloader"), now)
        return bool(lost)

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
        self._closed[origin] = _Closed(outcome, until)
        self._end_fetch(origin)

    def _known(self, origin: str) -> tuple[str, Rules] | None:
        """Return when the origin's rules were fetched, and the rules; None where there are none that could be read."""
        if origin in self._rules:
            self._rules.move_to_end(origin)
            return self._rules[origin]
        return self._load(origin)

    def _load(self, origin: str) -> tuple[str, Rules] | None:
        file = load_robots(self.db, origin)
        if file is None or file.reason:
            return None
        return self._keep(origin, file.fetched_at, Rules(file.body))

    def _keep(self, origin: str, fetched_at: str, rules: Rules) -> tuple[str, Rules]:
        self._closed.pop(origin, None)
        self._end_fetch(origin)
        self.hosts.set_crawl_delay(host_of(origin), rules.crawl_delay)
        self._rules[origin] = fetched_at, rules
        if len(self._rules) > KEPT:
            self._rules.popitem(last=False)
        return fetched_at, rules

    def _end_fetch(self, origin: str) -> None:
        if origin in self._fetching:
            self._fetching.discard(origin)
            self._settled.append(origin)


def _block(origin: str, status: int, body: bytes, content_type: str | None) -> Outcome | None:
    """Return the outcome of pages whose robots.txt is answered by a challenge, a rate limit or a maintenance notice.

    Such an answer says nothing of the rules, whatever its status. A login page in its place means that there is none.
    """
    if status in MISSING or not text_of(body).lstrip().startswith("<"):
        return None
    from archive.extraction.answers import blocking_reason, only_refuses  # few are pages, and the patterns are many

    page = Page(url=f"{origin}/robots.txt", body=body, content_type=content_type or "")
    reason = blocking_reason(page)
    if reason is None or reason == "login" or (status in REFUSING and only_refuses(page)):
        return None
    detail = f"robots.txt is answered by another page ({reason}): the host is closed until it can be read"
    return Outcome("blocked", reason, detail)
