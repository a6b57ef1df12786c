"""What the commands share. Nothing heavy is imported before a command runs: `search` must start fast."""

import functools
import io
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.errors import ExitCode, UserError

if TYPE_CHECKING:
    from sqlite_utils import Database


def archive_file(command: Callable[..., Any]) -> Callable[..., Any]:
    """Hands the archive's path, which stands before the command's name, to the command as its first argument."""

    @click.pass_obj
    @functools.wraps(command)
    def with_archive(archive: Path, *args: Any, **kwargs: Any) -> Any:
        return command(archive, *args, **kwargs)

    return with_archive


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


class Healthnews(click.Group):
    """The command itself: it ends quietly when the reader of its output hangs up, and when it is interrupted."""

    def invoke(self, context: click.Context) -> Any:
        """Runs the command that was named. Raises SystemExit."""
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C
        if isinstance(sys.stdout, io.TextIOWrapper):  # a terminal may lack characters, as stderr has it by default
            sys.stdout.reconfigure(errors="backslashreplace")
        try:
            try:
                return super().invoke(context)
            finally:
                sys.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the interpreter would flush once more
            raise SystemExit(ExitCode.HUNG_UP) from None
        except KeyboardInterrupt:
            raise SystemExit(ExitCode.INTERRUPTED) from None


def print_json(value: Any) -> None:
    """Prints a value as JSON, in characters that standard output has."""
    has_all = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    click.echo(json.dumps(value, ensure_ascii=not has_all, indent=2))


@contextmanager
def opened(archive: Path, *, reading: bool = False) -> "Iterator[Database]":
    """The archive, for the length of a command, which with `reading` only reads. Raises UserError with one sentence."""
    from archive.errors import ArchiveError
    from archive.storage.database import open_archive

    try:
        db = open_archive(archive, reading=reading)
    except ArchiveError as error:
        raise UserError(str(error)) from error
    try:
        yield db
    finally:
        db.close()


@contextmanager
def reading(archive: Path) -> "Iterator[Database]":
    """The archive in one state, for a command that only reads. Raises UserError with one sentence."""
    from archive.storage.connection import snapshot

    with opened(archive, reading=True) as db, snapshot(db):
        yield db
