"""Run `extract` in worker processes with limits on time and memory; a worker over a limit is killed and replaced.

Each worker has a pipe of its own, so that one that is killed at any moment takes nothing of the others with it.
"""

import multiprocessing
import os
import select
import threading
from concurrent.futures import Future
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from queue import SimpleQueue
from typing import NamedTuple, Self

from archive.article import Article, NoArticle
from archive.extraction.memory import keep_no_large_blocks
from archive.extraction.text_keys import TextKeys
from archive.extraction.worker import ENDINGS, send_page, work
from archive.page import Page

# Seconds of CPU for a page; the slowest of 358 real pages takes less than 1 s. By the clock, a busy machine would lose
# pages that are read in 3 s.
TIME_LIMIT = 20.0
PATIENCE = 10  # times TIME_LIMIT by the clock, after which a worker is taken for stuck
# Bytes resident in a worker. It has 79 MB before its first page, all of which the workers share, and 127 MB after 150
# real pages; a page of 3 MB, as large as the largest real one, takes some 20 MB more.
MEMORY_LIMIT = 256 << 20
TRIES = 3  # of a page whose worker dies: mostly the machine killed it, and the page has nothing to do with that
MOST_WORKERS = 2  # unless more are asked for
EXIT_WAIT = 5.0  # seconds for a worker whose pipe is closed to be gone

# multiprocessing reads a process's exit status once, in whichever thread first looks: also in one that starts another.
_processes = threading.Lock()


def default_workers() -> int:
    """Return how many workers do: one for each core that this process may use, up to MOST_WORKERS.

    A second one on a single core would only take memory.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(MOST_WORKERS, cores)


class PoolError(Exception):
    """The worker processes have failed, not the page: extraction of the page has to be tried again."""


class ArticleFuture(Future[Article]):
    """The future of an article. `keys` are those of its text; they are there when the article is."""

    keys: TextKeys | None = None


class _Task(NamedTuple):
    page: Page
    site_blocks: frozenset[str]
    future: ArticleFuture


class ExtractionPool:
    """A pool of processes that run `extract`; use as a context manager."""

    def __init__(self, workers: int, *, time_limit: float = TIME_LIMIT, memory_limit: int = MEMORY_LIMIT) -> None:
        keep_no_large_blocks()
        self._tasks: SimpleQueue[_Task | None] = SimpleQueue()
        self._workers = [_Worker(time_limit, memory_limit) for _ in range(workers)]
        self._threads = [threading.Thread(target=self._serve, args=[one], daemon=True) for one in self._workers]
        self._closed = False
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def submit(self, page: Page, site_blocks: frozenset[str] = frozenset()) -> ArticleFuture:
        """Return a future of the article; `site_blocks` are fingerprints of blocks that recur on the page's site.

        Its `result()` raises NoArticle, with the reason timed out or out of memory if the worker was over a limit, and
        crashed if TRIES workers died on the page; and PoolError if no worker can be started or the pool was ended.
        """
        future = ArticleFuture()
        future.set_running_or_notify_cancel()
        if self._closed:
            future.set_exception(PoolError("they were ended"))
        else:
            self._tasks.put(_Task(page, site_blocks, future))
        return future

    def close(self) -> None:
        """End the workers after the pages that were submitted."""
        self._closed = True
        for _ in self._threads:
            self._tasks.put(None)
        for thread in self._threads:
            thread.join()

    def kill(self) -> None:
        """End the workers at once; the pages that have no result yet get PoolError."""
        for worker in self._workers:
            worker.kill()
        self.close()

    def _serve(self, worker: "_Worker") -> None:
        """Hand tasks to the worker one by one until the pool is closed."""
        while task := self._tasks.get():
            try:
                article, task.future.keys = worker.extract(task.page, task.site_blocks)
            except Exception as error:  # whatever it is, whoever waits for the page has to know
                task.future.set_exception(error)
            else:
                task.future.set_result(article)
        worker.close()


class _DiedError(Exception):
    """The worker died while it had a page."""


class _Worker:
    """A process that extracts one page at a time. It is started for the first page, and anew when it has died."""

    def __init__(self, time_limit: float, memory_limit: int) -> None:
        # forkserver, because a plain fork would copy the parent's threads and open connections
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["archive.extraction.preload"])
        self._time_limit, self._memory_limit = time_limit, memory_limit
        self._process: ForkServerProcess | None = None
        self._pipe: Connection | None = None
        self._answered = select.poll()
        self._ended = False
        self._state = threading.Lock()  # `kill` comes from another thread

    def extract(self, page: Page, site_blocks: frozenset[str]) -> tuple[Article, TextKeys]:
        """Return the page's article and the keys of its text.

        Raises what `ExtractionPool.submit` says, and RuntimeError for a bug.
        """
        for _ in range(TRIES):
            try:
                return self._try(page, site_blocks)
            except _DiedError:
                continue
        raise NoArticle("crashed")

    def close(self) -> None:
        """End the process, which has no page."""
        if self._pipe:
            self._pipe.close()
            self._bury()

    def kill(self) -> None:
        """End the process at once, and start none any more."""
        with self._state:
            self._ended = True
            if self._process:
                self._process.kill()

    def _try(self, page: Page, site_blocks: frozenset[str]) -> tuple[Article, TextKeys]:
        pipe = self._pipe or self._start()
        try:
            send_page(pipe, page, site_blocks)
            if not self._answered.poll(1000 * PATIENCE * self._time_limit):
                self._bury(wait=0)
                raise NoArticle("timed out")
            answer: tuple[Article, TextKeys] | Exception = pipe.recv()
        except (EOFError, OSError) as error:
            if reason := ENDINGS.get(self._bury()):
                raise NoArticle(reason) from error
            raise _DiedError from error
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _start(self) -> Connection:
        """Start a process; return the pipe to it. Raises PoolError."""
        with self._state, _processes:
            if self._ended:
                raise PoolError("they were ended")
            try:
                ours, theirs = self._context.Pipe()
                process = self._context.Process(
                    target=work, args=(theirs, self._time_limit, self._memory_limit), daemon=True
                )
                process.start()
            except (EOFError, OSError) as error:
                raise PoolError(str(error) or repr(error)) from error
            theirs.close()  # the process alone has it: its death ends the pipe
            self._process, self._pipe = process, ours
            self._answered = select.poll()  # once: `Connection.poll` makes a selector at each call
            self._answered.register(ours, select.POLLIN)
        return ours

    def _bury(self, *, wait: float = EXIT_WAIT) -> int | None:
        """Make sure that the process is gone; return its exit status."""
        with self._state, _processes:
            process, pipe, self._process, self._pipe = self._process, self._pipe, None, None
            if pipe:
                pipe.close()
            if process is None:
                return None
            process.join(wait)
            if process.exitcode is None:
                process.kill()
                process.join()
            return process.exitcode
