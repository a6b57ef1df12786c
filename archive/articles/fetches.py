"""The one writer: what became of a page goes into the archive in one transaction, or not at all."""

from dataclasses import dataclass, replace
from typing import Any

from sqlite_utils import Database

from archive.article import Article
from archive.articles.redirects import ask_twin, give_back, join_history
from archive.articles.writer import forget_article, insert, reread, save_article, update
from archive.storage.connection import transaction
from archive.storage.frontier import NewPage, add_pages
from archive.storage.row_mapping import load_article


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What one exchange brought. `page_id` was asked for; `target` is the page that answered where a redirect or a
    canonical link says that it is another one. `detail` says in a sentence what `reason` says in a word.

    `interval` is the time in seconds from this look at a feed, sitemap or listing to the next; `payload` the SHA-1 of
    the body as received; `directives` what the page asks of archives. `reread` is what today's reading makes of the
    bytes that the stored article was understood from, where that is something else than what is stored.
    `alias_due_at` is when a page with a `target` is looked at again itself; `target_in_hand`: the target is being asked
    itself, and its own answer will say what became of it.
    """

    page_id: int
    url: str
    fetched_at: str
    outcome: str
    due_at: str | None
    reason: str | None = None
    detail: str | None = None
    status: int | None = None
    content_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    size: int | None = None
    seconds: float | None = None
    digest: str | None = None
    warc_file: str | None = None
    warc_offset: int | None = None
    interval: int | None = None
    payload: str | None = None
    directives: str | None = None
    article: Article | None = None
    reread: Article | None = None
    target: NewPage | None = None
    alias_due_at: str | None = None
    target_in_hand: bool = False
    found: tuple[NewPage, ...] = ()


FETCH = (
    "url", "fetched_at", "outcome", "reason", "detail", "status", "content_type", "size", "seconds", "digest",
    "warc_file", "warc_offset",
)  # fmt: skip


def record(db: Database, crawl_id: int | None, visit: Visit) -> str | None:
    """One transaction: links, fetch, page states, and the article with all its parts.

    Returns what became of the article (see save_article); None where there is none.
    """
    content = None
    with transaction(db):
        add_pages(db, visit.found, visit.fetched_at)
        page_id = visit.page_id
        if visit.target:
            page_id = _redirect(db, crawl_id, visit, visit.target)
            seen = "select 1 from fetches where page_id = ? and crawl_id = ? and outcome <> 'alias'"
            if visit.target_in_hand or db.execute(seen, [page_id, crawl_id]).fetchone():
                return None  # the page itself was fetched in this crawl: its fate is recorded once
        elif visit.article or visit.outcome in ("gone", "no article", "refused"):
            give_back(db, page_id, visit.article, visit.fetched_at)
        fetch_id = _add_fetch(db, crawl_id, page_id, visit)
        _update_page(db, page_id, visit)
        if visit.article:
            if visit.reread and page_id == visit.page_id:
                reread(db, page_id, visit.reread, visit.fetched_at)
            content = save_article(db, page_id, fetch_id, visit.article, visit.fetched_at)
            update(db, "fetches", fetch_id, {"content": content})
            if content == "new":
                ask_twin(db, page_id, visit.fetched_at)
    return content


def _redirect(db: Database, crawl_id: int | None, visit: Visit, target: NewPage) -> int:
    """Makes the page that was asked for an alias of `target`, and returns the target's id."""
    add_pages(db, [target], visit.fetched_at)
    (target_id,) = db.execute("select id from pages where url = ?", [target.url]).fetchone()
    old = db.execute("select id from articles where page_id = ?", [visit.page_id]).fetchone()
    new = db.execute("select id from articles where page_id = ?", [target_id]).fetchone()
    if old and new:  # the older one goes on, with the history of both; its content is written anew, see below
        join_history(db, new[0], old[0])
        content = load_article(db, new[0])
        forget_article(db, target_id)
    if old:  # it keeps its id under the new URL
        db.conn.execute("update articles set page_id = ?, url = ? where id = ?", [target_id, target.url, old[0]])
    if old and new and not visit.article:
        save_article(db, target_id, None, content, visit.fetched_at, revise=False)
    db.conn.execute(
        "update pages set state = 'alias', alias_of = ?, reason = 'moved', due_at = ?, fetched_at = ?, status = ?, "
        "missing_since = null, gone_since = null where id = ?",
        [target_id, visit.alias_due_at, visit.fetched_at, visit.status, visit.page_id],
    )
    db.conn.execute("update pages set alias_of = ? where alias_of = ?", [target_id, visit.page_id])
    db.conn.execute("update pages set alias_of = null where id = ?", [target_id])  # it may have been one itself
    _add_fetch(db, crawl_id, visit.page_id, replace(visit, outcome="alias", reason="moved"))
    return int(target_id)


def _add_fetch(db: Database, crawl_id: int | None, page_id: int, visit: Visit) -> int:
    row = {name: getattr(visit, name) for name in FETCH}
    return insert(db, "fetches", row | {"page_id": page_id, "crawl_id": crawl_id})


def _update_page(db: Database, page_id: int, visit: Visit) -> None:
    row: dict[str, Any] = {"due_at": visit.due_at, "fetched_at": visit.fetched_at, "status": visit.status}
    if visit.interval is not None:
        row["interval"] = visit.interval
    if visit.outcome == "failed":
        db.conn.execute("update pages set failures = failures + 1 where id = ?", [page_id])
    else:
        row |= {"failures": 0, "directives": visit.directives}
    if visit.digest:
        row |= {"digest": visit.digest, "payload": visit.payload}
    if visit.digest or (visit.outcome == "unchanged" and (visit.etag or visit.last_modified)):
        (url,) = db.execute("select url from pages where id = ?", [page_id]).fetchone()
        own = visit.url == url  # another address's validators would make a page unchanged that nobody saw
        row |= {"etag": visit.etag if own else None, "last_modified": visit.last_modified if own else None}
    update(db, "pages", page_id, row | _standing(db, page_id, visit))


def _standing(db: Database, page_id: int, visit: Visit) -> dict[str, Any]:
    """The page's state after the visit, with since when its article's page is missing or gone."""
    has = "exists(select 1 from articles where page_id = pages.id)"
    sql = f"select kind, state, missing_since, gone_since, {has} from pages where id = ?"  # noqa: S608
    kind, state, missing, gone, has_article = db.execute(sql, [page_id]).fetchone()
    if state == "alias" and not visit.article and not visit.target:
        return {}  # an address that led to an article once is where it was to be found
    there = {"missing_since": None, "gone_since": None}
    if visit.outcome == "gone" and has_article:
        if missing is None:  # it may be a mishap: a second look decides
            return {"missing_since": visit.fetched_at, "reason": visit.reason}
        return {"state": "gone", "reason": visit.reason, "gone_since": missing}
    if visit.outcome == "unchanged":
        if kind != "article" or has_article:
            return {"state": "stored" if has_article else "read", "reason": None} | there
        sql = "select reason from fetches where page_id = ? and outcome = 'no article' order by id desc limit 1"
        return {"state": "no article", "reason": (db.execute(sql, [page_id]).fetchone() or [None])[0]}
    if visit.outcome in ("failed", "refused"):
        return {} if gone else {"state": visit.outcome, "reason": visit.reason}
    return {"state": visit.outcome, "reason": visit.reason, "alias_of": None} | there
