"""Jobs that are stopped, killed or come second: nothing is lost, and the exit code says what it was."""

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest

from tests.commands import PATIENCE, UNHURRIED, environment
from tests.loopback import Asked, Loopback, Reply
from tests.recrawl import Page, World, page

NUMBER = 12


pytestmark = pytest.mark.slow


def withheld(number: int, release: Event) -> Page:
    def answer(_: Asked) -> Reply:
        release.wait()
        return page(f"article {number}")

    return answer


@contextmanager
def started(folder: Path) -> Iterator[tuple[World, Loopback, subprocess.Popen[str], Event]]:
    """Start a job at a site that withholds its articles, but for two, until an event; it has requested two of them."""
    release = Event()
    pages = {f"/a/{n}": [withheld(n, release) if n > 1 else page(f"article {n}")] for n in range(NUMBER)}
    world = World(folder=folder, pages=pages)
    with Loopback(respond=world.respond) as site:
        world.configure(site, concurrency=2)
        command = [*UNHURRIED, "crawl", "--sites", "sites"]
        with subprocess.Popen(
            command, cwd=folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as job:
            while len(site.asked) < 6 and job.poll() is None:
                time.sleep(0.01)
            try:
                yield world, site, job, release
            finally:
                job.kill()
                release.set()


def finish(world: World) -> None:
    """The next job stores the rest."""
    world.pages = {path: [page(f"article {path.removeprefix('/a/')}")] for path in world.pages}
    assert world.crawl().returncode == 0
    assert world.rows("select state, count(*) from pages where kind = 'article' group by 1") == [("stored", NUMBER)]
    assert world.rows("select count(*), count(distinct page_id) from fetches where outcome = 'stored'") == [
        (NUMBER, NUMBER)
    ]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_lets_the_pages_in_flight_finish(tmp_path: Path, number: signal.Signals) -> None:
    with started(tmp_path) as (world, site, job, release):
        in_flight = [asked.path for asked in site.asked if asked.path.startswith("/a/")]
        job.send_signal(number)
        assert job.stderr is not None
        assert "Finishing the pages in flight" in job.stderr.readline()
        release.set()
        _, err = job.communicate(timeout=PATIENCE)
        assert job.returncode == 130, err
        assert "Traceback" not in err
        assert {world.state(path)[0] for path in in_flight} == {"stored"}
        assert len(site.asked) == len(in_flight) + 2  # robots.txt and the listing
        assert world.rows("select outcome, reason from crawls") == [("stopped", "It was interrupted.")]
        due = "select count(*) from pages where due_at <= (select started_at from crawls)"
        assert world.rows(due) == [(NUMBER - len(in_flight),)]
        finish(world)


def test_a_second_signal_ends_the_job_at_once(tmp_path: Path) -> None:
    with started(tmp_path) as (world, _, job, _):
        job.send_signal(signal.SIGTERM)
        assert job.stderr is not None
        assert "interrupt again" in job.stderr.readline()
        job.send_signal(signal.SIGTERM)
        job.communicate(timeout=PATIENCE)  # half of what pages in flight would get
        assert job.returncode == 130
        assert world.rows("select outcome, reason from crawls") == [("stopped", "It was interrupted.")]
        finish(world)


def test_a_second_job_is_turned_away_and_a_killed_ones_lock_is_taken_over(tmp_path: Path) -> None:
    with started(tmp_path) as (world, _, job, _):
        second = world.crawl()
        assert second.returncode == 3
        assert f"Another job (process {job.pid}, since " in second.stderr
        assert second.stderr.count("\n") == 1
        job.kill()
        job.wait()
        finish(world)
    assert [outcome for (outcome,) in world.rows("select outcome from crawls")] == ["died", "finished"]
