"""Check the full-text indexes without blocking writers.

The integrity check of FTS5 takes the write lock: the archive would be locked for minutes, and a crawl beside it would
fail. So the tables of the index are copied into the temporary database, with an index that reads the articles through
a view, and the copy is checked. The view spells texts in Python, which a test compares with the SQL of the index: 576
articles of 600 words took 2 seconds that way, and 10 with the SQL.
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
from archive.storage.sql import Fragment, compose
from archive.text.folding import characters, pair

FILLED = (
    "data",
    "idx",
    "docsize",
)  # tables of an FTS5 index that are filled from articles; some indexes lack some of them
OWN = "select sql from sqlite_master where type = 'table' and name = ?"


def steps(db: Database) -> int:
    """Return how often the check calls `advance`: once for each row of each index."""
    tables = [indexed.table for name, indexed in _all() if db[name].exists() and db[indexed.table].exists()]
    return sum(int(db.execute(compose("select count(*) from {table}", table=table)).fetchone()[0]) for table in tables)


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
                    _copy_table(db, f"{name}_{part}", "main", "temp")
            check = "insert into temp.{name} ({name}, rank) values ('integrity-check', 1)"
            db.execute(compose(check, name=name))
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
        return ""  # the schema has to be mended first
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
    """Replace the tables of indexes that SQLite cannot open by those of empty indexes."""
    db = context.db
    for name, indexed in _all():
        with _beside(context, name, indexed):
            for part in FILLED:
                if db[f"{name}_{part}"].exists():
                    _copy_table(db, f"{name}_{part}", "temp", "main")


def _copy_table(db: Database, table: str, source: str, target: str) -> None:
    """Replace the rows of a table by those of the table of the same name in another attached database."""
    names = {"source": f"{source}.{table}", "target": f"{target}.{table}"}
    db.execute(compose("delete from {target}", **names))
    db.execute(compose("insert into {target} select * from {source}", **names))


@contextmanager
def _beside(context: Context, name: str, indexed: index.Indexed) -> Iterator[list[BaseException]]:
    """Hold an empty index of the same definition in the temporary database.

    Yields a list of the exceptions raised in callbacks from SQLite, such as an interrupt, because SQLite hides them.
    """
    db, raised = context.db, list[BaseException]()
    ((sql,),) = db.execute(OWN, [name]).fetchall()
    functions = {"spelled_pair": _up_to_nul(pair), "spelled_characters": _up_to_nul(characters), "seen": _seen(context)}
    for called, function in functions.items():
        db.conn.create_function(called, 1, _catching(function, raised))
    columns, _ = indexed.indexes[name]
    content = Fragment(", ".join(f"{_spelled(column)} as {column}" for column in columns))
    view, table = f"{name}_spelled", f"main.{indexed.table}"
    create = "create temp view {view} as select id, {content} from {table} where seen(id)"
    db.execute(compose(create, view=view, content=content, table=table))
    try:
        db.execute(re.sub("^create virtual table ", "create virtual table temp.", sql, flags=re.IGNORECASE))
        yield raised
    finally:
        db.execute(f"drop table if exists temp.{name}")
        db.execute(f"drop view temp.{view}")


def _spelled(column: str) -> str:
    """Return the SQL expression for a column of an index."""
    if column == "facets":
        return facet_codes.SQL
    if column == "characters":
        return "spelled_characters(cast(title as blob)) || spelled_characters(cast(text as blob))"
    return f"spelled_pair(cast({column} as blob))"


def _up_to_nul(spell: Callable[[str], str]) -> Callable[[Any], str | None]:
    """Return the function for the bytes of a text up to the first NUL, where text ends for SQL."""
    return lambda data: None if data is None else spell(str(data.partition(b"\0")[0], "utf-8", "replace"))


def _seen(context: Context) -> Callable[[Any], int]:
    def seen(_: Any) -> int:
        context.advance()
        return 1

    return seen


def _catching(function: Callable[[Any], Any], raised: list[BaseException]) -> Callable[[Any], Any]:
    """Return the function as a callback that appends its exception to the list and is not called again.

    SQLite drops exceptions of callbacks, and prints them where tracebacks are enabled, as in Datasette.
    """

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
