"""Compact an archive: merge the full-text indexes, rewrite the database file, and update the planner's statistics."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from archive.errors import DamagedError, FaultError
from archive.storage.connection import wal_file
from archive.storage.damage import is_damage
from archive.storage.database import open_archive
from archive.storage.fulltext import index
from archive.storage.lock import hold

STEPS: tuple[Callable[[Database], object], ...] = (
    index.optimize,
    lambda db: db.execute("vacuum"),
    lambda db: db.execute("analyze"),
)

Progress = Callable[[int, int], None]  # steps done, total


@dataclass(frozen=True, slots=True, kw_only=True)
class Compacted:
    """The size of the database in bytes before and after. `read`: a reader keeps SQLite from freeing all of it yet."""

    before: int
    after: int
    read: bool


def compact(archive: Path, *, progress: Progress = lambda _done, _all: None) -> Compacted:
    """Compact the archive. This needs free space of about twice the size of the database.

    Raises ArchiveError, with one sentence, when the space is missing or the archive is damaged, and BusyError when a
    job holds the archive. The archive is intact then.
    """
    with hold(archive), closing(open_archive(archive)) as db:
        before = _size(archive)
        try:
            for done, step in enumerate(STEPS):
                progress(done, len(STEPS))
                step(db)
            progress(len(STEPS), len(STEPS))
            read = bool(db.execute("pragma wal_checkpoint(truncate)").fetchone()[0])
        except sqlite3.Error as error:
            if is_damage(error):
                raise DamagedError(
                    f"{archive} is damaged ({error}), so it is not compacted: healthnews check says more, "
                    "docs/operations.md what helps."
                ) from error
            raise FaultError(
                f"{archive} cannot be compacted ({error}): that needs {2 * before / 1e6:,.0f} MB of free space, in its "
                "folder and in $SQLITE_TMPDIR or /var/tmp; nothing that the archive holds is lost."
            ) from error
        return Compacted(before=before, after=_size(archive), read=read)


def _size(archive: Path) -> int:
    """Return the size of the database and its write-ahead log in bytes."""
    return sum(file.stat().st_size for file in (archive, wal_file(archive)) if file.exists())
