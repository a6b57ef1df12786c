"""Extraction in worker processes with a time limit: a page that does not end costs its worker, not the crawl."""

import multiprocessing
import os
import threading
import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from pathlib import Path
from typing import Self

from pebble import ProcessExpired, ProcessPool

from archive.article import Article, NoArticle
from archive.page import Page

TIME_LIMIT = 20.0  # seconds a page may take; of 358 real pages the slowest takes under 1 s
MEMORY_LIMIT = (
    1 << 30
)  # bytes resident in a worker, which has about 160 MB after 150 real pages; one over it is replaced
WATCHED_EVERY = 0.05  # seconds; in one step a page allocates a few MB
OUT_OF_MEMORY = 77  # exit status of such a worker
WARM_UP = "<html><head><title>Warm up</title></head><body><article><p>" + "A sentence to warm up. " * 40


class Extractor:
    """A pool of processes that run `extract`; use as a context manager."""

    def __init__(self, workers: int, *, time_limit: float = TIME_LIMIT, memory_limit: int = MEMORY_LIMIT) -> None:
        # forkserver: the parent has threads and open connections, which a plain fork would copy
        context = multiprocessing.get_context("forkserver")
        self.time_limit = time_limit
        self._pool = ProcessPool(max_workers=workers, initializer=_prepare, initargs=(memory_limit,), context=context)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def submit(self, page: Page) -> Future[Article]:
        """The article to come; its `result()` raises NoArticle, also when the worker was killed or died."""
        inner = self._pool.schedule(_extract, args=(page,), timeout=self.time_limit)
        outer: Future[Article] = Future()
        outer.set_running_or_notify_cancel()
        inner.add_done_callback(lambda done: _settle(done, outer))
        return outer

    def close(self) -> None:
        """Ends the workers; waits for those that are at work."""
        self._pool.close()  # type: ignore[no-untyped-call]
        self._pool.join()


def _settle(done: Future[Article], outer: Future[Article]) -> None:
    error = done.exception()
    if error is None:
        outer.set_result(done.result())
    elif isinstance(error, FutureTimeoutError):
        outer.set_exception(NoArticle("timed out"))
    elif isinstance(error, ProcessExpired):
        outer.set_exception(NoArticle("out of memory" if error.exitcode == OUT_OF_MEMORY else "crashed"))
    else:
        outer.set_exception(error)


def _extract(page: Page) -> Article:
    from archive.extraction import extract

    try:
        return extract(page)
    except NoArticle:
        raise
    except Exception as error:
        raise RuntimeError(repr(error)) from error  # lxml's own errors cannot be sent to another process


def _prepare(memory_limit: int) -> None:
    """Loads the libraries before the first page's clock starts, and has an eye kept on the memory."""
    from archive.extraction import extract

    extract(Page(url="https://example.org/", body=WARM_UP.encode()))
    threading.Thread(target=_watch, args=(memory_limit,), daemon=True).start()


def _watch(memory_limit: int) -> None:
    """Ends this process once it holds more than `memory_limit` bytes.

    A resource limit would do it at the very byte, but lxml answers a refused allocation in too many ways, crashes
    among them.
    """
    statm, page_size = Path("/proc/self/statm"), os.sysconf("SC_PAGE_SIZE")
    while statm.exists():  # elsewhere than on Linux the time limit has to do
        if int(statm.read_text().split()[1]) * page_size > memory_limit:
            os._exit(OUT_OF_MEMORY)
        time.sleep(WATCHED_EVERY)
