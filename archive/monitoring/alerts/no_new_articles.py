"""Sites gone quiet: what their feeds, sitemaps and listings lead to was read, but nothing new came for long.

How long is long depends on the site: FACTOR times the longest of its last GAPS gaps between days with a new article.
Simulated with 20,000 years a process, false alarms a year and site, by factor (60 gaps; LEAST was 7 days):

    gaps in days                   factor 2    2.5     3
    daily, by chance                  0.006  0.005  0.001
    every 3 days, by chance           0.041  0.009  0.002
    weekly, by chance                 0.023  0.004  0.001
    about monthly                     0      0      0
    log-normal, sigma 1 (in bursts)   0.19   0.10   0.05

A site that has an article each week and stops is noticed after 17 days. With 40 gaps there are twice as many false
alarms.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby, islice, pairwise

from sqlite_utils import Database

from archive.monitoring.alerts.alert import Alarm, called, moment, span_in_words

FACTOR = 2.5
GAPS = 60
ENOUGH = 8  # gaps: with fewer, the longest says little
LEAST = timedelta(days=10)  # Chinese New Year with the weekends around it: a daily site may rest for that long
LOOKED_AT = 20_000  # newest articles of a site; the walk ends with the GAPS


def alarms(db: Database, now: datetime) -> list[Alarm]:  # noqa: ARG001 (a site is as quiet as when it was last read)
    """An alarm for each site that has gone quiet, by the time when its lists were last read."""
    rows = db.execute(
        "select site, max(fetched_at) from pages indexed by pages_due "
        "where priority < 3 and due_at is not null and state = 'read' and fetched_at is not null group by site"
    ).fetchall()
    found = ((site, _newest(db, site), moment(read)) for site, read in rows)
    return [alarm for site, times, read in found if (alarm := _alarm(site, times, read))]


def is_quiet(silence: timedelta, gaps: Sequence[timedelta]) -> bool:
    """Whether a silence is too long after those gaps."""
    return len(gaps) >= ENOUGH and silence > max(LEAST, FACTOR * max(gaps))


def _alarm(site: str, times: Sequence[datetime], read: datetime) -> Alarm | None:
    gaps = [later - earlier for later, earlier in pairwise(times)]
    if not times or not is_quiet(read - times[0], gaps):
        return None
    longest, silence = max(gaps), read - times[0]
    return Alarm(
        kind="quiet", site=site, before=longest / timedelta(days=1), now=round(silence / timedelta(days=1), 1),
        sentence=f"{called(site)}: no new article for {span_in_words(silence)}, before that for "
        f"{span_in_words(longest)} at most: see whether {times[0]:%Y-%m-%d} is the date of the newest on the site, and "
        "else mend its site file.",
    )  # fmt: skip


def _newest(db: Database, site: str) -> list[datetime]:
    """The first moment of each day on which the newest articles of the site came, newest first.

    The index on sites has their ids; only the rows of the newest articles are read.
    """
    cursor = db.execute(
        "select (select first_seen from articles where id = i.id) from "
        "(select id from articles indexed by articles_site_published where site = ? order by id desc limit ?) i",
        [site, LOOKED_AT],
    )
    days = groupby((first_seen for (first_seen,) in cursor), key=lambda text: str(text)[:10])
    return [moment(next(times)) for _, times in islice(days, GAPS + 1)]
