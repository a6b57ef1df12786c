"""Open a notes file: a SQLite database of its own beside the archive, with its own schema version."""

import sqlite3
import time
from pathlib import Path

from archive.errors import ArchiveError, DamagedError, FaultError
from archive.notes.store import Notes
from archive.storage.connection import BUSY_TIMEOUT, connect_tried, transaction
from archive.storage.damage import as_fault, is_damage
from archive.storage.steps import APPLICATION_ID as ARCHIVE_ID
from archive.text.messages import message

APPLICATION_ID = 0x484E6E6F  # "HNno" in the header of the file
_STEPS = sorted(Path(__file__).parent.glob("m[0-9][0-9][0-9]_*.sql"))
VERSION = len(_STEPS)
_PAUSE = 0.02  # seconds between two tries to turn on WAL mode, while other processes open a new file
_TRIES = round(BUSY_TIMEOUT / _PAUSE)


def open_notes(path: str | Path, *, create: bool = False, reading: bool = False) -> Notes:
    """Return the notes in the file at `path`; `create` makes one where no file is.

    With `reading` nothing is written, unless the schema has to be upgraded. Raises ArchiveError, with one sentence for
    the user, when the file is missing, is no notes file, is newer than this program, or cannot be read or written.
    """
    path = Path(path)
    if path.is_dir():
        raise ArchiveError(message("%(path)s is a folder: name a file for the notes with --notes.", path=path))
    if not create and not path.exists():
        raise ArchiveError(
            message(
                "There are no notes at %(path)s: healthnews notes add makes the file, as does serve --notes.", path=path
            )
        )
    if not path.parent.is_dir():
        raise ArchiveError(
            message("The folder %(path)s does not exist: make it first, or name another notes file.", path=path.parent)
        )
    try:
        connection = connect_tried(path, reading=reading and not create)
        try:
            _prepare(connection, path)
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        raise _as_archive_error(path, error) from error
    return Notes(connection, path)


def check_writable(notes: Notes) -> None:
    """Raise FaultError, with one sentence, if nothing can be written to the notes."""
    try:
        with transaction(notes.db):
            notes.db.execute(f"pragma user_version = {VERSION}")
    except sqlite3.Error as error:
        raise _as_archive_error(notes.path, error) from error


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("pragma foreign_keys = on")
    if _version(connection, path) < VERSION:
        with transaction(connection):
            for step in _STEPS[_version(connection, path) :]:  # another process may have been faster
                for statement in _statements(step.read_text(encoding="utf-8")):
                    connection.execute(statement)
            connection.execute(f"pragma application_id = {APPLICATION_ID}")
            connection.execute(f"pragma user_version = {VERSION}")
        _turn_on_wal(connection)
    connection.execute("pragma synchronous = full")  # what was said to be saved outlives a power cut


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """Return the version of the file's schema, 0 for an empty file. Raises ArchiveError for what is no notes file."""
    marked = connection.execute("pragma application_id").fetchone()[0]
    version = int(connection.execute("pragma user_version").fetchone()[0])
    if marked == APPLICATION_ID:
        if version > VERSION:
            raise ArchiveError(
                message(
                    "%(path)s was written by a newer version of healthnews: update the program to open it.", path=path
                )
            )
        return version
    if marked == ARCHIVE_ID:
        raise ArchiveError(
            message("%(path)s is an archive, not a notes file: name another file with --notes.", path=path)
        )
    if connection.execute("select 1 from sqlite_master limit 1").fetchone():
        raise ArchiveError(
            message("%(path)s is a SQLite file of another program: name another file with --notes.", path=path)
        )
    return 0


def _turn_on_wal(connection: sqlite3.Connection) -> None:
    """Switch to WAL mode. It needs the file alone for a moment, and SQLite does not wait for that by itself."""
    for left in reversed(range(_TRIES)):
        try:
            connection.execute("pragma journal_mode = wal")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or not left:
                raise
            time.sleep(_PAUSE)
        else:
            return


def _statements(script: str) -> list[str]:
    """Split a script at semicolons at the end of a line, since `executescript` would commit."""
    lines = [line for line in script.splitlines() if not line.startswith("--")]
    return [part for part in "\n".join(lines).split(";\n") if part.strip()]


def _as_archive_error(path: Path, error: sqlite3.Error) -> ArchiveError:
    if "not a database" in str(error):
        return ArchiveError(message("%(path)s is no SQLite file: name another file with --notes.", path=path))
    if is_damage(error):
        return DamagedError(
            message(
                "%(path)s is damaged (%(error)s): restore a copy of it; the archive is not concerned.",
                path=path,
                error=error,
            )
        )
    return as_fault(error, path) or FaultError(message("%(path)s cannot be opened: %(error)s.", path=path, error=error))
