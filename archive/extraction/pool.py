"""Run `extract` in worker processes with limits on time and memory; a worker over a limit is killed and replaced."""

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

TIME_LIMIT = 20.0  # seconds for a page; the slowest of 358 real pages takes less than 1 s
MEMORY_LIMIT = 1 << 30  # bytes resident in a worker, which has 160 MB after 150 real pages
CHECK_INTERVAL = 0.05  # seconds between memory checks; in that time a page allocates a few MB
OUT_OF_MEMORY = 77  # exit status of a worker over its memory limit

_extracting = threading.Event()  # set while a worker extracts: it then holds none of the pool's locks


class PoolError(Exception):
    """The worker processes have failed, not the page: extraction of the page has to be tried again."""


class ExtractionPool:
    """A pool of processes that run `extract`; use as a context manager."""

    def __init__(self, workers: int, *, time_limit: float = TIME_LIMIT, memory_limit: int = MEMORY_LIMIT) -> None:
        # forkserver, because a plain fork would copy the parent's threads and open connections
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["archive.extraction.preload"])
        self.time_limit = time_limit
        self._pending: set[Future[Article]] = set()
        self._pool = ProcessPool(max_workers=workers, initializer=_prepare, initargs=(memory_limit,), context=context)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def submit(self, page: Page, site_blocks: frozenset[str] = frozenset()) -> Future[Article]:
        """Return a future of the article; `site_blocks` are fingerprints of blocks that recur on the page's site.

        Its `result()` raises NoArticle, with the reason timed out, out of memory or crashed if the worker was killed
        or died, and PoolError if the pool has failed.
        """
        future: Future[Article] = Future()
        future.set_running_or_notify_cancel()
        try:
            task = self._pool.schedule(_extract, args=(page, site_blocks), timeout=self.time_limit)
        except RuntimeError as error:  # the pool has broken
            future.set_exception(PoolError(str(error)))
            return future
        self._pending.add(future)
        task.add_done_callback(lambda done: self._settle(done, future))
        return future

    def close(self) -> None:
        """End the workers after the pages that they are extracting."""
        self._pool.close()  # type: ignore[no-untyped-call]
        self._pool.join()

    def kill(self) -> None:
        """End the workers at once; the pages that they are extracting get no result."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()

    def _settle(self, done: Future[Article], future: Future[Article]) -> None:
        self._pending.discard(future)
        error = done.exception()
        if error is None:
            future.set_result(done.result())
        elif isinstance(error, FutureTimeoutError):
            future.set_exception(NoArticle("timed out"))
        elif isinstance(error, ProcessExpired):
            future.set_exception(NoArticle("out of memory" if error.exitcode == OUT_OF_MEMORY else "crashed"))
        elif isinstance(error, BrokenProcessPool):
            # A broken pool drops all pending pages.
            for other in (future, *self._pending):
                other.set_exception(PoolError(str(error)))
            self._pending.clear()
        else:
            future.set_exception(error)


def _extract(page: Page, site_blocks: frozenset[str]) -> Article:
    from archive.extraction import extract

    _extracting.set()
    try:
        return extract(page, site_blocks)
    except NoArticle:
        raise
    except Exception as error:
        raise RuntimeError(repr(error)) from error  # lxml's own errors cannot be sent to another process
    finally:
        _extracting.clear()


def _prepare(memory_limit: int) -> None:
    """Start the memory check in a worker; libraries were loaded before the fork (see archive.extraction.preload)."""
    threading.Thread(target=_watch, args=(memory_limit,), daemon=True).start()


def _watch(memory_limit: int) -> None:
    """End this process when it has more than `memory_limit` bytes resident.

    A resource limit (RLIMIT_AS) is not used, because lxml may crash when an allocation is refused.
    """
    statm, page_size = Path("/proc/self/statm"), os.sysconf("SC_PAGE_SIZE")
    while statm.exists():  # only on Linux; elsewhere only the time limit applies
        if _extracting.wait() and int(statm.read_text().split()[1]) * page_size > memory_limit:
            os._exit(OUT_OF_MEMORY)
        time.sleep(CHECK_INTERVAL)
