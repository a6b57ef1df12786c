"""One job at a time: the lock of an archive, with whose it is.

The kernel drops the lock when its process ends, however it ends: a file that is left over locks nothing, and is taken
over by the next job.
"""

import errno
import json
import os
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from archive.errors import ArchiveError, BusyError


def lock_path(archive: Path) -> Path:
    """The lock's file, which also says who holds it: `healthnews.db.lock`."""
    return archive.with_name(archive.name + ".lock")


def hold(archive: Path, *, now: datetime | None = None, wait: float = 0) -> FileLock:
    """The archive's lock, held by this process until it is released; use as a context manager or release it.

    Raises BusyError when another job has it for more than `wait` seconds, ArchiveError when the folder cannot be
    written.
    """
    if not archive.parent.is_dir():  # FileLock would make it
        raise ArchiveError(f"The folder {archive.parent} does not exist: make it first, or name another archive.")
    path = lock_path(archive)
    lock = FileLock(path)
    try:
        lock.acquire(timeout=wait)
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


def is_held(archive: Path) -> bool:
    """Whether a job holds the archive's lock, this process included; also where that cannot be asked, for want of
    rights or on a read-only disk.

    Looks for a moment only, and makes no file.
    """
    path = lock_path(archive)
    if not path.exists():
        return False
    try:
        with FileLock(path, timeout=0):
            return False
    except Timeout:
        return True
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            return True
        raise


def is_ours(archive: Path) -> bool:
    """Whether it is this process that holds the archive's lock."""
    return _read_owner(lock_path(archive))[:1] == (os.getpid(),) and is_held(archive)


def _owner(path: Path) -> str:
    """Who wrote the lock's file, as part of a sentence; empty when that cannot be read."""
    owner = _read_owner(path)
    return f" (process {owner[0]}, since {owner[1]:%Y-%m-%d %H:%M} UTC)" if owner else ""


def _read_owner(path: Path) -> tuple[int, datetime] | tuple[()]:
    try:
        owner = json.loads(path.read_text(encoding="utf-8"))
        return int(owner["pid"]), datetime.fromisoformat(owner["started_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return ()
