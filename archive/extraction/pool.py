"""Extraction in worker processes with a time limit: a page that does not end costs its worker, not the crawl."""

import multiprocessing
import os
import threading
import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Self

from pebble import ProcessExpired, ProcessPool

from archive.article import Article, NoArticle
from archive.page import Page

TIME_LIMIT = 20.0  # seconds a page may take; of 358 real pages the slowest takes under 1 s
MEMORY_LIMIT = 1 << 30  # bytes resident in a worker (160 MB after 150 real pages); one that has more is replaced
WATCHED_EVERY = 0.05  # seconds; in one step a page allocates a few MB
OUT_OF_MEMORY = 77  # exit status of a worker over its limit

_at_work = threading.Event()  # in a worker: it is extracting, and holds none of the pool's locks


class PoolError(Exception):
    """The workers cannot be kept running: it says nothing of the page, which is to be tried again."""


class ExtractionPool:
    """A pool of processes that run `extract`; use as a context manager."""

    def __init__(self, workers: int, *, time_limit: float = TIME_LIMIT, memory_limit: int = MEMORY_LIMIT) -> None:
        # forkserver: the parent has threads and open connections, which a plain fork would copy
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["archive.extraction.preload"])
        self.time_limit = time_limit
        self._waiting: set[Future[Article]] = set()
        self._pool = ProcessPool(max_workers=workers, initializer=_prepare, initargs=(memory_limit,), context=context)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def submit(self, page: Page, site_blocks: frozenset[str] = frozenset()) -> Future[Article]:
        """The article to come; `site_blocks` are those known to recur on the page's site.

        Its `result()` raises NoArticle, also when the worker was killed or died, and PoolError.
        """
        promised: Future[Article] = Future()
        promised.set_running_or_notify_cancel()
        try:
            done = self._pool.schedule(_extract, args=(page, site_blocks), timeout=self.time_limit)
        except RuntimeError as error:  # the pool has broken
            promised.set_exception(PoolError(str(error)))
            return promised
        self._waiting.add(promised)
        done.add_done_callback(lambda settled: self._settle(settled, promised))
        return promised

    def close(self) -> None:
        """Ends the workers; waits for those that are at work."""
        self._pool.close()  # type: ignore[no-untyped-call]
        self._pool.join()

    def kill(self) -> None:
        """Ends the workers at once; what they are at is dropped."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()

    def _settle(self, done: Future[Article], promised: Future[Article]) -> None:
        self._waiting.discard(promised)
        error = done.exception()
        if error is None:
            promised.set_result(done.result())
        elif isinstance(error, FutureTimeoutError):
            promised.set_exception(NoArticle("timed out"))
        elif isinstance(error, ProcessExpired):
            promised.set_exception(NoArticle("out of memory" if error.exitcode == OUT_OF_MEMORY else "crashed"))
        elif isinstance(error, BrokenProcessPool):
            # The pool forgets the pages that wait behind this one.
            for other in (promised, *self._waiting):
                other.set_exception(PoolError(str(error)))
            self._waiting.clear()
        else:
            promised.set_exception(error)


def _extract(page: Page, site_blocks: frozenset[str]) -> Article:
    from archive.extraction import extract

    _at_work.set()
    try:
        return extract(page, site_blocks)
    except NoArticle:
        raise
    except Exception as error:
        raise RuntimeError(repr(error)) from error  # lxml's own errors cannot be sent to another process
    finally:
        _at_work.clear()


def _prepare(memory_limit: int) -> None:
    """Has an eye kept on the memory. (The libraries were loaded before the fork, see archive.extraction.preload.)"""
    threading.Thread(target=_watch, args=(memory_limit,), daemon=True).start()


def _watch(memory_limit: int) -> None:
    """Ends this process once it holds more than `memory_limit` bytes.

    A resource limit would do it at the very byte, but lxml answers a refused allocation in too many ways, crashes
    among them.
    """
    statm, page_size = Path("/proc/self/statm"), os.sysconf("SC_PAGE_SIZE")
    while statm.exists():  # elsewhere than on Linux the time limit has to do
        if _at_work.wait() and int(statm.read_text().split()[1]) * page_size > memory_limit:
            os._exit(OUT_OF_MEMORY)
        time.sleep(WATCHED_EVERY)
