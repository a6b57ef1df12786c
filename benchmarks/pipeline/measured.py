"""Run a command and measure the CPU time and the memory of all its processes, on Linux.

The processes of a command are those of its session, whoever started them. `getrusage(RUSAGE_CHILDREN)` counts only what
was waited for, and nobody waits for a fork server. So this process adopts what is left behind, and reads
/proc/PID/stat of each process that has ended before it takes it away.
"""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

PROC = Path("/proc")
INTERVAL = 0.5  # seconds between two looks at the processes, which take some 20 ms
POLL = 0.02  # seconds between two looks at whether the first one has ended
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
PATIENCE = 30.0  # seconds for processes that outlive the first one
_SET_CHILD_SUBREAPER = 36  # of prctl
_LIBC = ctypes.CDLL(None, use_errno=True)


class FailedError(Exception):
    """A measured command failed; the message has the end of what it printed."""


@dataclass(slots=True)
class Usage:
    """What a command used: seconds by the clock, CPU seconds of all processes and of the first one alone, and peak
    bytes of all processes: `memory` counts shared pages once (PSS), `resident` once in each process (RSS).

    `samples` are moments in seconds with the bytes of PSS then.
    """

    seconds: float = 0.0
    cpu: float = 0.0
    main: float = 0.0
    memory: int = 0
    resident: int = 0
    samples: list[tuple[float, int]] = field(default_factory=list)


class _Stat(NamedTuple):
    """What /proc/PID/stat says; `waited` is the CPU time of the children that it waited for."""

    pid: int
    state: str
    parent: int
    session: int
    own: float
    waited: float
    resident: int


def run(command: Sequence[str], *, cores: Collection[int], output: Path) -> Usage:
    """Run a command on `cores` and return what all its processes used; it prints to the file `output`.

    Raises FailedError when it fails.
    """
    usage, start, last = Usage(), time.monotonic(), dict[int, float]()
    with output.open("wb") as printed, _adopting():
        process = subprocess.Popen(  # noqa: S603
            command, stdout=printed, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True,
            preexec_fn=lambda: os.sched_setaffinity(0, cores),
        )  # fmt: skip
        try:
            due = start
            while not _has_ended(process.pid):
                if time.monotonic() >= due:
                    _sample(process.pid, usage, last, time.monotonic() - start)
                    due = time.monotonic() + INTERVAL
                time.sleep(POLL)
            usage.seconds = time.monotonic() - start
            ended = _stat(process.pid)
            process.wait()
            usage.main = ended.own if ended else 0.0
            waited = usage.main + (ended.waited if ended else 0.0) + _take_leave(process.pid, last)
            usage.cpu = max(waited, usage.main + sum(last.values()) - last.get(process.pid, 0.0))
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if process.returncode:
        raise FailedError(f"{' '.join(command)}\n{output.read_text(errors='replace')[-3000:]}")
    return usage


@contextmanager
def _adopting() -> Iterator[None]:
    """Have this process become the parent of those that a command leaves behind."""
    _LIBC.prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        _LIBC.prctl(_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def _has_ended(pid: int) -> bool:
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None


def _take_leave(session: int, last: dict[int, float]) -> float:
    """Wait for the processes that the first one left behind; return their CPU seconds with those they waited for."""
    spent, until = 0.0, time.monotonic() + PATIENCE
    while (left := list(_processes(session))) and time.monotonic() < until:
        for stat in left:
            last[stat.pid] = stat.own
            if stat.state == "Z" and stat.parent == os.getpid():
                spent += stat.own + stat.waited
                os.waitpid(stat.pid, 0)
        time.sleep(POLL)
    return spent


def _sample(session: int, usage: Usage, last: dict[int, float], moment: float) -> None:
    memory = resident = 0
    for stat in _processes(session):
        last[stat.pid] = stat.own
        resident += stat.resident
        memory += _proportional(stat.pid)
    usage.memory, usage.resident = max(usage.memory, memory), max(usage.resident, resident)
    usage.samples.append((moment, memory))


def _processes(session: int) -> Iterator[_Stat]:
    for name in os.listdir(PROC):  # noqa: PTH208 (five times as fast, at each look)
        if name.isdecimal() and (stat := _stat(int(name))) and stat.session == session:
            yield stat


def _stat(pid: int) -> _Stat | None:
    """Return what the system says of a process; None when it is gone."""
    try:
        text = (PROC / str(pid) / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = text.rpartition(")")[2].split()  # a name may have spaces and parentheses
    own, waited = (sum(map(int, pair)) / TICKS for pair in (fields[11:13], fields[13:15]))
    return _Stat(pid, fields[0], int(fields[1]), int(fields[3]), own, waited, int(fields[21]) * PAGE)


def _proportional(pid: int) -> int:
    """Return the bytes of a process, its part of shared pages included; 0 when it is gone."""
    with suppress(OSError):
        for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return 1024 * int(line.split()[1])
    return 0
