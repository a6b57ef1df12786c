"""Write a damaged database anew from what can be read of it, and make again what the rest determines.

The damaged file is kept beside the new one. Rows are read one after the other from both ends of a table, and those
between two damaged pages by their ids. What is derived from other tables is made anew where rows of it are lost.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from glob import escape
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from archive.articles.parts import restore_works
from archive.articles.writer import insert, save_article
from archive.duplicates.groups import regroup
from archive.errors import DamagedError, FaultError
from archive.extraction.block_fingerprints import fingerprints
from archive.storage.block_counts import count_blocks
from archive.storage.connection import connect, timestamp, transaction
from archive.storage.damage import damage_named, is_damage
from archive.storage.database import open_archive
from archive.storage.frontier import NewPage, add_pages
from archive.storage.fulltext import index
from archive.storage.kept_counts import recount
from archive.storage.online_backup import find_damage, remove, sync_folder
from archive.storage.past_revisions import ROWS
from archive.storage.row_mapping import columns, content_hash, from_json, load_article
from archive.storage.sql import Fragment, compose, placeholders
from archive.urls.canonical import host_of

MAX_PROBES = 1_000_000  # ids that are tried between two damaged pages: some seconds
TABLES = r"""
select name from sqlite_master where type = 'table' and sql not like 'create virtual%'
  and name not like '%\_fts%' escape '\' and name not like 'sqlite\_%' escape '\'
  and name not like '\_sqlite%' escape '\'
order by name
"""
WORKS = ("works", "signatures", "signature_keys", "reference_signatures", "work_identifiers")
DUPLICATES = ("copies", "article_texts", "text_bands", "text_pairs", "distinct_texts", "sketchings")
RECOUNTED = ("superseded", "counts", "cited")  # made anew from the tables that are copied
DERIVED = {*WORKS, *DUPLICATES, "blocks"}
LOST_ARTICLES = """
select r.article_id, max(r.number), min(r.seen_at), max(r.seen_at) from revisions r
where r.article_id not in (select id from articles) group by 1
"""
NEWEST = """
select r.content, r.fetch_id, f.page_id from revisions r left join fetches f on f.id = r.fetch_id
where r.article_id = ? and r.number = ?
"""
LOST_PAGES = """
select page_id, url, site, null from articles where page_id not in (select id from pages)
union all
select page_id, url, '', max(fetched_at) from fetches where page_id not in (select id from pages)
  and page_id not in (select page_id from articles) and outcome <> 'alias' group by page_id
"""


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What came of it: the tables that lost rows and hold more than is derived, and where the damaged file is."""

    incomplete: tuple[str, ...]
    kept: Path

    @property
    def sentence(self) -> str:
        """What was done, for the user."""
        lost = f"rows of {', '.join(self.incomplete)} are lost" if self.incomplete else "no row is lost"
        return f"written anew from what can be read, {lost}; the damaged file is {self.kept.name}"


def is_damaged(archive: Path) -> bool:
    """Return whether the structure of the database is damaged; a file that cannot be opened at all is not."""
    try:
        with closing(connect(archive)) as db:
            return bool(find_damage(db))
    except (sqlite3.Error, UnicodeDecodeError) as error:
        return is_damage(error) and "not a database" not in str(error)


def salvage(archive: Path) -> Salvaged:
    """Replace the damaged database by a new one. The caller holds the archive's lock.

    Raises FaultError, with one sentence, when nothing can be read or the new file cannot be written; the damaged file
    stays in its place then.
    """
    part = archive.with_name(archive.name + ".part")
    remove(part)
    try:
        with closing(connect(archive)) as source, closing(open_archive(part, create=True)) as made:
            source.execute("pragma writable_schema = on")  # SQLite then reads the rest of a damaged schema
            incomplete = _copy(source, made)
            _restore(made, incomplete)
            made.execute("pragma wal_checkpoint(truncate)")
            if not made.execute("select 1 from pages limit 1").fetchone():
                raise FaultError(f"Nothing of {archive} can be read: restore a backup, see docs/operations.md.")
        kept = _put_aside(archive)
        part.replace(archive)
        sync_folder(archive.parent)
    except (OSError, sqlite3.Error) as error:
        raise FaultError(f"{archive} cannot be written anew ({error}): it is as it was.") from error
    finally:
        remove(part)
    return Salvaged(tuple(sorted(incomplete - DERIVED)), kept)


def kept_files(archive: Path) -> list[Path]:
    """Return the damaged databases that were put aside, with SQLite's files beside them."""
    return sorted(archive.parent.glob(f"{escape(archive.name)}.damaged-*"))


def _put_aside(archive: Path) -> Path:
    """Give the database and SQLite's files beside it another name, and return that of the database."""
    kept = next(
        path for number in count(1) if not (path := archive.with_name(f"{archive.name}.damaged-{number}")).exists()
    )
    for ending in ("-wal", "-shm", ""):
        file = archive.with_name(archive.name + ending)
        if file.exists():
            file.rename(kept.with_name(kept.name + ending))
    return kept


def _copy(source: sqlite3.Connection, made: Database) -> set[str]:
    """Copy the rows that can be read, and index them; return the tables that are not copied whole."""
    incomplete = set()
    made.execute("pragma foreign_keys = off")
    triggers = made.execute("select name, sql from sqlite_master where type = 'trigger'").fetchall()
    with transaction(made):
        for name, _ in triggers:
            made.execute(compose("drop trigger {name}", name=name))
        for (table,) in made.execute(TABLES).fetchall():
            if table not in RECOUNTED and not _copy_table(source, made, table):
                incomplete.add(table)
        made.execute(compose("insert into superseded {rows} where json_valid(r.content)", rows=ROWS))
        index.rebuild(made)
        recount(made)
        for _, sql in triggers:
            made.execute(sql)
    made.execute("pragma foreign_keys = on")
    return incomplete


