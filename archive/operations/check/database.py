"""Checks of the database: its structure, its schema, and foreign keys to missing rows."""

import re
from collections.abc import Iterator

from sqlite_utils import Database

from archive.articles.writer import forget_article
from archive.operations.check.context import Check, Context, Unmendable, counted
from archive.storage.connection import transaction
from archive.storage.migrations import migrations
from archive.storage.sql import compose

MOST = 1_000  # errors that SQLite reports at most
OF_AN_INDEX = re.compile(r"\bindex\b")  # indexes can be rebuilt

WITHOUT_PAGE = """
select id, url, page_id from articles where page_id not in (select id from pages)
"""


def _structure(context: Context) -> Iterator[str]:
    for (says,) in context.db.execute(f"pragma integrity_check({MOST})"):
        for line in says.splitlines():  # a damaged database page has all its errors in one row, below a title
            if OF_AN_INDEX.search(line):
                yield f"{line} (where --repair does not help, restore a backup: see docs/operations.md)"
            elif line != "ok" and not line.startswith("*** in database "):
                yield Unmendable(f"{line} (restore a backup: see docs/operations.md)")


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
