"""The `pages` table as the crawl's frontier: one row per URL ever seen, and when it is due."""

import json
from array import array
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from archive.storage.connection import transaction
from archive.storage.sql import Fragment, compose, from_row, placeholders

# URLs of one template (see NewPage.family) that a site may have; a template without end is cut there.
FAMILY_LIMIT = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPage:
    """A discovered URL (canonical). `due_at` None: it is stored, but not fetched.

    `depth` counts next links; `link_modified` is the modification date that the linking feed or sitemap gives;
    `family` is the template of a URL that can be varied without end; `optout_id` is the exclusion that forbids it.
    """

    url: str
    host: str
    site: str = ""
    kind: str = "article"
    due_at: str | None = None
    depth: int = 0
    found_on: int | None = None
    link_title: str | None = None
    link_published: str | None = None
    link_modified: str | None = None
    family: str | None = None
    optout_id: int | None = None
    state: str = "new"
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The pages that a crawl fetches: those of `sites` ('' are single URLs), or `urls` and what those of them that are
    `lists` lead to; None: no limit."""

    sites: frozenset[str] | None = None
    urls: frozenset[str] | None = None
    lists: frozenset[str] = frozenset()

    def where(self) -> tuple[str, list[str]]:
        """Return a condition to append to a query, and its values."""
        clause, values = "", []
        # The plus keeps SQLite from walking all pages of a site for each host, instead of what is due there.
        if self.sites is not None:
            clause += f" and +pages.site in ({placeholders(len(self.sites))})"
            values += sorted(self.sites)
        if self.urls is not None:
            named = "pages.url in (select value from json_each(?))"  # there may be more than SQLite has parameters
            found = "pages.found_on in (select id from pages where url in (select value from json_each(?)))"
            clause += f" and ({named} or {found})" if self.lists else f" and {named}"
            values += [json.dumps(sorted(urls)) for urls in (self.urls, self.lists) if urls or urls is self.urls]
        return clause, values


@dataclass(frozen=True, slots=True, kw_only=True)
class DuePage:
    """A page to fetch now.

    It has what the last response said of it and, if an article is stored, the hash of its content, when it changed
    last, the WARC record that it was extracted from, and whether that is without the body (`noarchive`).
    """

    id: int
    url: str
    host: str = ""
    site: str = ""
    kind: str = "article"
    depth: int = 0
    state: str = "new"
    digest: str | None = None
    payload: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    failures: int = 0
    interval: int | None = None
    discovered_at: str = ""
    fetched_at: str | None = None
    missing_since: str | None = None
    article_id: int | None = None
    content_hash: str | None = None
    last_changed: str | None = None
    warc_file: str | None = None
    warc_offset: int | None = None
    noarchive: bool = False


ADD = """
insert into pages (url, host, site, kind, due_at, depth, found_on, link_title, link_published, link_modified, family,
                   optout_id, state, reason, discovered_at)
values (:url, :host, :site, :kind, :due_at, :depth, :found_on, :link_title, :link_published, :link_modified, :family,
        :optout_id, :state, :reason, :now)
"""

# A known page becomes due when its feed or sitemap gives it a modification date after the last fetch. Only a new date
# counts: a site that always gives the same wrong one is believed once.
FORWARD = """
update pages set link_modified = :link_modified,
  due_at = case when :link_modified > fetched_at and state not in ('new', 'refused')
                then min(coalesce(due_at, :now), :now) else due_at end
where url = :url and kind in ('article', 'sitemap') and optout_id is null and link_modified is not :link_modified
"""

DUE = """
select pages.id, pages.url, host, pages.site, kind, depth, state, pages.digest, payload, etag, last_modified, failures,
  interval, discovered_at, pages.fetched_at, missing_since,
  articles.id, content_hash, last_changed, fetches.warc_file, fetches.warc_offset,
  coalesce(articles.noarchive, 0)
