"""Workers over their limit of time or memory are replaced, and so are those that something else kills."""

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from multiprocessing.context import ForkServerProcess
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from archive.article import Article, NoArticle
from archive.extraction.pool import MEMORY_LIMIT, TIME_LIMIT, TRIES, ExtractionPool, PoolError
from archive.extraction.worker import send_page, work
from archive.page import Page
from tests.commands import PATIENCE
from tests.loopback import article_html

FINE = Page(url="https://news.example/1", body=article_html("Fine", "Stem cells, told at length."))
PARAGRAPHS = ["Many <b>words</b> on <i>stem</i> cells"] * 9_000
LARGE = Page(url="https://news.example/2", body=article_html("Large", *PARAGRAPHS))


def test_a_worker_that_takes_too_long_is_replaced() -> None:
    with ExtractionPool(1, time_limit=0.05) as extractor:
        slow = [extractor.submit(LARGE) for _ in range(2)]
        for future in slow:
            with pytest.raises(NoArticle, match="timed out"):
                future.result()
    with ExtractionPool(1) as extractor:
        assert extractor.submit(FINE).result().title == "Fine"


def test_a_worker_that_needs_too_much_memory_is_replaced() -> None:
    # A worker holds some 79 MB before its first page, and 133 MB or more while it extracts the large one.
    with ExtractionPool(1, memory_limit=100 << 20) as extractor:
        with pytest.raises(NoArticle, match="out of memory"):
            extractor.submit(LARGE).result()
        assert extractor.submit(FINE).result().title == "Fine"


def test_no_article_keeps_its_reason() -> None:
    with ExtractionPool(1) as extractor, pytest.raises(NoArticle) as no:
        extractor.submit(Page(url="https://news.example/1", body=b"")).result()
    assert no.value.reason == "empty"


BEFORE: set[BaseProcess] = set()  # what tests of other files have started, and let end when it likes


@pytest.fixture(autouse=True)
def before() -> None:
    BEFORE.update(multiprocessing.active_children())


def workers_now() -> list[BaseProcess]:
    return [process for process in multiprocessing.active_children() if process not in BEFORE]


def kill_workers(number: signal.Signals = signal.SIGKILL) -> set[int]:
    """Kill all workers of the test; return their ids."""
    found = {process.pid for process in workers_now() if process.pid}
    for pid in found:
        with suppress(ProcessLookupError):  # it has ended meanwhile
            os.kill(pid, number)
    return found


@contextmanager
def stopped_at_large(workers: int) -> Iterator[tuple[ExtractionPool, list[Future[Article]]]]:
    """A pool whose workers are stopped, each before or within a large page."""
    with ExtractionPool(workers, time_limit=120) as extractor:
        while len(running := workers_now()) < workers:  # a worker starts with its first page
            for future in [extractor.submit(FINE) for _ in range(4 * workers)]:
                future.result()
        assert len(running) == workers
        for process in running:
            os.kill(process.pid or 0, signal.SIGSTOP)
        yield extractor, [extractor.submit(LARGE) for _ in range(workers)]


def test_a_page_whose_worker_is_killed_is_tried_again() -> None:
    with stopped_at_large(2) as (extractor, pages):
        waiting = [extractor.submit(FINE) for _ in range(4)]
        assert len(kill_workers()) == 2
        assert {future.result().title for future in pages} == {"Large"}
        assert {future.result().title for future in waiting} == {"Fine"}


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_worker_that_is_killed_between_two_pages_is_replaced(number: signal.Signals) -> None:
    with ExtractionPool(1) as extractor:
        for _ in range(TRIES + 1):
            assert extractor.submit(FINE).result().title == "Fine"
            assert len(kill_workers(number)) == 1


def test_a_page_that_kills_every_worker_is_no_article(monkeypatch: pytest.MonkeyPatch) -> None:
    start = ForkServerProcess.start

    def start_stopped(process: ForkServerProcess) -> None:
        """Start a worker that does not go on, so that none is quicker than its killer."""
        start(process)
        os.kill(process.pid or 0, signal.SIGSTOP)

    with stopped_at_large(1) as (extractor, [page]):
        monkeypatch.setattr(ForkServerProcess, "start", start_stopped)
        killed: set[int] = set()
        while not page.done():
            killed |= kill_workers()
        monkeypatch.undo()
        with pytest.raises(NoArticle, match="crashed"):
            page.result()
        assert len(killed) == TRIES
        assert extractor.submit(FINE).result().title == "Fine"


def test_pages_of_a_pool_that_is_ended_have_no_result() -> None:
    with stopped_at_large(2) as (extractor, pages):
        extractor.kill()
        for future in [*pages, extractor.submit(FINE)]:
            with pytest.raises(PoolError):
                future.result()
    assert workers_now() == []


def test_a_worker_ends_quietly_when_nobody_reads_its_answer() -> None:
    context = multiprocessing.get_context("forkserver")
    ours, theirs = context.Pipe()
    process = context.Process(target=work, args=(theirs, TIME_LIMIT, MEMORY_LIMIT), daemon=True)
    process.start()
    theirs.close()
    send_page(ours, FINE, frozenset())
    assert ours.poll(PATIENCE)
    ours.close()  # as the death of this process would, with the answer unread
    process.join()
    assert process.exitcode == 0


PARENT = """
import multiprocessing, os, signal, sys
sys.path.insert(0, {folder!r})
from tests.test_extraction_pool import stopped_at_large
if __name__ == "__main__":
    with stopped_at_large(2):
        workers = [process.pid for process in multiprocessing.active_children()]
        for pid in workers:
            os.kill(pid, signal.SIGCONT)
        print(*workers, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_workers_end_with_the_process_that_started_them(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT.format(folder=str(Path(__file__).parent.parent)))
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        # The workers and the fork server have the pipe too: it ends when the last of them is gone.
        assert len(parent.stdout.read().split()) == 2
    assert parent.returncode == -signal.SIGKILL
