"""Bringing an archive of an earlier version up to this one: a verified backup first, then all steps or none.

It holds the archive's lock meanwhile. So the steps never run under a crawl of the earlier program, which would go on to
write what it knows into tables that it does not; and of several processes that open the archive at once, one upgrades
it and the others wait.
"""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, nullcontext
from itertools import count
from pathlib import Path

from sqlite_utils import Database

from archive.errors import ArchiveError, BusyError
from archive.storage.connection import transaction
from archive.storage.lock import hold, is_ours
from archive.storage.migrations import apply_steps, migrations
from archive.storage.online_backup import CopyError, copy_database, is_sound, written

logger = logging.getLogger(__name__)

WAIT = 30.0  # seconds that an opener waits for another one's upgrade, or for a job to end
HEADER = 100  # bytes at the beginning of a database, in which SQLite counts changes of the file
CHUNK = 1 << 20


def backup_path(path: Path, step: str) -> Path:
    """Where the archive at `path` is kept as it was before that step: `healthnews-before-m006_jobs.db`."""
    return path.with_name(f"{path.stem}-before-{step}{path.suffix}")


def upgrade(db: Database, path: Path) -> None:
    """Makes the backup and applies the steps that are pending, unless another process was quicker.

    Raises ArchiveError when a job holds the archive or the backup cannot be made, sqlite3.Error when a step fails; the
    archive is unchanged then.
    """
    try:
        with (
            nullcontext() if is_ours(path) else hold(path, wait=WAIT)
        ):  # a crawl has the lock when it opens its archive
            db.execute("pragma journal_mode = wal")  # in which a backup can be read beside the transaction
            with transaction(db):
                pending = migrations.pending(db)
                if pending:
                    _keep(path, backup_path(path, pending[0].name))
                    apply_steps(db)
    except BusyError as error:
        raise ArchiveError(f"{path} is of an earlier version and has to be brought up to date. {error}") from error


def _keep(path: Path, target: Path) -> None:
    """Copies the archive to `target`, or where another state of it is kept there already, to a name beside that."""
    try:
        # A connection of its own, as SQLite copies nothing from inside a transaction that writes.
        with closing(sqlite3.connect(path, isolation_level=None)) as source:
            source.execute("begin")
            names = _names(target)
            last, free = None, next(names)
            while is_sound(free):
                last, free = free, next(names)
            logger.warning("%s is of an earlier version: it is copied to %s and brought up to date.", path, free)
            with written(free) as part:
                copy_database(source, part)
            if last and _same(last, free):  # a step failed before, and is tried again
                free.unlink()
    except (OSError, sqlite3.Error, CopyError) as error:
        raise ArchiveError(
            f"{path} is of an earlier version, and the backup that comes before its upgrade cannot be made in "
            f"{target.parent} ({error}): nothing was changed."
        ) from error


def _names(target: Path) -> Iterator[Path]:
    yield target
    for number in count(2):
        yield target.with_name(f"{target.stem}-{number}{target.suffix}")


def _same(one: Path, other: Path) -> bool:
    """Whether two copies of an archive hold the same."""
    if one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as left, other.open("rb") as right:
        left.seek(HEADER)
        right.seek(HEADER)
        return all(left.read(CHUNK) == right.read(CHUNK) for _ in range(HEADER, one.stat().st_size, CHUNK))
