"""Build the SQL statements that sqlite-utils cannot express, from checked parts, and read rows as dataclasses.

Values are never part of a statement: bind them as parameters. What does vary in a statement is of two kinds: names of
tables and columns, which are checked here, and SQL that this program wrote elsewhere, which is marked as a Fragment.
"""

import re
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, ClassVar, Protocol, TypeVar

IDENTIFIER = re.compile(r"[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)?", re.IGNORECASE)  # `title`, `articles.title`

# Our columns that are SQL keywords. The others stay bare: SQLite reads a misspelt "column" in quotes as a string.
KEYWORDS = frozenset({"end", "references"})


class Reader(Protocol):
    """What reads an archive: a connection of sqlite3, or a sqlite-utils Database.

    A search takes the connection: to import sqlite-utils takes as long as searching a small archive.
    """

    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> sqlite3.Cursor:
        """Run a statement with its values."""


class Dataclass(Protocol):
    """An object of any dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


T = TypeVar("T", bound=Dataclass)


class Fragment(str):
    """SQL text that this program wrote itself, never text from a user or a page."""

    __slots__ = ()


def compose(template: str, /, **parts: str | Iterable[str]) -> Fragment:
    """Return `template` with each `{name}` replaced by the part of that name.

    A Fragment is inserted unchanged. Another string must be an identifier, and other iterables hold identifiers, which
    are inserted with commas between them. Raises ValueError for a part that is neither.

    >>> compose("select {columns} from {table} where id = ?", columns=("start", "end"), table="citations")
    'select start, "end" from citations where id = ?'
    """
    return Fragment(template.format(**{name: _part(part) for name, part in parts.items()}))


def identifier(name: str) -> Fragment:
    """Return `name` as it is written in SQL. Raises ValueError when it is not an identifier."""
    if not IDENTIFIER.fullmatch(name):
        raise ValueError(f"{name!r} is not an SQL identifier")
    return Fragment(f'"{name}"' if name.lower() in KEYWORDS else name)


def placeholders(count: int) -> Fragment:
    """Return `count` placeholders for a list of values: `?, ?, ?`."""
    return Fragment(", ".join("?" * count))


def distinct_values(table: str, column: str) -> Fragment:
    """Return a query for the distinct values of an indexed column, with one look-up in the index for each value."""
    return compose(
        "with recursive known(value) as (select min({column}) from {table} union all "
        "select (select min({column}) from {table} where {column} > value) from known where value is not null) "
        "select value from known where value is not null",
        table=table,
        column=column,
    )


def from_row(kind: type[T], row: Iterable[Any]) -> T:
    """Return an object of a dataclass from a row that has its fields as columns, in their order."""
    build: Callable[..., T] = kind
    return build(**dict(zip(kind.__dataclass_fields__, row, strict=True)))


@cache
def insert_statement(table: str, columns: tuple[str, ...]) -> Fragment:
    """Return the statement that inserts a row with those columns."""
    return compose(
        "insert into {table} ({columns}) values ({values})",
        table=table,
        columns=columns,
        values=placeholders(len(columns)),
    )


@cache
def update_statement(table: str, columns: tuple[str, ...]) -> Fragment:
    """Return the statement that updates a row unless it has the values: takes the values, the id, and the values."""
    return compose(
        "update {table} set ({columns}) = ({values}) where id = ? and ({columns}) is not ({values})",
        table=table,
        columns=columns,
        values=placeholders(len(columns)),
    )


def _part(part: str | Iterable[str]) -> str:
    if isinstance(part, Fragment):
        return part
    return identifier(part) if isinstance(part, str) else ", ".join(map(_part, part))
