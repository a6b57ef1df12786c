"""The full-text index `articles_fts`, in SQL only: what any program writes to `articles` is found at once.

It is an FTS5 table whose external content is a view, not the table: the view spells each text as `folding.pair` does,
and triggers bring the view's rows into the index, so that no Python function and no extension is needed to write.
Words are looked for in the columns `text`, `title` and `source`; `facets` holds codes of the article's site, language
and date, by which the index itself narrows and orders (see facet_codes.py). `articles_fts_characters` has the single
characters beside it: in pairs, 癌 alone is every pair that begins with it, which is slow for a common character.

`text` stands first because FTS5 writes a column's number before its places, but not the first one's: with `title`
first, the index of 3,000 articles was 0.65 instead of 0.50 of the text (single characters), which paid for the pairs.

Write with INSERT, UPDATE, DELETE or upsert. `INSERT OR REPLACE` deletes rows without firing triggers (unless
`recursive_triggers` is on, as sqlite-utils has it) and leaves the index out of step: `check` finds that, `rebuild`
mends it.
"""

# ruff: noqa: S608 (the statements are put together from this module's own words)

import sqlite3
from collections.abc import Iterator

from sqlite_utils import Database

from archive import facet_codes
from archive.fts_spelling import characters, fold_table, paired, walked

WORDS = ("text", "title", "source")
NARROWING = ("site", "language", "published")  # columns of `articles` that facets are made from
TOKENIZER = "porter unicode61 remove_diacritics 2"

# What a hit in the title counts, against one in the text. 1,089 searches for one or two words of a title over 358
# articles gave the right one first in 62 % at 1, 71 % at 4, 78 % at 10, 80 % at 15, 81 % at 20: little is left above.
TITLE_WEIGHT = 10.0
WEIGHTS = f"bm25(1.0, {TITLE_WEIGHT}, 1.0, 0.0)"

# Index -> its columns as SQL over a walked row, and FTS5's further options. Of single characters only the presence is
# kept (detail=none), in 0.03 of the text.
INDEXES = {
    "articles_fts": ({name: paired(name) for name in WORDS} | {"facets": "facets"}, ""),
    "articles_fts_characters": (
        {"characters": f"{characters('title')} || {characters('text')}", "facets": "facets"},
        ", detail=none, columnsize=0",
    ),
}

ADD = "insert into {index} (rowid, {columns}) select id"
FORGET = "insert into {index} ({index}, rowid, {columns}) select 'delete', id"
BATCH = 500  # articles that `rebuild` holds at a time: a few megabytes


def create_sql() -> list[str]:
    """The statements that make the indexes over an existing `articles(id, title, text, source, …)`, in order.

    For a table that already has rows, `rebuild` must follow.
    """
    facets = f"create index articles_facets on articles(id, {', '.join(('source', *NARROWING))})"
    return [facets, *fold_table(), *_walks(), *_indexes(), *_triggers()]


def create(db: Database) -> None:
    """Makes the indexes in `db`, which has the table `articles`. No transaction is begun or ended."""
    for statement in create_sql():
        db.conn.execute(statement)


def replace(db: Database) -> None:
    """Makes the indexes anew where an earlier version's are; no transaction is begun or ended."""
    db.conn.execute("drop index if exists articles_facets")
    for kind in ("trigger", "view", "table"):  # the index's own tables go with it
        sql = "select name from sqlite_master where type = ? and name like 'articles\\_fts%' escape '\\' order by name"
        for (name,) in db.execute(sql, [kind]).fetchall():
            db.conn.execute(f"drop {kind} if exists {name}")
    create(db)
    rebuild(db)


def rebuild(db: Database) -> None:
    """Makes the content of the indexes anew from the articles."""
    for index in INDEXES:
        db.conn.execute(f"insert into {index} ({index}) values ('delete-all')")
    fill, *statements = _change("articles_fts_walked where id > ? and id <= ?", ADD)
    (last,) = db.execute("select coalesce(max(id), 0) from articles").fetchone()
    for start in range(0, last, BATCH):  # FTS5's own 'rebuild' would walk through every text once for each index
        db.conn.execute(fill, [start, start + BATCH])
        for statement in statements:
            db.conn.execute(statement)


def check(db: Database) -> bool:
    """Whether the indexes are sound and agree with the articles, by FTS5's integrity check (reads everything).

    Raises sqlite3.Error when the check cannot be made.
    """
    try:
        for index in INDEXES:
            db.conn.execute(f"insert into {index} ({index}, rank) values ('integrity-check', 1)")
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CORRUPT:
            raise
        return False
    return True


def _walks() -> Iterator[str]:
    """Views of rows whose texts are walked through, and the table that holds such a row while it is indexed."""
    words = ", ".join(f"{walked(name)} as {name}" for name in WORDS)
    old = ", ".join(f"{name} text" for name in (*WORDS, *NARROWING))
    yield f"create table articles_fts_old (id integer primary key, {old}) strict"
    walked_row = f"select id, {words}, {facet_codes.SQL} as facets"
    yield f"create view articles_fts_walked as {walked_row} from articles"
    yield f"create view articles_fts_old_walked as {walked_row} from articles_fts_old"
    columns = ", ".join(f"{name} text" for name in (*WORDS, "facets"))
    yield f"create table articles_fts_row (id integer primary key, {columns}) strict"


def _indexes() -> Iterator[str]:
    for index, (columns, further) in INDEXES.items():
        spelled = ", ".join(f"{sql} as {name}" for name, sql in columns.items())
        yield f"create view {index}_spelled as select id, {spelled} from articles_fts_walked"
        options = f"content='{index}_spelled', content_rowid='id', tokenize='{TOKENIZER}'{further}"
        # The comment is what Datasette and sqlite-utils recognise the index of `articles` by.
        comment = '/* content="articles" */ ' if index == "articles_fts" else ""
        yield f"create virtual table {index} using fts5 {comment}({', '.join(columns)}, {options})"
    yield f"insert into articles_fts (articles_fts, rank) values ('rank', '{WEIGHTS}')"


def _triggers() -> Iterator[str]:
    add = "; ".join(_change("articles_fts_walked where id = new.id", ADD))
    yield f"create trigger articles_fts_insert after insert on articles begin {add}; end"
    # The index keeps no text of its own: it must be told what it is to forget.
    drop = "; ".join(_change("articles_fts_walked where id = old.id", FORGET))
    yield f"create trigger articles_fts_delete before delete on articles begin {drop}; end"
    # Not before the update, as UPDATE OR IGNORE may skip the row after that; and a trigger can use the recursion of
    # a view, but have none of its own. So the old row is put where a view can read it.
    kept = ("id", *WORDS, *NARROWING)
    changed = " or ".join(f"old.{column} is not new.{column}" for column in kept)
    drop = "; ".join(_change("articles_fts_old_walked", FORGET))
    yield (
        f"create trigger articles_fts_update after update of {', '.join(kept)} on articles when {changed} begin "
        f"insert into articles_fts_old ({', '.join(kept)}) values ({', '.join(f'old.{column}' for column in kept)}); "
        f"{drop}; delete from articles_fts_old; {add}; end"
    )


def _change(rows: str, statement: str) -> list[str]:
    """The statements that change every index by walked rows."""
    held = ", ".join(("id", *WORDS, "facets"))
    made = [f"insert into articles_fts_row ({held}) select {held} from {rows}"]
    for index, (columns, _) in INDEXES.items():
        insert = statement.format(index=index, columns=", ".join(columns))
        made.append(f"{insert}, {', '.join(columns.values())} from articles_fts_row")
    return [*made, "delete from articles_fts_row"]
