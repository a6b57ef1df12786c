"""Sites that have been without a way to new articles for days: feeds, sitemaps and listings that fail or list nothing.

A site whose lists fail once is named at the end of the crawl (archive.monitoring.crawl_problems); what lasts for
LASTING is no mishap,
and what robots.txt forbids is none from the first day. Lists that nobody asks for any more, since they left the
site's file, are overdue and left out.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from sqlite_utils import Database

from archive.monitoring.alerts.alert import Alarm, called, moment, span_in_words
from archive.storage.connection import timestamp

LASTING = timedelta(days=2)
OVERDUE = timedelta(days=2)
FAILING = ("failed", "refused", "gone")  # outcomes …
FAILS = ("fails", "forbidden")  # … and the states that they mean
LISTS_NOTHING = "It leads to no article"  # in fetches.detail of a feed, sitemap or listing that was read


class _List(NamedTuple):
    """A feed, sitemap or listing: its state, one of those in WORDS or fine, and since when it is in it."""

    url: str
    host: str
    state: str | None
    since: datetime


WORDS = {
    "forbidden": "are forbidden by robots.txt",
    "fails": "cannot be read",
    "empty": "lead to no article",
}
ADVICE = {
    "forbidden": "ask the site for leave, or take them out of the site file",
    "fails": "look at it in a browser and mend the site file",
    "empty": "look at it in a browser and mend the site file",
}


def alarms(db: Database, now: datetime) -> list[Alarm]:
    """For each site an alarm when some of its lists fail, or when none of them leads anywhere."""
    rows = db.execute(
        "select site, id, url, host from pages indexed by pages_due "
        "where priority < 3 and depth = 0 and due_at > ? order by site, id",
        [timestamp(now - OVERDUE)],
    ).fetchall()
    found: list[Alarm] = []
    for site, pages in groupby(rows, key=lambda row: str(row[0])):
        looks = [_look(db, *page) for _, *page in pages]
        found += _alarms(site, [each for each in looks if each], len(looks), now)
    return found


def _alarms(site: str, lists: Sequence[_List], of: int, now: datetime) -> list[Alarm]:
    """The alarms of a site by those `of` its lists that were looked at."""
    by_state = {
        state: [each for each in lists if each.state == state and now - each.since >= _lasting(state)]
        for state in WORDS
    }
    found = [_alarm(site, state, by_state[state], of, now) for state in ("forbidden", "fails") if by_state[state]]
    empty = by_state["empty"]
    return found or ([_alarm(site, "empty", empty, of, now)] if empty and len(empty) == of else [])


def _lasting(state: str) -> timedelta:
    return timedelta() if state == "forbidden" else LASTING


def _alarm(site: str, state: str, troubled: Sequence[_List], of: int, now: datetime) -> Alarm:
    first = min(troubled, key=lambda each: each.since)
    hosts = {each.host for each in troubled}
    lasts = now - first.since
    span = f" for {span_in_words(lasts)}" if lasts >= LASTING else ""
    return Alarm(
        kind="lists nothing" if state == "empty" else "discovery fails", site=site,
        host=hosts.pop() if len(hosts) == 1 else None, before=of, now=of - len(troubled),
        sentence=f"{called(site)}: {len(troubled)} of its {of} feeds, sitemaps and listings {WORDS[state]}{span} "
        f"({first.url}, since {first.since:%Y-%m-%d}): {ADVICE[state]}.",
    )  # fmt: skip


def _look(db: Database, page_id: int, url: str, host: str) -> _List | None:
    """Since when the page has been in its state without a break; None when it was not looked at yet."""
    rows = db.execute(
        "select fetched_at, outcome, reason, detail from fetches where page_id = ? order by id desc", [page_id]
    )
    state, since = _last_state((at, _state(*fate)) for at, *fate in rows)
    return _List(url, host, state, moment(since)) if since else None


def _last_state(looks: Iterable[tuple[str, str | None]]) -> tuple[str | None, str | None]:
    """The state that the newest looks (newest first, None: unchanged) agree on, and the time of the first of them.

    An unchanged answer is as the last one that was read: it ends a failure.
    """
    state = since = None
    answers = False
    for fetched_at, found in looks:
        if state is None and (found is None or (answers and found in FAILS)):
            answers = True
            continue
        if found is None and state not in FAILS:
            continue
        if state not in (None, found):
            break
        state, since = found, fetched_at
        if state == "fine":
            break
    return state, since


def _state(outcome: str, reason: str | None, detail: str | None) -> str | None:
    if outcome in FAILING:
        return "forbidden" if (outcome, reason) == ("refused", "robots") else "fails"
    if outcome == "unchanged":
        return None
    return "empty" if LISTS_NOTHING in (detail or "") else "fine"
