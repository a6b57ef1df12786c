"""Writes articles with all their parts; every function needs a transaction of its caller."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from sqlite_utils import Database

from archive.article import Article
from archive.duplicates.groups import regroup, ungroup
from archive.extraction.block_fingerprints import fingerprints
from archive.storage.block_counts import count_blocks
from archive.storage.row_mapping import ORDERED, PARTS, columns, content_hash, load_article, to_json
from archive.works.writer import merge, sign, signatures_of


def save_article(
    db: Database, page_id: int, fetch_id: int | None, article: Article, now: str, *, revise: bool = True
) -> str:
    """Writes the article of a page and all its parts; needs a transaction. Returns what its content is: new (there was
    no article), changed or same.

    Changed content makes a new revision, or with `revise` False (the page did not change, our reading of it did) takes
    the place of the newest one.
    """
    digest = content_hash(article)
    sql = "select id, content_hash, revision, language from articles where page_id = ?"
    old = db.execute(sql, [page_id]).fetchone()
    changed = old is None or old[1] != digest
    site, url = db.execute("select site, url from pages where id = ?", [page_id]).fetchone()
    row = columns(article) | {"url": url, "site": site, "fetch_id": fetch_id, "content_hash": digest}
    row["extractor"] = version("health-news-archive")
    row["removed"] = len(article.removals)
    row["marketing"] = sum(removal.kind is not None for removal in article.removals)
    before = fingerprints(load_article(db, old[0])) if old else frozenset()
    count_blocks(db, site, before, frozenset() if _is_copy(db, page_id, site, digest) else fingerprints(article))
    if old is None:
        number = 1
        article_id = insert(db, "articles", row | {"page_id": page_id, "first_seen": now, "last_changed": now})
    else:
        article_id, number = old[0], old[2] + (changed and revise)
        row["language"] = article.language or old[3]  # a site's hint, which only the crawl knows, stays
        if changed and revise:
            row |= {"revision": number, "last_changed": now}
        update(db, "articles", article_id, row)
    _replace_parts(db, article_id, article)
    regroup(db, article_id)
    _write_revision(db, article_id, number, {"content_hash": digest, "content": to_json(article)}, fetch_id, now)
    return "new" if old is None else "changed" if changed else "same"


def reinterpret(db: Database, page_id: int, fetch_id: int, result: Article | str, now: str) -> str:
    """Replaces what was understood of a page by `result`, an article or the reason why it has none.

    Needs a transaction. Returns what came out: changed, same, or no article.
    """
    if isinstance(result, Article):
        content = save_article(db, page_id, fetch_id, result, now, revise=False)
        db.conn.execute(
            "update pages set state = 'stored', reason = null where id = ? and gone_since is null", [page_id]
        )
        return "same" if content == "same" else "changed"
    forget_article(db, page_id)
    update(db, "pages", page_id, {"state": "no article", "reason": result})
    return "no article"


def forget_article(db: Database, page_id: int) -> None:
    """Takes away what was understood of a page; its raw bytes stay in the WARC."""
    for article_id, site in db.execute("select id, site from articles where page_id = ?", [page_id]).fetchall():
        before = signatures_of(db, article_id)
        count_blocks(db, site, fingerprints(load_article(db, article_id)), frozenset())
        ungroup(db, article_id)
        db.conn.execute("delete from articles where id = ?", [article_id])
        merge(db, before)


def reread(db: Database, page_id: int, article: Article, now: str) -> None:
    """Puts today's reading of the stored bytes in the place of yesterday's, so that a difference to the next revision
    is one of the page."""
    row = db.execute("select fetch_id from articles where page_id = ?", [page_id]).fetchone()
    if row:
        save_article(db, page_id, row[0], article, now, revise=False)


def _is_copy(db: Database, page_id: int, site: str, digest: str) -> bool:
    """Whether the site has the same article under another URL: it must not teach that its own text recurs."""
    sql = "select 1 from articles where content_hash = ? and site = ? and page_id <> ?"
    return db.execute(sql, [digest, site, page_id]).fetchone() is not None


def _write_revision(
    db: Database, article_id: int, number: int, content: dict[str, str], fetch_id: int | None, now: str
) -> None:
    sql = "select id from revisions where article_id = ? and number = ?"
    known = db.execute(sql, [article_id, number]).fetchone()
    if known:
        update(db, "revisions", known[0], content)
    else:
        row = {"article_id": article_id, "number": number, "fetch_id": fetch_id, "seen_at": now}
        insert(db, "revisions", row | content)


def _replace_parts(db: Database, article_id: int, article: Article) -> None:
    before = signatures_of(db, article_id)
    for field, (table, _) in PARTS.items():
        db.conn.execute(f"delete from {table} where article_id = ?", [article_id])  # noqa: S608
        parts: Sequence[Any] = getattr(article, field)
        for position, part in enumerate(parts):
            row = columns(part) | {"article_id": article_id}
            if table in ORDERED:
                row["position"] = position
            row_id = insert(db, table, row)
            if table == "bibliography":
                sign(db, row_id, part)
    merge(db, before | signatures_of(db, article_id), article_id)


def insert(db: Database, table: str, row: dict[str, Any]) -> int:
    names = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join("?" * len(row))
    cursor = db.conn.execute(f"insert into {table} ({names}) values ({marks})", list(row.values()))  # noqa: S608
    return int(cursor.lastrowid or 0)


def update(db: Database, table: str, row_id: int, row: dict[str, Any]) -> None:
    sets = ", ".join(f'"{name}" = ?' for name in row)
    db.conn.execute(f"update {table} set {sets} where id = ?", [*row.values(), row_id])  # noqa: S608
