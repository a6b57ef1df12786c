"""Alert on sites whose feeds, sitemaps and listings have failed or led to no article for days.

A single failure is reported at the end of its crawl (archive.monitoring.crawl_problems). Here a failure counts after
LASTING, and a robots.txt that forbids the page counts at once. Pages that left the site file are no longer fetched:
they are overdue, and are left out.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from sqlite_utils import Database

from archive.monitoring.alerts.alert import Alert, format_span, parse_time, site_label
from archive.storage.connection import timestamp

LASTING = timedelta(days=2)
OVERDUE = timedelta(days=2)
FAILED_OUTCOMES = ("failed", "refused", "blocked", "gone")
FAILED_STATES = ("fails", "forbidden")  # the states that those outcomes give
LEADS_NOWHERE = "It leads to no article"  # in fetches.detail of a feed, sitemap or listing that was read


class _DiscoveryPage(NamedTuple):
    """A feed, sitemap or listing; `state` is a key of PROBLEMS, 'fine' or None, and holds since `since`."""

    url: str
    host: str
    state: str | None
    since: datetime


PROBLEMS = {
    "forbidden": "are forbidden by robots.txt",
    "fails": "cannot be read",
    "empty": "lead to no article",
}
ADVICE = {
    "forbidden": "ask the site for permission, or remove them from the site file",
    "fails": "open it in a browser and correct the site file",
    "empty": "open it in a browser and correct the site file",
}


def alerts(db: Database, now: datetime) -> list[Alert]:
    """Return an alert for each site where some discovery pages fail, or where all of them lead to no article."""
    rows = db.execute(
        "select site, id, url, host from pages indexed by pages_due "
        "where priority < 3 and depth = 0 and due_at > ? order by site, id",
        [timestamp(now - OVERDUE)],
    ).fetchall()
    found: list[Alert] = []
    for site, group in groupby(rows, key=lambda row: str(row[0])):
        pages = [_read_page(db, *columns) for _, *columns in group]
        found += _site_alerts(site, [page for page in pages if page], len(pages), now)
    return found


def _site_alerts(site: str, pages: Sequence[_DiscoveryPage], total: int, now: datetime) -> list[Alert]:
    """Return the alerts of a site with `total` discovery pages, by those that have been fetched."""
    by_state = {
        state: [page for page in pages if page.state == state and now - page.since >= _tolerated(state)]
        for state in PROBLEMS
    }
    found = [_alert(site, state, by_state[state], total, now) for state in ("forbidden", "fails") if by_state[state]]
    empty = by_state["empty"]
    return found or ([_alert(site, "empty", empty, total, now)] if empty and len(empty) == total else [])


def _tolerated(state: str) -> timedelta:
    return timedelta() if state == "forbidden" else LASTING


def _alert(site: str, state: str, pages: Sequence[_DiscoveryPage], total: int, now: datetime) -> Alert:
    first = min(pages, key=lambda page: page.since)
    hosts = {page.host for page in pages}
    duration = now - first.since
    span = f" for {format_span(duration)}" if duration >= LASTING else ""
    return Alert(
        kind="lists nothing" if state == "empty" else "discovery fails", site=site,
        host=hosts.pop() if len(hosts) == 1 else None, before=total, now=total - len(pages),
        sentence=f"{site_label(site)}: {len(pages)} of its {total} feeds, sitemaps and listings {PROBLEMS[state]}{span}"
        f" ({first.url}, since {first.since:%Y-%m-%d}): {ADVICE[state]}.",
    )  # fmt: skip


def _read_page(db: Database, page_id: int, url: str, host: str) -> _DiscoveryPage | None:
    """Return the page with its present state and the start of that state; None if it was never fetched."""
    rows = db.execute(
        "select fetched_at, outcome, reason, detail from fetches where page_id = ? order by id desc", [page_id]
    )
    state, since = _last_state((fetched_at, _state(*result)) for fetched_at, *result in rows)
    return _DiscoveryPage(url, host, state, parse_time(since)) if since else None


def _last_state(fetches: Iterable[tuple[str, str | None]]) -> tuple[str | None, str | None]:
    """Return the state on which the newest fetches agree, and the time of the first fetch in it.

    `fetches` are pairs of time and state, newest first; the state None means unchanged. An unchanged response has the
    state of the last one that was read, and it ends a failure.
    """
    state = since = None
    answered = False
    for fetched_at, found in fetches:
        if state is None and (found is None or (answered and found in FAILED_STATES)):
            answered = True
            continue
        if found is None and state not in FAILED_STATES:
            continue
        if state not in (None, found):
            break
        state, since = found, fetched_at
        if state == "fine":
            break
    return state, since


def _state(outcome: str, reason: str | None, detail: str | None) -> str | None:
    if outcome in FAILED_OUTCOMES:
        return "forbidden" if (outcome, reason) == ("refused", "robots") else "fails"
    if outcome == "unchanged":
        return None
    return "empty" if LEADS_NOWHERE in (detail or "") else "fine"
