"""Sites of which unusually many articles went missing at once: as a rule the site was rebuilt, its addresses changed.

Fisher's exact test of the articles that were looked at again in the last PERIOD against those in BEFORE, so that a site
is not blamed for being looked at more often. The level is that of archive.monitoring.alerts.yield_drop, whose
simulation holds here
too. Articles that do not change are looked at every 90 days, so that often nothing was looked at BEFORE: that MOST are
gone at once needs no comparison, unless it was so before as well.
"""

from datetime import datetime, timedelta

from sqlite_utils import Database

from archive.monitoring.alerts.alert import Alarm, called
from archive.monitoring.alerts.yield_drop import Share, has_fallen
from archive.storage.connection import timestamp

PERIOD = timedelta(days=7)
BEFORE = timedelta(days=28)
LEAST = 5  # articles: fewer are looked up faster than the site's file is mended
MOST = 0.5  # of those looked at; sites that take their articles away after a while do so one by one

# A page counts once, however often it was looked at; the fetches of the period are found by their crawls. What was gone
# when it was first asked for is no article that went missing.
LOOKS = """
with looks as (
  select page_id, max(outcome = 'gone') as gone, max(outcome <> 'gone') as there from fetches
  where crawl_id in (select id from crawls where started_at >= ? and started_at < ?)
    and (outcome in ('unchanged', 'gone') or content in ('same', 'changed'))
  group by page_id
)
select site, sum(gone and missing_since is not null), count(*) from looks join pages on pages.id = page_id
where kind = 'article' and (there or missing_since is not null) group by site
"""


def alarms(db: Database, now: datetime) -> list[Alarm]:
    """An alarm for each site that lost many articles in the last PERIOD."""
    start = now - PERIOD
    before, lately = _looks(db, start - BEFORE, start), _looks(db, start, now + timedelta(seconds=1))
    looks = {site: Share(*there, *before.get(site, (0, 0))) for site, there in lately.items()}
    return [_alarm(site, share) for site, share in looks.items() if _is_lost(share, len(looks))]


def _is_lost(share: Share, tests: int) -> bool:
    """Whether too many articles are gone; the share is of those that are there."""
    if share.of_now - share.now < LEAST:
        return False
    usual = share.of_before >= LEAST and _are_most(share.before, share.of_before)
    return has_fallen(share, tests) or (_are_most(share.now, share.of_now) and not usual)


def _are_most(there: int, looked: int) -> bool:
    return looked - there >= MOST * looked


def _alarm(site: str, share: Share) -> Alarm:
    gone, gone_before = share.of_now - share.now, share.of_before - share.before
    earlier = f", in the 28 days before {gone_before} of {share.of_before}" if share.of_before else ""
    return Alarm(
        kind="articles gone", site=site, before=gone_before, now=gone,
        sentence=f"{called(site)}: of {share.of_now} articles looked at again in the last 7 days {gone} are no longer "
        f"there{earlier}: the site may have been rebuilt; see where its articles are now and mend its site file.",
    )  # fmt: skip


def _looks(db: Database, start: datetime, end: datetime) -> dict[str, tuple[int, int]]:
    """Site -> articles found there, articles looked at again."""
    rows = db.execute(LOOKS, [timestamp(start), timestamp(end)]).fetchall()
    return {site: (looked - gone, looked) for site, gone, looked in rows}
