"""Extraction in worker processes with a time limit: a page that does not end costs its worker, not the crawl."""

import multiprocessing
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Self

from pebble import ProcessExpired, ProcessPool

from archive.article import Article, NoArticle
from archive.page import Page

TIME_LIMIT = 20.0  # seconds a page may take; the slowest of 358 real pages took SLOWEST
WARM_UP = "<html><head><title>Warm up</title></head><body><article><p>" + "A sentence to warm up. " * 40


class Extractor:
    """A pool of processes that run `extract`; use as a context manager."""

    def __init__(self, workers: int, *, time_limit: float = TIME_LIMIT) -> None:
        # forkserver: the parent has threads and open connections, which a plain fork would copy
        context = multiprocessing.get_context("forkserver")
        self.time_limit = time_limit
        self._pool = ProcessPool(max_workers=workers, initializer=_warm_up, context=context)

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
        outer.set_exception(NoArticle("crashed"))
    else:
        outer.set_exception(error)


def _extract(page: Page) -> Article:
    from archive.extraction import extract

    return extract(page)


def _warm_up() -> None:
    """Loads the libraries before the first page's clock starts."""
    from archive.extraction import extract

    extract(Page(url="https://example.org/", body=WARM_UP.encode()))
