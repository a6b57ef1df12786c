"""Checks of what is stored of each article: all of it can be read, and it is what was stored.

What cannot be read is made anew from what can: an article from its newest revision or from the bytes of its page, a
revision from its article or from the bytes of its page.
"""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from archive.article import Article, NoArticle
from archive.articles.writer import save_article, update
from archive.errors import DamagedError
from archive.extraction.pool import ExtractionPool, PoolError
from archive.operations.check.context import Check, Context, Unmendable, counted
from archive.page import Page
from archive.storage.block_counts import known_blocks
from archive.storage.connection import timestamp, transaction
from archive.storage.damage import damage_named
from archive.storage.row_mapping import content_hash, from_json, load_article, to_json
from archive.storage.warc.files import Location, WarcError, read_page
from archive.storage.warc.records import read_record

ARTICLES = "select id from articles order by id"
REVISIONS = "select id, number from revisions where article_id = ? order by number"
OF_REVISION = """
select article_id, number = (select max(number) from revisions n where n.article_id = r.article_id)
from revisions r where id = ?
"""
CONTENT = "select content, content_hash from revisions where id = ?"
STORED_HASH = "select content_hash from articles where id = ?"
# The bytes that an article or a revision was extracted from, with the site whose recurring blocks were cut.
BYTES = """
select f.warc_file, f.warc_offset, p.url, p.site from {table} r join fetches f on f.id = r.fetch_id
join pages p on p.id = f.page_id where r.id = ? and f.warc_file is not null
"""
EDITED = "is not as it was stored: another program changed it, or a disk did; healthnews reprocess extracts it again"


@dataclass(frozen=True, slots=True)
class _Problem:
    """What is wrong with an article, or with the revision with that id."""

    article_id: int
    says: str
    revision_id: int | None = None
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


def _find(context: Context) -> Iterator[str]:
    for problem in _problems(context):
        line = f"article {problem.article_id}, {_url(context, problem.article_id)}: {problem.says}"
        yield line if problem.mendable else Unmendable(line)


def _problems(context: Context) -> Iterator[_Problem]:
    for (article_id,) in context.db.execute(ARTICLES).fetchall():
        yield from _of_article(context, article_id)
        revisions = context.db.execute(REVISIONS, [article_id]).fetchall()
        for revision_id, number in revisions:
            try:
                _revision(context, revision_id)
            except DamagedError as error:
                yield _Problem(article_id, f"revision {number} cannot be read ({_why(error)})", revision_id)


def _of_article(context: Context, article_id: int) -> Iterator[_Problem]:
    try:
        article, digest = _article(context, article_id)
    except DamagedError as error:
        yield _Problem(article_id, f"it cannot be read ({_why(error)})")
        return
    if content_hash(article) != digest:
        yield _Problem(article_id, f"its title, text or references {EDITED}", mendable=False)


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


def _url(context: Context, article_id: int) -> str:
    for sql in ("select p.url from articles a join pages p on p.id = a.page_id where a.id = ?",
                "select url from articles where id = ?"):  # fmt: skip
        try:
            row = context.db.execute(sql, [article_id]).fetchone()
        except sqlite3.DatabaseError:
            continue
        if row:
            return str(row[0])
    return "whose URL cannot be read"


def _mend(context: Context) -> str:
    problems = [problem for problem in _problems(context) if problem.mendable]
    articles = [problem.article_id for problem in problems if problem.revision_id is None]
    revisions = [problem.revision_id for problem in problems if problem.revision_id is not None]
    with ExtractionPool(1) as pool:
        of_articles = sum(_mend_article(context, pool, article_id) for article_id in articles)
        of_revisions = sum(_mend_revision(context, pool, revision_id) for revision_id in revisions)
    if not of_articles + of_revisions:
        return ""
    return f"{counted(of_articles, 'article')} and {counted(of_revisions, 'revision')} made anew"


def _mend_article(context: Context, pool: ExtractionPool, article_id: int) -> bool:
    newest = context.db.execute(REVISIONS, [article_id]).fetchall()[-1:]
    try:
        article = _revision(context, newest[0][0]) if newest else None
    except DamagedError:
        article = None
    article = article or _extracted(context, pool, "articles", article_id)
    if article is None:
        return False
    page_id, fetch_id = context.db.execute(
        "select page_id, fetch_id from articles where id = ?", [article_id]
    ).fetchone()
    with transaction(context.db):
        save_article(context.db, page_id, fetch_id, article, timestamp(datetime.now(UTC)), revise=False)
    return True


def _mend_revision(context: Context, pool: ExtractionPool, revision_id: int) -> bool:
    article_id, is_newest = context.db.execute(OF_REVISION, [revision_id]).fetchone()
    article: Article | None = None
    try:
        current, stored = _article(context, article_id)
    except DamagedError:
        pass
    else:
        article = current if is_newest and content_hash(current) == stored else None
    article = article or _extracted(context, pool, "revisions", revision_id)
    if article is None:
        return False
    with transaction(context.db):
        content = {"content_hash": content_hash(article), "content": to_json(article)}
        update(context.db, "revisions", revision_id, content)
    return True


def _extracted(context: Context, pool: ExtractionPool, table: str, row_id: int) -> Article | None:
    """Return what the bytes of the page give today, None where they are lost, damaged or give no article."""
    row = context.db.execute(BYTES.format(table=table), [row_id]).fetchone()
    if row is None:
        return None
    file, offset, url, site = row
    try:
        page = _whole_page(context, Location(file, offset), url=url, site=site)
        future: Future[Article] = pool.submit(page, known_blocks(context.db, site))
        return future.result()
    except (WarcError, OSError, ValueError, NoArticle, PoolError):
        return None


def _whole_page(context: Context, location: Location, *, url: str, site: str) -> Page:
    """Return the page of a record whose checksum is right. Raises WarcError and OSError."""
    with (context.folder / location.file).open("rb") as file:
        read_record(file, location.offset)
    return replace(read_page(context.folder, location), url=url, site=site)


CHECKS = (Check(name="articles", find=_find, mend=_mend),)
