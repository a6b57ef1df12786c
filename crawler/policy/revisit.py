"""Revisit policy: when a page is due again, as pure functions of its history and its last outcome."""

from collections.abc import Sequence
from datetime import datetime, timedelta

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SECOND_FETCH = DAY  # of a page that is missing: it may be temporary
FAILURE = HOUR  # doubled with each failure in a row
LONGEST = timedelta(days=30)  # between two fetches of a page that fails
LONGEST_BLOCKED = timedelta(days=7)  # the site's firewall asked, and may stop to; a login wall may be there for good
# Days from one fetch of an article's page to the next, as long as the outcome is the same.
REFUSED = (1.0, 7.0, 30.0)  # 401, 403, 451: many last an hour, the others stay
TEXTLESS = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)  # no text where an article was: temporary like a failure, but it costs more
ALIASES = (30.0, 60.0, 90.0)  # a redirect may have been a mistake: after 30, 90, 180 … days
RESTLESS = 2  # changes in a row that count as the article's own
# A fetch that came early (lastmod, or a user named the page) counts as that of a step from this share of it on.
NEARLY = 0.9
# Of an interval: a crawl that runs every hour starts some seconds early or late.
PUNCTUAL = 0.95
FIRST = 12 * HOUR  # from the first to the second fetch of a feed without dates
SLOWER = 1.5  # a fetch that brought nothing new multiplies the interval by this


def unchanged_since(since: datetime, now: datetime, days: Sequence[float]) -> datetime:
    """Return the next visit to an article unchanged since `since`: after so many `days`, then multiples of the last.

    A date in the future, set while the clock was wrong, counts as now.
    """
    since = min(since, now)
    age = (now - since) / DAY
    step = next((step for step in days if age < NEARLY * step), None)
    if step is None:
        step = days[-1] * (int(age / days[-1] + 1 - NEARLY) + 1)
    return since + step * DAY


def after_changes(changes: int, now: datetime, days: Sequence[float]) -> datetime:
    """Return the next visit to an article that changed at so many fetches in a row, the last included (0: it is new).

    After the first of `days`. An article that changes at every fetch (a counter or an advertisement is taken for text)
    is fetched after twice as long each time, up to the last of `days`.
    """
    return now + min(days[0] * 2.0 ** min(max(changes - RESTLESS, 0), 32), days[-1]) * DAY


def after_repeat(last: datetime | None, now: datetime, days: Sequence[float]) -> datetime:
    """Return the next visit to a page whose `last` fetch had the same outcome (None: it is the first time).

    Each distance is the next longer one of `days`, whether the fetches were punctual or late.
    """
    elapsed = (now - last) / DAY if last else 0.0
    return now + next((step for step in days if elapsed < NEARLY * step), days[-1]) * DAY


def after_failures(failures: int, now: datetime, longest: timedelta = LONGEST) -> datetime:
    """Return the next visit after so many failures in a row, the last included."""
    return now + min(FAILURE * int(2 ** min(failures - 1, 10)), longest)


def first_interval(dates: Sequence[datetime]) -> timedelta:
    """Return the mean distance of a feed's newest dates; FIRST where it has too few."""
    newest = sorted(dates, reverse=True)[:11]
    return (newest[0] - newest[-1]) / (len(newest) - 1) if len(newest) > 3 else FIRST


def discovery_interval(last: timedelta, elapsed: timedelta, new: int, total: int) -> timedelta:
    """Return the interval of a feed, sitemap or listing that had `new` articles of `total` after `elapsed`.

    One new article a fetch keeps the interval. Each factor is the square root of what one fetch suggests, since a
    single one says little; so two fetches of three bring something where articles come at random. Where all are new,
    some may have been missed, and the rate of this fetch is taken.
    """
    if elapsed <= timedelta():
        return last  # the clock was put back
    if new == 0:
        return last * SLOWER if elapsed > last / 2 else last  # an early fetch says nothing
    rate = elapsed / new
    return rate if new == total and new > 1 else last * ((rate / last) ** 0.5 if last else 1.0)


def within(interval: timedelta, hours: tuple[float, float]) -> timedelta:
    """Return the interval within the shortest and longest `hours` of a site's file."""
    least, most = hours
    return min(max(interval, least * HOUR), most * HOUR)
