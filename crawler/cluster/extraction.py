"""Extract pages again on a cluster: workers read WARC records and return articles in batches."""

import logging
import multiprocessing
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive.article import Article, NoArticle
from archive.articles.reprocess import WAVE, PageOrder, read_ordered
from archive.extraction.pool import ExtractionPool, PoolError
from archive.storage.warc.files import WarcError
from crawler.cluster.connect import ClusterError, slots

if TYPE_CHECKING:
    from distributed import Client

logger = logging.getLogger(__name__)

BATCH = 16  # records of one file that a task reads: 1 to 2 s of work, and a few MB of articles
BATCHES_AHEAD = 3  # for each task that the workers do at once
RETRIES = 2  # of a task whose worker died, before its records are tried one by one

Ended = Article | Exception  # what became of a page


class ClusterExtraction:
    """Has pages extracted by the workers of a cluster.

    No more than `ahead` pages are under way or waiting to be stored, so that workers wait for the writer, not memory.
    """

    def __init__(self, client: "Client", folder: Path) -> None:
        """Raises ClusterError where a worker does not reach the WARC folder."""
        self._client, self._folder = client, str(folder.resolve())
        self.ahead = min(WAVE - 1, BATCH * BATCHES_AHEAD * slots(client))
        self._batch: list[tuple[PageOrder, Future[Article]]] = []
        self._blocks: dict[str, frozenset[str]] = {}
        seen = client.run(_content, self._folder)
        if blind := sorted(worker for worker, names in seen.items() if names != _content(self._folder)):
            raise ClusterError(
                f"{folder} is not what {blind[0]} finds there: mount it by the same path on all workers."
            )

    def submit(self, order: PageOrder, site_blocks: frozenset[str]) -> Future[Article]:
        """Add the page to a batch of records of one file and of one state of its sites' blocks."""
        if self._batch and (
            len(self._batch) >= BATCH
            or self._batch[0][0].location.file != order.location.file
            or self._blocks.get(order.site, site_blocks) != site_blocks
        ):
            self.flush()
        future: Future[Article] = Future()
        future.set_running_or_notify_cancel()
        self._batch.append((order, future))
        self._blocks[order.site] = site_blocks
        return future

    def flush(self) -> None:
        """Send the batch to a worker."""
        if self._batch:
            self._send(self._batch, self._blocks)
            self._batch, self._blocks = [], {}

    def _send(self, batch: Sequence[tuple[PageOrder, Future[Article]]], blocks: Mapping[str, frozenset[str]]) -> None:
        orders = [order for order, _ in batch]
        task = self._client.submit(extract_batch, self._folder, orders, blocks, pure=False, retries=RETRIES)
        task.add_done_callback(lambda done: self._take(done, batch, blocks))

    def _take(
        self, task: Any, batch: Sequence[tuple[PageOrder, Future[Article]]], blocks: Mapping[str, frozenset[str]]
    ) -> None:
        """Hand the results on. Of a batch whose workers died each record is tried alone, so that one fails alone."""
        if task.status == "finished":
            for (_, future), ended in zip(batch, task.result(), strict=True):
                if isinstance(ended, Exception):
                    future.set_exception(ended)
                else:
                    future.set_result(ended)
        elif task.status != "error":
            for _, future in batch:
                future.set_exception(PoolError("the scheduler has lost them"))
        elif len(batch) > 1:
            for each in batch:
                self._send([each], blocks)
        else:
            ((order, future),) = batch
            logger.warning("%s: %s", order.url, task.exception())
            future.set_exception(NoArticle("crashed"))


def extract_batch(folder: str, orders: Sequence[PageOrder], blocks: Mapping[str, frozenset[str]]) -> list[Ended]:
    """Extract pages in a process of its own; return an article or what was raised for each."""
    pool = _pool()
    futures: list[Future[Article] | WarcError] = []
    for order in orders:
        try:
            futures.append(pool.submit(read_ordered(Path(folder), order), blocks[order.site]))
        except WarcError as error:
            futures.append(error)
    return [future if isinstance(future, WarcError) else _ended(future) for future in futures]


def _ended(future: "Future[Article]") -> Ended:
    error = future.exception()
    if error is None:
        return future.result()
    return error if isinstance(error, NoArticle | PoolError) else RuntimeError(repr(error))  # any one can be sent


@cache
def _pool() -> ExtractionPool:
    """Return the pool of this worker, which lives as long as it does."""
    multiprocessing.current_process().daemon = False  # Dask's workers are, and may have no children then
    return ExtractionPool(1)


def _content(folder: str) -> list[tuple[str, int]] | None:
    """Return the WARC files of a folder with their sizes; None where it cannot be read."""
    try:
        return sorted((entry.name, entry.stat().st_size) for entry in os.scandir(folder) if ".warc" in entry.name)
    except OSError:
        return None