from pages left join articles on articles.page_id = pages.id left join fetches on fetches.id = articles.fetch_id
"""

PRIORITIES = (0, 1, 2, 3, 4)  # feed, sitemap, listing, article, image: see the column in schema.sql and m025_images

# From host to host in the index pages_due, and for each and every priority to what is due: the table itself, most of
# which is not due, is not read.
HOSTS = """
with recursive hosts (host) as (
  select min(host) from pages where due_at is not null
  union all
  select (select min(host) from pages where due_at is not null and host > hosts.host) from hosts where host is not null
)
"""
DUE_ON_HOST = "from pages where pages.host = hosts.host and priority in (0, 1, 2, 3, 4) and due_at <= ?"


def add_pages(db: Database, found: Iterable[NewPage], now: str) -> None:
    """Add the pages that are not known yet. Known ones stay as they are, but changed ones become due.

    Of a URL template with FAMILY_LIMIT pages the next one is added as refused, and no further one.
    """
    pages = list(found)
    known, relatives = _known(db, pages), _Relatives(db)
    added, again = list[dict[str, Any]](), list[dict[str, Any]]()
    for page in pages:
        row: dict[str, Any] = {name: getattr(page, name) for name in page.__dataclass_fields__} | {"now": now}
        if page.url in known:
            again += [row] if page.link_modified else []
            continue
        number = relatives.number(page)
        if number > FAMILY_LIMIT:
            continue
        if number == FAMILY_LIMIT:
            reason = f"trap: more than {FAMILY_LIMIT} such addresses"
            row |= {"due_at": None, "state": "refused", "reason": reason}
        relatives.add(page)
        known.add(page.url)
        added.append(row)
    db.conn.executemany(ADD, added)
    db.conn.executemany(FORWARD, again)


def _known(db: Database, pages: Iterable[NewPage]) -> set[str]:
    """Return the URLs of those pages that are known."""
    urls = json.dumps([page.url for page in pages])
    return {url for (url,) in db.execute("select url from pages where url in (select value from json_each(?))", [urls])}


class _Relatives:
    """Counts the pages of URL templates, up to one more than FAMILY_LIMIT."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._numbers: dict[tuple[str, str], int] = {}

    def number(self, page: NewPage) -> int:
        """Return how many pages the template of the page has; 0 without a template."""
        if page.family is None:
            return 0
        key = page.site, page.family
        if key not in self._numbers:
            sql = "select count(*) from (select 1 from pages where site = ? and family = ? limit ?)"
            self._numbers[key] = self._db.execute(sql, [*key, FAMILY_LIMIT + 1]).fetchone()[0]
        return self._numbers[key]

    def add(self, page: NewPage) -> None:
        """Count a page that is added."""
        if page.family is not None:
            self._numbers[page.site, page.family] = self.number(page) + 1


def is_known(db: Database, url: str) -> bool:
    """Whether there is a page with that (canonical) URL."""
    return db.execute("select 1 from pages where url = ?", [url]).fetchone() is not None


def unknown(db: Database, found: Iterable[NewPage], since: str | None = None) -> int:
    """Return how many of the discovered articles that are to be fetched were not known before this reading of a list.

    `since` is when the list was read before: what was added from it later is from a reading that was not recorded.
    """
    pages = {page.url: page for page in found if page.kind == "article" and page.due_at}
    rows = db.execute(
        "select url, found_on, discovered_at from pages where url in (select value from json_each(?))",
        [json.dumps(list(pages))],
    )
    known = {url for url, found_on, at in rows if not (found_on == pages[url].found_on and at > (since or "~"))}
    relatives = _Relatives(db)
    return sum(url not in known and relatives.number(page) < FAMILY_LIMIT for url, page in pages.items())


CHANGE_KIND = """
update pages set kind = :kind, site = :site, due_at = :now, depth = 0, state = 'new', reason = null, failures = 0,
  interval = null, digest = null, payload = null, etag = null, last_modified = null, missing_since = null,
  gone_since = null, alias_of = null
where url = :url and kind <> :kind and optout_id is null
"""


