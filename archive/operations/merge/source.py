"""Open another archive to be merged: it is read only, upgraded as a copy, and locked while it is read."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from archive.errors import ArchiveError, BusyError, DamagedError, FaultError
from archive.storage.connection import connect_fixed, has_wal, has_writable_folder, transaction, wal_file, warc_folder
from archive.storage.damage import is_damage
from archive.storage.lock import hold
from archive.storage.migrations import apply_steps, check_kind, migrations
from archive.storage.online_backup import CopyError, copy_database, find_damage, remove
from archive.storage.warc.records import file_names

ATTACHED = "other"  # the name of the schema under which the other archive is attached
COPY = ".merging"  # the ending of the upgraded copy beside the archive


@dataclass(frozen=True, slots=True)
class Source:
    """Another archive: its path as named, the file that is read (the archive itself or its upgraded copy), the folder
    of its WARC files, and the size and time of its files, by which an unchanged archive is recognised."""

    path: Path
    file: Path
    folder: Path
    state: str

    @property
    def uri(self) -> str:
        """The file as SQLite attaches it for reading; no file is created beside it."""
        fixed = "" if has_wal(self.file) else "&immutable=1"
        return f"{self.file.resolve().as_uri()}?mode=ro{fixed}"

    def connect(self) -> Database:
        """Return a connection that reads the archive."""
        return Database(connect_fixed(self.file))


def check_source(archive: Path, other: Path, *, move: bool) -> None:
    """Raise ArchiveError, with one sentence, when `other` cannot be merged into `archive`; BusyError where it is busy.

    The content is not read yet. `move`: its WARC files are to be moved.
    """
    if not other.exists():
        raise ArchiveError(f"There is no archive at {other}: name one that exists.")
    if not other.is_file():
        raise ArchiveError(f"{other} is no file: name the archive in it.")
    if (archive.exists() and archive.samefile(other)) or archive.resolve() == other.resolve():
        raise ArchiveError(f"{other} is the archive itself: name another one to merge into it.")
    if warc_folder(archive).resolve() == warc_folder(other).resolve():
        raise ArchiveError(f"{other} has the WARC folder of {archive}: give one of them another name or folder.")
    folder = warc_folder(other)
    if move and file_names(folder) and not has_writable_folder(folder / "any"):
        raise FaultError(f"The WARC files in {folder} cannot be moved, it is read-only: give --warc copy or keep.")
    with _reading(other), closing(Database(connect_fixed(other))) as db:
        _check_kind(db, other)


@contextmanager
def opened(archive: Path, other: Path) -> Iterator[Source]:
    """Lock the other archive and yield it, ready to be attached; one of an earlier format as an upgraded copy.

    Raises ArchiveError and BusyError as `check_source` does, and DamagedError where its database is damaged.
    """
    with _locked(other):
        with _reading(other):
            is_older = _is_older(other)
        copy = archive.with_name(archive.name + COPY)
        state = repr([(file.stat().st_size, file.stat().st_mtime_ns) for file in _files(other)])
        try:
            if is_older:
                _upgrade(other, copy)
            yield Source(other, copy if is_older else other, warc_folder(other), state)
        finally:
            remove(copy)


def _is_older(other: Path) -> bool:
    """Return whether the archive is of an earlier format, after its database was checked."""
    with closing(Database(connect_fixed(other))) as db:
        _check_kind(db, other)
        if found := find_damage(db.conn):
            raise _damaged(other, found)
        return bool(migrations.pending(db))


def _check_kind(db: Database, path: Path) -> None:
    if db.execute("select 1 from sqlite_master limit 1").fetchone() is None:
        raise ArchiveError(f"{path} is empty and no archive: name another one.")
    check_kind(db, path)


@contextmanager
def _locked(other: Path) -> Iterator[None]:
    """Hold the lock of the other archive, as far as its folder can be written."""
    with hold(other) if has_writable_folder(other) else nullcontext():
        yield


@contextmanager
def _reading(other: Path) -> Iterator[None]:
    """Turn what SQLite raises when the other archive is opened into one sentence."""
    try:
        yield
    except (sqlite3.Error, UnicodeDecodeError) as error:
        if "not a database" in str(error):
            raise ArchiveError(f"{other} is no SQLite file: name another one to merge.") from error
        if is_damage(error):
            raise _damaged(other, str(error)) from error
        if "locked" in str(error):
            raise BusyError(f"{other} is being changed by another process: merge it when that has ended.") from error
        raise FaultError(f"{other} cannot be read: {error}.") from error


def _damaged(other: Path, found: str) -> DamagedError:
    return DamagedError(
        f"{other} is damaged ({found}) and was not merged: healthnews --archive {other} check --repair mends what it "
        "can."
    )


def _files(other: Path) -> list[Path]:
    return [file for file in (other, wal_file(other)) if file.exists()]


def _upgrade(other: Path, copy: Path) -> None:
    """Write an upgraded copy of the archive."""
    remove(copy)
    try:
        with closing(connect_fixed(other)) as source:
            source.execute("begin")
            copy_database(source, copy)
        with closing(Database(sqlite3.connect(copy, isolation_level=None))) as db:
            db.execute("pragma journal_mode = delete")  # one file, which is attached for reading
            with transaction(db):
                apply_steps(db)
    except (OSError, CopyError, sqlite3.OperationalError) as error:
        raise FaultError(
            f"{other} is of an earlier version, and a copy of it cannot be made beside the archive to be upgraded "
            f"({error}): free some space, or open it once to upgrade it."
        ) from error
