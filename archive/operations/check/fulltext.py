"""The check of the full-text indexes, which keeps nobody from writing.

FTS5 makes its integrity check as if it wrote: the archive would be locked for minutes, and a crawl beside it would
fail. So the index's own tables are copied into the connection's temporary database, whose index reads the articles
through a view of the archive, and that one is checked. The view spells texts in Python, which a test holds to spell as
the index's SQL does: 576 articles of 600 words took 2 seconds that way, and 10 with the SQL.
"""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlite_utils import Database

from archive.operations.check.context import Check, Context
from archive.storage.connection import transaction
from archive.storage.fulltext import facet_codes, index
from archive.text.folding import characters, pair

FILLED = ("data", "idx", "docsize")  # the tables of an index that are filled from articles; not every one has all
OWN = "select sql from sqlite_master where type = 'table' and name = ?"


def steps(db: Database) -> int:
    """How often the check calls `advance`: for every row of every index."""
    tables = [indexed.table for name, indexed in _all() if db[name].exists() and db[indexed.table].exists()]
    return sum(int(db.execute(f"select count(*) from {table}").fetchone()[0]) for table in tables)  # noqa: S608


def _indexes(context: Context) -> Iterator[str]:
    for name, indexed in _all():
        if context.db[name].exists() and not _agrees(context, name, indexed):
            yield f"{name} does not agree with the table {indexed.table}"


def _all() -> Iterator[tuple[str, index.Indexed]]:
    return ((name, indexed) for indexed in index.TABLES for name in indexed.indexes)


def _agrees(context: Context, name: str, indexed: index.Indexed) -> bool:
    db = context.db
    with _beside(context, name, indexed) as raised:
        try:
            for part in (*FILLED, "config"):
                if db[f"{name}_{part}"].exists():
                    db.execute(f"delete from temp.{name}_{part}")  # noqa: S608
                    db.execute(f"insert into temp.{name}_{part} select * from main.{name}_{part}")  # noqa: S608
            db.execute(f"insert into temp.{name} ({name}, rank) values ('integrity-check', 1)")  # noqa: S608
        except sqlite3.DatabaseError as error:
            if not raised and not _is_corrupt(error):
                raise
            agrees = False
        else:
            agrees = True
    if raised:
        raise raised[0]
    return agrees


def _rebuild(context: Context) -> str:
    if not all(context.db[name].exists() for name, _ in _all()):
        return ""  # the schema is to be mended first
    try:
        with transaction(context.db):
            index.rebuild(context.db)
    except sqlite3.DatabaseError as error:
        if not _is_corrupt(error):
            raise
        with transaction(context.db):
            _empty(context)
            index.rebuild(context.db)
    return "made anew from the articles"


def _empty(context: Context) -> None:
    """Gives indexes that SQLite cannot even open the tables of an empty one."""
    db = context.db
    for name, indexed in _all():
        with _beside(context, name, indexed):
            for part in FILLED:
                if db[f"{name}_{part}"].exists():
                    db.execute(f"delete from main.{name}_{part}")  # noqa: S608
                    db.execute(f"insert into main.{name}_{part} select * from temp.{name}_{part}")  # noqa: S608


@contextmanager
def _beside(context: Context, name: str, indexed: index.Indexed) -> Iterator[list[BaseException]]:
    """An empty index like that one in the temporary database, over the same table; what is raised while SQLite calls
    back, an interrupt for one, is in the list, since SQLite hides it."""
    db, raised = context.db, list[BaseException]()
    ((sql,),) = db.execute(OWN, [name]).fetchall()
    functions = {"spelled_pair": _up_to_nul(pair), "spelled_characters": _up_to_nul(characters), "seen": _seen(context)}
    for called, function in functions.items():
        db.conn.create_function(called, 1, _keeping(function, raised))
    columns, _ = indexed.indexes[name]
    content = ", ".join(f"{_spelled(column)} as {column}" for column in columns)
    view = f"{name}_spelled"
    db.execute(f"create temp view {view} as select id, {content} from main.{indexed.table} where seen(id)")  # noqa: S608
    try:
        db.execute(re.sub("^create virtual table ", "create virtual table temp.", sql, flags=re.IGNORECASE))
        yield raised
    finally:
        db.execute(f"drop table if exists temp.{name}")
        db.execute(f"drop view temp.{view}")


def _spelled(column: str) -> str:
    """SQL for a column of an index."""
    if column == "facets":
        return facet_codes.SQL
    if column == "characters":
        return "spelled_characters(title) || spelled_characters(text)"
    return f"spelled_pair({column})"


def _up_to_nul(spell: Callable[[str], str]) -> Callable[[Any], str | None]:
    """As SQL does it, for which a text ends at the character NUL."""
    return lambda text: None if text is None else spell(text.partition("\0")[0])


def _seen(context: Context) -> Callable[[Any], int]:
    def seen(_: Any) -> int:
        context.advance()
        return 1

    return seen


def _keeping(function: Callable[[Any], Any], raised: list[BaseException]) -> Callable[[Any], Any]:
    """The function, which puts what it raises into the list and is not called again: from a callback nothing gets out,
    and where tracebacks of callbacks are switched on, as Datasette does, it would be printed."""

    def call(value: Any) -> Any:
        try:
            return None if raised else function(value)
        except BaseException as error:
            raised.append(error)
            return None

    return call


def _is_corrupt(error: sqlite3.Error) -> bool:
    return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_CORRUPT


CHECKS = (Check(name="full-text index", find=_indexes, mend=_rebuild),)
