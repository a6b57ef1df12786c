"""Hosts that wait for long or are closed, rules and certificates that changed, certificates that run out.

A host that asks for patience now and then is none of these: it is named at the end of the crawl that it turned away
(archive.monitoring.crawl_problems), and here when pages have waited for it for WAITED. Certificates of 90 days are
renewed
30 days before they run out, as a rule: one that has only EXPIRES left was forgotten.
"""

from datetime import datetime, timedelta

from sqlite_utils import Database

from archive.monitoring.alerts.alert import Alarm, Kind, moment, span_in_words
from archive.storage.connection import timestamp
from archive.storage.held_hosts import OUR_LIMITS, Waiting, closed_hosts, in_words, waiting_hosts

WAITED = timedelta(days=1)
WAITED_FOR_US = timedelta(days=7)  # a large site is asked for a few thousand pages a day
EXPIRES = timedelta(days=14)
LATELY = timedelta(days=7)  # a change is news for that long

CHANGED: dict[str, tuple[Kind, str]] = {
    "robots": ("robots changed", "see whether the site still wants to be crawled"),
    "certificate": ("certificate changed", "see in a browser whether it is still the same site"),
}

ASKS = "a longer delay in its site file may please it"
ADVICE = {  # by why the host is held
    "unreachable": "see whether it opens in a browser; if the site moved or ended, mend its site file or take it out",
    "daily requests": "its site file permits too few requests a day for its pages",
    "quiet hours": "run a crawl outside its quiet hours too",
}


def alarms(db: Database, now: datetime) -> list[Alarm]:
    """An alarm for each of these, by host."""
    closed = _closed(db, now)
    known = {alarm.host for alarm in closed}
    waiting = [alarm for alarm in _waiting(db, now) if alarm.host not in known]
    return [*waiting, *closed, *_changed(db, now), *_expiring(db, now)]


def _waiting(db: Database, now: datetime) -> list[Alarm]:
    return [
        Alarm(
            kind="host waits", site=host.site, host=host.host, before=host.since, now=host.until,
            sentence=f"{in_words(host)}, the first since {host.since[:10]}: {ADVICE.get(host.held, ASKS)}.",
        )
        for host in waiting_hosts(db, timestamp(now)) if now - moment(host.since) > _bearable(host)
    ]  # fmt: skip


def _bearable(host: Waiting) -> timedelta:
    return WAITED_FOR_US if host.held in OUR_LIMITS else WAITED


def _closed(db: Database, now: datetime) -> list[Alarm]:
    return [
        Alarm(
            kind="host waits", site=_site(db, host), host=host, before=None, now=reason,
            sentence=f"{host}: {_why_closed(origin, reason)}; it is asked again by itself.",
        )
        for host, origin, reason in closed_hosts(db, timestamp(now - LATELY))
    ]  # fmt: skip


def _why_closed(origin: str, reason: str) -> str:
    """What is wrong with the host, and what to do."""
    if reason.startswith("robots"):
        return (
            f"its robots.txt cannot be read ({reason}), so that it is not asked for any page: see {origin}/robots.txt "
            "in a browser"
        )
    return (
        f"it cannot be reached ({reason}): see whether {origin}/ opens in a browser; if the site moved or ended, mend "
        "its site file or take it out"
    )


def _changed(db: Database, now: datetime) -> list[Alarm]:
    rows = db.execute(
        "select at, host, kind, detail from notices where at > ? order by id desc", [timestamp(now - LATELY)]
    ).fetchall()
    return [
        Alarm(
            kind=CHANGED[kind][0], site=_site(db, host), host=host, before=None, now=at,
            sentence=f"{host}, {at[:10]}: {detail.rstrip('.')}; {_what_to_do(kind, detail)}.",
        )
        for at, host, kind, detail in rows
    ]  # fmt: skip


def _what_to_do(kind: str, detail: str) -> str:
    if kind == "robots" and permits_more(detail):
        return "it permits more, and what it forbade is asked for by itself"
    return CHANGED[kind][1]


def permits_more(detail: str) -> bool:
    """Whether a change of a robots.txt, in the words of its notice, only took prohibitions away."""
    came, went = (_rules(words, detail) for words in ("now says ", "no longer says "))
    if "lines more" in detail:
        return False
    if not came and went:  # lines that name crawlers go with their rules
        went = [rule for rule in went if not rule.startswith("user-agent:")]
    loosened = [rule.startswith("allow:") or rule == "disallow:" for rule in came]
    loosened += [rule.startswith("disallow:") and rule != "disallow:" for rule in went]
    return bool(loosened) and all(loosened)


def _rules(words: str, detail: str) -> list[str]:
    """The lines that the notice quotes after those words, in lower case."""
    _, _, quoted = detail.rstrip(".").partition(words)
    rules = (line.strip().lower() for line in quoted.partition(" and no longer says ")[0].split("; "))
    return [rule for rule in rules if rule and not rule.startswith("sitemap:")]


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
