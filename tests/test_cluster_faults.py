"""Faults of a cluster: after each the archive is that of one machine, and no host was asked twice at once."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from crawler.cluster.driver import crawl
from crawler.shards.leases import LeaseOverError, acquire
from crawler.shards.places import open_store
from crawler.shards.snapshots import current, lease_name, publish
from tests.cluster_web import served_web
from tests.object_storage import Environ, served_bucket
from tests.test_cluster import assert_same, plan, threads

pytestmark = pytest.mark.slow

HOSTS, PAGES = 4, 40
LEASE = 24.0  # seconds: a quarter is given to each request, also on a busy machine


@contextmanager
def processes(number: int = 2, **variables: str) -> Iterator[Any]:
    """Workers in processes of their own, which a nanny starts again."""
    from distributed import Client, LocalCluster

    with (
        LocalCluster(
            n_workers=number, threads_per_worker=1, processes=True, dashboard_address=None, env=variables
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


def descendants(pid: int) -> list[int]:
    """Return the processes below one."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    found = [pid]
    for each in found:
        found += [child for child, parent in parents.items() if parent == each]
    return found[1:]


def crawling(workers: dict[str, int]) -> int:
    """Return the process id of a worker whose crawl is at work."""
    for _ in range(600):
        for pid in workers.values():
            for child in descendants(pid):
                with suppress(OSError):
                    if b"shard_process" in Path(f"/proc/{child}/cmdline").read_bytes():
                        return pid
        time.sleep(0.1)
    raise AssertionError("no worker crawls")


def at_request(number: int, act: Callable[[], None]) -> Callable[[int], None]:
    """Return what does something once, in a thread, at that request."""
    done = threading.Event()

    def on_request(sent: int) -> None:
        if sent >= number and not done.is_set():
            done.set()
            threading.Thread(target=act, daemon=True).start()

    return on_request


def test_a_worker_is_killed(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    with served_web(HOSTS, PAGES, tmp_path / "sites") as web, processes() as client:
        workers = client.run(os.getpid)
        web.on_request = at_request(20, lambda: os.kill(crawling(workers), signal.SIGKILL))
        assert_same(tmp_path, web, crawl(plan(tmp_path, seconds=LEASE), client))


def test_a_worker_is_stopped_for_longer_than_its_lease(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    stopped: list[int] = []
    with served_web(HOSTS, PAGES, tmp_path / "sites") as web, processes() as client:
        workers = client.run(os.getpid)

        def stop() -> None:
            worker = crawling(workers)
            stopped.extend([worker, *descendants(worker)])
            for pid in stopped:
                os.kill(pid, signal.SIGSTOP)
            time.sleep(2.5 * LEASE)
            for pid in stopped:
                os.kill(pid, signal.SIGCONT)

        web.on_request = at_request(20, stop)
        result = crawl(plan(tmp_path, seconds=LEASE), client)
        assert_same(tmp_path, web, result)
    assert stopped


def test_a_late_upload_is_refused(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "shards"))
    file = tmp_path / "late.db"
    file.write_bytes(b"late")
    late = acquire(store, lease_name(0), owner="late", seconds=0.2)
    held = acquire(store, lease_name(0), owner="next", seconds=60)
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
  if (id == CLOCK_REALTIME) at->tv_sec += 600;
  return done;
}
"""


def test_the_clock_of_the_workers_is_ten_minutes_off(tmp_path: Path) -> None:
    source, library = tmp_path / "clock.c", tmp_path / "clock.so"
    source.write_text(CLOCK)
    try:
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    except FileNotFoundError:
        pytest.skip("there is no C compiler to move a clock with")
    (tmp_path / "sites").mkdir()
    with (
        served_web(2, 6, tmp_path / "sites") as web,
        patch.dict(os.environ, {"LD_PRELOAD": str(library)}),
        processes(1) as client,
    ):
        ahead = client.run(time.time)
        assert all(moment > time.time() + 500 for moment in ahead.values())
        assert_same(tmp_path, web, crawl(plan(tmp_path, seconds=LEASE), client))
