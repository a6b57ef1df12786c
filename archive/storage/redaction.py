"""Redact removed pages: overwrite their records in WARC files and purge their rows from the database file.

A record is overwritten in place by a tombstone of the same length, so that no other record moves and every offset stays
valid. The records to redact are in the table `erasures` until all is done. Whoever finds rows there finishes the work;
doing it twice does no harm.
"""

import os
import sqlite3
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from types import MappingProxyType

from sqlite_utils import Database

from archive.storage.connection import transaction
from archive.storage.fulltext import index
from archive.storage.warc import cdxj
from archive.storage.warc.files import Location
from archive.storage.warc.members import START
from archive.storage.warc.tombstone import length_of, tombstone

# Recorded with every removal, so that the database file is purged even if the process dies or no WARC record is left.
DATABASE = ("the database itself", 0)

Progress = Callable[[Mapping[str, int], int], None]  # number done by kind, total


class RedactionError(Exception):
    """The bytes of removed pages are still in a file. The message says which file and what to do."""


def mark_record(db: Database, location: Location) -> None:
    """Mark a WARC record for redaction. Call `redact_pending` when nobody writes to its file any more."""
    sql = "insert or ignore into erasures (warc_file, warc_offset) values (?, ?)"
    db.conn.execute(sql, [location.file, location.offset])


def redact_pending(db: Database, folder: Path, *, now: datetime | None = None, progress: Progress | None = None) -> int:
    """Redact all marked records in the WARC `folder` and purge the database. The caller holds the archive's lock.

    Returns the number of redacted records. Raises RedactionError when some remain; these stay marked.
    """
    rows = db.execute("select warc_file, warc_offset from erasures order by 1, 2").fetchall()
    if not rows:
        return 0
    done, errors = [], []
    date = (now or datetime.now(UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    for name, locations in groupby(rows, key=itemgetter(0)):
        offsets = [offset for _, offset in locations]
        try:
            if (folder / name).exists():
                _overwrite_in_file(folder, name, offsets, date)
        except (OSError, ValueError) as error:
            errors.append(
                f"{folder / name} still holds removed pages ({error}): delete the file, or mend it and run healthnews "
                "check --repair."
            )
        else:
            done += [(name, offset) for offset in offsets]
        if progress:
            progress({"erased": len(done)}, len(rows))
    if DATABASE in rows:
        purge_database(db)
    with transaction(db):
        db.conn.executemany("delete from erasures where warc_file = ? and warc_offset = ?", done)
    if errors:
        raise RedactionError(" ".join(errors))
    return len({*done} - {DATABASE})


def _overwrite_in_file(folder: Path, name: str, offsets: Collection[int], date: str) -> None:
    """Overwrite records and take them out of the file's index."""
    indexed = cdxj.is_current(folder, name)
    lengths = {entry.offset: entry.length for entry in cdxj.entries(folder, name)} if indexed else {}
    overwrite_records(folder / name, offsets, date, lengths)
    if indexed:
        cdxj.leave_out(folder, name, offsets)
    elif cdxj.journal_path(folder, name).exists():
        cdxj.reopen(folder, name)
    else:
        cdxj.write_index(folder, name)


def overwrite_records(
    path: Path, offsets: Collection[int], date: str, lengths: Mapping[int, int] = MappingProxyType({})
) -> None:
    """Overwrite the records at `offsets` with tombstones and sync the file. A missing file needs nothing.

    The start of a tombstone states its length. All starts are synced first, so that the records behind a half
    overwritten one can still be found after a crash. `lengths` are those by the index, which damaged records need.
    Raises OSError, and ValueError where no record is.
    """
    if not path.exists():
        return
    with path.open("r+b") as file:
        tombstones = {
            offset: tombstone(lengths.get(offset) or length_of(file, offset), path.name, offset, date)
            for offset in offsets
        }
        for part in (slice(START), slice(START, None)):
            for offset, record in tombstones.items():
                file.seek(offset + (part.start or 0))
                file.write(record[part])
            file.flush()
            os.fsync(file.fileno())


def purge_database(db: Database) -> None:
    """Remove the text of deleted rows from the database file and its WAL file. Raises RedactionError.

    The full-text indexes are merged, because FTS5 only marks deleted words. Then the file is rewritten: rows that were
    changed or deleted without secure_delete left their text in the free space of used database pages.
    """
    try:
        index.optimize(db)
        db.conn.execute("vacuum")
        (busy, *_) = db.conn.execute("pragma wal_checkpoint(truncate)").fetchone()
    except sqlite3.OperationalError as error:
        raise RedactionError(
            f"The removed pages are not found any more, but their bytes are still in the archive's file ({error}): "
            "it has to be written anew, which takes as much room again; run healthnews check --repair when there is."
        ) from error
    if busy:
        raise RedactionError(
            "The removed pages are not found any more, but another program is reading the archive and their bytes are "
            "still in the file that ends in -wal: close it and run healthnews check --repair."
        )
