"""Index rows in place of the triggers: Python spells a text in a fifth of the time that SQL takes.

The triggers leave out a row while its id is in the table `Indexed.held`. It is there only within the transaction that
writes the row, so that a process that dies leaves nothing there, and other connections never see it.
"""

# ruff: noqa: S608 (the statements are put together from words of index.py)

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import cache
from typing import NamedTuple

from sqlite_utils import Database

from archive.storage.fulltext import facet_codes
from archive.storage.fulltext.index import ADD, FORGET, Indexed, add
from archive.text.folding import characters, pair


class _Row(NamedTuple):
    """What the indexes hold of a row. Texts are the bytes stored up to the first NUL, where they end for SQL."""

    text: bytes | None
    title: bytes | None
    source: bytes | None
    facets: str | None

    def is_utf8(self) -> bool:
        """Whether Python reads the texts as SQL does."""
        try:
            for value in (self.text, self.title, self.source):
                (value or b"").decode()
        except UnicodeDecodeError:
            return False
        return True


@contextmanager
def indexed_by_writer(db: Database, indexed: Indexed, row_ids: Collection[int]) -> Iterator[None]:
    """Index those rows of the table when the block ends, whatever it inserts, changes or deletes of them.

    The caller holds a transaction, which it rolls back at least to before the block when the block raises. Without a
    transaction, and for a stored row whose texts are not UTF-8, the triggers do their work.
    """
    before = {row_id: _row(db, indexed, row_id) for row_id in row_ids} if db.conn.in_transaction else {}
    held = {row_id: row for row_id, row in before.items() if row is None or row.is_utf8()}
    ids = [(row_id,) for row_id in held]
    db.conn.executemany(f"insert into {indexed.held} (id) values (?)", ids)
    yield
    for row_id, old in held.items():
        new = _row(db, indexed, row_id)
        if new == old:
            continue
        if old:
            _write(db, indexed, FORGET, row_id, old)
        if new and new.is_utf8():
            _write(db, indexed, ADD, row_id, new)
        elif new:
            add(db, indexed, row_id)
    db.conn.executemany(f"delete from {indexed.held} where id = ?", ids)


def _row(db: Database, indexed: Indexed, row_id: int) -> _Row | None:
    row = db.conn.execute(_select(indexed.table), [row_id]).fetchone()
    if row is None:
        return None
    text, title, source = (value and value.partition(b"\0")[0] for value in row[:3])
    return _Row(text, title, source, row[3])


@cache
def _select(table: str) -> str:
    words = ", ".join(f"cast({name} as blob)" for name in ("text", "title", "source"))
    return f"select {words}, {facet_codes.SQL} from {table} where id = ?"


def _write(db: Database, indexed: Indexed, statement: str, row_id: int, row: _Row) -> None:
    """Add a row to the indexes of its table (ADD), or take it out of them (FORGET)."""
    for index, (columns, _) in indexed.indexes.items():
        named = ", ".join(f"? as {name}" for name in columns)
        sql = statement.format(index=index, columns=", ".join(columns))
        values = [_SPELLED[name](row) for name in columns]
        db.conn.execute(f"{sql}, {', '.join(columns)} from (select ? as id, {named})", [row_id, *values])


def _paired(text: bytes | None) -> str | None:
    return None if text is None else pair(text.decode())


def _characters(row: _Row) -> str | None:
    if row.title is None or row.text is None:  # as in SQL, where nothing joined to null is null
        return None
    return characters(row.title.decode()) + characters(row.text.decode())


# The columns of the indexes: see the definitions in SQL of index.py.
_SPELLED: dict[str, Callable[[_Row], str | None]] = {
    "text": lambda row: _paired(row.text),
    "title": lambda row: _paired(row.title),
    "source": lambda row: _paired(row.source),
    "facets": lambda row: row.facets,
    "characters": _characters,
}
