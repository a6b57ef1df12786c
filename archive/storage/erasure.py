"""Bytes that are to be gone: records in WARC files, and what a database keeps of deleted rows.

A record is overwritten where it stands by a tombstone of the same length, so that no other record moves and every
offset stays true. Which records those are is in the table `erasures` until all is done: whoever finds rows there
finishes, which does no harm when it was done before.
"""

import os
import sqlite3
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from sqlite_utils import Database

from archive.storage.connection import transaction
from archive.storage.fulltext import index
from archive.storage.warc.files import Location
from archive.storage.warc.members import START
from archive.storage.warc.tombstone import length_of, tombstone

# Noted with every removal: the database is scrubbed too, however the process ends, and also where no record is left.
DATABASE = ("the database itself", 0)

Progress = Callable[[Mapping[str, int], int], None]


def note(db: Database, location: Location) -> None:
    """Notes that a record is to be erased; `finish` must follow, once nobody writes to its file any more."""
    sql = "insert or ignore into erasures (warc_file, warc_offset) values (?, ?)"
    db.conn.execute(sql, [location.file, location.offset])


class ErasingError(Exception):
    """Something is removed from the archive but its bytes are still there; the message says where and the way out."""


def finish(db: Database, folder: Path, *, now: datetime | None = None, progress: Progress | None = None) -> int:
    """Erases what is still to be erased, from the archive's WARC `folder` and its database; needs the archive's lock.

    Returns the number of records that were. Raises ErasingError; what could not be erased stays noted.
    """
    rows = db.execute("select warc_file, warc_offset from erasures order by 1, 2").fetchall()
    if not rows:
        return 0
    done, troubles = [], []
    date = (now or datetime.now(UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    for name, places in groupby(rows, key=itemgetter(0)):
        offsets = [offset for _, offset in places]
        try:
            overwrite(folder / name, offsets, date)
        except (OSError, ValueError) as error:
            troubles.append(
                f"{folder / name} still holds removed pages ({error}): delete the file, or mend it and run healthnews "
                "check --repair."
            )
        else:
            done += [(name, offset) for offset in offsets]
        if progress:
            progress({"erased": len(done)}, len(rows))
    if DATABASE in rows:
        scrub(db)
    with transaction(db):
        db.conn.executemany("delete from erasures where warc_file = ? and warc_offset = ?", done)
    if troubles:
        raise ErasingError(" ".join(troubles))
    return len({*done} - {DATABASE})


def overwrite(path: Path, offsets: Collection[int], date: str) -> None:
    """Puts tombstones where those records are, and brings them to the disk; no file, nothing to do.

    A tombstone's start says how long it is. All starts reach the disk first: where a killed process has overwritten
    half of a record, others still know where it ends. Raises OSError, and ValueError where no record is.
    """
    if not path.exists():
        return
    with path.open("r+b") as file:
        made = {offset: tombstone(length_of(file, offset), path.name, offset, date) for offset in offsets}
        for part in (slice(START), slice(START, None)):
            for offset, record in made.items():
                file.seek(offset + (part.start or 0))
                file.write(record[part])
            file.flush()
            os.fsync(file.fileno())


def scrub(db: Database) -> None:
    """Leaves nothing in the database's file, or the one beside it, of what was deleted. Raises ErasingError.

    The indexes are merged, as they only note that a word is gone. Then the file is written anew: rows that were changed
    or deleted earlier, by writers without secure_delete, left their text in the gaps of pages that are in use.
    """
    try:
        index.optimize(db)
        db.conn.execute("vacuum")
        (busy, *_) = db.conn.execute("pragma wal_checkpoint(truncate)").fetchone()
    except sqlite3.OperationalError as error:
        raise ErasingError(
            f"The removed pages are not found any more, but their bytes are still in the archive's file ({error}): "
            "it has to be written anew, which takes as much room again; run healthnews check --repair when there is."
        ) from error
    if busy:
        raise ErasingError(
            "The removed pages are not found any more, but another program is reading the archive and their bytes are "
            "still in the file that ends in -wal: close it and run healthnews check --repair."
        )
