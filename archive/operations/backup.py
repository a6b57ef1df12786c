"""Make a consistent copy of an archive and its WARC files, also while a crawl writes to it.

The database is copied first, so that the records of its rows are in the WARC files that are copied after it. It
replaces the older backup when everything else has been copied.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from archive.errors import ArchiveError, DamagedError, FaultError
from archive.operations.backup_warc import Copied, copy_warc
from archive.operations.damaged_texts import damaged_texts
from archive.storage.connection import connect, snapshot, wal_file, warc_folder
from archive.storage.damage import is_damage
from archive.storage.database import open_archive
from archive.storage.lock import hold
from archive.storage.migrations import check_kind
from archive.storage.online_backup import CopyError, copy_database, find_damage, replacing
from archive.storage.warc.records import file_names

ATTEMPTS = 5
REMOVED = "select id, added_at from optouts"
# No job runs on the copy, and a check of the copy should not report one.
ENDED = """
update crawls set outcome = 'died', reason = 'It was at work when this backup was made.' where outcome = 'running'
"""
POINTED_TO = "select warc_file, max(warc_offset) from fetches where warc_file is not null group by 1"

Progress = Callable[[int, int], None]  # bytes copied, total


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """The copied database (size in bytes, number of articles) and the copied WARC files, None when left out."""

    file: str
    bytes: int
    articles: int
    warc: Copied | None


class _RemovedMeanwhileError(Exception):
    """Pages were removed after the database was copied: the copy may have rows whose records are redacted."""


def backup(
    archive: Path, target: Path, *, warc: bool = True, progress: Progress = lambda _copied, _all: None
) -> Backup:
    """Copy the archive to `target`, with `warc` also its WARC files to the folder beside it, and verify the copy.

    Unchanged WARC files are not copied again. Raises ArchiveError, with one sentence, when `target` must not be
    overwritten, the archive is damaged or the copy cannot be made, and BusyError when another backup writes there. An
    older backup is unchanged then.
    """
    _refuse(archive, target)
    with closing(open_archive(archive, reading=True)) as source, hold(target):
        before = _prepare_target(source, target)
        try:
            for _ in range(ATTEMPTS):
                try:
                    return _copy(source, archive, target, warc, before, progress)
                except _RemovedMeanwhileError:
                    continue
        except (OSError, sqlite3.Error, CopyError) as error:
            if (is_damage(error) or isinstance(error, CopyError)) and (found := _damage(source)):
                raise DamagedError(
                    f"{archive} is damaged ({found}), so no backup of it is made: healthnews check says more, "
                    f"docs/operations.md what helps. An older backup in {target} is as good as before."
                ) from error
            raise FaultError(
                f"The backup {target} cannot be made ({error}): free some space, or name another place. "
                "An older backup there is as good as before."
            ) from error
    raise ArchiveError(f"Pages are being removed from {archive}: make the backup again when that has ended.")


def _refuse(archive: Path, target: Path) -> None:
    """Raise ArchiveError when `target` cannot be a backup of the archive."""
    if not target.parent.is_dir():
        raise ArchiveError(f"The folder {target.parent} does not exist: make it first, or name another file.")
    if target.is_dir():
        raise ArchiveError(f"{target} is a folder: name a file in it, such as {target / archive.name}.")
    if target.resolve() == archive.resolve() or (target.exists() and archive.exists() and target.samefile(archive)):
        raise ArchiveError(f"{target} is the archive itself: name another file for the backup.")
    if warc_folder(target).resolve() == warc_folder(archive).resolve():
        raise ArchiveError(f"{target} would have the archive's own WARC folder: name another file for the backup.")


def _prepare_target(source: Database, target: Path) -> set[tuple[int, str]] | None:
    """Prepare an older backup for its replacement.

    Returns the exclusions that it has, None without an older backup. Raises ArchiveError when the file is no older
    backup of this archive.
    """
    if not target.exists():
        return None
    try:
        with closing(Database(connect(target))) as older:
            check_kind(older, target)
            if not _is_older(older, source):
                raise ArchiveError("it is an archive of other pages, or a newer one")
            removed = _removed(older)
            older.execute("pragma wal_checkpoint(truncate)")
    except (ArchiveError, sqlite3.Error) as error:
        if is_damage(error) and "not a database" not in str(error):
            raise DamagedError(
                f"{target} is damaged ({error}) and is left as it is: move it away, or name another file."
            ) from error
        raise ArchiveError(
            f"{target} is no older backup of this archive and is left as it is: name another file."
        ) from error
    if wal_file(target).exists():  # SQLite would apply it to the new file
        raise ArchiveError(f"Another process has {target} open: end that, or name another file.")
    return removed


def _is_older(older: Database, source: Database) -> bool:
    """Return whether all crawls of `older`, and its newest page, are in `source` too."""
    crawls = "select id, started_at from crawls"
    if not set(older.execute(crawls).fetchall()) <= set(source.execute(crawls).fetchall()):
        return False
    last = older.execute("select id, discovered_at from pages order by id desc limit 1").fetchone()
    return (
        last is None or last == source.execute("select id, discovered_at from pages where id = ?", last[:1]).fetchone()
    )


def _copy(
    source: Database,
    archive: Path,
    target: Path,
    warc: bool,
    before: set[tuple[int, str]] | None,
    progress: Progress,
) -> Backup:
    folder = warc_folder(archive)
    names = file_names(folder) if warc else []  # before the snapshot, which then has the crawls that they belong to
    rest = sum((folder / name).stat().st_size for name in names)
    with replacing(target) as part:
        with snapshot(source):
            copy_database(source.conn, part, lambda done, every: progress(done, every + rest))
        with closing(Database(part)) as made:
            made.execute(ENDED)
            removed = _removed(made)
            if before is not None and (url := next(damaged_texts(made.conn), None)):
                raise DamagedError(
                    f"{archive} is damaged (the article {url}), so it does not replace the older backup: run "
                    "healthnews check --repair, or name another file."
                )
            (articles,) = made.execute("select count(*) from articles").fetchone()
            ends = dict(made.execute(POINTED_TO).fetchall())
        size = part.stat().st_size
        copied = None
        if warc:
            copied = copy_warc(
                [folder / name for name in sorted({*names, *ends}) if (folder / name).exists()],
                warc_folder(target),
                ends,
                compare=before is None or bool(removed - before),
                progress=lambda done: progress(size + done, size + rest),
            )
        if _removed(source) != removed:
            raise _RemovedMeanwhileError
    return Backup(file=str(target), bytes=size, articles=articles, warc=copied)


def _damage(source: Database) -> str:
    """Return what is wrong with the archive, '' when only its copy is damaged."""
    try:
        return find_damage(source.conn)
    except sqlite3.Error as error:
        return str(error)


def _removed(db: Database) -> set[tuple[int, str]]:
    return set(db.execute(REMOVED).fetchall())
