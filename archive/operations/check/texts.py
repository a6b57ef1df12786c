"""Check that all stored texts are UTF-8. The repair keeps what can be read, and marks the rest with U+FFFD."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from archive.operations.check.context import Check, Context, counted
from archive.storage.connection import transaction
from archive.storage.damage import is_damage
from archive.storage.sql import compose

# Not the tables of the full-text indexes, which are made anew from the articles.
TABLES = r"select name from sqlite_master where type = 'table' and name not like '%\_fts%' escape '\' order by name"
OWNERS = {  # column of a row -> SQL for the URL of the page that the row belongs to
    "article_id": "select p.url from articles a join pages p on p.id = a.page_id where a.id = ?",
    "page_id": "select url from pages where id = ?",
}
URLS = """
select url from articles where page_id = (select id from pages where cast(url as blob) = :raw)
union all select url from fetches where page_id = (select id from pages where cast(url as blob) = :raw)
"""
REFRESH = (
    "update revisions set content = content where id in (select id from superseded where cast({column} as blob) = ?)"
)


class _Undecodable(str):
    """A text in which U+FFFD stands for bytes that are not UTF-8."""

    __slots__ = ("raw",)
    raw: bytes

    @classmethod
    def decode(cls, raw: bytes) -> str:
        try:
            return str(raw, "utf-8")
        except UnicodeDecodeError:
            text = cls(str(raw, "utf-8", "replace"))
            text.raw = raw
            return text


@dataclass(frozen=True, slots=True)
class _Problem:
    table: str
    column: str
    text: _Undecodable
    row: dict[str, object]


def _find(context: Context) -> Iterator[str]:
    for problem in _problems(context):
        whose = _page(context, problem)
        key = f", row {problem.row['id']}" if "id" in problem.row else ""
        yield f"{problem.table}.{problem.column}{key}{f', of {whose}' if whose else ''}: bytes that are no text"


def _problems(context: Context) -> list[_Problem]:
    found = list[_Problem]()
    for (table,) in context.db.execute(TABLES).fetchall():
        try:
            with _marking(context):
                found += _in_table(context, table)
        except sqlite3.Error as error:
            if not is_damage(error):  # the check of the database names the table
                raise
    return found


def _in_table(context: Context, table: str) -> Iterator[_Problem]:
    cursor = context.db.execute(compose("select * from {table}", table=table))
    names = [column[0] for column in cursor.description]
    for values in cursor:
        for name, value in zip(names, values, strict=True):
            if isinstance(value, _Undecodable):
                yield _Problem(table, name, value, dict(zip(names, values, strict=True)))


@contextmanager
def _marking(context: Context) -> Iterator[None]:
    """Let the connection return texts that are not UTF-8 as _Undecodable."""
    connection = context.db.conn
    before, connection.text_factory = connection.text_factory, _Undecodable.decode
    try:
        yield
    finally:
        connection.text_factory = before


def _page(context: Context, problem: _Problem) -> str:
    """Return the URL of the page that a row belongs to, '' for none."""
    for column, sql in OWNERS.items():
        if column in problem.row:
            row = context.db.execute(sql, [problem.row[column]]).fetchone()
            return str(row[0]) if row else ""
    return str(problem.row.get("url") or "")


def _mend(context: Context) -> str:
    problems = _problems(context)
    with transaction(context.db):
        number = sum(_mend_text(context, problem) for problem in problems)
    return f"{counted(number, 'text')} made anew or marked" if number else ""


def _mend_text(context: Context, problem: _Problem) -> bool:
    db, names = context.db, {"table": problem.table, "column": problem.column}
    if problem.table == "superseded":  # a trigger on revisions writes the row
        done = db.execute(compose(REFRESH, column=problem.column), [problem.text.raw]).rowcount
        if done:
            return True
    text: str = problem.text
    if (problem.table, problem.column) == ("pages", "url"):
        urls = [url for (url,) in db.execute(URLS, {"raw": problem.text.raw}) if "\ufffd" not in url]
        text = urls[0] if urls else text
    default = _empty_json(context, problem)
    if default and not _is_json(text):
        text = default
    try:
        # Not by a key: a key may be the damaged column itself.
        sql = compose("update {table} set {column} = ? where cast({column} as blob) = ?", **names)
        return db.execute(sql, [str(text), problem.text.raw]).rowcount > 0
    except sqlite3.IntegrityError:  # a constraint on the values of the column, or the text exists
        return False


def _empty_json(context: Context, problem: _Problem) -> str:
    """Return the default of a column that holds JSON, '' for another column."""
    for _, name, _, _, default, _ in context.db.execute(
        compose("pragma table_info({table})", table=problem.table)
    ).fetchall():
        if name == problem.column and default in ("'[]'", "'{}'"):
            return str(default).strip("'")
    return ""


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


CHECKS = (Check(name="texts", find=_find, mend=_mend),)
