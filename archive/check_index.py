"""The check of the full-text indexes, which keeps nobody from writing.

FTS5 makes its integrity check as if it wrote: the archive would be locked for minutes, and a crawl beside it would
fail. So the index's own tables are copied into the connection's temporary database, whose index reads the articles
through a view of the archive, and that one is checked.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlite_utils import Database

from archive import fts
from archive.checking import Check, Scene
from archive.db import transaction

INDEXES = """
select name, sql from sqlite_master where type = 'table' and sql like 'create virtual table %using fts5%' order by name
"""
CONTENT = re.compile(r"content='(\w+)'")
FILLED = ("data", "idx", "docsize")  # the tables of an index that are filled from articles; not every one has all


def _indexes(scene: Scene) -> Iterator[str]:
    for name, sql in scene.db.execute(INDEXES).fetchall():
        if not _agrees(scene.db, name, sql):
            yield f"{name} does not agree with what it is made from"


def _agrees(db: Database, name: str, sql: str) -> bool:
    with _beside(db, name, sql):
        try:
            for part in (*FILLED, "config"):
                if db[f"{name}_{part}"].exists():
                    db.execute(f"delete from temp.{name}_{part}")  # noqa: S608
                    db.execute(f"insert into temp.{name}_{part} select * from main.{name}_{part}")  # noqa: S608
            db.execute(f"insert into temp.{name} ({name}, rank) values ('integrity-check', 1)")  # noqa: S608
        except sqlite3.DatabaseError as error:
            if not _is_corrupt(error):
                raise
            return False
        return True


def _rebuild(scene: Scene) -> str:
    try:
        with transaction(scene.db):
            fts.rebuild(scene.db)
    except sqlite3.DatabaseError as error:
        if not _is_corrupt(error):
            raise
        with transaction(scene.db):
            _empty(scene.db)
            fts.rebuild(scene.db)
    return "made anew from the articles"


def _empty(db: Database) -> None:
    """Gives indexes that SQLite cannot even open the tables of an empty one."""
    for name, sql in db.execute(INDEXES).fetchall():
        with _beside(db, name, sql):
            for part in FILLED:
                if db[f"{name}_{part}"].exists():
                    db.execute(f"delete from main.{name}_{part}")  # noqa: S608
                    db.execute(f"insert into main.{name}_{part} select * from temp.{name}_{part}")  # noqa: S608


@contextmanager
def _beside(db: Database, name: str, sql: str) -> Iterator[None]:
    """An empty index like that one in the temporary database, over what that one is over."""
    (content,) = CONTENT.findall(sql)
    db.execute(f"create temp view {content} as select * from main.{content}")  # noqa: S608
    try:
        db.execute(re.sub("^create virtual table ", "create virtual table temp.", sql, flags=re.IGNORECASE))
        yield
    finally:
        db.execute(f"drop table if exists temp.{name}")
        db.execute(f"drop view temp.{content}")


def _is_corrupt(error: sqlite3.Error) -> bool:
    return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_CORRUPT


CHECKS = (Check(name="full-text index", find=_indexes, mend=_rebuild),)
