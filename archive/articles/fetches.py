"""Record fetches: one transaction for a page's new state, its article and the pages it links to."""

import json
from dataclasses import replace
from typing import Any

from sqlite_utils import Database

from archive.article import Article
from archive.articles.fetch_result import FetchResult
from archive.articles.images import save_images
from archive.articles.redirects import merge_revisions, recheck_duplicate, undo_canonical_merge
from archive.articles.writer import forget_article, insert, reread, save_article, update
from archive.storage.connection import transaction
from archive.storage.frontier import NewPage, add_pages
from archive.storage.row_mapping import content_hash, load_article

FETCH = (
    "url", "fetched_at", "outcome", "reason", "detail", "status", "content_type", "size", "seconds", "digest",
    "withheld", "media_type", "width", "height",
)  # fmt: skip


def record(db: Database, crawl_id: int | None, result: FetchResult) -> str | None:
    """Write a fetch in one transaction: discovered pages, the fetch, page states, and the article with all its parts.

    Returns what the article's content is (see save_article); None where there is no article.
    """
    content = None
    with transaction(db):
        add_pages(db, result.discovered, result.fetched_at)
        page_id = result.page.id
        if result.target:
            page_id = _redirect(db, crawl_id, result, result.target)
            fetched = "select 1 from fetches where page_id = ? and crawl_id = ? and outcome <> 'alias'"
            if result.target_is_same and result.article:
                _recheck_target(db, page_id, result.article, result.fetched_at)
            known = result.target_in_flight or result.target_is_same
            if known or db.execute(fetched, [page_id, crawl_id]).fetchone():
                return "same" if result.article else None  # the target's own fetch in this crawl is its outcome
        elif result.article or result.outcome in ("gone", "no article", "refused"):
            undo_canonical_merge(db, page_id, result.article, result.fetched_at)
        if result.variant_id is not None:
            _take_article(db, result.variant_id, result)
        fetch_id = _add_fetch(db, crawl_id, page_id, result)
        _update_page(db, page_id, result)
        if result.article:
            if result.reread and page_id == result.page.id:
                reread(db, page_id, result.reread, result.fetched_at)
            content = save_article(db, page_id, fetch_id, result.article, result.fetched_at, keys=result.keys)
            update(db, "fetches", fetch_id, {"content": content})
            db.conn.execute("update articles set noarchive = ? where page_id = ?", [result.withheld, page_id])
            if content == "new":
                recheck_duplicate(db, page_id, result.fetched_at)
        save_images(db, page_id, result.images, changed=content in ("new", "changed"), now=result.fetched_at)
    return content


def _redirect(db: Database, crawl_id: int | None, result: FetchResult, target: NewPage) -> int:
    """Make the requested page an alias of `target`; return the target's id."""
    add_pages(db, [target], result.fetched_at)
    (target_id,) = db.execute("select id from pages where url = ?", [target.url]).fetchone()
    old = db.execute("select id from articles where page_id = ?", [result.page.id]).fetchone()
    new = db.execute("select id from articles where page_id = ?", [target_id]).fetchone()
    if old and new:  # the requested page's article stays, with the revisions of both; its content is written below
        merge_revisions(db, new[0], old[0])
        content = load_article(db, new[0])
        forget_article(db, target_id)
    if old:  # the article keeps its id under the new URL
        db.conn.execute("update articles set page_id = ?, url = ? where id = ?", [target_id, target.url, old[0]])
    if old and new:
        save_article(db, target_id, None, content, result.fetched_at, revise=False)
    db.conn.execute(
        "update pages set state = 'alias', alias_of = ?, reason = 'moved', due_at = ?, fetched_at = ?, status = ?, "
        "missing_since = null, gone_since = null where id = ?",
        [target_id, result.alias_due_at, result.fetched_at, result.status, result.page.id],
    )
    db.conn.execute("update pages set alias_of = ? where alias_of = ?", [target_id, result.page.id])
    db.conn.execute("update pages set alias_of = null where id = ?", [target_id])  # it may have been an alias
    _add_fetch(db, crawl_id, result.page.id, replace(result, outcome="alias", reason="moved"))
    return int(target_id)


