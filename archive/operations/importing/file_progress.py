"""How far the import of a file is: its row of the table `imports`."""

import json
from collections import Counter
from dataclasses import dataclass, field

from sqlite_utils import Database

from archive.storage.connection import transaction

START = """
insert into imports (source, state, started_at) values (?1, ?2, ?3) on conflict (source) do update set
  position = iif(state = excluded.state, position, 0), counts = iif(state = excluded.state, counts, '{}'),
  revisits = iif(state = excluded.state, revisits, '[]'),
  finished_at = iif(state = excluded.state, finished_at, null), state = excluded.state,
  started_at = iif(state = excluded.state and finished_at is not null, started_at, excluded.started_at)
returning id, position, revisits, counts, finished_at
"""
SAVE = "update imports set position = ?, revisits = ?, counts = ? where id = ?"


@dataclass(slots=True, kw_only=True)
class FileProgress:
    """The position in bytes up to which a file is settled, and what became of the records before it.

    `revisits` are the offsets of revisit records that wait for the end of the file, `counts` maps outcomes to numbers.
    """

    id: int = 0
    position: int = 0
    revisits: list[int] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    is_finished: bool = False


def start(db: Database, source: str, state: str, now: str, *, again: bool) -> FileProgress:
    """Return how far the file is with that state (of the file and the selection); from the start if it has another.

    `again`: from the start too if it was imported as a whole.
    """
    with transaction(db):
        if again:
            db.conn.execute("update imports set state = '' where source = ? and finished_at is not null", [source])
        row = db.execute(START, [source, state, now]).fetchone()
    import_id, position, revisits, counts, finished_at = row
    return FileProgress(
        id=import_id,
        position=position,
        revisits=json.loads(revisits),
        counts=Counter(json.loads(counts)),
        is_finished=finished_at is not None,
    )


def save(db: Database, progress: FileProgress) -> None:
    """Write how far the file is. The caller holds a transaction."""
    values = [progress.position, json.dumps(progress.revisits), json.dumps(progress.counts), progress.id]
    db.conn.execute(SAVE, values)


def finish(db: Database, progress: FileProgress, now: str) -> None:
    """Write that the file is imported as a whole."""
    with transaction(db):
        save(db, progress)
        db.conn.execute("update imports set finished_at = ? where id = ?", [now, progress.id])
