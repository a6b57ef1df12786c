"""One job at a time: the lock of an archive, with whose it is.

The kernel drops the lock when its process ends, however it ends: a file that is left over locks nothing, and is taken
over by the next job.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from archive.db import ArchiveError


class BusyError(Exception):
    """Another job holds the archive; the message is one sentence."""


def lock_path(archive: Path) -> Path:
    """The lock's file, which also says who holds it: `healthnews.db.lock`."""
    return archive.with_name(archive.name + ".lock")


def hold(archive: Path, *, now: datetime | None = None) -> FileLock:
    """The archive's lock, held by this process until it is released; use as a context manager or release it.

    Raises BusyError when another job has it, ArchiveError when the folder cannot be written.
    """
    if not archive.parent.is_dir():  # FileLock would make it
        raise ArchiveError(f"The folder {archive.parent} does not exist: make it first, or name another archive.")
    path = lock_path(archive)
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise BusyError(
            f"Another job{_owner(path)} is writing to {archive}: wait for it to end, or name another archive."
        ) from None
    except OSError as error:
        raise ArchiveError(
            f"{archive} cannot be written ({error.strerror}): check the rights of its folder."
        ) from error
    started = (now or datetime.now(UTC)).isoformat(timespec="seconds")
    path.write_text(json.dumps({"pid": os.getpid(), "started_at": started}) + "\n", encoding="utf-8")
    return lock


def _owner(path: Path) -> str:
    """Who wrote the lock's file, as part of a sentence; empty when that cannot be read."""
    try:
        owner = json.loads(path.read_text(encoding="utf-8"))
        return f" (process {int(owner['pid'])}, since {datetime.fromisoformat(owner['started_at']):%Y-%m-%d %H:%M} UTC)"
    except (OSError, ValueError, KeyError, TypeError):
        return ""
