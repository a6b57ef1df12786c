"""Checks of what is stored of each article: all of it can be read, and it is what was stored.

What cannot be read is made anew from what can: an article from its newest revision or from the bytes of its page, a
revision from its article or from the bytes of its page.
"""

import json
import sqlite3
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from archive.article import Article, NoArticle
from archive.articles.writer import save_article, update
from archive.errors import DamagedError
from archive.extraction.pool import ExtractionPool, PoolError
from archive.operations.check.context import Check, Context, Unmendable, counted
from archive.storage.block_counts import known_blocks
from archive.storage.connection import timestamp, transaction
from archive.storage.damage import damage_named, is_damage
from archive.storage.row_mapping import PARTS, content_hash, from_json, load_article, readable_url, to_json
from archive.storage.warc.files import Location, WarcError, read_page

ARTICLES = "select id from articles not indexed order by id"
INDEXED = "select id from articles indexed by articles_content order by id"
WITHOUT_ARTICLE = """
select id, url from pages where kind = 'article' and state = 'stored' and id not in (select page_id from articles)
"""
FETCHES = """
select id, fetched_at from fetches where page_id = ? and outcome = 'stored' and warc_file is not null order by id desc
"""
FETCH_AGAIN = (
    "update pages set state = 'new', due_at = ?, etag = null, last_modified = null, digest = null where id = ?"
)
NEW = "select count(*) from pages where state = 'new' and id in (select value from json_each(?))"
REVISIONS = "select id, number from revisions where article_id = ? order by number"
OF_REVISION = """
select article_id, number = (select max(number) from revisions n where n.article_id = r.article_id)
from revisions r where id = ?
"""
CONTENT = "select content, content_hash from revisions where id = ?"
STORED_HASH = "select content_hash from articles where id = ?"
# The bytes that an article or a revision was extracted from, with the site whose recurring blocks were cut.
BYTES = """
select f.warc_file, f.warc_offset, p.url, p.site from {table} r join fetches f on f.id = r.{fetch}
join pages p on p.id = f.page_id where r.id = ? and f.warc_file is not null
"""
EDITED = "is not as it was stored: another program changed it, or a disk did; healthnews reprocess extracts it again"


@dataclass(frozen=True, slots=True)
class _Problem:
    """What is wrong with an article, with a revision, or with a page: the one that has an id here."""

    whose: str
    says: str
    article_id: int | None = None
    revision_id: int | None = None
    page_id: int | None = None
    mendable: bool = True


@contextmanager
def strict(context: Context) -> Iterator[None]:
    """Let the connection raise sqlite3.OperationalError for bytes that are no text."""
    connection = context.db.conn
    before, connection.text_factory = connection.text_factory, str
    try:
        yield
    finally:
        connection.text_factory = before


def readable(context: Context, sql: str, *values: object) -> list[Any]:
    """Return the rows, none where the table is damaged: the check of the database names that."""
    try:
        rows: list[Any] = context.db.execute(sql, values).fetchall()
    except sqlite3.Error as error:
        if not is_damage(error):
            raise
        return []
    return rows


def _find(context: Context) -> Iterator[str]:
    for problem in _problems(context):
        line = f"{problem.whose}: {problem.says}"
        yield line if problem.mendable else Unmendable(line)


def _problems(context: Context) -> Iterator[_Problem]:
    for page_id, url in readable(context, WITHOUT_ARTICLE):
        yield _Problem(f"page {page_id}, {url}", "its article is missing", page_id=page_id)
    for article_id in _ids(context):
        yield from _of_article(context, article_id)
        for revision_id, number in readable(context, REVISIONS, article_id):
            try:
                _revision(context, revision_id)
            except DamagedError as error:
                says = f"revision {number} cannot be read ({_why(error)})"
                yield _Problem(_named(context, article_id), says, revision_id=revision_id)


def _ids(context: Context) -> list[int]:
    """Return the ids of all articles, from an index where the table cannot be read. Raises sqlite3.Error."""
    try:
        rows = context.db.execute(ARTICLES).fetchall()
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
        rows = context.db.execute(INDEXED).fetchall()
    return [article_id for (article_id,) in rows]


def _of_article(context: Context, article_id: int) -> Iterator[_Problem]:
    try:
        article, digest = _article(context, article_id)
    except DamagedError as error:
        yield _Problem(_named(context, article_id), f"it cannot be read ({_why(error)})", article_id)
        return
    newest = _newest(context, article_id)
    if newest and (lost := _lost(article, newest)):
        yield _Problem(_named(context, article_id), f"it has lost {lost}", article_id)
    elif not readable(context, REVISIONS, article_id):
        yield _Problem(_named(context, article_id), "its revisions are lost", article_id)
    elif content_hash(article) != digest:
        yield _Problem(_named(context, article_id), f"its title, text or references {EDITED}", mendable=False)


def _newest(context: Context, article_id: int) -> Article | None:
    """Return the content of the newest revision, None where it cannot be read."""
    newest = readable(context, REVISIONS, article_id)[-1:]
    try:
        return _revision(context, newest[0][0]) if newest else None
    except DamagedError:
        return None


