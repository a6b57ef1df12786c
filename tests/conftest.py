"""Fixtures of several test files, Hypothesis's profiles, and what each process of a run cost."""

import json
import resource
import signal
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, settings

from archive.web import server
from tests.commands import PATIENCE, run, stop_reactor
from tests.takedowns import Crawled, crawled_archive

COSTS = pytest.StashKey[dict[str, str]]()

# `make test` draws the same examples every time; `make fuzz` others at each run. No test depends on a measured time.
TIMELESS = settings(deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same", TIMELESS, derandomize=True)
settings.register_profile("random", TIMELESS, print_blob=True)
settings.load_profile("same")


def pytest_configure(config: pytest.Config) -> None:
    """Prepare the list of what each process cost; let SIGINT end what the tests start.

    A shell that runs the tests in the background has SIGINT ignored in them and in all that they start.
    """
    config.stash[COSTS] = {}
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Stop the reactor; hand this process's peak memory and CPU time to the process that prints the summary."""
    stop_reactor()
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = sum(usage.ru_utime + usage.ru_stime for usage in (own, children))
    cost = f"{own.ru_maxrss / 1024:.0f} MB at most, {seconds:.0f} s of CPU"
    output: dict[str, str] | None = getattr(session.config, "workeroutput", None)
    if output is None:
        session.config.stash[COSTS]["this process"] = cost
    else:
        output["cost"] = cost


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Keep what a worker of xdist cost."""
    node.config.stash[COSTS][node.gateway.id] = getattr(node, "workeroutput", {}).get("cost", "unknown")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print what each process cost."""
    for process, cost in sorted(config.stash[COSTS].items()):
        terminalreporter.write_line(f"{process}: {cost}")


@pytest.fixture(scope="session", autouse=True)
def _patient_server() -> Iterator[None]:
    """Give Datasette's queries in this process more time than a slow machine needs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(server.SETTINGS, "sql_time_limit_ms", PATIENCE * 1000)
        yield


@pytest.fixture
def crawled(tmp_path: Path) -> Iterator[Crawled]:
    """Make an archive of pages to remove."""
    with crawled_archive(tmp_path) as archive:
        yield archive


class Demo(NamedTuple):
    """What `healthnews demo` printed, the archive it made, and the site's address."""

    output: str
    archive: Path
    base: str


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("demo")
    done = run("demo", "--folder", folder, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    base = done.stdout.split("http://127.0.0.1:")[1].split()[0]
    return Demo(done.stdout, folder / "healthnews.db", f"http://127.0.0.1:{base}")


@pytest.fixture(scope="session")
def expected() -> dict[str, Any]:
    """What a careful reader says of the sample site's pages, by path."""
    content: dict[str, Any] = json.loads(files("crawler.demo").joinpath("expected.json").read_text(encoding="utf-8"))
    return content
