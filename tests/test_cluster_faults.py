"""Faults of a cluster: after each the archive is that of one machine, and no host was asked twice at once."""

import os
import signal
import subprocess
import time
from pathlib import Path
from unittest.mock import patch

import pytest

from crawler.cluster import connect
from crawler.cluster.connect import connected
from crawler.cluster.driver import crawl
from crawler.shards.leases import Lease, LeaseOverError, acquire
from crawler.shards.places import open_store
from crawler.shards.snapshots import current, lease_name, publish
from crawler.shards.store import Store
from tests.cluster_processes import Dask, Fault, crawling, descendants
from tests.cluster_web import served_web
from tests.commands import PATIENCE, run
from tests.object_storage import Environ, served_bucket
from tests.test_cluster import assert_same, plan, threads

pytestmark = pytest.mark.slow

HOSTS, PAGES = 4, 40
# Seconds of a lease, of which a quarter is given to each request. Four tests wait for its end; the shorter it is, the
# sooner a pause of a busy machine makes requests fail in these.
LEASE, WAITED = 120.0, 40.0


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a busy machine time to start a scheduler."""
    monkeypatch.setattr(connect, "CONNECTING", PATIENCE)
    monkeypatch.setattr(connect, "RECONNECTING", PATIENCE)


def test_a_worker_is_killed(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    with served_web(HOSTS, PAGES, tmp_path / "sites") as web, connected("local:2") as client:
        workers = client.run(os.getpid)
        web.on_request = fault = Fault(20, lambda: os.kill(crawling(workers), signal.SIGKILL))
        assert_same(tmp_path, web, crawl(plan(tmp_path, seconds=WAITED), client))
        fault.finish()


def test_the_scheduler_is_killed_and_started_again(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    said: list[str] = []
    with (
        served_web(2, 16, tmp_path / "sites") as web,
        Dask(tmp_path, {}, {}) as dask,
        connected(dask.address) as client,
    ):

        def start_again() -> None:
            while not any("scheduler is gone" in line for line in said):
                time.sleep(0.1)
            dask.start()

        web.on_request = fault = Fault(10, dask.kill_scheduler, start_again)
        result = crawl(plan(tmp_path, seconds=WAITED), client, say=said.append)
        assert_same(tmp_path, web, result)
        fault.finish()
    assert any("scheduler is gone" in line for line in said)


def test_the_scheduler_is_killed_and_the_command_given_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sites").mkdir()
    monkeypatch.setattr(connect, "RECONNECTING", 2.0)
    with served_web(2, 16, tmp_path / "sites") as web, Dask(tmp_path, {}, {}) as dask:
        web.on_request = Fault(10, dask.kill_scheduler)
        options = ("--sites", "sites", "--shards", "shards", "--lease", str(WAITED), "--workers", "1")
        command = ("--archive", "cluster.db", "crawl", "--cluster", dask.address, *options)
        done = run(*command, cwd=tmp_path)
        assert done.returncode == 1
        assert done.stderr.splitlines()[-1].startswith("Error: The scheduler is gone: ")
        dask.start()
        with connected(dask.address) as client:
            assert_same(tmp_path, web, crawl(plan(tmp_path, seconds=WAITED), client))


def test_a_worker_is_stopped_for_longer_than_its_lease(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    stopped: list[int] = []
    with served_web(HOSTS, PAGES, tmp_path / "sites") as web, connected("local:2") as client:
        workers = client.run(os.getpid)
        store = open_store(str(tmp_path / "shards"))

        def stop() -> None:
            worker = crawling(workers)
            stopped.extend([worker, *descendants(worker)])
            for pid in stopped:
                os.kill(pid, signal.SIGSTOP)

        def go_on() -> None:
            """Let the worker go on once another one has its shard."""
            before = held_by(store, stopped[0])
            while before & held_by(store, stopped[0]):
                time.sleep(0.5)
            for pid in stopped:
                os.kill(pid, signal.SIGCONT)

        web.on_request = fault = Fault(20, stop, go_on)
        result = crawl(plan(tmp_path, seconds=WAITED), client)
        assert_same(tmp_path, web, result)
        fault.finish()


def held_by(store: Store, worker: int) -> set[str]:
    """Return the names of the leases of shards that a worker has not given back."""
    names = [lease_name(number) for number in range(2)]
    found = {name: Lease.decoded(record.data) for name in names if (record := store.read(name))}
    return {name for name, lease in found.items() if lease.owner.endswith(f":{worker}") and not lease.released}


def test_a_late_upload_is_refused(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "shards"))
    file = tmp_path / "late.db"
    file.write_bytes(b"late")
    late = acquire(store, lease_name(0), owner="late", seconds=0.2)
    held = acquire(store, lease_name(0), owner="next", seconds=LEASE)
    kept = publish(held, 0, file, tmp_path / "none", None, ())
    with pytest.raises(LeaseOverError):
        publish(late, 0, file, tmp_path / "none", None, ())
    assert current(store, 0) == f"shard-0000/epoch-{kept.epoch:08}"


def test_a_shard_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    with served_web(HOSTS, PAGES, tmp_path / "sites") as web, threads() as client:
        store = open_store(str(tmp_path / "shards"))
        first = crawl(plan(tmp_path, seconds=LEASE, minutes=0.2), client)
        assert first.turns
        for archive in (tmp_path / "shards").glob("shard-*/epoch-*/archive.db"):
            archive.write_bytes(archive.read_bytes()[:5000])
        assert current(store, 0)
        result = crawl(plan(tmp_path, seconds=LEASE), client)
        assert any("damaged" in warning for warning in result.warnings)
        assert_same(tmp_path, web, result)


def test_object_storage_that_answers_errors(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    turn = iter(range(1_000_000))

    def fault(environ: Environ) -> str | None:
        number = next(turn)
        if number < 50 or environ["REQUEST_METHOD"] == "DELETE":
            return None
        if number % 11 == 0:
            time.sleep(0.5)
        return {0: "500 Internal Server Error", 5: "after 500 Internal Server Error"}.get(number % 13)

    with served_bucket(fault) as url, served_web(2, 6, tmp_path / "sites") as web, threads() as client:
        assert_same(tmp_path, web, crawl(plan(tmp_path, f"{url}/shards"), client))


CLOCK = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/time.h>
#include <time.h>
int clock_gettime(clockid_t id, struct timespec *at) {
  static int (*real)(clockid_t, struct timespec *);
  if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
  int done = real(id, at);
  if (id == CLOCK_REALTIME) at->tv_sec += OFFSET;
  return done;
}
"""