def _recheck_target(db: Database, target_id: int, found: Article, now: str) -> None:
    """Make the page of an alias due if other content is stored of it than the alias shows."""
    sql = (
        "update pages set due_at = min(coalesce(due_at, ?2), ?2) where id = ?1 and optout_id is null "
        "and not exists (select 1 from articles where page_id = ?1 and content_hash = ?3)"
    )
    db.conn.execute(sql, [target_id, now, content_hash(found)])


def _take_article(db: Database, variant_id: int, result: FetchResult) -> None:
    """Give the article of a page to the requested one, which has none, and make that page its alias."""
    page = result.page
    db.conn.execute("update articles set page_id = ?, url = ? where page_id = ?", [page.id, page.url, variant_id])
    sql = "update pages set state = 'alias', reason = 'moved', alias_of = ?, due_at = ? where id = ?"
    db.conn.execute(sql, [page.id, result.alias_due_at, variant_id])
    db.conn.execute("update pages set alias_of = ? where alias_of = ?", [page.id, variant_id])
    db.conn.execute("update pages set alias_of = null where id = ?", [page.id])


def _add_fetch(db: Database, crawl_id: int | None, page_id: int, result: FetchResult) -> int:
    row: dict[str, Any] = {name: getattr(result, name) for name in FETCH}
    if result.warc:
        row |= {"warc_file": result.warc.file, "warc_offset": result.warc.offset}
    return insert(db, "fetches", row | {"page_id": page_id, "crawl_id": crawl_id})


def _update_page(db: Database, page_id: int, result: FetchResult) -> None:
    row: dict[str, Any] = {"due_at": result.due_at, "fetched_at": result.fetched_at, "status": result.status}
    if result.interval is not None:
        row["interval"] = result.interval
    if result.outcome in ("failed", "blocked"):
        db.conn.execute("update pages set failures = failures + 1 where id = ?", [page_id])
    else:
        row["failures"] = 0
        if result.status != 304:  # which need not repeat the header, and has no page
            row |= {"directives": result.directives, "rights": json.dumps(result.rights, ensure_ascii=False)}
    if result.digest:
        row |= {"digest": result.digest, "payload": result.payload}
    if result.digest or (result.outcome == "unchanged" and (result.etag or result.last_modified)):
        (url,) = db.execute("select url from pages where id = ?", [page_id]).fetchone()
        own = result.url == url  # another URL's validators would make an unseen page "unchanged"
        row |= {"etag": result.etag if own else None, "last_modified": result.last_modified if own else None}
    update(db, "pages", page_id, row | _state(db, page_id, result))


def _state(db: Database, page_id: int, result: FetchResult) -> dict[str, Any]:
    """Return the columns of the page's new state, with the times since when it is missing and gone."""
    sql = (
        "select kind, state, missing_since, gone_since, exists(select 1 from articles where page_id = pages.id) "
        "from pages where id = ?"
    )
    kind, state, missing, gone, has_article = db.execute(sql, [page_id]).fetchone()
    if state == "alias" and not result.article and not result.target:
        return {}  # an alias without a new target stays an alias
    present = {"missing_since": None, "gone_since": None}
    if result.outcome == "gone" and has_article:
        if missing is None:  # may be temporary: the second fetch decides
            return {"missing_since": result.fetched_at, "reason": result.reason}
        return {"state": "gone", "reason": result.reason, "gone_since": missing}
    if result.outcome == "unchanged":
        if kind != "article" or has_article:
            return {"state": "stored" if has_article else "read", "reason": None} | present
        sql = "select reason from fetches where page_id = ? and outcome = 'no article' order by id desc limit 1"
        return {"state": "no article", "reason": (db.execute(sql, [page_id]).fetchone() or [None])[0]}
    if result.outcome == "blocked" and has_article:
        return {}  # what was served in the article's place says nothing of it
    if result.outcome in ("failed", "refused", "blocked"):
        return {} if gone else {"state": result.outcome, "reason": result.reason}
    return {"state": result.outcome, "reason": result.reason, "alias_of": None} | present
