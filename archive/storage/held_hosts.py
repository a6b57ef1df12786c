"""Hosts with due pages that get no request now: back-off, closed by robots.txt, daily budget, quiet hours."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlite_utils import Database

from archive.storage.frontier import Selection
from archive.storage.sql import Fragment, compose, from_row

# Reasons that a site's file sets, as opposed to the host.
OUR_LIMITS = ("quiet hours", "daily requests")
BLOCKED = "blocked: "  # before the reason where the host answered with something else in place of a page


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldHost:
    """A host that gets no request before `until`; `held` says why, as a short fixed word.

    `pages` of it are due, the first one since `since`; `site` is the site of one of them.
    """

    host: str
    held: str
    until: str
    pages: int
    since: str
    site: str


def describe_hold(held: HeldHost) -> str:
    """Return until when the host is held, and why, as a line of text."""
    until = held.until[:19].replace("T", " ")
    return f"{held.host} is held until {until} UTC, {held.held}; pages due: {held.pages:,}"


def held_hosts(db: Database, now: str, selection: Selection = Selection()) -> tuple[HeldHost, ...]:  # noqa: B008 frozen
    """Return the hosts held at `now` with due pages of the selection, those with most pages first."""
    where, values = selection.where()
    rows = db.execute(
        compose(
            "select h.host, h.held, h.ready_at, count(*), min(pages.due_at), max(pages.site) "
            "from hosts h join pages on pages.host = h.host and pages.due_at <= ? "
            "where h.held is not null and h.ready_at > ? {where} group by 1 order by 4 desc, 1",
            where=Fragment(where),
        ),
        [now, now, *values],
    ).fetchall()
    return tuple(from_row(HeldHost, row) for row in rows)


def closed_hosts(db: Database, since: str) -> list[tuple[str, str, str]]:
    """Return host, origin and reason of each robots.txt that could not be read when last fetched, after `since`.

    No page of these hosts is fetched until it can be read. Left out are origins that cannot be reached while others of
    their host can: their pages fail.
    """
    rows = db.execute(
        "select origin, reason from robots where reason is not null and fetched_at >= ? order by origin", [since]
    ).fetchall()
    held = {host for (host,) in db.execute("select host from hosts where held is not null")}
    closed = [(urlsplit(origin).hostname or origin, origin, reason) for origin, reason in rows]
    return [each for each in closed if each[1] not in held or each[0] in held]