def moved_clock(folder: Path, seconds: int) -> str:
    """Build a library that moves the time of day of a process that it is loaded into; return its path."""
    source, library = folder / "clock.c", folder / "clock.so"
    source.write_text(CLOCK)
    command = ["cc", "-shared", "-fPIC", f"-DOFFSET={seconds}", "-o", str(library), str(source), "-ldl"]
    try:
        subprocess.run(command, check=True)
    except FileNotFoundError:
        pytest.skip("there is no C compiler to move a clock with")
    return str(library)


def test_the_clock_of_the_workers_is_ten_minutes_off(tmp_path: Path) -> None:
    library = moved_clock(tmp_path, 600)
    (tmp_path / "sites").mkdir()
    with (
        served_web(2, 6, tmp_path / "sites") as web,
        patch.dict(os.environ, {"LD_PRELOAD": library}),
        connected("local:1") as client,
    ):
        ahead = client.run(time.time)
        assert all(moment > time.time() + 500 for moment in ahead.values())
        assert_same(tmp_path, web, crawl(plan(tmp_path, seconds=LEASE), client))


def test_the_clock_of_one_of_two_workers_is_ten_minutes_off(tmp_path: Path) -> None:
    library = moved_clock(tmp_path, 600)
    (tmp_path / "sites").mkdir()
    with (
        served_web(3, 12, tmp_path / "sites") as web,
        Dask(tmp_path, {}, {"LD_PRELOAD": library}) as dask,
        connected(dask.address) as client,
    ):
        off = [round(moment - time.time()) for moment in client.run(time.time).values()]
        assert max(off) - min(off) > 500
        assert_same(tmp_path, web, crawl(plan(tmp_path, seconds=LEASE, shards=3), client))
