"""Upgrade an archive of an earlier version: make a verified backup, then apply all pending steps or none.

The upgrade holds the archive's lock. So no step runs while a crawl of the earlier program writes, and when several
processes open the archive at once, one upgrades it and the others wait.
"""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, nullcontext
from glob import escape
from itertools import count
from pathlib import Path

from sqlite_utils import Database

from archive.errors import ArchiveError, BusyError, FaultError
from archive.storage.connection import transaction
from archive.storage.lock import hold, is_held_by_this_process
from archive.storage.migrations import apply_steps, migrations
from archive.storage.online_backup import CopyError, copy_database, is_sound, replacing

logger = logging.getLogger(__name__)

WAIT = 30.0  # seconds to wait for the lock: for the upgrade by another process, or the end of a job
HEADER = 100  # bytes of the database header, in which SQLite counts the changes of the file
CHUNK = 1 << 20  # bytes


def backup_path(path: Path, step: str) -> Path:
    """Return where the state before that step is kept: `healthnews-before-m008_notes.db` beside the archive `path`."""
    return path.with_name(f"{path.stem}-before-{step}{path.suffix}")


def kept_backups(path: Path) -> list[Path]:
    """Return the backups that upgrades of the archive made and that are there."""
    return sorted(path.parent.glob(f"{escape(path.stem)}-before-m[0-9]*{escape(path.suffix)}"))


def upgrade(db: Database, path: Path) -> None:
    """Make the backup and apply the pending steps, unless another process has just done so.

    Raises ArchiveError when a job holds the archive or the backup cannot be made, and sqlite3.Error when a step fails.
    The archive is unchanged in both cases.
    """
    try:
        with (
            nullcontext() if is_held_by_this_process(path) else hold(path, wait=WAIT)
        ):  # a crawl holds the lock when it opens
            db.execute("pragma journal_mode = wal")  # the backup reads while the transaction is open
            with transaction(db):
                pending = migrations.pending(db)
                if pending:
                    _back_up(path, backup_path(path, pending[0].name))
                    apply_steps(db)
    except BusyError as error:
        raise ArchiveError(f"{path} is of an earlier version and has to be upgraded. {error}") from error


def _back_up(path: Path, target: Path) -> None:
    """Copy the archive to `target`, or to a numbered name beside it when a backup of another state exists there."""
    try:
        # A second connection, because SQLite cannot copy from a connection that has a write transaction open.
        with closing(sqlite3.connect(path, isolation_level=None)) as source:
            source.execute("begin")
            names = _names(target)
            last, free = None, next(names)
            while is_sound(free):
                last, free = free, next(names)
            logger.warning("%s is of an earlier version: it is copied to %s and upgraded.", path, free)
            with replacing(free) as part:
                copy_database(source, part)
            if last and _is_same(last, free):  # a step failed before and is tried again
                free.unlink()
    except (OSError, sqlite3.Error, CopyError) as error:
        raise FaultError(
            f"{path} is of an earlier version, and the backup that comes before its upgrade cannot be made in "
            f"{target.parent} ({error}): nothing was changed."
        ) from error


def _names(target: Path) -> Iterator[Path]:
    yield target
    for number in count(2):
        yield target.with_name(f"{target.stem}-{number}{target.suffix}")


def _is_same(one: Path, other: Path) -> bool:
    """Return whether two copies of an archive have the same content."""
    if one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as left, other.open("rb") as right:
        left.seek(HEADER)
        right.seek(HEADER)
        return all(left.read(CHUNK) == right.read(CHUNK) for _ in range(HEADER, one.stat().st_size, CHUNK))
