"""Alert on sites without new articles: their feeds, sitemaps and listings are read, but bring nothing new.

The tolerated time depends on the site: FACTOR times the longest of its last GAPS gaps between days with a new article.
False alerts per year and site in a simulation of 20,000 years per process, by factor (60 gaps; MIN_SILENCE was 7 days):

    gaps in days                   factor 2    2.5     3
    daily, by chance                  0.006  0.005  0.001
    every 3 days, by chance           0.041  0.009  0.002
    weekly, by chance                 0.023  0.004  0.001
    about monthly                     0      0      0
    log-normal, sigma 1 (in bursts)   0.19   0.10   0.05

A site that publishes weekly and stops is reported after 17 days. With 40 gaps there are twice as many false alerts.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby, islice, pairwise

from sqlite_utils import Database

from archive.monitoring.alerts.alert import Alert, format_span, parse_time, site_label

FACTOR = 2.5
GAPS = 60
MIN_GAPS = 8  # with fewer, the longest gap is a poor estimate
MIN_SILENCE = timedelta(days=10)  # Chinese New Year with its weekends: a daily site may pause for that long
MAX_ARTICLES = 20_000  # newest articles of a site to read; the walk ends earlier when it has the GAPS


def alerts(db: Database, now: datetime) -> list[Alert]:  # noqa: ARG001 (the silence ends at the last successful read)
    """Return an alert for each site without new articles up to the last time its discovery pages were read."""
    rows = db.execute(
        "select site, max(fetched_at) from pages indexed by pages_due "
        "where priority < 3 and due_at is not null and state = 'read' and fetched_at is not null group by site"
    ).fetchall()
    found = ((site, _publishing_days(db, site), parse_time(read)) for site, read in rows)
    return [alert for site, times, read in found if (alert := _alert(site, times, read))]


def is_quiet(silence: timedelta, gaps: Sequence[timedelta]) -> bool:
    """Return whether a silence is too long for a site with those gaps between its articles."""
    return len(gaps) >= MIN_GAPS and silence > max(MIN_SILENCE, FACTOR * max(gaps))


def _alert(site: str, times: Sequence[datetime], read: datetime) -> Alert | None:
    gaps = [later - earlier for later, earlier in pairwise(times)]
    if not times or not is_quiet(read - times[0], gaps):
        return None
    longest, silence = max(gaps), read - times[0]
    return Alert(
        kind="quiet", site=site, before=longest / timedelta(days=1), now=round(silence / timedelta(days=1), 1),
        sentence=f"{site_label(site)}: no new article for {format_span(silence)}, the longest gap before was "
        f"{format_span(longest)}: check whether the site has articles newer than {times[0]:%Y-%m-%d}; if so, "
        "correct its site file.",
    )  # fmt: skip


def _publishing_days(db: Database, site: str) -> list[datetime]:
    """Return a time in each of the last days on which new articles of the site were stored, newest first.

    The index on sites gives the ids; only the rows of the newest articles are read.
    """
    cursor = db.execute(
        "select (select first_seen from articles where id = i.id) from "
        "(select id from articles indexed by articles_site_published where site = ? order by id desc limit ?) i",
        [site, MAX_ARTICLES],
    )
    days = groupby((first_seen for (first_seen,) in cursor), key=lambda text: str(text)[:10])
    return [parse_time(next(times)) for _, times in islice(days, GAPS + 1)]
