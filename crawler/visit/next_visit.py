"""When a page is looked at again, after an answer: which rule of crawler.policy.revisit applies to it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from archive.storage.fetch_history import consecutive_changes, consecutive_failures, moved_article_since
from archive.storage.frontier import DuePage, unknown
from crawler.items import Answer
from crawler.policy import revisit
from crawler.session import Session
from crawler.sites.site import DISCOVER_HOURS, LOOK_AGAIN


@dataclass(frozen=True, slots=True)
class Look:
    """The next look at a page; None: no more. `interval` is that of a feed, sitemap or listing."""

    due_at: datetime | None
    interval: timedelta | None = None


def next_look(item: Answer, outcome: str, content: str | None, session: Session, now: datetime) -> Look:
    """The next look at the page that was asked for, by what came out; `content` is that of its article."""
    site = session.sites.get(item.page.site)
    if outcome == "failed" and item.not_before:
        return Look(item.not_before)
    if item.page.kind != "article":
        return _discovery(item, outcome, site.discover_hours if site else DISCOVER_HOURS, session, now)
    if outcome == "failed":
        return Look(revisit.failed_look(item.page.failures + 1, now))
    return Look(_article(item, outcome, content, site.look_again if site else LOOK_AGAIN, session, now))


def alias_look(page: DuePage, now: datetime) -> datetime:
    """The next look at an address that led to another one: a wrong redirect must not lose a page for good."""
    return _again(page, "alias", now, revisit.ALIASES)


def _article(
    item: Answer, outcome: str, content: str | None, days: tuple[float, ...], session: Session, now: datetime
) -> datetime | None:
    page = item.page
    if outcome == "gone":
        return _gone(item, days, now)
    if outcome == "refused":
        return _refused(item, days, now)
    if outcome == "no article" and page.article_id is not None:
        return _again(page, "no article", now, revisit.TEXTLESS)
    if item.url != page.url and page.state == "alias" and (since := moved_article_since(session.db, page.id)):
        return revisit.article_look(datetime.fromisoformat(since), now, days)  # it is new here, not where it is
    if content in ("new", "changed"):
        changes = consecutive_changes(session.db, page.id) + 1 if content == "changed" else 0
        return revisit.changed_look(changes, now, days)
    return revisit.article_look(datetime.fromisoformat(page.last_changed or page.discovered_at), now, days)


def _gone(item: Answer, days: tuple[float, ...], now: datetime) -> datetime | None:
    page = item.page
    if page.article_id is None:
        twice = page.state == "gone" or item.status == 410
        return None if twice else now + revisit.SECOND_LOOK
    if page.missing_since is None:
        return now + revisit.SECOND_LOOK
    return revisit.article_look(datetime.fromisoformat(page.missing_since), now, days)


def _refused(item: Answer, days: tuple[float, ...], now: datetime) -> datetime | None:
    if item.page.state == "gone":
        return _gone(item, days, now)
    if item.status is None or item.status < 400:  # robots.txt, noarchive, too large: no mishap
        return now + revisit.LONGEST
    return _again(item.page, "refused", now, revisit.REFUSED)


def _again(page: DuePage, state: str, now: datetime, days: tuple[float, ...]) -> datetime:
    """The next look at a page that is in `state` now, and may have been at the last look."""
    last = datetime.fromisoformat(page.fetched_at) if page.state == state and page.fetched_at else None
    return revisit.repeated_look(last, now, days)


def _discovery(item: Answer, outcome: str, hours: tuple[float, float], session: Session, now: datetime) -> Look:
    page = item.page
    if outcome in ("failed", "gone", "refused"):  # what is listed meanwhile may be lost: no answer is taken for good
        failures = consecutive_failures(session.db, page.id) + 1
        return Look(revisit.failed_look(failures, now, revisit.within(timedelta.max, hours)))
    if page.interval is None or page.fetched_at is None:
        interval = revisit.first_interval(item.dates)
    else:
        elapsed = now - datetime.fromisoformat(page.fetched_at)
        new = unknown(session.db, item.found)
        interval = revisit.discovery_interval(timedelta(seconds=page.interval), elapsed, new, item.total)
    interval = revisit.within(interval, hours)
    return Look(now + interval * revisit.PUNCTUAL, interval)
