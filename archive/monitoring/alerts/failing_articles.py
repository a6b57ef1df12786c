"""Alert on sites most of whose articles fail or are refused.

Of each page only the newest fetch counts, so a page that succeeds later is no failure. Of each site the newest FETCHES
count, so new articles that succeed end the alert even when the failed ones are due much later. PERIOD covers two crawls
of a weekly job.
"""

from collections import defaultdict
from datetime import datetime, timedelta

from sqlite_utils import Database

from archive.monitoring.alerts.alert import Alert, site_label
from archive.monitoring.failing_sites import WAS_FETCHED, FailingSite, describe, failing_sites
from archive.storage.connection import timestamp
from archive.storage.sql import Fragment, compose

PERIOD = timedelta(days=8)
FETCHES = 20

NEWEST = compose(
    """
with newest as (
  select max(id) as id from fetches where crawl_id in (select id from crawls where started_at >= ?) group by page_id
), ranked as (
  select p.site, p.host, f.outcome, f.reason, row_number() over (partition by p.site order by f.id desc) as place
  from newest join fetches f on f.id = newest.id join pages p on p.id = f.page_id
  where p.kind = 'article' and p.site <> '' and {was_fetched}
)
select site, outcome, reason, count(*), host from ranked where place <= ? group by site, outcome, reason, host
""",
    was_fetched=Fragment(WAS_FETCHED),
)


def alerts(db: Database, now: datetime) -> list[Alert]:
    """Return an alert for each such site. Pages crawled as single URLs are left out: their crawl names each of them."""
    rows = db.execute(NEWEST, [timestamp(now - PERIOD), FETCHES]).fetchall()
    hosts: defaultdict[str, set[str]] = defaultdict(set)
    for site, *_, host in rows:
        hosts[site].add(host)
    return [_alert(each, hosts[each.site]) for each in failing_sites(row[:4] for row in rows)]


def _alert(failing: FailingSite, hosts: set[str]) -> Alert:
    return Alert(
        kind="articles fail", site=failing.site, host=min(hosts) if len(hosts) == 1 else None, before=failing.fetched,
        now=failing.fetched - failing.failed,
        sentence=f"{site_label(failing.site)}: {describe(failing, total_prefix='the last ')}: open one in a browser; "
        "if it opens there, the site may forbid crawlers, or allow only slower ones.",
    )  # fmt: skip