def _lost(article: Article, newest: Article) -> str:
    """Return what the article lacks that its newest revision has, '' for nothing."""
    lost = [f"{name}" for name in PARTS if len(getattr(article, name)) < len(getattr(newest, name))]
    texts = (article.title, article.text), (newest.title, newest.text)
    marks, before = (sum(text.count("\ufffd") + text.count("\0") for text in of) for of in texts)
    return " and ".join([*lost, *(["bytes of its text"] if marks > before else [])])


def _article(context: Context, article_id: int) -> tuple[Article, str]:
    """Return the article and its stored hash. Raises DamagedError."""
    with strict(context), damage_named(lambda: "it"):
        # All columns, those too that the article is not made of.
        (digest,) = context.db.execute(STORED_HASH, [article_id]).fetchone()
        context.db.execute("select * from articles where id = ?", [article_id]).fetchone()
        return load_article(context.db, article_id), digest


def _revision(context: Context, revision_id: int) -> Article:
    """Return the content of the revision. Raises DamagedError when it is not what was stored."""
    with strict(context), damage_named(lambda: "it"):
        content, digest = context.db.execute(CONTENT, [revision_id]).fetchone()
        article = from_json(content)
        if content_hash(article) != digest:
            raise ValueError("its hash is another one")
        return article


def _why(error: DamagedError) -> str:
    cause: BaseException = error
    while isinstance(cause.__cause__, Exception):
        cause = cause.__cause__
    return str(cause).partition(" with text ")[0][:120]


def _named(context: Context, article_id: int) -> str:
    return f"article {article_id}, {readable_url(context.db, article_id) or 'whose URL cannot be read'}"


def _mend(context: Context) -> str:
    problems = [problem for problem in _problems(context) if problem.mendable]
    pages = [problem.page_id for problem in problems if problem.page_id is not None]
    articles = [problem.article_id for problem in problems if problem.article_id is not None]
    revisions = [problem.revision_id for problem in problems if problem.revision_id is not None]
    with ExtractionPool(1) as pool:
        of_articles = sum(_mend_page(context, pool, page_id) for page_id in pages)
        of_articles += sum(_mend_article(context, pool, article_id) for article_id in articles)
        of_revisions = sum(_mend_revision(context, pool, revision_id) for revision_id in revisions)
    if not of_articles + of_revisions:
        return ""
    (again,) = context.db.execute(NEW, [json.dumps(pages)]).fetchone()
    made = f"{counted(of_articles - again, 'article')} and {counted(of_revisions, 'revision')} made anew"
    return f"{made}, {counted(again, 'page')} to be fetched anew by the next crawl" if again else made


def _mend_page(context: Context, pool: ExtractionPool, page_id: int) -> bool:
    """Extract the missing article of a page, or let the next crawl fetch the page again."""
    for fetch_id, fetched_at in context.db.execute(FETCHES, [page_id]).fetchall():
        article = _extracted(context, pool, "fetches", fetch_id)
        if article:
            with transaction(context.db):
                save_article(context.db, page_id, fetch_id, article, fetched_at)
            return True
    with transaction(context.db):
        context.db.execute(FETCH_AGAIN, [timestamp(datetime.now(UTC)), page_id])
    return True


def _mend_article(context: Context, pool: ExtractionPool, article_id: int) -> bool:
    article = (
        _newest(context, article_id) or _whole(context, article_id) or _extracted(context, pool, "articles", article_id)
    )
    if article is None:
        return False
    page_id, fetch_id = context.db.execute(
        "select page_id, fetch_id from articles where id = ?", [article_id]
    ).fetchone()
    with transaction(context.db):
        save_article(context.db, page_id, fetch_id, article, timestamp(datetime.now(UTC)), revise=False)
    return True


def _whole(context: Context, article_id: int) -> Article | None:
    """Return the article where it is as it was stored."""
    try:
        article, digest = _article(context, article_id)
    except DamagedError:
        return None
    return article if content_hash(article) == digest else None


def _mend_revision(context: Context, pool: ExtractionPool, revision_id: int) -> bool:
    article_id, is_newest = context.db.execute(OF_REVISION, [revision_id]).fetchone()
    article = (_whole(context, article_id) if is_newest else None) or _extracted(
        context, pool, "revisions", revision_id
    )
    if article is None:
        return False
    with transaction(context.db):
        content = {"content_hash": content_hash(article), "content": to_json(article)}
        update(context.db, "revisions", revision_id, content)
    return True


def _extracted(context: Context, pool: ExtractionPool, table: str, row_id: int) -> Article | None:
    """Return what the bytes of the page give today, None where they are lost, damaged or give no article."""
    row = context.db.execute(
        BYTES.format(table=table, fetch="id" if table == "fetches" else "fetch_id"), [row_id]
    ).fetchone()
    if row is None:
        return None
    file, offset, url, site = row
    try:
        page = replace(read_page(context.folder, Location(file, offset)), url=url, site=site)
        future: Future[Article] = pool.submit(page, known_blocks(context.db, site))
        return future.result()
    except (WarcError, OSError, ValueError, NoArticle, PoolError):
        return None


CHECKS = (Check(name="articles", find=_find, mend=_mend),)
