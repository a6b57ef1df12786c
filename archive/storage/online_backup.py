"""Copy a database that may be written meanwhile, and verify the copy. Backups and upgrades use it."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from archive.storage.sql import compose

PAGES = 2_000  # database pages copied between two calls of `progress`: 8 MB
COUNTED = "select name from sqlite_master where type = 'table' and sql not like 'create virtual%' order by name"

Progress = Callable[[int, int], None]  # database pages copied, total


class CopyError(Exception):
    """The copy differs from its source. The message says how."""


def copy_database(source: sqlite3.Connection, part: Path, progress: Progress = lambda _done, _all: None) -> None:
    """Copy the state that `source` sees inside its read transaction to the new file `part`, verify it and sync it.

    Without the transaction SQLite would start the copy again at every write. Raises sqlite3.Error, OSError and
    CopyError; `part` may exist then.
    """
    source.execute("select count(*) from sqlite_master").fetchone()  # the read transaction gets its snapshot here
    with closing(sqlite3.connect(part, isolation_level=None)) as target:
        target.execute("pragma synchronous = off")  # the whole file is synced below
        source.backup(target, pages=PAGES, progress=lambda _, left, every: progress(every - left, every))
        _verify(source, target)
    with part.open("rb") as file:
        os.fsync(file.fileno())


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield the path of a temporary file that replaces `path` at the end. On an error it is deleted."""
    part = path.with_name(path.name + ".part")
    remove(part)
    try:
        yield part
        part.replace(path)
    finally:
        remove(part)
    sync_folder(path.parent)


def is_sound(database: Path) -> bool:
    """Return whether SQLite can read the whole database."""
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=rw", uri=True)) as db:
            return not find_damage(db)
    except sqlite3.Error:
        return False


def find_damage(db: sqlite3.Connection) -> str:
    """Return the first error in the structure of the database, '' for none. Reads the whole file.

    Raises sqlite3.Error when the database is too damaged for the check.
    """
    says = str(db.execute("pragma quick_check(1)").fetchone()[0])
    return "" if says == "ok" else says.splitlines()[-1]  # its first line may be a title


def remove(database: Path) -> None:
    """Delete a database and the files that SQLite has beside it. They may be missing."""
    for ending in ("", "-wal", "-shm", "-journal"):
        database.with_name(database.name + ending).unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Sync a folder, so that the names of its files are on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _verify(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    # Database pages are copied bytewise, and the quick check finds pages that became unreadable. The full check would
    # only add that indexes agree with their tables, which depends on the source: `healthnews check`.
    if found := find_damage(target):
        raise CopyError(f"SQLite says of the copy: {found}")
    for (name,) in source.execute(COUNTED).fetchall():
        sql = compose("select count(*) from {name}", name=name)
        expected, there = source.execute(sql).fetchone()[0], target.execute(sql).fetchone()[0]
        if expected != there:
            raise CopyError(f"the copy has {there} rows of {name}, not {expected}")
