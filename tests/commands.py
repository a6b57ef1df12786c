"""Running `healthnews`: in this process, or as a user would in a process of its own."""

import asyncio
import contextlib
import logging
import os
import signal
import subprocess
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from unittest.mock import patch

from click.testing import CliRunner
from scrapy.crawler import CrawlerProcess
from scrapy.utils.defer import deferred_to_future

from tests.clocks import VirtualClock

HEALTHNEWS = (sys.executable, "-m", "crawler")

PATIENCE = 300  # seconds after which what is awaited is taken for stuck: no machine is so slow or busy
# The same command with its own limits of time so long that no machine reaches them, and without lines of progress.
UNHURRIED = (
    sys.executable,
    "-c",
    f"""
from crawler import run, settings
from crawler.__main__ import start
from crawler.extensions.progress import EVERY
settings.DOWNLOAD_TIMEOUT = run.GRACE = {2 * PATIENCE}
EVERY[False] = 1e6
start()
""",
)
# The same for a server: a query of Datasette's own may take longer than the five seconds of users.
UNHURRIED_SERVER = (
    sys.executable,
    "-c",
    f"""
from archive.web.server import SETTINGS
from crawler.__main__ import start
SETTINGS["sql_time_limit_ms"] = {1000 * PATIENCE}
start()
""",
)
START = "scrapy.crawler.CrawlerProcess.start"  # stops the reactor, which cannot be started twice
Done = subprocess.CompletedProcess[str]


def environment(**more: str) -> dict[str, str]:
    """The environment without the user's own settings of the program, and with warnings as they are for users."""
    mine = {key: value for key, value in os.environ.items() if not key.startswith("HEALTHNEWS_")}
    return mine | {"COLUMNS": "120", **more}


def run(*arguments: str | Path, cwd: Path, **more: str) -> Done:
    """Run the command to its end in this process, a tenth of the time of a new one; output as text.

    A crawl runs on this process's reactor, gives a request PATIENCE seconds, and says nothing of its progress.
    `run_process` is for tests of signals, pipes, imports and several processes at once.
    """
    return run_under(None, *arguments, cwd=cwd, **more)


def run_under(clock: VirtualClock | None, *arguments: str | Path, cwd: Path, **more: str) -> Done:
    """Run a crawl as `run` does, under that clock."""
    from crawler.cli.main import main

    if reactor := sys.modules.get("twisted.internet.reactor"):
        asyncio.set_event_loop(reactor._asyncioEventloop)  # asyncio.run in other tests leaves none
    words = ["healthnews", *map(str, arguments)]
    env = dict.fromkeys((key for key in os.environ if key.startswith("HEALTHNEWS_")), None) | environment(**more)
    with (
        contextlib.chdir(cwd),
        _process_state(),
        patch.object(sys, "argv", words),
        patch(START, _start(clock)),
        patch("crawler.settings.DOWNLOAD_TIMEOUT", PATIENCE),
        _clock_setting(clock),
    ):
        result = CliRunner().invoke(main, words[1:], env=env, prog_name="healthnews")
    stderr = result.stderr
    if result.exc_info and not isinstance(result.exception, SystemExit | None):
        stderr += "".join(traceback.format_exception(*result.exc_info))
    return subprocess.CompletedProcess(words, result.exit_code, result.stdout, stderr)


def run_process(*arguments: str | Path, cwd: Path, **more: str) -> Done:
    """Run the command to its end in a process of its own; output as text."""
    command = [*HEALTHNEWS, *map(str, arguments)]
    return subprocess.run(
        command, cwd=cwd, env=environment(**more), capture_output=True, text=True, timeout=2 * PATIENCE
    )


def without_progress(stderr: str) -> str:
    """Return what a crawl in a process of its own said, without the lines of its progress: a slow one prints some."""
    return "".join(line for line in stderr.splitlines(keepends=True) if " pages/s, " not in line)


@contextlib.contextmanager
def _process_state() -> Iterator[None]:
    """Put back what commands change in their process: signal handlers, the root logger, the warnings shown."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    root = logging.getLogger()
    loggers, level = root.handlers[:], root.level
    with warnings.catch_warnings():
        try:
            yield
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
            root.handlers[:] = loggers
            root.setLevel(level)


def _start(clock: VirtualClock | None) -> Callable[..., None]:
    def start(process: CrawlerProcess, **_: object) -> None:
        """Run a process's crawls to their end as its own `start` does; leave the reactor running for the next ones."""
        from twisted.internet import reactor

        from crawler.extensions.progress import EVERY

        if clock:
            (clock.crawler,) = process.crawlers
        if not reactor.running:
            reactor.startRunning(installSignalHandlers=False)
        process._setup_reactor(install_signal_handlers=False)
        with patch.dict(EVERY, {False: 1e6}):  # a slow crawl would print more than a quick one
            reactor._asyncioEventloop.run_until_complete(deferred_to_future(process.join()))

    return start


def _clock_setting(clock: VirtualClock | None) -> AbstractContextManager[object]:
    return patch("crawler.settings.HEALTHNEWS_CLOCK", lambda: clock) if clock else nullcontext()


def stop_reactor() -> None:
    """End what crawls in this process left running: the reactor's threads, which would keep the process alive."""
    reactor = sys.modules.get("twisted.internet.reactor")
    if reactor and reactor.running:
        reactor.stop()
        reactor._asyncioEventloop.run_forever()
        reactor._asyncioEventloop.close()
