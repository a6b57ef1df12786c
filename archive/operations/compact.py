"""Making an archive's file as small and as quick as it can be: what years of changes left in it is put in order."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from archive.errors import ArchiveError
from archive.storage.database import open_archive
from archive.storage.fulltext import index
from archive.storage.lock import hold
from archive.storage.online_backup import is_corruption

STEPS: tuple[Callable[[Database], object], ...] = (
    index.optimize,
    lambda db: db.execute("vacuum"),
    lambda db: db.execute("analyze"),
)

Progress = Callable[[int, int], None]  # steps that are done, and all


@dataclass(frozen=True, slots=True, kw_only=True)
class Compacted:
    """The bytes of the database before and after; `read`: a reader kept SQLite from giving all of them back yet."""

    before: int
    after: int
    read: bool


def compact(archive: Path, *, progress: Progress = lambda _done, _all: None) -> Compacted:
    """Puts indexes and tables in order, gives free space back, and counts anew what the query planner goes by.

    Needs about twice the database's size of free space meanwhile. Raises ArchiveError, with one sentence, when that is
    not there or the archive is damaged, and BusyError when a job holds the archive; the archive is whole then.
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
            if is_corruption(error):
                raise ArchiveError(
                    f"{archive} is damaged ({error}), so it is not compacted: healthnews check says more, "
                    "docs/operations.md what helps."
                ) from error
            raise ArchiveError(
                f"{archive} cannot be compacted ({error}): that needs {2 * before / 1e6:,.0f} MB of free space, in its "
                "folder and in $SQLITE_TMPDIR or /var/tmp; nothing that the archive holds is lost."
            ) from error
        return Compacted(before=before, after=_size(archive), read=read)


def _size(archive: Path) -> int:
    """Bytes of the database and of what is not yet written back to it."""
    files = (archive, archive.with_name(f"{archive.name}-wal"))
    return sum(file.stat().st_size for file in files if file.exists())
