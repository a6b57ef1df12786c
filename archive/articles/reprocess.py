"""Run extraction again over the stored bytes of pages."""

import logging
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, Protocol

from sqlite_utils import Database

from archive.article import Article, NoArticle
from archive.articles.writer import reinterpret
from archive.extraction.pool import ArticleFuture, ExtractionPool, PoolError, default_workers
from archive.page import Page
from archive.storage.block_counts import known_blocks
from archive.storage.connection import timestamp, transaction
from archive.storage.warc.files import Location, WarcError, read_page
from archive.works.writer import drop_unusable_titles

logger = logging.getLogger(__name__)

KILLED = ("timed out", "crashed", "out of memory")  # not a property of the page: the stored article is kept
# Pages whose site's recurring blocks are counted at once: when all pages up to the wave before the last one are stored.
# So an article depends neither on the number of workers nor on which of them is faster.
WAVE = 1024

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


class PageOrder(NamedTuple):
    """A page to extract: its URL, site and language, which are hints, and where its bytes are."""

    url: str
    site: str
    language: str | None
    location: Location


class Extraction(Protocol):
    """Extracts pages from their stored bytes, in processes here or elsewhere.

    `ahead` is how many pages are submitted ahead of the result that is awaited, so that nobody is idle; below WAVE.
    """

    ahead: int

    def submit(self, order: PageOrder, site_blocks: frozenset[str]) -> Future[Article]:
        """Return a future of the article. Its result raises NoArticle, PoolError, WarcError for unreadable bytes."""

    def flush(self) -> None:
        """Begin what was submitted: nothing more comes."""


class LocalExtraction:
    """Extracts pages in processes of this machine."""

    ahead = 16

    def __init__(self, folder: Path, pool: ExtractionPool) -> None:
        self._folder, self._pool = folder, pool

    def submit(self, order: PageOrder, site_blocks: frozenset[str]) -> Future[Article]:
        """Read the page and have it extracted."""
        try:
            page = read_ordered(self._folder, order)
        except WarcError as error:
            failed: Future[Article] = Future()
            failed.set_exception(error)
            return failed
        return self._pool.submit(page, site_blocks)

    def flush(self) -> None:
        """Do nothing: each page was begun."""


def read_ordered(folder: Path, order: PageOrder) -> Page:
    """Return the page with its hints. Raises WarcError."""
    return replace(read_page(folder, order.location), url=order.url, site=order.site, language=order.language)


def reprocess(
    db: Database,
    folder: Path,
    *,
    sites: Iterable[str] = (),
    languages: Mapping[str, str | None],
    workers: int | None = None,
    extraction: Extraction | None = None,
    progress: Callable[[Counter[str], int], None],
) -> Counter[str]:
    """Run extraction again over the newest stored bytes of all pages, or of the pages of `sites`.

    A page whose newest bytes are not kept (noarchive) is left as it is: older bytes would bring an older text back.
    `languages` are those of the configured sites by name (BCP 47), which are hints as in a crawl: see Page. Without
    `workers` there are `default_workers`; `extraction` takes their place, with the same result.
    The result replaces the stored article, and its references are matched to works by today's rules. No revision is
    made, since the page did not change. Returns the number of pages by result: changed, same, no article, failed (the
    stored article is kept), unreadable (the WARC record is missing). `progress` is called after each page with the
    numbers so far and the total number of pages.
    """
    names = list(sites)
    where = f"and p.site in ({','.join('?' * len(names))})" if names else ""
    rows: list[Row] = db.execute(LATEST.format(where=where), names).fetchall()
    counts: Counter[str] = Counter()
    with nullcontext(extraction) if extraction else _local(folder, workers) as extractor:
        for row, future in _ahead(db, rows, languages, extractor):
            counts[_store_result(db, row, future)] += 1
            progress(counts, len(rows))
    with transaction(db):
        drop_unusable_titles(db)
    return counts


@contextmanager
def _local(folder: Path, workers: int | None) -> Iterator[Extraction]:
    with ExtractionPool(workers or default_workers()) as pool:
        yield LocalExtraction(folder, pool)


def _ahead(
    db: Database, rows: list[Row], languages: Mapping[str, str | None], extraction: Extraction
) -> Iterator[tuple[Row, Future[Article]]]:
    """Yield rows with the futures of their articles, which the caller stores before it asks for the next one."""
    pending: deque[tuple[Row, Future[Article]]] = deque()
    waves = [_blocks(db, rows, wave) for wave in (0, 1)]
    done = 0
    for index, row in enumerate(rows):
        _, _, url, site, file, offset = row
        order = PageOrder(url, site, languages.get(site), Location(file, offset))
        pending.append((row, extraction.submit(order, waves[index // WAVE][site])))
        is_last = index == len(rows) - 1
        if is_last:
            extraction.flush()
        while len(pending) > extraction.ahead or (pending and is_last):
            yield pending.popleft()
            done += 1
            if done % WAVE == 0:
                waves.append(_blocks(db, rows, done // WAVE + 1))


def _blocks(db: Database, rows: list[Row], wave: int) -> dict[str, frozenset[str]]:
    """Return the recurring blocks of the sites of a wave of rows."""
    sites = {site for _, _, _, site, _, _ in rows[wave * WAVE : (wave + 1) * WAVE]}
    return {site: known_blocks(db, site) for site in sites}


def _store_result(db: Database, row: Row, future: Future[Article]) -> str:
    page_id, fetch_id, url, *_ = row
    result: Article | str
    try:
        result = future.result()
    except NoArticle as no:
        result = no.reason
    except WarcError as error:
        logger.warning("%s", error)
        return "unreadable"
    except PoolError:
        raise
    except Exception:  # an error in our code on one page must not stop the others
        logger.exception("Extraction failed on %s", url)
        return "failed"
    if result in KILLED:
        return "failed"
    with transaction(db):
        keys = future.keys if isinstance(future, ArticleFuture) else None  # a cluster does not send them
        return reinterpret(db, page_id, fetch_id, result, timestamp(datetime.now(UTC)), keys)
