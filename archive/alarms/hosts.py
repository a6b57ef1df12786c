"""Hosts that wait for long or are closed, rules and certificates that changed, certificates that run out.

A host that asks for patience now and then is none of these: it is named at the end of the crawl that it turned away
(archive.reports.needs_a_look), and here when pages have waited for it for WAITED. Certificates of 90 days are renewed
30 days before they run out, as a rule: one that has only EXPIRES left was forgotten.
"""

from datetime import datetime, timedelta

from sqlite_utils import Database

from archive.alarms.alarm import Alarm, Kind, moment, span_in_words
from archive.db import timestamp
from archive.waiting import closed_hosts, in_words, waiting_hosts

WAITED = timedelta(days=1)
EXPIRES = timedelta(days=14)
LATELY = timedelta(days=7)  # a change is news for that long

CHANGED: dict[str, tuple[Kind, str]] = {
    "robots": ("robots changed", "see whether the site still wants to be crawled"),
    "certificate": ("certificate changed", "see in a browser whether it is still the same site"),
}


def alarms(db: Database, now: datetime) -> list[Alarm]:
    """An alarm for each of these, by host."""
    return [*_waiting(db, now), *_closed(db, now), *_changed(db, now), *_expiring(db, now)]


def _waiting(db: Database, now: datetime) -> list[Alarm]:
    return [
        Alarm(
            kind="host waits", site=host.site, host=host.host, before=host.since, now=host.until,
            sentence=f"{in_words(host)}, the first since {host.since[:10]}: a longer delay in its site file may please "
            "it.",
        )
        for host in waiting_hosts(db, timestamp(now)) if now - moment(host.since) > WAITED
    ]  # fmt: skip


def _closed(db: Database, now: datetime) -> list[Alarm]:
    return [
        Alarm(
            kind="host waits", site=_site(db, host), host=host, before=None, now=reason,
            sentence=f"{host}: its robots.txt cannot be read ({reason}), so that it is not asked for any page: see "
            f"{origin}/robots.txt in a browser; it is asked for again by itself.",
        )
        for host, origin, reason in closed_hosts(db, timestamp(now - LATELY))
    ]  # fmt: skip


def _changed(db: Database, now: datetime) -> list[Alarm]:
    rows = db.execute(
        "select at, host, kind, detail from notices where at > ? order by id desc", [timestamp(now - LATELY)]
    ).fetchall()
    return [
        Alarm(
            kind=CHANGED[kind][0], site=_site(db, host), host=host, before=None, now=at,
            sentence=f"{host}, {at[:10]}: {detail.rstrip('.')}; {CHANGED[kind][1]}.",
        )
        for at, host, kind, detail in rows
    ]  # fmt: skip


def _expiring(db: Database, now: datetime) -> list[Alarm]:
    """Of the hosts that were asked lately: the others may have renewed theirs."""
    rows = db.execute(
        "select host, expires_at, seen_at from certificates where expires_at < ? and seen_at > ? order by 2, 1",
        [timestamp(now + EXPIRES), timestamp(now - EXPIRES)],
    ).fetchall()
    return [_expiry(_site(db, host), host, expires_at, seen_at, now) for host, expires_at, seen_at in rows]


def _expiry(site: str | None, host: str, expires_at: str, seen_at: str, now: datetime) -> Alarm:
    left = moment(expires_at) - now
    when = f"expires in {span_in_words(left)}" if left > timedelta() else f"expired {span_in_words(-left)} ago"
    return Alarm(
        kind="certificate expires", site=site, host=host, before=seen_at, now=expires_at,
        sentence=f"{host}: its certificate {when}, on {expires_at[:10]}: its pages fail from then on unless the site "
        "renews it; tell its operator.",
    )  # fmt: skip


def _site(db: Database, host: str) -> str | None:
    """The site of a page on that host."""
    row = db.execute("select site from pages where host = ? and due_at is not null limit 1", [host]).fetchone()
    return row[0] if row else None
