"""Write articles with all their parts, in a transaction that the caller holds."""

from contextlib import nullcontext
from functools import cache
from importlib.metadata import version
from typing import Any

from sqlite_utils import Database

from archive.article import Article
from archive.articles.parts import save_parts
from archive.duplicates.groups import regroup, ungroup
from archive.errors import DamagedError
from archive.extraction.block_fingerprints import fingerprints
from archive.extraction.text_keys import TextKeys
from archive.storage.block_counts import count_blocks
from archive.storage.fulltext.index import ARTICLES, SUPERSEDED
from archive.storage.fulltext.writing import indexed_by_writer
from archive.storage.row_mapping import PARTS, columns, content_hash, load_article, to_json
from archive.storage.sql import compose, insert_statement, update_statement
from archive.works.reference_checks import check_references
from archive.works.writer import match_works, signatures_of

INDEXED = ("text", "title", "source", "language", "published")  # fields that the full-text index holds


def save_article(
    db: Database,
    page_id: int,
    fetch_id: int | None,
    article: Article,
    now: str,
    *,
    revise: bool = True,
    keys: TextKeys | None = None,
) -> str:
    """Write the article of a page with all its parts, as a difference to what is stored.

    Returns "new" (there was no article), "changed" or "same", by its title, text and references. Changed content makes
    a new revision, or with `revise` False (the page did not change, our reading of it did) replaces the newest one.
    `keys` are those of the article's text, which are computed where they are not given.

    Only rows that differ are written, and parts keep their ids while they are the same. Saving the same article again
    from another fetch writes one row, `articles.fetch_id`; from the same fetch it writes none. The caller holds a
    transaction.
    """
    digest = content_hash(article)
    site, url = db.execute("select site, url from pages where id = ?", [page_id]).fetchone()
    sql = "select id, content_hash, revision, language from articles where page_id = ?"
    stored = db.execute(sql, [page_id]).fetchone()
    old = _readable(db, stored[0]) if stored else None
    if stored and old is None:
        _delete_parts(db, stored[0])
    changed = stored is None or stored[1] != digest
    before = _counted_blocks(db, page_id, site, stored[1], old) if old else frozenset()
    count_blocks(db, site, before, _counted_blocks(db, page_id, site, digest, article, keys))
    row = columns(article) | {"url": url, "site": site, "fetch_id": fetch_id, "content_hash": digest}
    row["extractor"] = extractor_version()
    row["removed"] = len(article.removals)
    row["marketing"] = len(article.advertising)
    row["marketing_length"] = sum(len(removal.text) for removal in article.advertising)
    if stored is None:
        number = 1
        (article_id,) = db.execute("select coalesce(max(id), 0) + 1 from articles").fetchone()
        row |= {"id": article_id, "page_id": page_id, "first_seen": now, "last_changed": now}
        with indexed_by_writer(db, ARTICLES, [article_id]):
            insert(db, "articles", row)
    else:
        article_id, number = stored[0], stored[2] + (changed and revise)
        row["language"] = article.language or stored[3]  # a site's hint, which only the crawl knows, stays
        if changed and revise:
            row |= {"revision": number, "last_changed": now}
        same_words = old is not None and all(getattr(old, name) == getattr(article, name) for name in INDEXED)
        with nullcontext() if same_words else indexed_by_writer(db, ARTICLES, [article_id]):
            update(db, "articles", article_id, row)
    save_parts(db, article_id, old, article)
    check_references(db, article_id, article)
    regroup(db, article_id, keys=keys)
    content = {"content_hash": digest, "content": to_json(article), "extractor": row["extractor"]}
    _write_revision(db, article_id, number, content, fetch_id, now)
    return "new" if stored is None else "changed" if changed else "same"


def reinterpret(
    db: Database, page_id: int, fetch_id: int, result: Article | str, now: str, keys: TextKeys | None = None
) -> str:
    """Replace what was extracted from a page by `result`, an article or the reason why it has none.

    `keys` are those of the article's text, where they are known. Returns "changed", "same" or "no article". The caller
    holds a transaction.
    """
    if isinstance(result, Article):
        content = save_article(db, page_id, fetch_id, result, now, revise=False, keys=keys)
        db.conn.execute(
            "update pages set state = 'stored', reason = null where id = ? and gone_since is null "
            "and (state <> 'stored' or (missing_since is null and reason is not null))",  # it may be missing once
            [page_id],
        )
        return "same" if content == "same" else "changed"
    forget_article(db, page_id)
    update(db, "pages", page_id, {"state": "no article", "reason": result})
    return "no article"


