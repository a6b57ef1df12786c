"""The lock of an archive: one job at a time may write to it. The lock file names the process that holds the lock.

The operating system releases the lock when the process ends, however it ends. A left-over file locks nothing and is
reused by the next job.
"""

import errno
import json
import os
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from archive.errors import ArchiveError, BusyError, FaultError


def lock_path(archive: Path) -> Path:
    """Return the path of the lock file: `healthnews.db.lock`."""
    return archive.with_name(archive.name + ".lock")


def hold(archive: Path, *, now: datetime | None = None, wait: float = 0) -> FileLock:
    """Acquire the archive's lock for this process. Use it as a context manager, or call `release`.

    Raises BusyError when another job still holds it after `wait` seconds, ArchiveError when the folder does not exist
    or cannot be written.
    """
    if not archive.parent.is_dir():  # FileLock would create it
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
        raise FaultError(f"{archive} cannot be written ({error.strerror}): check the rights of its folder.") from error
    started = (now or datetime.now(UTC)).isoformat(timespec="seconds")
    try:
        path.write_text(json.dumps({"pid": os.getpid(), "started_at": started}) + "\n", encoding="utf-8")
    except OSError as error:
        lock.release()
        raise FaultError(f"{archive} cannot be written ({error.strerror}): see to its disk.") from error
    return lock


def is_held(archive: Path) -> bool:
    """Return whether a job, this process included, holds the lock, or whether it cannot be tested for want of rights.

    The lock is tried only for a moment, and no file is created.
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


def is_held_by_this_process(archive: Path) -> bool:
    """Return whether this process holds the archive's lock."""
    return _read_owner(lock_path(archive))[:1] == (os.getpid(),) and is_held(archive)


def _owner(path: Path) -> str:
    """Return the owner of the lock file as part of a sentence, '' when it cannot be read."""
    owner = _read_owner(path)
    return f" (process {owner[0]}, since {owner[1]:%Y-%m-%d %H:%M} UTC)" if owner else ""


def _read_owner(path: Path) -> tuple[int, datetime] | tuple[()]:
    try:
        owner = json.loads(path.read_text(encoding="utf-8"))
        return int(owner["pid"]), datetime.fromisoformat(owner["started_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return ()
