"""The full-text index `articles_fts`, in SQL only: what any program writes to `articles` is found at once.

It is an FTS5 table whose external content is a view, not the table: the view spells each text as `folding.split`
does, and triggers bring the view's rows into the index, so that no Python function and no extension is needed to
write. Columns: `title`, `text`, `source`; plain words are looked for in the first two (see query.py).

Write with INSERT, UPDATE, DELETE or upsert. `INSERT OR REPLACE` deletes rows without firing triggers (unless
`recursive_triggers` is on, as sqlite-utils has it) and leaves the index out of step: `check` finds that, `rebuild`
mends it.
"""

# ruff: noqa: S608 (the statements are put together from this module's own words)

import sqlite3
from collections.abc import Iterator

from sqlite_utils import Database

from archive.folding import BOUNDARY, DIGITS, INDICES, SINGLES, table

COLUMNS = ("title", "text", "source")
TOKENIZER = "porter unicode61 remove_diacritics 2"

# What a hit in the title counts, against one in the text. 1,089 searches for one or two words of a title over 358
# articles gave the right one first in 62 % at 1, 71 % at 4, 78 % at 10, 80 % at 15, 81 % at 20: little is left above.
TITLE_WEIGHT = 10.0

# Characters a step: the view walks through a text in pieces of pieces, because taking characters off the front of a
# string copies the rest of it.
_BLOCK = 4096
_PIECE = 48

# The rest of ASCII, common characters first: SQLite's ltrim() compares with one after the other.
_FREQUENT = " etaoinsrhldcumfpgwybv,.-"
_PLAIN = _FREQUENT + "".join(c for c in map(chr, range(1, 128)) if c not in _FREQUENT and not c.isdigit())


def create_sql() -> list[str]:
    """The statements that make the index over an existing `articles(id, title, text, source, …)`, in order.

    For a table that already has rows, `rebuild` must follow.
    """
    rows = ", ".join(f"({_quote(character)}, {_quote(folded)})" for character, folded in table().items())
    columns = ", ".join(COLUMNS)
    spelled = ", ".join(f"{_spelled(column)} as {column}" for column in COLUMNS)
    options = f"content='articles_fts_spelled', content_rowid='id', tokenize='{TOKENIZER}'"
    return [
        "create table articles_fts_fold (character text primary key, folded text not null) strict, without rowid",
        f"insert into articles_fts_fold (character, folded) values {rows}",
        f"create view articles_fts_spelled as select id, {spelled} from articles",
        "create table articles_fts_old (id integer primary key, title text, text text, source text) strict",
        f"create view articles_fts_old_spelled as select id, {spelled} from articles_fts_old",
        # The comment is what Datasette and sqlite-utils recognise an index of `articles` by.
        f'create virtual table articles_fts using fts5 /* content="articles" */ ({columns}, {options})',
        f"insert into articles_fts (articles_fts, rank) values ('rank', 'bm25({TITLE_WEIGHT}, 1.0, 1.0)')",
        *_triggers(),
    ]


def create(db: Database) -> None:
    """Makes the index in `db`, which has the table `articles`. No transaction is begun or ended."""
    for statement in create_sql():
        db.conn.execute(statement)


def rebuild(db: Database) -> None:
    """Makes the index anew from the articles."""
    db.conn.execute("insert into articles_fts (articles_fts) values ('rebuild')")


def check(db: Database) -> bool:
    """Whether the index is sound and agrees with the articles, by FTS5's integrity check (reads everything).

    Raises sqlite3.Error when the check cannot be made.
    """
    try:
        db.conn.execute("insert into articles_fts (articles_fts, rank) values ('integrity-check', 1)")
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CORRUPT:
            raise
        return False
    return True


def _triggers() -> Iterator[str]:
    columns = ", ".join(COLUMNS)
    add = f"insert into articles_fts (rowid, {columns}) select id, {columns} from articles_fts_spelled"
    drop = f"insert into articles_fts (articles_fts, rowid, {columns}) select 'delete', id, {columns} from"
    old = ", ".join(f"old.{column}" for column in COLUMNS)
    changed = " or ".join(f"old.{column} is not new.{column}" for column in ("id", *COLUMNS))
    yield f"create trigger articles_fts_insert after insert on articles begin {add} where id = new.id; end"
    # The index keeps no text of its own: it must be told what it is to forget.
    yield (
        "create trigger articles_fts_delete before delete on articles begin "
        f"{drop} articles_fts_spelled where id = old.id; end"
    )
    # Not before the update, as UPDATE OR IGNORE may skip the row after that; and a trigger can use the recursion of
    # a view, but have none of its own. So the old row is put where a view can read it.
    yield (
        f"create trigger articles_fts_update after update of id, {columns} on articles when {changed} begin "
        f"insert into articles_fts_old (id, {columns}) values (old.id, {old}); "
        f"{drop} articles_fts_old_spelled; delete from articles_fts_old; {add} where id = new.id; end"
    )


def _spelled(column: str) -> str:
    """SQL for `folding.split(column)`.

    `block` and `piece` cut the text. `step` takes one unit off the front of `source` at a time: a run of ASCII or a
    single character; `rest` is what is left behind it. A unit gets a boundary unless it is of the class of the one
    before it; the class of the characters that always stand alone is null, which equals nothing.
    """
    return f"""(
with recursive
block (b, before, source, rest) as (
  select 0, null, substr({column}, 1, {_BLOCK}), substr({column}, {_BLOCK + 1})
  union all
  select b + 1, substr(source, -1), substr(rest, 1, {_BLOCK}), substr(rest, {_BLOCK + 1}) from block where rest <> ''
),
piece (b, p, before, source, rest) as (
  select b, 0, before, substr(source, 1, {_PIECE}), substr(source, {_PIECE + 1}) from block
  union all
  select b, p + 1, substr(source, -1), substr(rest, 1, {_PIECE}), substr(rest, {_PIECE + 1}) from piece where rest <> ''
),
step (b, p, before, class, source, rest, spelled) as (
  select b, p, {_class("before")}, {_class("source")}, source, {_rest("source")}, '' from piece
  union all
  select b, p, class, {_class("rest")}, rest, {_rest("rest")},
    spelled || case when class = before then '' else '{BOUNDARY}' end || coalesce(
      (select folded from articles_fts_fold where character = substr(source, 1, 1)),
      substr(source, 1, length(source) - length(rest)))
  from step where source <> ''
)
select group_concat(spelled, '') from (select spelled from step where source = '' order by b, p))"""


def _class(text: str) -> str:
    return (
        f"case when {text} glob '[{SINGLES}]*' then null when {text} glob '[{DIGITS}]*' then 1"
        f" when {text} glob '[{INDICES}]*' then 2 when {text} <> '' then 3 end"
    )


def _rest(text: str) -> str:
    return (
        f"case when {text} glob '[0-9]*' then ltrim({text}, '0123456789')"
        f" when unicode({text}) between 1 and 127 then ltrim({text}, {_quote(_PLAIN)}) else substr({text}, 2) end"
    )


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
