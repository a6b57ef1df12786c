"""Alert on sites of which unusually many articles are gone at once: usually the site was rebuilt and its URLs changed.

Fisher's exact test compares the articles that were fetched again in the last PERIOD with those of the time BEFORE it,
so a site does not raise an alert only because it was fetched more often. The level, and the simulation behind it, are
those of archive.monitoring.alerts.yield_drop. Articles that do not change are fetched every 90 days, so there is often
nothing to compare with: then the alert is raised when at least MOST are gone, unless that was so before as well.
"""

from datetime import datetime, timedelta

from sqlite_utils import Database

from archive.monitoring.alerts.alert import Alert, site_label
from archive.monitoring.alerts.yield_drop import Share, has_fallen
from archive.storage.connection import timestamp

PERIOD = timedelta(days=7)
BEFORE = timedelta(days=28)
MIN_GONE = 5  # articles: checking fewer by hand is quicker than correcting the site file
MOST = 0.5  # of the articles fetched; sites that withdraw articles after a while withdraw them one by one

# A page counts once, however often it was fetched. The fetches of the period are found by their crawls. A page that was
# gone at its first fetch never was an article, so it does not count.
FETCHED = """
with fetched as (
  select page_id, max(outcome = 'gone') as gone, max(outcome <> 'gone') as present from fetches
  where crawl_id in (select id from crawls where started_at >= ? and started_at < ?)
    and (outcome in ('unchanged', 'gone') or content in ('same', 'changed'))
  group by page_id
)
select site, sum(gone and missing_since is not null), count(*) from fetched join pages on pages.id = page_id
where kind = 'article' and (present or missing_since is not null) group by site
"""

# Whether any site lost at least so many. An index has the fetches that found a page gone: these are few.
ANY_LOST = """
select 1 from (
  select distinct page_id from fetches
  where crawl_id in (select id from crawls where started_at >= ? and started_at < ?) and outcome = 'gone'
) join pages on pages.id = page_id
where kind = 'article' and missing_since is not null group by site having count(*) >= ? limit 1
"""


def alerts(db: Database, now: datetime) -> list[Alert]:
    """Return an alert for each site that lost many articles in the last PERIOD."""
    start, end = now - PERIOD, now + timedelta(seconds=1)
    if not db.execute(ANY_LOST, [timestamp(start), timestamp(end), MIN_GONE]).fetchone():
        return []
    before, recent = _fetched(db, start - BEFORE, start), _fetched(db, start, end)
    shares = {site: Share(*numbers, *before.get(site, (0, 0))) for site, numbers in recent.items()}
    return [_alert(site, share) for site, share in shares.items() if _too_many_gone(share, len(shares))]


def _too_many_gone(share: Share, tests: int) -> bool:
    """Return whether too many articles are gone; `share` is that of the articles that are still there."""
    if share.of_now - share.now < MIN_GONE:
        return False
    usual = share.of_before >= MIN_GONE and _most_gone(share.before, share.of_before)
    return has_fallen(share, tests) or (_most_gone(share.now, share.of_now) and not usual)


def _most_gone(present: int, fetched: int) -> bool:
    return fetched - present >= MOST * fetched


def _alert(site: str, share: Share) -> Alert:
    gone, gone_before = share.of_now - share.now, share.of_before - share.before
    earlier = f", {gone_before} of {share.of_before} in the 28 days before" if share.of_before else ""
    return Alert(
        kind="articles gone", site=site, before=gone_before, now=gone,
        sentence=f"{site_label(site)}: {gone} of {share.of_now} articles fetched again in the last 7 days are gone"
        f"{earlier}: the site may have been rebuilt; find out where its articles are now and correct its site file.",
    )  # fmt: skip


def _fetched(db: Database, start: datetime, end: datetime) -> dict[str, tuple[int, int]]:
    """Map each site to the number of articles that were still there, and of articles that were fetched again."""
    rows = db.execute(FETCHED, [timestamp(start), timestamp(end)]).fetchall()
    return {site: (fetched - gone, fetched) for site, gone, fetched in rows}
