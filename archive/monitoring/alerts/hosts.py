"""Alert on hosts that are held or closed, on changed certificates and robots.txt, and on certificates that expire.

A host that is held for a short time is reported at the end of its crawl (archive.monitoring.crawl_problems), and here
only when pages have been due for longer than HELD. Certificates of 90 days are usually renewed 30 days before they
expire: one that has only EXPIRES left was probably forgotten.
"""

from datetime import datetime, timedelta

from sqlite_utils import Database

from archive.monitoring.alerts.alert import Alert, format_span, parse_time
from archive.monitoring.blocked_hosts import ROBOTS
from archive.storage.connection import timestamp
from archive.storage.held_hosts import OUR_LIMITS, HeldHost, closed_hosts, describe_hold, held_hosts

HELD = timedelta(days=1)
HELD_BY_OUR_LIMITS = timedelta(days=7)  # the first crawl of a large site takes days at a few thousand pages a day
EXPIRES = timedelta(days=14)
RECENT = timedelta(days=7)  # a change is reported for that long

CHANGES = {  # by the kind of the notice: the kind of alert, and what to do
    "robots": ("robots changed", "check whether the site still permits crawling"),
    "certificate": ("certificate changed", "check in a browser whether it is still the same site"),
}

SLOW_DOWN = "a longer delay in its site file may help"
ADVICE = {  # by the reason for which the host is held
    "unreachable": "check whether it opens in a browser; if the site moved or closed, correct or remove its site file",
    "daily requests": "its site file permits too few requests a day for its pages",
    "quiet hours": "run a crawl outside its quiet hours too",
}


def alerts(db: Database, now: datetime) -> list[Alert]:
    """Return the alerts on hosts; a host that is both held and closed gives one."""
    closed = _closed(db, now)
    closed_names = {alert.host for alert in closed}
    held = [alert for alert in _held(db, now) if alert.host not in closed_names]
    return [*held, *closed, *_changed(db, now), *_expiring(db, now)]


def _held(db: Database, now: datetime) -> list[Alert]:
    return [
        Alert(
            kind="host waits", site=host.site, host=host.host, before=host.since, now=host.until,
            sentence=f"{describe_hold(host)}, the first since {host.since[:10]}: {ADVICE.get(host.held, SLOW_DOWN)}.",
        )
        for host in held_hosts(db, timestamp(now))
        if not host.held.startswith("blocked") and now - parse_time(host.since) > _tolerated(host)
    ]  # fmt: skip


def _tolerated(host: HeldHost) -> timedelta:
    return HELD_BY_OUR_LIMITS if host.held in OUR_LIMITS else HELD


def _closed(db: Database, now: datetime) -> list[Alert]:
    return [
        Alert(
            kind="host waits", site=_site(db, host), host=host, before=None, now=reason,
            sentence=f"{host}: {_why_closed(origin, reason)}; later crawls try it again.",
        )
        for host, origin, reason in closed_hosts(db, timestamp(now - RECENT))
        if reason not in ROBOTS or not _blocked(db, host, now)  # see the alerts on hosts that block
    ]  # fmt: skip


def _blocked(db: Database, host: str, now: datetime) -> bool:
    """Whether a page of the host was recorded as blocked lately."""
    sql = (
        "select 1 from pages p join fetches f on f.page_id = p.id and f.outcome = 'blocked' and f.fetched_at >= ? "
        "where p.host = ? limit 1"
    )
    return db.execute(sql, [timestamp(now - RECENT), host]).fetchone() is not None


def _why_closed(origin: str, reason: str) -> str:
    """Return what is wrong with the host, and what to do."""
    if reason.startswith("robots"):
        return (
            f"its robots.txt cannot be read ({reason}), so none of its pages are fetched: open {origin}/robots.txt "
            "in a browser"
        )
    return (
        f"it cannot be reached ({reason}): check whether {origin}/ opens in a browser; if the site moved or closed, "
        "correct or remove its site file"
    )


def _changed(db: Database, now: datetime) -> list[Alert]:
    rows = db.execute(
        "select at, host, kind, detail from notices where at > ? order by id desc", [timestamp(now - RECENT)]
    ).fetchall()
    return [
        Alert(
            kind=CHANGES[kind][0], site=_site(db, host), host=host, before=None, now=at,
            sentence=f"{host}, {at[:10]}: {detail.rstrip('.')}; {_advice_on_change(kind, detail)}.",
        )
        for at, host, kind, detail in rows
    ]  # fmt: skip


def _advice_on_change(kind: str, detail: str) -> str:
    if kind == "robots" and permits_more(detail):
        return "it permits more, and pages that it forbade are fetched at the next crawl"
    return CHANGES[kind][1]


def permits_more(detail: str) -> bool:
    """Return whether a change of robots.txt, as its notice words it, only removed prohibitions."""
    added, removed = (_quoted_rules(words, detail) for words in ("now says ", "no longer says "))
    if "lines more" in detail:
        return False
    if not added and removed:  # a removed group of rules takes its User-agent line along
        removed = [rule for rule in removed if not rule.startswith("user-agent:")]
    loosened = [rule.startswith("allow:") or rule == "disallow:" for rule in added]
    loosened += [rule.startswith("disallow:") and rule != "disallow:" for rule in removed]
    return bool(loosened) and all(loosened)


def _quoted_rules(words: str, detail: str) -> list[str]:
    """Return the lines that the notice quotes after `words`, in lower case, without those on sitemaps."""
    _, _, quoted = detail.rstrip(".").partition(words)
    rules = (line.strip().lower() for line in quoted.partition(" and no longer says ")[0].split("; "))
    return [rule for rule in rules if rule and not rule.startswith("sitemap:")]


def _expiring(db: Database, now: datetime) -> list[Alert]:
    """Return the alerts on certificates of hosts that were fetched recently: others may have been renewed since."""
    rows = db.execute(
        "select host, expires_at, seen_at from certificates where expires_at < ? and seen_at > ? order by 2, 1",
        [timestamp(now + EXPIRES), timestamp(now - EXPIRES)],
    ).fetchall()
    return [_expiry(_site(db, host), host, expires_at, seen_at, now) for host, expires_at, seen_at in rows]


def _expiry(site: str | None, host: str, expires_at: str, seen_at: str, now: datetime) -> Alert:
    left = parse_time(expires_at) - now
    when = f"expires in {format_span(left)}" if left > timedelta() else f"expired {format_span(-left)} ago"
    return Alert(
        kind="certificate expires", site=site, host=host, before=seen_at, now=expires_at,
        sentence=f"{host}: its certificate {when}, on {expires_at[:10]}: its pages fail from then on unless the site "
        "renews it; inform the operator of the site.",
    )  # fmt: skip


def _site(db: Database, host: str) -> str | None:
    """Return the site of a page on that host; None if no page of it will be fetched again."""
    row = db.execute("select site from pages where host = ? and due_at is not null limit 1", [host]).fetchone()
    return row[0] if row else None
