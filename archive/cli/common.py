"""Options and helpers that commands share. Heavy imports happen in the command that needs them: search starts fast."""

import functools
import json
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from archive.console.terminal_text import plain, plain_json
from archive.errors import ArchiveBusyError, ArchiveError, ArchiveFaultError, BusyError, FaultError, UserError

if TYPE_CHECKING:
    import sqlite3

    from sqlite_utils import Database


def archive_file(command: Callable[..., Any]) -> Callable[..., Any]:
    """Pass the archive's path, an option of the main command, to the command as its first argument."""

    @click.pass_obj
    @functools.wraps(command)
    def with_archive(archive: Path, *args: Any, **kwargs: Any) -> Any:
        return command(archive, *args, **kwargs)

    return with_archive


def program_name() -> str:
    """Return how this program is called in a shell in this folder: `healthnews` where the shell finds it."""
    called = sys.argv[0]
    if Path(called).name != "healthnews":
        return f"{shlex.quote(sys.executable)} -m crawler"
    import shutil

    found = shutil.which("healthnews")
    return "healthnews" if found and Path(found).resolve() == Path(called).resolve() else shlex.quote(called)


def offered_program(archives: Sequence[Path] = ()) -> str:
    """Return what a command that is offered begins with: with the archive where the command line named one.

    archives: those that options of the command named; of several none is taken.
    """
    main = click.get_current_context().find_root()
    named = main.get_parameter_source("archive") is ParameterSource.COMMANDLINE
    chosen = [*archives] or ([main.params["archive"]] if named else [])
    return f"healthnews --archive {shlex.quote(str(chosen[0]))}" if len(chosen) == 1 else "healthnews"


def say_starting() -> None:
    """Say on a terminal that a crawl starts: its modules and workers take a few seconds before the progress bar."""
    if sys.stderr.isatty():
        click.echo("Starting the crawl …", err=True)


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def as_user_error(error: ArchiveError | BusyError) -> UserError:
    """Return the error for the command line, with its exit code."""
    sentence = plain(str(error))
    if isinstance(error, BusyError):
        return ArchiveBusyError(sentence)
    return (ArchiveFaultError if isinstance(error, FaultError) else UserError)(sentence)


def unwritable(path: Path, error: OSError) -> UserError:
    """Return the error for a file that cannot be written, with the exit code of a full disk or of a wrong name."""
    from archive.storage.damage import is_machine_fault

    kind = ArchiveFaultError if is_machine_fault(error) else UserError
    return kind(f"{path} cannot be written: {error.strerror}.")


def say(sentence: str) -> None:
    """Print a sentence on standard error; it may quote a page."""
    click.echo(plain(sentence), err=True)


def print_json(value: Any) -> None:
    """Print a value as JSON, escaping non-ASCII characters unless standard output is UTF-8."""
    has_all = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    click.echo(plain_json(json.dumps(value, ensure_ascii=not has_all, indent=2)))


@contextmanager
def opened(archive: Path, *, reading: bool = False) -> "Iterator[Database]":
    """Open the archive for the duration of a command, `reading` for read-only access. Raises UserError."""
    from archive.storage.database import open_archive

    try:
        db = open_archive(archive, reading=reading)
    except ArchiveError as error:
        raise as_user_error(error) from error
    try:
        yield db
    finally:
        db.close()


@contextmanager
def reading(archive: Path) -> "Iterator[Database]":
    """Open a snapshot of the archive for a command that only reads. Raises UserError."""
    from archive.storage.connection import snapshot

    with opened(archive, reading=True) as db, snapshot(db):
        yield db


@contextmanager
def reading_only(archive: Path) -> "Iterator[sqlite3.Connection]":
    """Do the same as `reading`, with a connection of sqlite3: to import sqlite-utils takes longer than a search."""
    from archive.storage.connection import snapshot
    from archive.storage.database import open_to_read

    try:
        connection = open_to_read(archive)
    except ArchiveError as error:
        raise as_user_error(error) from error
    with closing(connection), snapshot(connection):
        yield connection