def change_kinds(db: Database, pages: Iterable[NewPage], now: str) -> None:
    """Make known pages what they are named as now; those that were of another kind are due and read anew.

    An article that is stored of a page stays as it is.
    """
    rows = [{"url": page.url, "kind": page.kind, "site": page.site, "now": now} for page in pages]
    with transaction(db):
        db.conn.executemany(CHANGE_KIND, rows)


def named_lists(db: Database) -> list[str]:
    """Return the URLs of the feeds, sitemaps and listings that no page led to: site files name or named them."""
    sql = "select url from pages where kind <> 'article' and found_on is null and depth = 0"  # images have a depth of 1
    return [url for (url,) in db.execute(sql)]


def make_due(db: Database, urls: Iterable[str], now: str) -> None:
    """Make known pages due at `now`, whatever their state, except excluded ones."""
    sql = "update pages set due_at = ? where url = ? and optout_id is null"
    db.conn.executemany(sql, [(now, url) for url in urls])


def make_sites_due(db: Database, sites: Collection[str], now: str) -> None:
    """Make every page of `sites` due at `now`, except traps, images and excluded ones."""
    sql = (
        "update pages set due_at = ? where site = ? and optout_id is null and kind <> 'image' "
        "and not (state = 'refused' and coalesce(reason, '') like 'trap:%')"
    )
    db.conn.executemany(sql, [(now, site) for site in sites])


# The next due pages of a host and of one priority: what is not due, or of another priority, is not read.
DUE_IDS = """
select pages.id from pages where host = :host and priority = :priority and due_at <= :now {where}
  and pages.id not in (select value from json_each(:without))
  and not (kind = 'article' and pages.site in (select value from json_each(:sites_at_limit)))
order by due_at, pages.id limit :limit
"""
# The same of a crawl of named pages, from the names: what else is due may be much more.
NAMED_IDS = """
select pages.id from temp.chosen_urls chosen cross join pages on pages.url = chosen.value
where chosen.host = :host and pages.host = chosen.host and priority = :priority and due_at <= :now
  and pages.id not in (select value from json_each(:without))
  and not (kind = 'article' and pages.site in (select value from json_each(:sites_at_limit)))
order by due_at, pages.id limit :limit
"""
OF_CHOSEN_SITES = "and exists (select 1 from temp.chosen_sites where value = pages.site)"
OF_CHOSEN_LISTS = """
and (exists (select 1 from temp.chosen_urls where value = pages.url) or exists (
  select 1 from pages list join temp.chosen_lists on value = list.url where list.id = pages.found_on))
"""
BATCH = 64  # ids that are read of a host at once: with 10,000 hosts some 10 MB


@dataclass(slots=True)
class _Batch:
    """Ids of due pages, the next one last; `is_last`: there are no others on the host."""

    ids: "array[int]"
    is_last: bool