def forget_article(db: Database, page_id: int) -> None:
    """Delete the article of a page with its revisions and parts; the raw bytes stay in the WARC files.

    The caller holds a transaction.
    """
    sql = "select id, site, content_hash from articles where page_id = ?"
    for article_id, site, digest in db.execute(sql, [page_id]).fetchall():
        stored = _readable(db, article_id)
        blocks = _counted_blocks(db, page_id, site, digest, stored) if stored else frozenset[str]()
        touched = _signatures_of_article(db, article_id)
        count_blocks(db, site, blocks, frozenset())
        ungroup(db, article_id)
        db.conn.execute("delete from articles where id = ?", [article_id])
        match_works(db, touched)


def _delete_parts(db: Database, article_id: int) -> None:
    touched = _signatures_of_article(db, article_id)
    for table, _ in PARTS.values():
        db.conn.execute(compose("delete from {table} where article_id = ?", table=table), [article_id])
    match_works(db, touched)


def _signatures_of_article(db: Database, article_id: int) -> set[int]:
    references = db.execute("select id from bibliography where article_id = ?", [article_id]).fetchall()
    return signatures_of(db, [reference_id for (reference_id,) in references])


def _readable(db: Database, article_id: int) -> Article | None:
    """Return the stored article, None when it is damaged: it can still be replaced or deleted."""
    try:
        return load_article(db, article_id)
    except DamagedError:
        return None


def reread(db: Database, page_id: int, article: Article, now: str) -> None:
    """Replace the stored article by what today's extraction makes of the same bytes.

    Done before a new revision is saved, so that the revision shows what changed on the page and not in the extraction.
    """
    row = db.execute("select fetch_id from articles where page_id = ?", [page_id]).fetchone()
    if row:
        save_article(db, page_id, row[0], article, now, revise=False)


def _counted_blocks(
    db: Database, page_id: int, site: str, digest: str, article: Article, keys: TextKeys | None = None
) -> frozenset[str]:
    """Return the fingerprints that the article adds to the block counts of its site.

    Of articles with equal content under several URLs one is counted: copies must not make their own text recurring.
    """
    # The plus keeps SQLite from walking all articles of the site instead of those with that hash.
    sql = "select 1 from articles where content_hash = ? and +site = ? and page_id <> ?"
    is_copy = db.execute(sql, [digest, site, page_id]).fetchone() is not None
    if is_copy:
        return frozenset()
    return keys.blocks if keys else fingerprints(article)


def _write_revision(
    db: Database, article_id: int, number: int, content: dict[str, str], fetch_id: int | None, now: str
) -> None:
    sql = "select id from revisions where article_id = ? and number = ?"
    known = db.execute(sql, [article_id, number]).fetchone()
    if known:
        update(db, "revisions", known[0], content)
        return
    row = {"article_id": article_id, "number": number, "fetch_id": fetch_id, "seen_at": now}
    sql = "select id from revisions where article_id = ? order by number desc limit 1"
    with indexed_by_writer(db, SUPERSEDED, [row_id for (row_id,) in db.execute(sql, [article_id]).fetchall()]):
        insert(db, "revisions", row | content)


def insert(db: Database, table: str, row: dict[str, Any]) -> int:
    """Insert the row, and return its id."""
    return int(db.conn.execute(insert_statement(table, tuple(row)), list(row.values())).lastrowid or 0)


def update(db: Database, table: str, row_id: int, row: dict[str, Any]) -> None:
    """Write the values of `row` to the row with that id, unless it has them already."""
    values = [*row.values(), row_id]
    db.conn.execute(update_statement(table, tuple(row)), [*values, *values[:-1]])


@cache
def extractor_version() -> str:
    """Return the version of the extraction, as articles and revisions have it."""
    return version("health-news-archive")
