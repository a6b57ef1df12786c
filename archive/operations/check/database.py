"""Checks of the database: its structure, its schema, and foreign keys to missing rows."""

import sqlite3
from collections.abc import Iterator

from sqlite_utils import Database

from archive.articles.writer import forget_article
from archive.operations.check.context import Check, Context, counted
from archive.storage.connection import transaction
from archive.storage.damage import is_damage
from archive.storage.migrations import migrations
from archive.storage.sql import compose

MOST = 1_000  # errors that SQLite reports at most

WITHOUT_PAGE = """
select id, url, page_id from articles where page_id not in (select id from pages)
"""


def _structure(context: Context) -> Iterator[str]:
    found = False
    try:
        for line in _integrity(context):
            found = True
            yield line
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
        named = list(_unreadable(context))
        yield from named
        if not found and not named:
            yield str(error)


def _unreadable(context: Context) -> Iterator[str]:
    """Yield the tables that cannot be checked. SQLite does not say which table an error is about."""
    sql = "select name from sqlite_master where type = 'table' and sql not like 'create virtual%' order by name"
    for (table,) in context.db.execute(sql).fetchall():
        try:
            context.db.execute(compose("pragma quick_check({table})", table=table)).fetchall()
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            yield f"the table {table}, or an index of it, cannot be read ({error})"


def _integrity(context: Context) -> Iterator[str]:
    for (says,) in context.db.execute(f"pragma integrity_check({MOST})"):
        for line in says.splitlines():  # a damaged database page has all its errors in one row, below a title
            if line != "ok" and not line.startswith("*** in database "):
                yield line


def _reindex(context: Context) -> str:
    context.db.execute("reindex")
    return "all indexes of tables made anew"


def _schema(context: Context) -> Iterator[str]:
    fresh = Database(memory=True)
    migrations.apply(fresh)
    sql = "select type, name from sqlite_master where name not like 'sqlite\\_%' escape '\\'"
    there = set(context.db.execute(sql).fetchall())
    for kind, name in sorted(set(fresh.execute(sql).fetchall()) - there):
        yield f"the {kind} {name} is not there"
    fresh.close()


def _without_page(context: Context) -> Iterator[str]:
    for article_id, url, _ in context.db.execute(WITHOUT_PAGE):
        yield f"article {article_id}, {url}"


def _forget_without_page(context: Context) -> str:
    with transaction(context.db):
        pages = [page_id for *_, page_id in context.db.execute(WITHOUT_PAGE).fetchall()]
        for page_id in pages:
            forget_article(context.db, page_id)
    return f"{counted(len(pages), 'article')} deleted"


def _references(context: Context) -> Iterator[str]:
    for table, row_id, parent, _ in context.db.execute("pragma foreign_key_check"):
        yield f"a row of {table}{f' ({row_id})' if row_id else ''} refers to {parent} that are not there"


def _mend_references(context: Context) -> str:
    """Apply the foreign key actions that should have run when the referenced rows were deleted."""
    db, deleted, emptied = context.db, 0, 0
    with transaction(db):
        broken = {(table, key) for table, _, _, key in db.execute("pragma foreign_key_check")}
        for table, key in sorted(broken):
            keys = db.execute(f'pragma foreign_key_list("{table}")').fetchall()
            parent, column, target, action = next((row[2], row[3], row[4], row[6]) for row in keys if row[0] == key)
            names = {"table": table, "column": column, "parent": parent, "target": target or "id"}
            where = compose("where {column} is not null and {column} not in (select {target} from {parent})", **names)
            if action == "SET NULL":
                emptied += db.execute(
                    compose("update {table} set {column} = null {where}", **names, where=where)
                ).rowcount
            else:
                deleted += db.execute(compose("delete from {table} {where}", table=table, where=where)).rowcount
    return f"{counted(deleted, 'row')} deleted, {counted(emptied, 'reference')} emptied"


STRUCTURE = Check(name="database", find=_structure, mend=_reindex)

CHECKS = (
    STRUCTURE,
    Check(name="schema", find=_schema),
    Check(name="articles without a page", find=_without_page, mend=_forget_without_page),
    Check(name="references between rows", find=_references, mend=_mend_references),
)
