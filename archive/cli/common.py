"""Options and helpers that commands share. Heavy imports happen in the command that needs them: search starts fast."""

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
    """Pass the archive's path, an option of the main command, to the command as its first argument."""

    @click.pass_obj
    @functools.wraps(command)
    def with_archive(archive: Path, *args: Any, **kwargs: Any) -> Any:
        return command(archive, *args, **kwargs)

    return with_archive


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


class Healthnews(click.Group):
    """The main command. It exits without a traceback when it is interrupted or its output pipe is closed."""

    def invoke(self, context: click.Context) -> Any:
        """Run the subcommand. Raises SystemExit."""
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # as for Ctrl-C
        if isinstance(
            sys.stdout, io.TextIOWrapper
        ):  # for characters that the terminal lacks; stderr does so by default
            sys.stdout.reconfigure(errors="backslashreplace")
        try:
            try:
                return super().invoke(context)
            finally:
                sys.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else the interpreter flushes again at exit
            raise SystemExit(ExitCode.HUNG_UP) from None
        except KeyboardInterrupt:
            raise SystemExit(ExitCode.INTERRUPTED) from None


def print_json(value: Any) -> None:
    """Print a value as JSON, escaping non-ASCII characters unless standard output is UTF-8."""
    has_all = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    click.echo(json.dumps(value, ensure_ascii=not has_all, indent=2))


@contextmanager
def opened(archive: Path, *, reading: bool = False) -> "Iterator[Database]":
    """Open the archive for the duration of a command, `reading` for read-only access. Raises UserError."""
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
    """Open a snapshot of the archive for a command that only reads. Raises UserError."""
    from archive.storage.connection import snapshot

    with opened(archive, reading=True) as db, snapshot(db):
        yield db
