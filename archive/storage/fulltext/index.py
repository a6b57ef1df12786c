"""The full-text indexes of `articles` and `superseded`, in SQL only, so that they follow writes by any program.

`articles_fts` and `superseded_fts` are FTS5 tables whose external content is a view, not the table: the view spells
each text as `folding.pair` does, and triggers copy the view's rows into the index, so that writing needs no Python
function and no extension. Words are searched in the columns `text`, `title` and `source`; `facets` holds codes of the
article's site, language and date, by which the index itself filters and sorts (see facet_codes.py).
`articles_fts_characters` indexes single characters: in an index of pairs, 癌 alone is every pair that begins with it,
which is slow for a common character. Past revisions, which are fewer, have no such index.

`text` is the first column because FTS5 writes a column's number before its positions, except for the first column: with
`title` first, the index of 3,000 articles took 0.65 instead of 0.50 of the size of the text (single characters).

The program's own writer spells in Python, in a fifth of the time, and the triggers stand back for it: see writing.py.

Write with INSERT, UPDATE, DELETE or upsert. `INSERT OR REPLACE` deletes rows without firing triggers (unless
`recursive_triggers` is on, as sqlite-utils has it) and leaves the index out of step: `check` finds that, and
`rebuild` repairs it.
"""

# ruff: noqa: S608 (the statements are put together from this module's own words)

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlite_utils import Database

from archive.storage.fulltext import facet_codes
from archive.storage.fulltext.spelling_sql import (
    characters,
    fold_table,
    has_voice_marks,
    joined,
    paired,
    voiced_table,
    walked,
)
from archive.storage.fulltext.tokenizer import TOKENIZER

WORDS = ("text", "title", "source")
NARROWING = ("site", "language", "published")  # columns that facets are made from

# Weight of a match in the title, relative to the text. 1,089 searches for one or two words of a title in 358 articles
# ranked the right article first in 62 % at 1, 71 % at 4, 78 % at 10, 80 % at 15, 81 % at 20: little is gained above 10.
TITLE_WEIGHT = 10.0
WEIGHTS = f"bm25(1.0, {TITLE_WEIGHT}, 1.0, 0.0)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """A table with the columns `id`, WORDS and NARROWING, and its indexes, the index of words first.

    `indexes` maps the name of an index to its columns, as SQL over a walked row, and further options of FTS5.
    """

    table: str
    indexes: dict[str, tuple[dict[str, str], str]]

    @property
    def prefix(self) -> str:
        """The prefix of the names of all tables, views and triggers of the indexes."""
        return f"{self.table}_fts"

    @property
    def held(self) -> str:
        """The table of the ids of rows that a writer indexes itself, in its transaction; empty otherwise."""
        return f"{self.prefix}_held"


_PAIRED = ({name: paired(name) for name in WORDS} | {"facets": "facets"}, "")
# Only the presence of single characters is stored (detail=none), which takes 0.03 of the size of the text.
_SINGLE = (
    {"characters": f"{characters('title')} || {characters('text')}", "facets": "facets"},
    ", detail=none, columnsize=0",
)
ARTICLES = Indexed(table="articles", indexes={"articles_fts": _PAIRED, "articles_fts_characters": _SINGLE})
SUPERSEDED = Indexed(table="superseded", indexes={"superseded_fts": _PAIRED})
TABLES = (ARTICLES, SUPERSEDED)
INDEXES = tuple(index for indexed in TABLES for index in indexed.indexes)  # names of all indexes

ADD = "insert into {index} (rowid, {columns}) select id"
FORGET = "insert into {index} ({index}, rowid, {columns}) select 'delete', id"
BATCH = 500  # articles that `rebuild` holds in memory at a time: a few megabytes


def create(db: Database) -> None:
    """Create the indexes in a database that has the tables, without rows. No transaction is begun or ended."""
    facets = f"create index articles_facets on articles(id, {', '.join(('source', *NARROWING))})"
    for statement in (facets, *fold_table()):
        db.conn.execute(statement)
    for indexed in TABLES:
        for statement in (*_walks(indexed), *_indexes(indexed), *_triggers(indexed)):
            db.conn.execute(statement)


def join_voice_marks(db: Database) -> None:
    """Spell half-width katakana and their voice marks as one letter, as folding.py does; `create` does not."""
    for statement in voiced_table():
        db.conn.execute(statement)
    for indexed in TABLES:
        for view in ("walked", "old_walked"):
            db.conn.execute(f"drop view {indexed.prefix}_{view}")
        for statement in _walked_views(indexed, {name: joined(name) for name in WORDS}):
            db.conn.execute(statement)
        marked = " or ".join(map(has_voice_marks, WORDS))
        if db.conn.execute(f"select 1 from {indexed.table} where {marked} limit 1").fetchone():
            rebuild(db, [indexed])


def stand_back(db: Database) -> None:
    """Let the triggers leave out the rows that a writer indexes itself (see writing.py); those of `create` do not."""
    for indexed in TABLES:
        db.conn.execute(f"create table {indexed.held} (id integer primary key) strict")
        for event in ("insert", "delete", "update"):
            db.conn.execute(f"drop trigger {indexed.prefix}_{event}")
        for statement in _triggers(indexed, held=indexed.held):
            db.conn.execute(statement)


def rebuild(db: Database, tables: Iterable[Indexed] = TABLES) -> None:
    """Rebuild the content of the indexes from the tables."""
    for indexed in tables:
        for index in indexed.indexes:
            db.conn.execute(f"insert into {index} ({index}) values ('delete-all')")
        fill, *statements = _change(indexed, f"{indexed.prefix}_walked where id > ? and id <= ?", ADD)
        (last,) = db.execute(f"select coalesce(max(id), 0) from {indexed.table}").fetchone()
        for start in range(0, last, BATCH):  # the 'rebuild' of FTS5 would walk each text once for each index
            db.conn.execute(fill, [start, start + BATCH])
            for statement in statements:
                db.conn.execute(statement)


def add(db: Database, indexed: Indexed, row_id: int) -> None:
    """Add a row of the table to its indexes, spelled in SQL."""
    fill, *statements = _change(indexed, f"{indexed.prefix}_walked where id = ?", ADD)
    db.conn.execute(fill, [row_id])
    for statement in statements:
        db.conn.execute(statement)


def optimize(db: Database) -> None:
    """Merge each index into one segment, which also removes the words of deleted rows from the file."""
    for index in INDEXES:
        db.conn.execute(f"insert into {index} ({index}) values ('optimize')")


def check(db: Database) -> bool:
    """Return whether the indexes are intact and agree with the tables, by the integrity check of FTS5. Reads all.

    Raises sqlite3.Error when the check cannot run.
    """
    try:
        for index in INDEXES:
            db.conn.execute(f"insert into {index} ({index}, rank) values ('integrity-check', 1)")
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CORRUPT:
            raise
        return False
    return True


def _walks(indexed: Indexed) -> Iterator[str]:
    """Yield the views that spell the texts of rows, and the table that holds such a row while it is indexed."""
    prefix = indexed.prefix
    old = ", ".join(f"{name} text" for name in (*WORDS, *NARROWING))
    yield f"create table {prefix}_old (id integer primary key, {old}) strict"
    yield from _walked_views(indexed, {name: name for name in WORDS})
    columns = ", ".join(f"{name} text" for name in (*WORDS, "facets"))
    yield f"create table {prefix}_row (id integer primary key, {columns}) strict"


def _walked_views(indexed: Indexed, words: Mapping[str, str]) -> Iterator[str]:
    """Yield the views of the table's rows and of the row before a change; `words` has the SQL of each text."""
    spelled = ", ".join(f"{walked(sql)} as {name}" for name, sql in words.items())
    walked_row = f"select id, {spelled}, {facet_codes.SQL} as facets"
    yield f"create view {indexed.prefix}_walked as {walked_row} from {indexed.table}"
    yield f"create view {indexed.prefix}_old_walked as {walked_row} from {indexed.prefix}_old"