class Frontier:
    """The due pages of a crawl, host by host: their ids are read in small batches, each page when it is taken."""

    def __init__(self, db: Database, selection: Selection, now: str) -> None:
        """Prepare to take the pages of the selection that are due at `now`."""
        self.db, self.selection, self.now = db, selection, now
        self._batches: dict[str, _Batch] = {}
        self._sql: Fragment = self._statement()

    def hosts(self) -> list[str]:
        """Return the hosts that have a page to take."""
        return due_hosts(self.db, self.selection, self.now)

    def take(self, host: str, without: Collection[int], sites_at_limit: Collection[str] = ()) -> DuePage | None:
        """Return the page of `host` to fetch next; None when nothing is due.

        Leaves out the page ids in `without` and articles of `sites_at_limit`.
        """
        while True:
            batch = self._batches.get(host)
            if batch is None or not (batch.ids or batch.is_last):
                batch = self._batches[host] = self._read(host, without, sites_at_limit)
            if not batch.ids:
                del self._batches[host]
                return None
            page = self._page(batch.ids.pop())
            if page and page.id not in without and not (page.kind == "article" and page.site in sites_at_limit):
                return page

    def reread(self, host: str) -> None:
        """Read again what is due of a host: pages were added."""
        self._batches.pop(host, None)

    def _page(self, page_id: int) -> DuePage | None:
        """Return a page unless it was recorded, moved or excluded since its id was read."""
        row = self.db.execute(f"{DUE} where pages.id = ? and due_at <= ?", [page_id, self.now]).fetchone()
        return from_row(DuePage, row) if row else None

    def _read(self, host: str, without: Collection[int], sites_at_limit: Collection[str]) -> _Batch:
        values = {
            "host": host, "now": self.now, "without": json.dumps(list(without)), "limit": BATCH,
            "sites_at_limit": json.dumps(list(sites_at_limit)),
        }  # fmt: skip
        found: list[int] = []
        for priority in PRIORITIES:  # one look-up for each: a single ordered query would walk all pages not yet due
            rows = self.db.execute(self._sql, values | {"priority": priority, "limit": BATCH - len(found)})
            found += [page_id for (page_id,) in rows]
            if len(found) == BATCH:
                break
        return _Batch(array("q", reversed(found)), is_last=len(found) < BATCH)

    def _statement(self) -> Fragment:
        """Store what is selected where each page is looked up in it, however much it is; return the query for ids."""
        sites, urls = self.selection.sites, self.selection.urls
        if sites is not None:
            self._store("chosen_sites", sites)
        if urls is not None:
            self._store("chosen_urls", urls)
            self._store("chosen_lists", self.selection.lists)
            if not self.selection.lists and sites is None:
                return Fragment(NAMED_IDS)
        where = (OF_CHOSEN_SITES if sites is not None else "") + (OF_CHOSEN_LISTS if urls is not None else "")
        return compose(DUE_IDS, where=Fragment(where))

    def _store(self, table: str, values: Collection[str]) -> None:
        for sql in (
            "drop table if exists temp.{table}",
            "create temp table {table} (value text primary key, host text)",
            "create index temp.{index} on {table} (host)",
        ):
            self.db.conn.execute(compose(sql, table=table, index=f"{table}_host"))
        sql = compose("insert into temp.{table} values (?1, (select host from pages where url = ?1))", table=table)
        self.db.conn.executemany(sql, [(value,) for value in sorted(values)])


def due_hosts(db: Database, selection: Selection, now: str) -> list[str]:
    """Return the hosts that have a selected page due at `now`."""
    where, values = selection.where()
    sql = compose("{hosts} select host from hosts where exists (select 1 {due}) order by host", **_due_on_host(where))
    return [host for (host,) in db.execute(sql, [now, *values])]


def due_count(db: Database, selection: Selection, now: str) -> int:
    """Return how many selected pages are due at `now`."""
    where, values = selection.where()
    sql = compose("{hosts} select coalesce(sum((select count(*) {due})), 0) from hosts", **_due_on_host(where))
    return int(db.execute(sql, [now, *values]).fetchone()[0])


def next_due_at(db: Database, selection: Selection, now: str) -> str | None:
    """Return when the first selected page is due after `now`; None if none ever is."""
    where, values = selection.where()
    sql = compose("select min(due_at) from pages where due_at > ? {where}", where=Fragment(where))
    found: str | None = db.execute(sql, [now, *values]).fetchone()[0]
    return found


def _due_on_host(where: str) -> dict[str, Fragment]:
    return {"hosts": Fragment(HOSTS), "due": Fragment(f"{DUE_ON_HOST} {where}")}


def due_page(db: Database, url: str, selection: Selection, now: str) -> DuePage | None:
    """Return the page with that URL if it is selected and due at `now`, else None."""
    where, values = selection.where()
    row = db.execute(f"{DUE} where pages.url = ? and due_at <= ? {where}", [url, now, *values]).fetchone()
    return from_row(DuePage, row) if row else None
