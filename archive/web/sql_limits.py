"""Limits of time, rows, bytes and memory on the SQL that visitors write, and on that of Datasette's own pages.

SQLite can be stopped between the instructions of its virtual machine only, so no single instruction may take long:
texts are short, and the functions whose time grows with the product of two lengths are replaced. On texts of 1 MB
SQLite's own instr() and replace() take 14 seconds, on 4 MB minutes; `printf('%.*c', 1e9, 'x')` took 49 seconds and
5.4 GB.
"""

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from datasette.database import Database, QueryInterrupted, Results

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T")

MAX_LENGTH = 4 * 1024 * 1024  # bytes of a text, blob or row; an article of 200,000 Chinese characters has 1.3 MB
MAX_RESULT = 32 * 1024 * 1024  # characters and bytes of all values that a query returns
MAX_CELLS = 50_000  # values of a result that is cut; a table of 1,000 rows of articles has 30,000
MAX_HEAP = 512 * 1024 * 1024  # bytes of all of SQLite's memory in this process
INSTRUCTIONS = 100  # of SQLite's virtual machine between two looks at the clock
LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: MAX_LENGTH,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 100_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 200,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 100,
    sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 100,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 500,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}
Value = str | bytes | int | float | None


class LimitedDatabase(Database):  # type: ignore[misc]  # Datasette has no types
    """A database of Datasette on which SQL from the URL, and the SQL of Datasette's own pages, is limited.

    That SQL has connections of its own. The pages of this plugin use those of Datasette's class, which are not limited.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._limited = threading.local()

    async def execute(
        self,
        sql: str,
        params: Any = None,
        truncate: bool = False,
        custom_time_limit: int | None = None,
        page_size: int | None = None,
        log_sql_errors: bool = True,  # noqa: ARG002  # Datasette prints them: an error of the visitor is none of ours
    ) -> Results:
        """Return the result of `sql` as Datasette's own method does. If `truncate`, the rows beyond the limits are left
        out; else too many bytes are an error. Raises QueryInterrupted or sqlite3.Error."""
        milliseconds = min(filter(None, (self.ds.sql_time_limit_ms, custom_time_limit)))
        most = self.ds.max_returned_rows
        rows = (most + 1 if most == (page_size or self.ds.page_size) else most) if truncate and most else None

        def run(connection: sqlite3.Connection) -> Results:
            with time_limit(connection, milliseconds / 1000):
                try:
                    cursor = connection.execute(sql, params if params is not None else {})
                    found, is_cut = _fetch(cursor, rows)
                except sqlite3.DatabaseError as error:
                    if error.args == ("interrupted",):
                        raise QueryInterrupted(error, sql, params) from error
                    raise
            return Results(found, is_cut, cursor.description)

        return await self._in_limited_thread(run)

    async def _in_limited_thread(self, function: Callable[[sqlite3.Connection], T]) -> T:
        """Run the function in one of Datasette's threads, on this thread's limited connection."""

        def run(_: sqlite3.Connection) -> T:
            connection: sqlite3.Connection | None = getattr(self._limited, "connection", None)
            if connection is None:
                connection = self.connect()
                self.ds._prepare_connection(connection, self.name)
                limit(connection)
                self._limited.connection = connection
            return function(connection)

        result: T = await self.execute_fn(run)
        return result


def limit(connection: sqlite3.Connection) -> None:
    """Set the limits of a connection, and that of SQLite's memory in this process."""
    for number, most in LIMITS.items():
        connection.setlimit(number, most)
    connection.execute(f"pragma hard_heap_limit = {MAX_HEAP}")
    connection.create_function("instr", 2, instr, deterministic=True)
    connection.create_function("replace", 3, replace, deterministic=True)
    for name, trim in TRIMS.items():
        connection.create_function(name, 1, trim, deterministic=True)
        connection.create_function(name, 2, trim, deterministic=True)


@contextmanager
def time_limit(connection: sqlite3.Connection, seconds: float) -> "Iterator[None]":
    """Interrupt what runs on the connection when the time is over: SQLite then raises an error, `interrupted`."""
    deadline = time.monotonic() + seconds
    connection.set_progress_handler(lambda: time.monotonic() > deadline, INSTRUCTIONS)
    try:
        yield
    finally:
        connection.set_progress_handler(None, 0)


def _fetch(cursor: sqlite3.Cursor, most: int | None) -> tuple[list[Any], bool]:
    """Return up to `most` rows, or all, and whether there are more. Raises sqlite3.OperationalError if all are too
    many bytes."""
    if most is not None:
        most = max(1, min(most, MAX_CELLS // len(cursor.description or [1])))
    rows: list[Any] = []
    size = 0
    for row in cursor:
        if len(rows) == most:
            return rows, True
        size += sum(len(value) if isinstance(value, str | bytes) else 8 for value in row)
        if size > MAX_RESULT:
            if most is None or not rows:
                raise sqlite3.OperationalError(f"the result has more than {MAX_RESULT // 1024**2} MB")
            return rows, True
        rows.append(row)
    return rows, False


def instr(text: Value, part: Value) -> int | None:
    """Return the place of `part` in `text` from 1, 0 if it is not there: SQLite's instr() in linear time."""
    if text is None or part is None:
        return None
    if isinstance(text, bytes) and isinstance(part, bytes):
        return text.find(part) + 1
    return _text(text).find(_text(part)) + 1


def replace(text: Value, old: Value, new: Value) -> str | None:
    """Return `text` with every `old` replaced by `new`: SQLite's replace() in linear time.

    Where the result would be too long, another one that is too long stands for it: SQLite refuses both.
    """
    if text is None or old is None or new is None:
        return None
    whole, part, by = _text(text), _text(old), _text(new)
    if not part:
        return whole
    if len(whole) + whole.count(part) * (len(by) - len(part)) > MAX_LENGTH:
        return " " * (MAX_LENGTH + 1)
    return whole.replace(part, by)


def _trim(strip: Callable[[str, str], str]) -> Callable[..., str | None]:
    def trim(text: Value, characters: Value = " ") -> str | None:
        if text is None or characters is None:
            return None
        return strip(_text(text), "".join(set(_text(characters))))

    return trim


TRIMS = {"trim": _trim(str.strip), "ltrim": _trim(str.lstrip), "rtrim": _trim(str.rstrip)}


def _text(value: Value) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