def _copy_table(source: sqlite3.Connection, made: Database, table: str) -> bool:
    """Copy the rows of a table that can be read; return whether those are all."""
    info = made.execute(compose("pragma table_xinfo({table})", table=table)).fetchall()
    names = [name for _, name, *_, hidden in info if not hidden]
    by_id = any(name == "id" for name in names)
    insert_row = compose(
        "insert or ignore into {table} ({names}) values ({values})",
        table=table, names=names, values=placeholders(len(names)),
    )  # fmt: skip
    reader = _Reader(source, table, names, names.index("id") if by_id else None)
    for row in reader.rows():
        try:
            made.conn.execute(insert_row, row)
        except (sqlite3.IntegrityError, sqlite3.InterfaceError):  # a damaged value that the table does not take
            reader.is_whole = False
    return reader.is_whole


class _Reader:
    """Reads the rows of a damaged table. `is_whole` tells afterwards whether these are all."""

    def __init__(self, source: sqlite3.Connection, table: str, names: Sequence[str], key: int | None) -> None:
        self._source, self._table, self._names, self._key = source, table, names, key
        self.is_whole = True

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Yield rows; some may come twice."""
        last = None
        for row in self._until_damage("order by id" if self._key is not None else ""):
            last = row
            yield row
        if self.is_whole or self._key is None:
            return
        first = None
        for row in self._until_damage("order by id desc"):
            first = row
            yield row
        start, end = (last[self._key] if last else 0), (first[self._key] if first else 0)
        for number in range(start + 1, min(end, start + MAX_PROBES)):
            yield from self._until_damage(f"where id = {number}")

    def _until_damage(self, which: str) -> Iterator[tuple[Any, ...]]:
        template = "select {names} from {table} not indexed {which}"
        sql = compose(template, names=self._names, table=self._table, which=Fragment(which))
        try:
            yield from self._source.execute(sql)
        except (sqlite3.Error, UnicodeDecodeError) as error:
            if not is_damage(error):
                raise
            self.is_whole = False


def _restore(made: Database, incomplete: set[str]) -> None:
    """Make anew what the copied rows determine."""
    with transaction(made):
        _restore_pages(made)
        _restore_articles(made)
        articles = [row[0] for row in made.execute("select id from articles").fetchall()]
        if incomplete & {*DUPLICATES, "articles"}:
            for table in DUPLICATES:
                made.execute(compose("delete from {table}", table=table))
            for article_id in articles:
                regroup(made, article_id)
        if incomplete & {"blocks", "articles"}:
            _restore_blocks(made, articles)
        if incomplete & {*WORKS, "bibliography"}:
            for table in ("reference_signatures", "signature_keys", "signatures", "work_identifiers", "works"):
                made.execute(compose("delete from {table}", table=table))
            for article_id in articles:
                try:
                    restore_works(made, article_id, load_article(made, article_id))
                except DamagedError:  # the check of articles names it
                    continue


def _restore_pages(made: Database) -> None:
    now = timestamp(datetime.now(UTC))
    for page_id, url, site, fetched_at in made.execute(LOST_PAGES).fetchall():
        if made.execute("select 1 from pages where url = ?", [url]).fetchone():
            continue
        row = {"id": page_id, "url": url, "host": host_of(url), "site": site, "kind": "article", "state": "stored"}
        insert(made, "pages", row | {"discovered_at": now, "due_at": now, "fetched_at": fetched_at})


def _restore_articles(made: Database) -> None:
    now = timestamp(datetime.now(UTC))
    for article_id, number, first, last in made.execute(LOST_ARTICLES).fetchall():
        content, fetch_id, page_id = made.execute(NEWEST, [article_id, number]).fetchone()
        try:
            with damage_named(lambda: "the revision"):
                article = from_json(content)
        except DamagedError:  # extraction from the bytes is left
            continue
        if page_id is None or not made.execute("select 1 from pages where id = ?", [page_id]).fetchone():
            add_pages(made, [NewPage(url=article.url, host=host_of(article.url), site="")], now)
            (page_id,) = made.execute("select id from pages where url = ?", [article.url]).fetchone()
        if made.execute("select 1 from articles where page_id = ?", [page_id]).fetchone():
            continue
        url, site = made.execute("select url, site from pages where id = ?", [page_id]).fetchone()
        row = columns(article) | {
            "id": article_id, "page_id": page_id, "url": url, "site": site, "content_hash": content_hash(article),
            "extractor": version("health-news-archive"), "removed": 0, "marketing": 0, "revision": number,
            "first_seen": first, "last_changed": last,
        }  # fmt: skip
        insert(made, "articles", row)
        save_article(made, page_id, fetch_id, article, last, revise=False)


def _restore_blocks(made: Database, articles: Sequence[int]) -> None:
    made.execute("delete from blocks")
    seen = set()
    for article_id in articles:
        site, digest = made.execute("select site, content_hash from articles where id = ?", [article_id]).fetchone()
        if (site, digest) in seen:  # copies count once
            continue
        seen.add((site, digest))
        try:
            count_blocks(made, site, frozenset(), fingerprints(load_article(made, article_id)))
        except DamagedError:  # the check of articles names it
            continue
