"""Set when a page is due again: choose the rule of crawler.policy.revisit for a result."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlite_utils import Database

from archive.articles.fetch_result import FetchResult
from archive.storage.connection import timestamp
from archive.storage.fetch_history import consecutive_changes, consecutive_failures, moved_article_since
from archive.storage.frontier import DuePage, unknown
from crawler.policy import revisit
from crawler.sites.site import DISCOVER_HOURS, LOOK_AGAIN, Site

NextVisit = tuple[datetime | None, timedelta | None]  # due at (None: never), interval of a feed, sitemap or listing

NO_IMAGE = ("not an image", "too large", "noarchive", "noindex")  # reasons for which an image is not asked for again


def with_due_dates(result: FetchResult, site: Site | None, db: Database, now: datetime) -> FetchResult:
    """Return an interpreted result with the times at which its page is due again; `now` is when it was fetched."""
    due_at, interval = next_visit(result, site, db, now)
    alias_due_at = timestamp(next_alias_visit(result.page, now))
    is_alias = result.page.state == "alias" and not result.article
    return replace(
        result,
        fetched_at=timestamp(now),
        due_at=alias_due_at if is_alias else timestamp(due_at) if due_at else None,
        interval=int(interval.total_seconds()) if interval and not is_alias else None,
        alias_due_at=alias_due_at if result.target or result.variant_id is not None else None,
    )


def next_visit(result: FetchResult, site: Site | None, db: Database, now: datetime) -> NextVisit:
    """Return when the requested page is due again, and the interval if it is a feed, sitemap or listing."""
    if result.outcome == "failed" and result.not_before:
        return result.not_before, None
    if result.outcome == "blocked":
        return _blocked(result, site, db, now), None
    if result.page.kind == "image" and (result.outcome in ("read", "unchanged") or result.reason in NO_IMAGE):
        return None, None
    if result.page.kind not in ("article", "image"):
        return _discovery(result, site.discover_hours if site else DISCOVER_HOURS, db, now)
    if result.outcome == "failed":
        return revisit.after_failures(result.page.failures + 1, now), None
    return _article(result, site.look_again if site else LOOK_AGAIN, db, now), None


def next_alias_visit(page: DuePage, now: datetime) -> datetime:
    """Return when a URL that redirects to another page is due again: the redirect may have been a mistake."""
    return _repeated(page, "alias", now, revisit.ALIASES)


def _article(result: FetchResult, days: tuple[float, ...], db: Database, now: datetime) -> datetime | None:
    page, outcome = result.page, result.outcome
    if outcome == "gone":
        return _gone(result, days, now)
    if outcome == "refused":
        return _refused(result, days, now)
    if outcome == "no article" and page.article_id is not None:
        return _repeated(page, "no article", now, revisit.TEXTLESS)
    if result.url != page.url and page.state == "alias" and (since := moved_article_since(db, page.id)):
        return revisit.unchanged_since(datetime.fromisoformat(since), now, days)  # new here, but not at the target
    if result.content in ("new", "changed"):
        changes = consecutive_changes(db, page.id) + 1 if result.content == "changed" else 0
        return revisit.after_changes(changes, now, days)
    return revisit.unchanged_since(datetime.fromisoformat(page.last_changed or page.discovered_at), now, days)


def _blocked(result: FetchResult, site: Site | None, db: Database, now: datetime) -> datetime:
    """Return when a page is due again in whose place another was served: not before its host gets a request."""
    longest = revisit.LONGEST if result.reason == "login" else revisit.LONGEST_BLOCKED
    failures = result.page.failures + 1
    if result.page.kind not in ("article", "image"):
        longest = revisit.within(longest, site.discover_hours if site else DISCOVER_HOURS)
        failures = consecutive_failures(db, result.page.id) + 1
    return max(revisit.after_failures(failures, now, longest), result.not_before or now)


def _gone(result: FetchResult, days: tuple[float, ...], now: datetime) -> datetime | None:
    page = result.page
    if page.article_id is None:
        final = page.state == "gone" or result.status == 410
        return None if final else now + revisit.SECOND_FETCH
    if page.missing_since is None:
        return now + revisit.SECOND_FETCH
    return revisit.unchanged_since(datetime.fromisoformat(page.missing_since), now, days)


def _refused(result: FetchResult, days: tuple[float, ...], now: datetime) -> datetime | None:
    if result.page.state == "gone":
        return _gone(result, days, now)
    if result.status is None or result.status < 400:  # robots.txt, noarchive, too large: not temporary
        return now + revisit.LONGEST
    return _repeated(result.page, "refused", now, revisit.REFUSED)


def _repeated(page: DuePage, state: str, now: datetime, days: tuple[float, ...]) -> datetime:
    """Return when a page is due again that is in `state` now, and may have been after its last fetch."""
    last = datetime.fromisoformat(page.fetched_at) if page.state == state and page.fetched_at else None
    return revisit.after_repeat(last, now, days)


def _discovery(result: FetchResult, hours: tuple[float, float], db: Database, now: datetime) -> NextVisit:
    page = result.page
    if result.outcome in ("failed", "gone", "refused"):  # never final: what it lists meanwhile would be lost
        failures = consecutive_failures(db, page.id) + 1
        return revisit.after_failures(failures, now, revisit.within(timedelta.max, hours)), None
    if page.interval is None or page.fetched_at is None:
        interval = revisit.first_interval(result.dates)
    else:
        elapsed = now - datetime.fromisoformat(page.fetched_at)
        new = result.added + unknown(db, result.discovered, page.fetched_at)
        interval = revisit.discovery_interval(timedelta(seconds=page.interval), elapsed, new, result.total)
    interval = revisit.within(interval, hours)
    return now + interval * revisit.PUNCTUAL, interval
