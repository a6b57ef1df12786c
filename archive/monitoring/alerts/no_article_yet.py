"""Alert on sites of which no article was ever stored, from their second job on.

Such a site has no history to compare with, so that no other alert on its articles would ever speak of it.
"""

from datetime import datetime

from sqlite_utils import Database

from archive.monitoring.alerts.alert import Alert, site_label
from archive.monitoring.alerts.discovery import OVERDUE
from archive.storage.connection import timestamp

JOBS = 2  # a first job may have ended early
KIND = "no article yet"

SITES = """
select distinct site from pages indexed by pages_due
where priority < 3 and due_at > ? and not exists (select 1 from articles where articles.site = pages.site)
order by site
"""
CRAWLS = "select count(distinct crawl_id) from fetches f join pages p on p.id = f.page_id where p.site = ?"
WAITING = "select count(*) from pages where site = ? and kind = 'article' and state = 'new' and due_at is not null"
REASONS = """
select state, reason, count(*) from pages where site = ? and kind = 'article' and state <> 'new'
group by 1, 2 order by 3 desc, 1, 2 limit 1
"""


def alerts(db: Database, now: datetime) -> list[Alert]:
    """Return an alert for each site that had JOBS jobs, has no article and none that waits to be fetched."""
    found = []
    for (site,) in db.execute(SITES, [timestamp(now - OVERDUE)]).fetchall():
        (crawls,) = db.execute(CRAWLS, [site]).fetchone()
        (waiting,) = db.execute(WAITING, [site]).fetchone()
        if crawls >= JOBS and not waiting:
            found.append(_alert(site, crawls, db.execute(REASONS, [site]).fetchone()))
    return found


def _alert(site: str, crawls: int, most: tuple[str, str | None, int] | None) -> Alert:
    why = "its feeds, sitemaps and listings led to no article"
    if most:
        state, reason, number = most
        why = f"most of what they led to is {', '.join(filter(None, (state, reason)))} ({number:,})"
    return Alert(
        kind=KIND, site=site, host=None, before=None, now=crawls,
        sentence=f"{site_label(site)}: {crawls} jobs have stored no article: {why}; run healthnews sites check {site} "
        "and correct the site file.",
    )  # fmt: skip
