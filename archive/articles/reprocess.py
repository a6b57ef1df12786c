"""Run extraction again over the stored bytes of pages."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils import Database

from archive.article import Article, NoArticle
from archive.articles.writer import reinterpret
from archive.extraction.pool import ExtractionPool, PoolError, default_workers
from archive.page import Page
from archive.storage.block_counts import known_blocks
from archive.storage.connection import timestamp, transaction
from archive.storage.warc.files import Location, WarcError, read_page
from archive.works.writer import drop_unusable_titles

logger = logging.getLogger(__name__)

KILLED = ("timed out", "crashed", "out of memory")  # not a property of the page: the stored article is kept
AHEAD = 16  # pages submitted ahead of the result being awaited, so that workers are never idle

Row = tuple[int, int, str, str, str, int]  # page, fetch, url, site, WARC file, offset

# The bytes of an article that was found through a redirect belong to a fetch of the page that redirected, which is an
# alias now and has no article of its own.
LATEST = """
select p.id, max(f.id), p.url, p.site, f.warc_file, f.warc_offset
from pages p left join articles a on a.page_id = p.id join fetches f on f.page_id = p.id or f.id = a.fetch_id
where p.kind = 'article' and p.alias_of is null and (f.outcome in ('stored', 'no article') or f.id = a.fetch_id)
  and (f.warc_file is not null or f.withheld) {where}
group by p.id having not f.withheld order by f.warc_file, f.warc_offset
"""


def reprocess(
    db: Database,
    folder: Path,
    *,
    sites: Iterable[str] = (),
    languages: Mapping[str, str | None],
    workers: int | None = None,
    progress: Callable[[Counter[str], int], None],
) -> Counter[str]:
    """Run extraction again over the newest stored bytes of all pages, or of the pages of `sites`.

    A page whose newest bytes are not kept (noarchive) is left as it is: older bytes would bring an older text back.
    `languages` are those of the configured sites by name (BCP 47), which are hints as in a crawl: see Page. Without
    `workers` there are `default_workers`.
    The result replaces the stored article, and its references are matched to works by today's rules. No revision is
    made, since the page did not change. Returns the number of pages by result: changed, same, no article, failed (the
    stored article is kept), unreadable (the WARC record is missing). `progress` is called after each page with the
    numbers so far and the total number of pages.
    """
    names = list(sites)
    where = f"and p.site in ({','.join('?' * len(names))})" if names else ""
    rows: list[Row] = db.execute(LATEST.format(where=where), names).fetchall()
    counts: Counter[str] = Counter()
    with ExtractionPool(workers or default_workers()) as extractor:
        for row, future in _ahead(db, rows, folder, languages, extractor):
            counts[_store_result(db, row, future)] += 1
            progress(counts, len(rows))
    with transaction(db):
        drop_unusable_titles(db)
    return counts


def _ahead(
    db: Database, rows: list[Row], folder: Path, languages: Mapping[str, str | None], extractor: ExtractionPool
) -> Iterator[tuple[Row, Future[Article] | WarcError]]:
    pending: list[tuple[Row, Future[Article] | WarcError]] = []
    for row in rows:
        pending.append((row, _submit(db, row, folder, languages, extractor)))
        if len(pending) > AHEAD:
            yield pending.pop(0)
    yield from pending


def _submit(
    db: Database, row: Row, folder: Path, languages: Mapping[str, str | None], extractor: ExtractionPool
) -> Future[Article] | WarcError:
    _, _, url, site, file, offset = row
    try:
        page: Page = read_page(folder, Location(file, offset))
    except WarcError as error:
        return error
    return extractor.submit(replace(page, url=url, site=site, language=languages.get(site)), known_blocks(db, site))


def _store_result(db: Database, row: Row, future: Future[Article] | WarcError) -> str:
    page_id, fetch_id, url, *_ = row
    if isinstance(future, WarcError):
        logger.warning("%s", future)
        return "unreadable"
    result: Article | str
    try:
        result = future.result()
    except NoArticle as no:
        result = no.reason
    except PoolError:
        raise
    except Exception:  # an error in our code on one page must not stop the others
        logger.exception("Extraction failed on %s", url)
        return "failed"
    if result in KILLED:
        return "failed"
    with transaction(db):
        return reinterpret(db, page_id, fetch_id, result, timestamp(datetime.now(UTC)))
