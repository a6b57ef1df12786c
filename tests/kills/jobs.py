"""A command of `healthnews` in processes of its own, which can be killed."""

import os
import random
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Self

from tests.commands import HEALTHNEWS, environment

GONE = 120  # seconds in which the processes of a job must be gone after its parent: they are at once, unless they hang


class JobError(AssertionError):
    """A job that was not killed failed, or processes stayed after a kill. The message has its output."""


class Job:
    """Runs a command in a session of its own. A context manager, which leaves none of its processes."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.arguments = arguments
        self._log = (folder / "job.log").open("w+")
        self._process = subprocess.Popen(
            [*HEALTHNEWS, *arguments],
            cwd=folder,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=self._log,
            start_new_session=True,
        )
        self._killing = threading.Lock()
        self.killed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._log.close()

    def kill(self, *, alone: bool = False) -> None:
        """Kill the job as a machine that loses power does, or its first process alone."""
        with self._killing:
            if self._process.poll() is None:
                self.killed = True
                (os.kill if alone else os.killpg)(self._process.pid, signal.SIGKILL)

    def kill_worker(self, chance: random.Random) -> bool:
        """Kill a worker process; return whether there was one."""
        workers = sorted(_workers(self._process.pid))
        if workers:
            with suppress(ProcessLookupError):
                os.kill(chance.choice(workers), signal.SIGKILL)
        return bool(workers)

    def ended(self, seconds: float) -> bool:
        """Wait for the end of the first process, for `seconds` at most; return whether it has ended."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        return self._process.returncode is not None

    def finish(self, seconds: float) -> None:
        """Wait until all processes are gone. Raises JobError where they stay, or where a job that is not killed fails.

        The fork server and the workers have standard output too: it ends with the last of them.
        """
        try:
            self._process.communicate(timeout=GONE if self.killed else seconds)
        except subprocess.TimeoutExpired as error:
            raise JobError(f"{self.arguments}: processes are still there\n{self.output()}") from error
        if self._process.returncode != (-signal.SIGKILL if self.killed else 0):
            raise JobError(f"{self.arguments} ended with {self._process.returncode}\n{self.output()}")
        if "Traceback" in self.output():
            raise JobError(f"{self.arguments}\n{self.output()}")

    def output(self) -> str:
        """Return what the job has said so far on standard error."""
        return Path(self._log.name).read_text(errors="replace")


def _workers(session: int) -> Iterator[int]:
    """Yield the worker processes of a session: the children of its fork server."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, parent, group = stat.read_text().rpartition(")")[2].split()[:3]
            if int(group) == session and state != "Z":
                parents[int(stat.parent.name)] = int(parent)
    for pid, server in parents.items():
        if parents.get(server) == session:
            with suppress(OSError):
                if "forkserver" in Path(f"/proc/{server}/cmdline").read_text():
                    yield pid
