"""Open an archive: one SQLite file with a WARC folder beside it and one writer at a time."""

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from archive.errors import ArchiveError, DamagedError, FaultError
from archive.storage.connection import (
    connect_tried,
    has_writable_folder,
    transaction,
    wal_file,
    warc_folder,
)
from archive.storage.damage import is_damage
from archive.storage.steps import is_current

if TYPE_CHECKING:
    from sqlite_utils import Database

COPY_IT = "its folder cannot be written, so copy it and what is beside it to one that can be."


def open_archive(path: str | Path, *, create: bool = False, reading: bool = False) -> "Database":
    """Return a connection to the archive at `path`, upgraded to the current schema after a backup.

    `create` creates the archive where no file exists. With `reading` nothing is written, unless the schema has to be
    upgraded, and the archive may be in a folder that cannot be written.

    Raises ArchiveError, with one sentence for the user, when the file is missing, is not an archive, cannot be written,
    is newer than this program, or has to be upgraded while a job writes to it.
    """
    from sqlite_utils import Database

    return Database(_opened(Path(path), create=create, reading=reading))


def open_to_read(path: str | Path) -> sqlite3.Connection:
    """Return a connection of sqlite3 to the archive at `path`, for reading. Upgrades and raises as `open_archive`."""
    return _opened(Path(path), create=False, reading=True)


def _opened(path: Path, *, create: bool, reading: bool) -> sqlite3.Connection:
    if not path.exists():
        _refuse_lost(path, "missing")
    if not path.exists() and not create:
        raise ArchiveError(f"There is no archive at {path}: name one with --archive, or start one with a crawl.")
    if not path.parent.is_dir():
        raise ArchiveError(f"The folder {path.parent} does not exist: make it first, or name another archive.")
    try:
        connection = connect_tried(path, reading=reading)
        connection.execute("pragma foreign_keys = on")
        connection.execute("pragma synchronous = normal")  # in WAL mode a power cut can lose the last commits, no more
        if not is_current(connection):
            _make_current(connection, path, reading)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise _as_archive_error(path, error, reading) from error
    return connection


def _refuse_lost(path: Path, state: str) -> None:
    """Raise ArchiveError where the WARC files of a database are there that is missing or empty: it was lost."""
    from archive.storage.warc.cdxj import WARC

    folder = warc_folder(path)
    if any(folder.glob(f"*{WARC}")):
        raise ArchiveError(
            f"{path} is {state}, but its raw pages are in {folder}: restore a backup, see docs/operations.md, or move "
            f"{folder.name} elsewhere to start anew."
        )


def _make_current(connection: sqlite3.Connection, path: Path, reading: bool) -> None:
    """Create the schema in an empty file, or upgrade it. Raises as `open_archive`."""
    from sqlite_utils import Database

    from archive.storage.migrations import apply_steps, check_kind, migrations
    from archive.storage.upgrade import upgrade

    db = Database(connection)
    empty = db.execute("select 1 from sqlite_master limit 1").fetchone() is None
    if empty:
        _refuse_lost(path, "empty")
    check_kind(db, path)
    if not migrations.pending(db):
        return
    if reading and not has_writable_folder(path):
        raise FaultError(f"{path} is of an earlier version and has to be upgraded: {COPY_IT}")
    if not empty:
        upgrade(db, path)
    else:
        db.execute("pragma journal_mode = wal")
        with transaction(db):
            apply_steps(db)


def _as_archive_error(path: Path, error: sqlite3.Error | UnicodeDecodeError, reading: bool) -> ArchiveError:
    """Return an error whose sentence says why the file cannot be opened and what to do."""
    if "not a database" in str(error):
        return ArchiveError(
            f"{path} is no SQLite file: name another one with --archive, or restore a backup if it was an archive."
        )
    if is_damage(error):
        return DamagedError(
            f"{path} is damaged ({error}): healthnews check --repair writes anew what can be read of it; or restore a "
            "backup, see docs/operations.md."
        )
    if "locked" in str(error):
        return FaultError(f"{path} is being changed by another process: try again when that has ended.")
    if "unable to open" in str(error) and reading and not has_writable_folder(path) and wal_file(path).exists():
        return FaultError(f"{path} cannot be read ({error}) with the changes in {wal_file(path).name}: {COPY_IT}")
    if "readonly" in str(error) or "unable to open" in str(error):
        return FaultError(f"{path} cannot be written ({error}): check the rights of the file and its folder.")
    return FaultError(f"{path} cannot be opened: {error}.")
