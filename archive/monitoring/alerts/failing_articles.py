"""Sites most of whose articles fail or are refused, by the newest looks: what was had again since is no failure.

Of each page the newest look counts, and of a site the LOOKS newest ones: new articles that can be had end the alarm,
even where those that failed are asked for much later. The period holds two crawls of a weekly job.
"""

from collections import defaultdict
from datetime import datetime, timedelta

from sqlite_utils import Database

from archive.monitoring.alerts.alert import Alarm, called
from archive.monitoring.failing_sites import ASKED, Failing, failing, in_words
from archive.storage.connection import timestamp

PERIOD = timedelta(days=8)
LOOKS = 20

NEWEST = f"""
with newest as (
  select max(id) as id from fetches where crawl_id in (select id from crawls where started_at >= ?) group by page_id
), ranked as (
  select p.site, p.host, f.outcome, f.reason, row_number() over (partition by p.site order by f.id desc) as place
  from newest join fetches f on f.id = newest.id join pages p on p.id = f.page_id
  where p.kind = 'article' and p.site <> '' and {ASKED}
)
select site, outcome, reason, count(*), host from ranked where place <= ? group by site, outcome, reason, host
"""  # noqa: S608


def alarms(db: Database, now: datetime) -> list[Alarm]:
    """An alarm for each such site; pages that were asked for one by one were looked at by who asked."""
    rows = db.execute(NEWEST, [timestamp(now - PERIOD), LOOKS]).fetchall()
    hosts: defaultdict[str, set[str]] = defaultdict(set)
    for site, *_, host in rows:
        hosts[site].add(host)
    return [_alarm(each, hosts[each.site]) for each in failing(row[:4] for row in rows)]


def _alarm(found: Failing, hosts: set[str]) -> Alarm:
    return Alarm(
        kind="articles fail", site=found.site, host=min(hosts) if len(hosts) == 1 else None, before=found.asked,
        now=found.asked - found.failed,
        sentence=f"{called(found.site)}: {in_words(found, of='the last ')}: look at one in a browser; where it opens "
        "there, the site may not want to be crawled, or more slowly.",
    )  # fmt: skip
