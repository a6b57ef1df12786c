"""Hosts that wait: asked for patience, closed, out of their day's budget or in their quiet hours, with pages due."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlite_utils import Database

from archive.storage.frontier import Selection
from archive.storage.sql import Fragment, compose

# Why a host waits as its site's file has it: that is in order.
OUR_LIMITS = ("quiet hours", "daily requests")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A host that is not to be asked before `until`, and why: `held` is a short fixed word. `pages` of it are due, the
    first since `since`; `site` is that of one of them."""

    host: str
    held: str
    until: str
    pages: int
    since: str
    site: str


def in_words(waiting: Waiting) -> str:
    """Until when the host waits, and for what."""
    until = waiting.until[:19].replace("T", " ")
    return f"{waiting.host} waits until {until} UTC, {waiting.held}; pages due: {waiting.pages:,}"


def waiting_hosts(db: Database, now: str, selection: Selection = Selection()) -> tuple[Waiting, ...]:  # noqa: B008 frozen
    """The hosts that are held at `now` and have due pages of the selection, those with most pages first."""
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
    return tuple(Waiting(**dict(zip(Waiting.__dataclass_fields__, row, strict=True))) for row in rows)


def closed_hosts(db: Database, since: str) -> list[tuple[str, str, str]]:
    """Hosts, their origins and reasons, whose robots.txt could not be read when it was last asked for, after `since`:
    none of their pages may be asked for until it can."""
    rows = db.execute(
        "select origin, reason from robots where reason is not null and fetched_at >= ? order by origin", [since]
    ).fetchall()
    return [(urlsplit(origin).hostname or origin, origin, reason) for origin, reason in rows]
