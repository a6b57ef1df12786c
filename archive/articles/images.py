"""The images of articles: pages of the kind `image`, which is which of an article's, and what became of each."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlite_utils import Database

from archive.article import Image
from archive.storage.connection import timestamp
from archive.storage.frontier import NewPage, add_pages
from archive.storage.sql import from_row

FRESH = timedelta(days=30)  # an image is asked for again when its article changed, and not within so long

KEPT, NOT_FETCHED = "kept", "not fetched"

LINK = """
insert into article_images (article_id, url, page_id, reason) values (?, ?, ?, ?)
on conflict (article_id, url) do update set page_id = excluded.page_id, reason = excluded.reason
"""
# Those that wait for their first fetch, or fail, have a time at which they are due already.
AGAIN = """
update pages set due_at = :now where kind = 'image' and optout_id is null and due_at is null
  and fetched_at < :before and url in (select value from json_each(:urls))
"""
# Those that went with the removed articles that had them, and that no exclusion matches.
RELEASE = """
update pages set optout_id = null, state = 'new', reason = null, due_at = ?
where kind = 'image' and optout_id is not null and url = ?
"""
# The view article_image_fates, but for any revision, with the columns of ImageFate: of several fetches that kept the
# image the last one before the next revision was seen; else the first one after.
FATES = """
select l.url, case when f.id is not null then 'kept' else coalesce(p.state, 'not fetched') end,
  coalesce(l.reason, p.reason), f.id, f.fetched_at, f.media_type, f.width, f.height, f.size, f.digest, f.warc_file,
  f.warc_offset
from article_images l left join pages p on p.id = l.page_id left join fetches f on f.id = (
  select coalesce(max(k.id) filter (where k.fetched_at < :until), min(k.id)) from fetches k
  where k.page_id = p.id and k.media_type is not null and k.warc_file is not null)
where l.article_id = :article_id
"""
UNTIL = "select min(seen_at) from revisions where article_id = ? and number > ?"


class ImageLink(NamedTuple):
    """An image of an article, by its URL as extracted, with its page, or the reason why it is to have none."""

    url: str
    page: NewPage | None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFate:
    """What became of an image of an article.

    `fate` is `kept`, `not fetched`, or the state of its page: new (it waits), gone, refused, failed or blocked;
    `reason` says why. The rest is of the fetch that kept it: its id, when it was, what the bytes are, the size in
    pixels and in bytes, the SHA-1, and where the record is.
    """

    url: str
    fate: str
    reason: str | None = None
    fetch_id: int | None = None
    fetched_at: str | None = None
    media_type: str | None = None
    width: int | None = None
    height: int | None = None
    size: int | None = None
    digest: str | None = None
    warc_file: str | None = None
    warc_offset: int | None = None

    def as_object(self) -> dict[str, Any]:
        """Return the fate for JSON, without the id of the fetch, which is the archive's own."""
        return {name: value for name, value in asdict(self).items() if name != "fetch_id"}


def image_urls(db: Database, page_id: int) -> list[str]:
    """Return the URLs of the images of a page's article, in the order of the article where that is known."""
    sql = (
        "select i.url from articles a join images i on i.article_id = a.id where a.page_id = ? "
        "order by i.position is null, i.position, i.id"
    )
    return [url for (url,) in db.execute(sql, [page_id]).fetchall()]


def save_images(db: Database, page_id: int, links: Sequence[ImageLink], *, changed: bool, now: str) -> None:
    """Add the images of the article of a page to the frontier; of one that `changed` those kept long ago are due.

    Those that were removed only with the last article that had them are fetched again. The caller holds a transaction.
    """
    row = db.execute("select id from articles where page_id = ?", [page_id]).fetchone()
    if row is None or not links:
        return
    pages = [link.page for link in links if link.page]
    add_pages(db, pages, now)
    urls = json.dumps([page.url for page in pages])
    sql = "select url, id from pages where kind = 'image' and url in (select value from json_each(?))"
    ids: dict[str, int] = dict(db.execute(sql, [urls]).fetchall())
    db.conn.executemany(RELEASE, [(page.due_at, page.url) for page in pages if page.optout_id is None])
    if changed:
        before = timestamp(datetime.fromisoformat(now) - FRESH)
        db.conn.execute(AGAIN, {"now": now, "before": before, "urls": urls})
    rows = []
    for link in links:
        image_id = ids.get(link.page.url) if link.page else None
        reason = link.reason or (None if image_id else "other page")  # the URL is that of an article or a list
        rows.append((row[0], link.url, image_id, reason))
    db.conn.executemany(LINK, rows)


def image_fates(db: Database, article_id: int, number: int, images: Iterable[Image]) -> tuple[ImageFate, ...]:
    """Return what became of the `images` of a revision, in their order; nothing where none was to be kept."""
    (until,) = db.execute(UNTIL, [article_id, number]).fetchone()
    rows = db.execute(FATES, {"article_id": article_id, "until": until or "~"}).fetchall()
    found = {row[0]: from_row(ImageFate, row) for row in rows}
    if not found:
        return ()
    return tuple(found.get(image.url) or ImageFate(url=image.url, fate=NOT_FETCHED) for image in images)
