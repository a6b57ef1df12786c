"""Tell faults of the machine and damaged bytes from defects of the program, and describe them for the user."""

import errno
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from json import JSONDecodeError
from pathlib import Path

from archive.errors import DamagedError, DiskError, FaultError
from archive.text.messages import message

ADVICE = message("healthnews check names what is damaged, healthnews check --repair mends what it can.")

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_DISK = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
_WHY = {
    sqlite3.SQLITE_FULL: message("the disk is full"),
    sqlite3.SQLITE_IOERR: message("the disk failed or is full"),
    sqlite3.SQLITE_READONLY: message("it or its folder is read-only"),
    sqlite3.SQLITE_CANTOPEN: message("its file or folder cannot be opened"),
    sqlite3.SQLITE_PERM: message("its rights forbid it"),
    sqlite3.SQLITE_NOMEM: message("there is too little memory"),
    sqlite3.SQLITE_BUSY: message("another process is writing to it"),
    sqlite3.SQLITE_LOCKED: message("another process is writing to it"),
    sqlite3.SQLITE_PROTOCOL: message("another process is writing to it"),
}
_MACHINE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO, errno.ENOMEM, errno.EMFILE, errno.ENFILE}
_NO_MEMORY = ("can't start new thread", "failed to map segment", "Cannot allocate memory")
# What the reading of a value that is not as it was written raises.
_UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, RecursionError)


def is_damage(error: BaseException) -> bool:
    """Return whether an error is due to the content of a database file, unlike a full disk."""
    if isinstance(error, DamagedError | UnicodeDecodeError | JSONDecodeError):
        return True  # SQLite quotes bytes of a damaged schema; JSON is read from columns that were written as JSON
    if not isinstance(error, sqlite3.Error):
        return False
    # A damaged schema lacks tables, and a damaged page of a full-text index is a malformed inverted index.
    return (
        _code(error) in _DAMAGED
        or "no such " in str(error)
        or "malformed" in str(error)
        or "Could not decode" in str(error)
    )


@contextmanager
def damage_named(what: Callable[[], str]) -> Iterator[None]:
    """Raise DamagedError, which names `what`, where its stored values cannot be read."""
    try:
        yield
    except sqlite3.Error as error:
        if not is_damage(error):
            raise
        raise DamagedError(f"{what()} is damaged ({error}): {ADVICE}") from error
    except _UNREADABLE as error:
        raise DamagedError(f"{what()} is damaged ({error}): {ADVICE}") from error


def as_fault(error: BaseException, archive: Path) -> FaultError | None:
    """Return the error as a FaultError with one sentence, None for a defect of the program."""
    if isinstance(error, FaultError):
        return error
    if isinstance(error, MemoryError) or any(words in str(error) for words in _NO_MEMORY):
        return FaultError(message("There is too little memory: end other programs, or give this one more."))
    if is_damage(error):
        return DamagedError(
            message("%(path)s is damaged (%(error)s): %(advice)s", path=archive, error=error, advice=ADVICE)
        )
    if isinstance(error, sqlite3.Error):
        code = _code(error)
        if code == sqlite3.SQLITE_CANTOPEN and not os.access(archive.parent, os.W_OK):
            code = sqlite3.SQLITE_READONLY  # SQLite cannot make the files of WAL mode beside it
        why = _WHY.get(code)
        if why is None:
            return None
        kind = DiskError if code in _DISK else FaultError
        return kind(message("%(path)s cannot be used: %(why)s (%(error)s).", path=archive, why=why, error=error))
    if isinstance(error, OSError) and error.errno is not None:
        what = f"{error.filename} cannot be used" if error.filename else "A file cannot be written or read"
        return FaultError(f"{what}: {os.strerror(error.errno)}.")
    return None


def is_machine_fault(error: OSError) -> bool:
    """Return whether the disk or the memory is the reason, not a wrong name or missing rights."""
    return error.errno in _MACHINE


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF  # errors of the Python module itself have no code
