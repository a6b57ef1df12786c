"""What a worker process of the extraction pool does."""

import multiprocessing
import os
import signal
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path

from archive.article import Article, NoArticle
from archive.page import Page

CHECK_INTERVAL = 0.05  # seconds between memory checks; in that time a page allocates a few MB
OUT_OF_MEMORY = 77  # exit status of a worker over its memory limit

_extracting = threading.Event()  # set while a page is extracted: what is over the limit then is the page's doing


def work(pipe: Connection, memory_limit: int) -> None:
    """Answer each page and its site's blocks with its article or an exception, until the pipe is closed.

    Ends the process when it is over `memory_limit`, and when the process that started it is gone.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes: the first one lets pages finish
    for target, arguments in ((_watch_memory, [memory_limit]), (_watch_parent, [])):
        threading.Thread(target=target, args=arguments, daemon=True).start()
    while True:
        try:
            page, site_blocks = pipe.recv()
        except EOFError:
            return
        pipe.send(_answer(page, site_blocks))


def _answer(page: Page, site_blocks: frozenset[str]) -> Article | Exception:
    from archive.extraction import extract

    _extracting.set()
    try:
        return extract(page, site_blocks)
    except NoArticle as no:
        return no
    except Exception as error:  # lxml's own errors cannot be sent to another process
        return RuntimeError(repr(error))
    finally:
        _extracting.clear()


def _watch_memory(memory_limit: int) -> None:
    """End this process when it has more than `memory_limit` bytes resident.

    A resource limit (RLIMIT_AS) is not used, because lxml may crash when an allocation is refused.
    """
    statm, page_size = Path("/proc/self/statm"), os.sysconf("SC_PAGE_SIZE")
    while statm.exists():  # only on Linux; elsewhere only the time limit applies
        if _extracting.wait() and int(statm.read_text().split()[1]) * page_size > memory_limit:
            os._exit(OUT_OF_MEMORY)
        time.sleep(CHECK_INTERVAL)


def _watch_parent() -> None:
    """End this process when the one that started it is gone, also in the middle of a page."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(0)
