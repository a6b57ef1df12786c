"""Sites that have been without a way to new articles for days: feeds, sitemaps and listings that fail or list nothing.

A site whose lists fail once is named at the end of the crawl (archive.reports.needs_a_look); what lasts for LASTING is
no mishap. Lists that nobody asks for any more, since they left the site's file, are overdue and left out.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from sqlite_utils import Database

from archive.alarms.alarm import Alarm, called, moment, span_in_words
from archive.db import timestamp

LASTING = timedelta(days=2)
OVERDUE = timedelta(days=2)
FAILING = ("failed", "refused", "gone")
LISTS_NOTHING = "It leads to no article"  # in fetches.detail of a feed, sitemap or listing that was read


class _List(NamedTuple):
    """A feed, sitemap or listing: whether it fails, whether it lists nothing, and since when."""

    url: str
    fails: bool
    empty: bool
    since: datetime | None


def alarms(db: Database, now: datetime) -> list[Alarm]:
    """For each site an alarm when some of its lists fail, or when none of them leads anywhere."""
    rows = db.execute(
        "select site, id, url from pages indexed by pages_due "
        "where priority < 3 and depth = 0 and due_at > ? order by site, id",
        [timestamp(now - OVERDUE)],
    ).fetchall()
    found: list[Alarm] = []
    for site, pages in groupby(rows, key=lambda row: str(row[0])):
        found += _alarms(site, [_look(db, page_id, url) for _, page_id, url in pages], now)
    return found


def _alarms(site: str, lists: list[_List], now: datetime) -> list[Alarm]:
    lasting = [each for each in lists if each.since and now - each.since >= LASTING]
    failing = [each for each in lasting if each.fails]
    if failing:
        return [_alarm(site, failing, len(lists), now)]
    return [_alarm(site, lasting, len(lists), now)] if lists and len(lasting) == len(lists) else []


def _alarm(site: str, troubled: list[_List], of: int, now: datetime) -> Alarm:
    first = min(troubled, key=lambda each: each.since or now)
    since = first.since or now
    what = "cannot be read" if first.fails else "lead to no article"
    return Alarm(
        kind="discovery fails" if first.fails else "lists nothing", site=site, before=of, now=of - len(troubled),
        sentence=f"{called(site)}: {len(troubled)} of its {of} feeds, sitemaps and listings {what} for "
        f"{span_in_words(now - since)} ({first.url}, since {since:%Y-%m-%d}): look at it in a browser and mend the "
        "site file.",
    )  # fmt: skip


def _look(db: Database, page_id: int, url: str) -> _List:
    """Since when the page has been failing or empty without a break; an unchanged answer is as the one before it."""
    rows = db.execute("select fetched_at, outcome, detail from fetches where page_id = ? order by id desc", [page_id])
    state, since = _last_state(rows)
    return _List(url, state == "fails", state == "empty", moment(since) if since and state != "fine" else None)


def _last_state(rows: Iterable[tuple[str, str, str | None]]) -> tuple[str | None, str | None]:
    """The state that the newest fetches (newest first) agree on, and the time of the first of them."""
    state = since = None
    for fetched_at, outcome, detail in rows:
        found = _state(outcome, detail)
        if found is None and state != "fails":
            continue
        if state not in (None, found):
            break
        state, since = found, fetched_at
        if state == "fine":
            break
    return state, since


def _state(outcome: str, detail: str | None) -> str | None:
    if outcome in FAILING:
        return "fails"
    if outcome == "unchanged":
        return None
    return "empty" if LISTS_NOTHING in (detail or "") else "fine"
