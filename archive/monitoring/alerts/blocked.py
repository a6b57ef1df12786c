"""Alert on hosts that answer with challenges, login walls, rate limits or maintenance notices.

A page counts while its newest fetch was blocked. Few such pages on a host that gave others since are left out: they may
need a login for good. The articles of blocked pages stay as they are.
"""

from collections import Counter
from datetime import datetime, timedelta

from sqlite_utils import Database

from archive.monitoring.alerts.alert import Alert, parse_time, site_label
from archive.monitoring.blocked_hosts import RATE_LIMITS
from archive.storage.connection import timestamp

PERIOD = timedelta(days=8)  # two crawls of a weekly job
MIN_PAGES = 3

NEWEST = """
with newest as (
  select max(id) as id from fetches where crawl_id in (select id from crawls where started_at >= ?) group by page_id
)
select p.site, p.host, f.reason, f.fetched_at, f.outcome = 'blocked'
from newest join fetches f on f.id = newest.id join pages p on p.id = f.page_id
where f.outcome in ('blocked', 'stored', 'unchanged', 'read')
"""

ADVICE = {
    "challenge": "open a page in a browser; ask the site to let the crawler pass, or set a longer delay",
    "rate limit": "set a longer delay or fewer daily_requests in its site file",
    "same answer": "open a page in a browser; if it is an article there, set a longer delay in its site file",
    "login": "open a page in a browser; if it needs an account, exclude such pages in the site file",
    "maintenance": "nothing, if it ends within days",
}


def alerts(db: Database, now: datetime) -> list[Alert]:
    """Return an alert for each site and host that blocks."""
    blocked: dict[tuple[str, str], list[tuple[str, str]]] = {}
    read: dict[tuple[str, str], str] = {}
    for site, host, reason, at, is_blocked in db.execute(NEWEST, [timestamp(now - PERIOD)]).fetchall():
        if is_blocked:
            blocked.setdefault((site, host), []).append((reason, at))
        else:
            read[site, host] = max(read.get((site, host), ""), at)
    return [
        _alert(site, host, pages)
        for (site, host), pages in sorted(blocked.items())
        if len(pages) >= MIN_PAGES or max(at for _, at in pages) > read.get((site, host), "")
    ]


def _alert(site: str, host: str, pages: list[tuple[str, str]]) -> Alert:
    reasons = Counter(reason for reason, _ in pages)
    most, since = reasons.most_common(1)[0][0], min(at for _, at in pages)
    why = ", ".join(f"{reason} ({number:,})" for reason, number in reasons.most_common())
    return Alert(
        kind="rate limited" if most in RATE_LIMITS else "blocked", site=site, host=host, before=since, now=len(pages),
        sentence=f"{site_label(site)}: {host} answers with other pages in place of {len(pages):,} of its pages: {why}, "
        f"since {parse_time(since):%Y-%m-%d}. Its articles stay as they are: {ADVICE[most]}.",
    )  # fmt: skip
