"""Read what was received: the bytes of the response that a revision of an article was extracted from, and of images."""

from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from archive.articles.images import ImageFate
from archive.articles.lookup import find_article, load
from archive.extraction.image_files import ImageFormat, image_format
from archive.page import Page
from archive.storage.exclusions import Exclusions
from archive.storage.warc.files import Location, WarcError, read_page
from archive.text.messages import message

HTML = ("text/html", "application/xhtml+xml", "")
LARGEST = 20_000_000  # bytes of a page that is shown

IMAGE = """
select p.url, f.warc_file, f.warc_offset from fetches f join pages p on p.id = f.page_id
where f.id = ? and p.kind = 'image' and p.optout_id is null and f.media_type is not null and f.warc_file is not null
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedPage:
    """The response of a revision, or the sentence `absence` on why it is not shown.

    `digest` is the SHA-1 of the body, content encoding undone. `encoding` is the one that the extraction used. `images`
    is what became of the images of the article.
    """

    article_id: int
    revision: int
    url: str
    fetched_at: str | None
    status: int | None
    digest: str | None
    size: int | None
    encoding: str
    images: tuple[ImageFate, ...] = ()
    page: Page | None = None
    absence: str | None = None


def received_page(db: Database, folder: Path, wanted: str, revision: int | None) -> ReceivedPage:
    """Return the page of a revision of an article, the newest if None; `folder` is that of the WARC files.

    Raises NotStoredError for an unknown article or revision.
    """
    stored = load(db, find_article(db, wanted), revision)
    row = db.execute(
        "select f.url, f.fetched_at, f.status, f.digest, f.size, f.content_type, f.withheld, f.page_id "
        "from revisions r left join fetches f on f.id = r.fetch_id where r.article_id = ? and r.number = ?",
        [stored.id, stored.revision],
    ).fetchone()
    url, fetched_at, status, digest, size, content_type, withheld, page_id = row
    page: Page | None = None
    if Exclusions.load(db).match(stored.article.url) is not None:
        absence: str | None = message("The page was opted out of the archive: it is not shown.")
    elif stored.noarchive or withheld:
        absence = message("The page asks for no archived copy: its bytes were not kept.")
    elif (content_type or "").partition(";")[0].strip().lower() not in HTML:
        absence = message("The page was received as %(type)s, which is not shown.", type=content_type)
    elif size and size > LARGEST:
        absence = message("The page is too large to be shown: it has %(size)s bytes.", size=size)
    else:
        page, absence = _read(db, folder, stored.id, stored.revision, page_id, digest)
    return ReceivedPage(
        article_id=stored.id,
        revision=stored.revision,
        url=url or stored.article.url,
        fetched_at=fetched_at,
        status=status,
        digest=digest,
        size=size,
        encoding=stored.article.encoding,
        images=stored.images,
        page=page,
        absence=absence,
    )


def _read(
    db: Database, folder: Path, article_id: int, number: int, page_id: int | None, digest: str | None
) -> tuple[Page | None, str | None]:
    """Return the page from its own record, or else from another one of the same bytes; or why it cannot be read."""
    places = db.execute(
        "select f.warc_file, f.warc_offset from revisions r join fetches f on f.id = r.fetch_id "
        "where r.article_id = ? and r.number = ? and f.warc_file is not null union all "
        "select warc_file, warc_offset from fetches "
        "where page_id = ? and digest = ? and warc_file is not null and not withheld",
        [article_id, number, page_id, digest],
    ).fetchall()
    if not places:
        return None, message("No bytes of the page are kept in the archive's WARC files.")
    for file, offset in dict.fromkeys(places):
        try:
            return read_page(folder, Location(file, offset)), None
        except WarcError:
            continue  # a missing file, a damaged record, or one that refers to another of the same bytes
    return None, message("The page cannot be read: its record in %(file)s is missing or damaged.", file=places[0][0])


def kept_image(db: Database, folder: Path, fetch_id: int) -> tuple[ImageFormat, bytes] | None:
    """Return the format and the bytes of the image that a fetch kept; `folder` is that of the WARC files.

    None where there is none, where it was opted out, and where the record cannot be read or holds no image.
    """
    row = db.execute(IMAGE, [fetch_id]).fetchone()
    if row is None or Exclusions.load(db).match(row[0]) is not None:
        return None
    try:
        body = read_page(folder, Location(row[1], row[2])).body
    except WarcError:
        return None
    form = image_format(body)
    return (form, body) if form else None
