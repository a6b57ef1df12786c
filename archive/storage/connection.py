"""Connect to the database file, hold transactions, and locate the files beside it."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from archive.storage.damage import is_damage

if TYPE_CHECKING:
    from sqlite_utils import Database

DECODE = partial(str, encoding="utf-8", errors="replace")  # an undecodable byte is �, not the end of a command
BUSY_TIMEOUT = 30.0  # seconds that a writer waits for another one; in WAL mode readers never wait


def connect(path: Path, *, reading: bool = False) -> sqlite3.Connection:
    """Return a connection to the database at `path`, with `reading` also on a read-only disk.

    Bytes of a text that are not UTF-8 are read as U+FFFD.
    Raises sqlite3.Error, now or when the connection is used.
    """
    if not reading or has_writable_folder(path):
        # As a URI, because only then another database can be attached by one, for reading alone.
        uri = path.absolute().as_uri()
        return _decoding(sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT, isolation_level=None))
    return connect_fixed(path)


def connect_tried(path: Path, *, reading: bool) -> sqlite3.Connection:
    """Return a connection that has read from the database at `path`, with `reading` also on a full disk.

    Raises sqlite3.Error.
    """
    connection = connect(path, reading=reading)
    try:
        connection.execute("select 1 from sqlite_master limit 1").fetchone()
    except sqlite3.Error as error:
        connection.close()
        if not reading or is_damage(error) or "locked" in str(error) or has_wal(path):
            raise
        return connect_fixed(path)
    return connection


def connect_fixed(path: Path) -> sqlite3.Connection:
    """Return a connection that reads the database at `path` and creates no file beside it. Raises as `connect`."""
    # SQLite creates two files beside a database in WAL mode even to read it, unless it is declared immutable.
    fixed = "" if has_wal(path) else "&immutable=1"
    uri = f"{path.resolve().as_uri()}?mode=ro{fixed}"
    return _decoding(sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT, isolation_level=None))


def has_wal(path: Path) -> bool:
    """Return whether there are changes beside the database at `path`."""
    wal = wal_file(path)
    return wal.exists() and wal.stat().st_size > 0


def _decoding(connection: sqlite3.Connection) -> sqlite3.Connection:
    connection.text_factory = DECODE
    return connection


def close(db: "Database") -> None:
    """Update the statistics of the query planner and close the archive."""
    db.execute("pragma optimize")
    db.close()


@contextmanager
def transaction(db: "Database | sqlite3.Connection") -> Iterator[None]:
    """Hold a write transaction: commit at the end, roll back on an error.

    It takes the write lock at once, because SQLite fails when a read transaction is to be upgraded.
    """
    connection = _connection(db)
    connection.execute("begin immediate")
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.execute("commit")


@contextmanager
def snapshot(db: "Database | sqlite3.Connection") -> Iterator[None]:
    """Hold a read transaction: everything read inside it is of one state of the archive. It needs no lock."""
    connection = _connection(db)
    connection.execute("begin")
    try:
        yield
    finally:
        connection.rollback()


def _connection(db: "Database | sqlite3.Connection") -> sqlite3.Connection:
    return db if isinstance(db, sqlite3.Connection) else db.conn


def warc_folder(path: Path) -> Path:
    """Return the folder of the WARC files: `healthnews-warc` beside the archive `healthnews.db`."""
    return path.with_name(path.stem + "-warc")


def timestamp(moment: datetime) -> str:
    """Return an aware datetime as the archive stores it: ISO 8601 in UTC with microseconds, which sorts as text."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def has_writable_folder(path: Path) -> bool:
    """Return whether files can be created beside `path`, links followed."""
    return os.access(path.resolve().parent, os.W_OK)


def wal_file(path: Path) -> Path:
    """Return the path of SQLite's write-ahead log, which is beside the database, not beside a link to it."""
    database = path.resolve()
    return database.with_name(f"{database.name}-wal")
