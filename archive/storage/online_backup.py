"""A verified copy of a database that may be written meanwhile: what backups and migrations rest on."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

PAGES = 2_000  # of the database, copied between two calls of `progress`: 8 MB
COUNTED = "select name from sqlite_master where type = 'table' and sql not like 'create virtual%' order by name"

Progress = Callable[[int, int], None]  # pages of the database that are copied, and all


class CopyError(Exception):
    """A copy that is not what it was made from; the message says what is wrong with it."""


def copy_database(source: sqlite3.Connection, part: Path, progress: Progress = lambda _done, _all: None) -> None:
    """Copies the state that `source` sees inside its read transaction to the new file `part`, and verifies the copy.

    The transaction is what makes it one state, and keeps SQLite from beginning anew at every write. When this
    returns, the copy is on the disk. Raises sqlite3.Error, OSError and CopyError; `part` may be there then.
    """
    source.execute("select count(*) from sqlite_master").fetchone()  # the transaction takes hold of its state here
    with closing(sqlite3.connect(part, isolation_level=None)) as target:
        target.execute("pragma synchronous = off")  # the whole file is brought to the disk below
        source.backup(target, pages=PAGES, progress=lambda _, left, every: progress(every - left, every))
        _verify(source, target)
    with part.open("rb") as file:
        os.fsync(file.fileno())


@contextmanager
def written(path: Path) -> Iterator[Path]:
    """The name of a file to write, which takes the place of `path` at the end; after an error it is removed."""
    part = path.with_name(path.name + ".part")
    remove(part)
    try:
        yield part
        part.replace(path)
    finally:
        remove(part)
    sync_folder(path.parent)


def is_sound(database: Path) -> bool:
    """Whether SQLite can read that database to its end."""
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=rw", uri=True)) as db:
            return not damage(db)
    except sqlite3.Error:
        return False


def damage(db: sqlite3.Connection) -> str:
    """The first error that SQLite finds in the structure of that database, '' for none. Reads all of it; raises
    sqlite3.Error where not even that can be done."""
    says = str(db.execute("pragma quick_check(1)").fetchone()[0])
    return "" if says == "ok" else says.splitlines()[-1]  # its first line may be a title


def is_of_damage(error: Exception) -> bool:
    """Whether it may be for what is in a database; a full disk, for one, is not."""
    if isinstance(error, sqlite3.Error):
        return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_CORRUPT
    return isinstance(error, CopyError)


def remove(database: Path) -> None:
    """Removes a database and what SQLite keeps beside it while it is open; missing files do no harm."""
    for ending in ("", "-wal", "-shm", "-journal"):
        database.with_name(database.name + ending).unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Brings the names of a folder's files to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _verify(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    # Pages are copied as they are: what can go wrong on the way makes them unreadable, which the quick check sees. That
    # an index agrees with its table, all that the long one adds, is a matter of the source: `healthnews check`.
    if found := damage(target):
        raise CopyError(f"SQLite says of the copy: {found}")
    for (name,) in source.execute(COUNTED).fetchall():
        sql = f'select count(*) from "{name}"'  # noqa: S608
        expected, there = source.execute(sql).fetchone()[0], target.execute(sql).fetchone()[0]
        if expected != there:
            raise CopyError(f"the copy has {there} rows of {name}, not {expected}")
