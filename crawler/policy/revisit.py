"""When a page is looked at again: pure functions of what is known of it and of what came out."""

from collections.abc import Sequence
from datetime import datetime, timedelta

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SECOND_LOOK = DAY  # at a page that is missing: was it a mishap?
FAILURE = HOUR  # doubled with each failure in a row
LONGEST = timedelta(days=30)  # between looks at a page that fails
# Days from one look to the next at an article's page, as long as it comes to the same thing.
REFUSED = (1.0, 7.0, 30.0)  # 401, 403, 451: many are mishaps of an hour, the others stay
TEXTLESS = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)  # no text where an article was: a mishap like a failure, but it costs more
ALIASES = (30.0, 60.0, 90.0)  # a redirect that was a mistake: after 30, 90, 180 … days
RESTLESS = 2  # changes in a row that are believed to be the article's own
# Nearer than this share of a step, a look that came early (it was announced, or asked for) is the look of that step.
NEARLY = 0.9
# Of an interval: a job that runs every hour comes some seconds early or late.
PUNCTUAL = 0.95
FIRST = 12 * HOUR  # from the first to the second look at a feed that dates nothing
SLOWER = 1.5  # a look at a feed that brought nothing new makes the interval so many times longer


def article_look(since: datetime, now: datetime, days: Sequence[float]) -> datetime:
    """The next look at an article that is as it is `since` then: after so many `days`, then after multiples of the
    last. What is dated in the future, by a clock that was wrong, counts as of now."""
    since = min(since, now)
    age = (now - since) / DAY
    step = next((step for step in days if age < NEARLY * step), None)
    if step is None:
        step = days[-1] * (int(age / days[-1] + 1 - NEARLY) + 1)
    return since + step * DAY


def changed_look(changes: int, now: datetime, days: Sequence[float]) -> datetime:
    """The next look at an article that came to be another one at so many looks in a row, this one included (0: it is
    new).

    After the first of `days`; where it is never the same (a counter or an advertisement that is taken for text), twice
    as long each time, up to the last of them.
    """
    return now + min(days[0] * 2.0 ** min(max(changes - RESTLESS, 0), 32), days[-1]) * DAY


def repeated_look(last: datetime | None, now: datetime, days: Sequence[float]) -> datetime:
    """The next look at a page that came to the same thing at its `last` look (None: for the first time): each distance
    is the next longer one of `days`, whether the looks were punctual or late."""
    elapsed = (now - last) / DAY if last else 0.0
    return now + next((step for step in days if elapsed < NEARLY * step), days[-1]) * DAY


def failed_look(failures: int, now: datetime, longest: timedelta = LONGEST) -> datetime:
    """The next look after so many failures in a row, the last one included."""
    return now + min(FAILURE * int(2 ** min(failures - 1, 10)), longest)


def first_interval(dates: Sequence[datetime]) -> timedelta:
    """How often a feed seems to bring something, by the dates of the newest it lists; FIRST where it dates too few."""
    newest = sorted(dates, reverse=True)[:11]
    return (newest[0] - newest[-1]) / (len(newest) - 1) if len(newest) > 3 else FIRST


def discovery_interval(last: timedelta, elapsed: timedelta, new: int, total: int) -> timedelta:
    """The time to the next look at a feed, sitemap or listing that brought `new` articles of `total` after `elapsed`.

    One new article a look keeps the interval; each factor is the square root of what one look suggests, as a single
    one says little. So over articles that come at random two looks of three bring something. Where all is new, some
    may have been missed, and the look's own rate is taken.
    """
    if elapsed <= timedelta():
        return last  # the clock was put back meanwhile
    if new == 0:
        return last * SLOWER if elapsed > last / 2 else last  # a look that was asked for early says nothing
    rate = elapsed / new
    return rate if new == total and new > 1 else last * ((rate / last) ** 0.5 if last else 1.0)


def within(interval: timedelta, hours: tuple[float, float]) -> timedelta:
    """The interval, no shorter and no longer than a site's file says."""
    least, most = hours
    return min(max(interval, least * HOUR), most * HOUR)
