"""The `pages` table as the crawl's frontier: one row per URL ever seen, and when it is due."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlite_utils import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPage:
    """A URL (canonical) that was found; `due_at` None: noted, not to be fetched. `depth` counts next links."""

    url: str
    host: str
    site: str = ""
    kind: str = "article"
    due_at: str | None = None
    depth: int = 0
    found_on: int | None = None
    link_title: str | None = None
    link_published: str | None = None
    state: str = "new"
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which pages a crawl works off: those of `sites` ('' are single URLs), or `urls`; None: no limit."""

    sites: frozenset[str] | None = None
    urls: frozenset[str] | None = None

    def where(self) -> tuple[str, list[str]]:
        """A condition to append to a query, and its values."""
        clause, values = "", []
        for column, wanted in (("site", self.sites), ("url", self.urls)):
            if wanted is not None:
                clause += f" and {column} in ({','.join('?' * len(wanted))})"
                values += sorted(wanted)
        return clause, values


@dataclass(frozen=True, slots=True, kw_only=True)
class DuePage:
    """A page to fetch now."""

    id: int
    url: str
    host: str
    site: str
    kind: str
    depth: int
    digest: str | None
    failures: int


ADD = """
insert into pages (url, host, site, kind, due_at, depth, found_on, link_title, link_published, state, reason,
                   discovered_at)
values (:url, :host, :site, :kind, :due_at, :depth, :found_on, :link_title, :link_published, :state, :reason, :now)
on conflict (url) do nothing
"""

PRIORITIES = (0, 1, 2, 3)  # feed, sitemap, listing, article: see the column in archive.migrations


def add_pages(db: Database, found: Iterable[NewPage], now: str) -> int:
    """Notes the pages that are not known yet; returns how many were new. Known ones stay as they are."""
    added = 0
    for page in found:
        row = {name: getattr(page, name) for name in page.__dataclass_fields__}
        added += db.conn.execute(ADD, row | {"now": now}).rowcount
    return added


def make_due(db: Database, urls: Iterable[str], now: str) -> None:
    """Makes known pages due at `now`, whatever became of them before."""
    db.conn.executemany("update pages set due_at = ? where url = ?", [(now, url) for url in urls])


def make_sites_due(db: Database, sites: Collection[str], now: str) -> None:
    """Makes every page of `sites` due at `now`, but for aliases: their target is due itself."""
    db.conn.executemany(
        "update pages set due_at = ? where site = ? and state <> 'alias'", [(now, site) for site in sites]
    )


def due_hosts(db: Database, selection: Selection, now: str) -> list[str]:
    """Hosts that have a selected page due at `now`."""
    where, values = selection.where()
    sql = f"select distinct host from pages where due_at <= ? {where} order by host"  # noqa: S608
    return [host for (host,) in db.execute(sql, [now, *values])]


def next_due(db: Database, host: str, selection: Selection, now: str, without: Collection[int]) -> DuePage | None:
    """The selected page of `host` to fetch next, leaving out the ids in `without`; None when nothing is due."""
    where, values = selection.where()
    marks = ",".join("?" * len(without))
    # One look-up per priority stays on the index; a single ordered query would walk all pages not yet due.
    sql = (
        "select id, url, host, site, kind, depth, digest, failures from pages "  # noqa: S608
        f"where host = ? and priority = ? and due_at <= ? {where} and id not in ({marks}) order by due_at, id limit 1"
    )
    for priority in PRIORITIES:
        row = db.execute(sql, [host, priority, now, *values, *without]).fetchone()
        if row:
            return DuePage(**dict(zip(DuePage.__dataclass_fields__, row, strict=True)))
    return None
