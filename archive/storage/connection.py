"""Connections to the database file, transactions on them, and where the files beside it are."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils import Database

BUSY_TIMEOUT = 30.0  # seconds a writer waits for another one; in WAL mode readers never wait


def connect(path: Path, *, reading: bool = False) -> sqlite3.Connection:
    """A connection to the database at `path`; with `reading` also where nothing can be written, as on a backup that is
    mounted read-only. Raises sqlite3.Error, then or when the connection is used."""
    if not reading or has_writable_folder(path):
        return sqlite3.connect(path, timeout=BUSY_TIMEOUT, isolation_level=None)
    # To read a database in WAL mode SQLite makes two files beside it, unless it is told that nobody changes it.
    fixed = "" if wal_file(path).exists() else "&immutable=1"
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


def has_writable_folder(path: Path) -> bool:
    return os.access(path.resolve().parent, os.W_OK)


def wal_file(path: Path) -> Path:
    """Where SQLite keeps what is not yet written to the database itself: beside that, not beside a link to it."""
    database = path.resolve()
    return database.with_name(f"{database.name}-wal")