def _indexes(indexed: Indexed) -> Iterator[str]:
    for index, (columns, further) in indexed.indexes.items():
        spelled = ", ".join(f"{sql} as {name}" for name, sql in columns.items())
        yield f"create view {index}_spelled as select id, {spelled} from {indexed.prefix}_walked"
        options = f"content='{index}_spelled', content_rowid='id', tokenize='{TOKENIZER}'{further}"
        # Datasette and sqlite-utils recognise the index of a table by this comment.
        comment = f'/* content="{indexed.table}" */ ' if index == indexed.prefix else ""
        yield f"create virtual table {index} using fts5 {comment}({', '.join(columns)}, {options})"
    yield f"insert into {indexed.prefix} ({indexed.prefix}, rank) values ('rank', '{WEIGHTS}')"


def _triggers(indexed: Indexed, held: str | None = None) -> Iterator[str]:
    """Yield the triggers; they leave out the rows whose ids are in the table `held`."""
    table, prefix = indexed.table, indexed.prefix
    is_free = f"not exists (select 1 from {held} where id in ({{}}))" if held else ""
    when = f" when {is_free}" if held else ""
    add = "; ".join(_change(indexed, f"{prefix}_walked where id = new.id", ADD))
    yield f"create trigger {prefix}_insert after insert on {table}{when.format('new.id')} begin {add}; end"
    # The index keeps no text of its own: a deletion needs the deleted text.
    drop = "; ".join(_change(indexed, f"{prefix}_walked where id = old.id", FORGET))
    yield f"create trigger {prefix}_delete before delete on {table}{when.format('old.id')} begin {drop}; end"
    # Not before the update, because UPDATE OR IGNORE may still skip the row. A trigger can use a recursive view but not
    # contain a recursive query. So the old row is copied to a table that a view reads.
    kept = ("id", *WORDS, *NARROWING)
    changed = " or ".join(f"old.{column} is not new.{column}" for column in kept)
    if held:
        changed = f"({changed}) and {is_free.format('old.id, new.id')}"
    drop = "; ".join(_change(indexed, f"{prefix}_old_walked", FORGET))
    yield (
        f"create trigger {prefix}_update after update of {', '.join(kept)} on {table} when {changed} begin "
        f"insert into {prefix}_old ({', '.join(kept)}) values ({', '.join(f'old.{column}' for column in kept)}); "
        f"{drop}; delete from {prefix}_old; {add}; end"
    )


def _change(indexed: Indexed, rows: str, statement: str) -> list[str]:
    """Return the statements that change all indexes of a table by walked rows."""
    held = ", ".join(("id", *WORDS, "facets"))
    made = [f"insert into {indexed.prefix}_row ({held}) select {held} from {rows}"]
    for index, (columns, _) in indexed.indexes.items():
        insert = statement.format(index=index, columns=", ".join(columns))
        made.append(f"{insert}, {', '.join(columns.values())} from {indexed.prefix}_row")
    return [*made, f"delete from {indexed.prefix}_row"]
