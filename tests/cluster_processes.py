"""Worker processes of a cluster, and faults of them."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Self

from tests.commands import PATIENCE


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


def is_crawl(pid: int) -> bool:
    """Whether a process is the crawl of a shard."""
    with suppress(OSError):
        return b"shard_process" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def crawling(workers: dict[str, int]) -> int:
    """Return the process id of a worker whose crawl is at work."""
    for _ in range(PATIENCE * 10):
        for pid in workers.values():
            for child in descendants(pid):
                if is_crawl(child):
                    return pid
        time.sleep(0.1)
    raise AssertionError("no worker crawls")


class Fault:
    """What is done once before the request of that number is answered, so that the crawl is not over before.

    Something else may follow in a thread. The object is called at each request with its number.
    """

    def __init__(self, number: int, act: Callable[[], None], then: Callable[[], None] = lambda: None) -> None:
        self._number, self._act = number, act
        self._begun = threading.Lock()
        self._following = threading.Thread(target=then, daemon=True)
        self.was_done = False

    def __call__(self, sent: int) -> None:
        if sent >= self._number and self._begun.acquire(blocking=False):  # and never released
            self._act()
            self.was_done = True
            self._following.start()

    def finish(self) -> None:
        """Wait for the end of what follows. Raises AssertionError where the request did not come."""
        assert self.was_done
        self._following.join()


class Dask:
    """A scheduler and workers that are started by Dask's own commands, one worker for each set of variables."""

    def __init__(self, folder: Path, *variables: Mapping[str, str]) -> None:
        self.folder, self.variables = folder, variables
        # The port has to stay the same: at an address of its own no other process of this machine is given it.
        high, low = divmod(os.getpid() % 62_500, 250)
        self.host = f"127.5.{high}.{low + 1}"
        with socket.socket() as free:
            free.bind((self.host, 0))
            self.port = free.getsockname()[1]
        self.address = f"tcp://{self.host}:{self.port}"
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Start the scheduler and the workers, and wait until it knows them."""
        from distributed import Client

        self._scheduler = self._run({}, "scheduler", "--host", self.host, "--port", str(self.port), "--no-show")
        for each in self.variables:
            self._run(each, "worker", self.address, "--nthreads", "1", "--local-directory", str(self.folder))
        with Client(self.address, timeout=PATIENCE) as client:
            client.wait_for_workers(len(self.variables), timeout=PATIENCE)

    def _run(self, variables: Mapping[str, str], *words: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "dask", *words, "--no-dashboard"]
        process = subprocess.Popen(command, env={**os.environ, **variables}, stderr=subprocess.DEVNULL)
        self._processes.append(process)
        return process

    def kill_scheduler(self) -> None:
        """Kill the scheduler by SIGKILL. Its workers end by themselves."""
        self._scheduler.kill()
        self._scheduler.wait()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
