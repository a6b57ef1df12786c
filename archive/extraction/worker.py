"""What a worker process of the extraction pool does."""

import multiprocessing
import os
import signal
import threading
import time
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection

from archive.article import Article, NoArticle
from archive.extraction.memory import LARGE, Trimmer, keep_no_large_blocks, resident, trim
from archive.extraction.text_keys import TextKeys, text_keys
from archive.page import Page

CHECK_INTERVAL = 0.05  # seconds between memory checks; in that time a page allocates a few MB
OUT_OF_MEMORY = 77  # exit status of a worker over its memory limit
# Why a worker ended, by its exit status; other ends say nothing of the page.
ENDINGS: dict[int | None, str] = {OUT_OF_MEMORY: "out of memory", -signal.SIGPROF: "timed out"}

_extracting = threading.Event()  # set while a page is extracted: what is over the limit then is the page's doing


def work(pipe: Connection, time_limit: float, memory_limit: int) -> None:
    """Answer each page and its site's blocks with its article and the keys of its text, or with an exception.

    That goes on until the pipe is closed.

    Ends the process when a page takes more than `time_limit` seconds of CPU or `memory_limit` bytes, and when
    the process that started it is gone.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes: the first one lets pages finish
    keep_no_large_blocks()
    for target, arguments in ((_watch_memory, [memory_limit]), (_watch_parent, [])):
        threading.Thread(target=target, args=arguments, daemon=True).start()
    trimmer = Trimmer()
    with suppress(EOFError, ConnectionError):  # the other end is closed, or its process was killed
        while True:
            page, site_blocks = _receive_page(pipe)
            is_large = len(page.body) > LARGE
            if is_large:
                trim()
            pipe.send(_answer(page, site_blocks, time_limit))
            trimmer.give_back(is_due=is_large)


def send_page(pipe: Connection, page: Page, site_blocks: frozenset[str]) -> None:
    """Send a page and its site's blocks to a worker: the body by itself, since to pickle it is to copy it."""
    pipe.send((replace(page, body=b""), site_blocks))
    pipe.send_bytes(page.body)


def _receive_page(pipe: Connection) -> tuple[Page, frozenset[str]]:
    page, site_blocks = pipe.recv()
    return replace(page, body=pipe.recv_bytes()), site_blocks


def _answer(page: Page, site_blocks: frozenset[str], time_limit: float) -> tuple[Article, TextKeys] | Exception:
    from archive.extraction import extract

    _extracting.set()
    signal.setitimer(signal.ITIMER_PROF, time_limit)  # SIGPROF ends the process, also inside a call of C
    try:
        article = extract(page, site_blocks)
        return article, text_keys(article)
    except NoArticle as no:
        return no
    except Exception as error:  # lxml's own errors cannot be sent to another process
        return RuntimeError(repr(error))
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        _extracting.clear()


def _watch_memory(memory_limit: int) -> None:
    """End this process when it has more than `memory_limit` bytes resident.

    A resource limit (RLIMIT_AS) is not used, because lxml may crash when an allocation is refused.
    """
    while resident():  # only on Linux; elsewhere only the time limit applies
        if _extracting.wait() and resident() > memory_limit:
            os._exit(OUT_OF_MEMORY)
        time.sleep(CHECK_INTERVAL)


def _watch_parent() -> None:
    """End this process when the one that started it is gone, also in the middle of a page."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(0)
