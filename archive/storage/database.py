"""Opening an archive: one SQLite file, its WARC folder beside it, one writer at a time."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils import Database

from archive.storage.migrations import migrations, unknown_steps

APPLICATION_ID = 0x484E6177  # "HNaw", in the file's header: what makes a SQLite file an archive of ours
BUSY_TIMEOUT = 30.0  # seconds a writer waits for another one; in WAL mode readers never wait

COPY_IT = "its folder cannot be written, so copy it and what is beside it to one that can be."


class ArchiveError(Exception):
    """A file that cannot be used as an archive; the message is one sentence for the user."""


def open_archive(path: Path, *, create: bool = False, reading: bool = False) -> Database:
    """The archive at `path`, its schema brought up to this version after a backup; `create` makes a missing one. With
    `reading` it is only read: it may be where nothing can be written then, unless its schema is older.

    Raises ArchiveError when it is missing, no archive of ours, not writable, newer than this program, or older while
    a job writes to it.
    """
    if not path.exists() and not create:
        raise ArchiveError(f"There is no archive at {path}: name one with --archive, or start one with a crawl.")
    if not path.parent.is_dir():
        raise ArchiveError(f"The folder {path.parent} does not exist: make it first, or name another archive.")
    try:
        db = Database(connect(path, reading=reading))
        check_kind(db, path)
        if reading and not _has_writable_folder(path) and migrations.pending(db):
            raise ArchiveError(f"{path} is of an earlier version and has to be brought up to date: {COPY_IT}")
        _prepare(db, path)
    except sqlite3.Error as error:
        raise ArchiveError(_sentence(path, error, reading)) from error
    return db


def connect(path: Path, *, reading: bool = False) -> sqlite3.Connection:
    """A connection to the database at `path`; with `reading` also where nothing can be written, as on a backup that is
    mounted read-only. Raises sqlite3.Error, then or when the connection is used."""
    if not reading or _has_writable_folder(path):
        return sqlite3.connect(path, timeout=BUSY_TIMEOUT, isolation_level=None)
    # To read a database in WAL mode SQLite makes two files beside it, unless it is told that nobody changes it.
    fixed = "" if _wal(path).exists() else "&immutable=1"
    uri = f"{path.resolve().as_uri()}?mode=ro{fixed}"
    return sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT, isolation_level=None)


def close(db: Database) -> None:
    """Closes the archive, with fresh statistics for the query planner."""
    db.execute("pragma optimize")
    db.close()


@contextmanager
def transaction(db: Database) -> Iterator[None]:
    """All or nothing: takes the write lock at once, so that a reader's snapshot never has to be upgraded."""
    db.conn.execute("begin immediate")
    try:
        yield
    except BaseException:
        db.conn.rollback()
        raise
    db.conn.execute("commit")


@contextmanager
def snapshot(db: Database) -> Iterator[None]:
    """Everything that is read inside is of one state of the archive, whatever a crawl writes meanwhile. Waits for no
    lock and takes none."""
    db.conn.execute("begin")
    try:
        yield
    finally:
        db.conn.rollback()


def warc_folder(path: Path) -> Path:
    """Where the raw pages of the archive at `path` are: `healthnews.db` has `healthnews-warc/` beside it."""
    return path.with_name(path.stem + "-warc")


def timestamp(moment: datetime) -> str:
    """`moment` (aware) as the archive writes times: ISO 8601, UTC, microseconds, so that text order is time order."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def check_kind(db: Database, path: Path) -> None:
    """Raises ArchiveError when `db`, which is the file at `path`, is no archive of ours or newer than this program."""
    marked = db.execute("pragma application_id").fetchone()[0] == APPLICATION_ID
    if not marked and db.execute("select 1 from sqlite_master limit 1").fetchone():
        raise ArchiveError(f"{path} is a SQLite file but no health-news archive: name another one with --archive.")
    if unknown_steps(db):
        raise ArchiveError(f"{path} was written by a newer version of healthnews: update the program to open it.")


def _prepare(db: Database, path: Path) -> None:
    db.execute("pragma foreign_keys = on")
    db.execute("pragma synchronous = normal")  # in WAL mode a power cut may lose the last commits, never the file
    if not migrations.pending(db):
        return
    if db.execute("select 1 from sqlite_master limit 1").fetchone():
        from archive.storage.upgrade import upgrade

        upgrade(db, path)
    else:
        db.execute("pragma journal_mode = wal")
        with transaction(db):
            apply_steps(db)


def apply_steps(db: Database) -> None:
    """Applies the steps of the schema that are pending by now; needs a transaction."""
    db.execute(f"pragma application_id = {APPLICATION_ID}")
    migrations.apply(db)


def _has_writable_folder(path: Path) -> bool:
    return os.access(path.resolve().parent, os.W_OK)


def _wal(path: Path) -> Path:
    """Where SQLite keeps what is not yet written to the database itself: beside that, not beside a link to it."""
    database = path.resolve()
    return database.with_name(f"{database.name}-wal")


def _sentence(path: Path, error: sqlite3.Error, reading: bool) -> str:
    if "not a database" in str(error):
        return f"{path} is no SQLite file: name another one with --archive, or restore a backup if it was an archive."
    if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_CORRUPT:
        return f"{path} is damaged ({error}): restore a backup, see docs/operations.md."
    if "locked" in str(error):
        return f"{path} is being changed by another process: try again when that has ended."
    if "unable to open" in str(error) and reading and not _has_writable_folder(path) and _wal(path).exists():
        return f"{path} cannot be read ({error}) with the changes in {_wal(path).name}: {COPY_IT}"
    if "readonly" in str(error) or "unable to open" in str(error):
        return f"{path} cannot be written ({error}): check the rights of the file and its folder."
    return f"{path} cannot be opened: {error}."
