"""The group of all commands: it imports the one that is run, and makes what ends it one sentence and an exit code."""

import io
import os
import signal
import sqlite3
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module
from json import JSONDecodeError
from pathlib import Path
from typing import Any

import click

from archive.cli.common import as_user_error
from archive.cli.unneeded import without_unneeded
from archive.console.terminal_text import plain
from archive.errors import ArchiveError, BusyError, ExitCode, FaultError

# What a fault of the machine or damaged bytes may raise. Defects of the program raise them too: see as_fault.
FAULTS = (sqlite3.Error, UnicodeDecodeError, JSONDecodeError, OSError, MemoryError, ImportError, RuntimeError)


class LazyCommands(MutableMapping[str, click.Command]):
    """Commands by name, each imported when it is asked for.

    places: the place of each command, as `module:attribute`.
    """

    def __init__(self, places: Mapping[str, str]) -> None:
        self._commands: dict[str, click.Command | str] = dict(places)

    def __getitem__(self, name: str) -> click.Command:
        found = self._commands[name]
        if isinstance(found, str):
            module, _, attribute = found.partition(":")
            found = self._commands[name] = getattr(import_module(module), attribute)
        return found

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._commands[name] = command

    def __delitem__(self, name: str) -> None:
        del self._commands[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._commands)

    def __len__(self) -> int:
        return len(self._commands)


class Healthnews(click.Group):
    """The main command.

    It exits without a traceback when it is interrupted, its output pipe is closed, the disk is full or read-only,
    memory is short or stored bytes are damaged.
    """

    def invoke(self, context: click.Context) -> Any:
        """Run the subcommand. Raises SystemExit, and UserError for what the user or an operator can correct."""
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # as for Ctrl-C
        if isinstance(sys.stdout, io.TextIOWrapper):
            # For characters that the terminal lacks; standard error does so by default.
            sys.stdout.reconfigure(errors="backslashreplace")
        try:
            try:
                with without_unneeded():
                    return super().invoke(context)
            finally:
                _flush_output()
        except click.ClickException as error:
            vars(error)["message"] = plain(error.message)  # it may quote a page; click declares it final
            raise
        except BrokenPipeError:
            _drop_output()
            raise SystemExit(ExitCode.HUNG_UP) from None
        except KeyboardInterrupt:
            raise SystemExit(ExitCode.INTERRUPTED) from None
        except (ArchiveError, BusyError) as error:
            raise as_user_error(error) from error
        except FAULTS as error:
            from archive.storage.damage import as_fault

            fault = as_fault(error, Path(context.params["archive"]))
            if fault is None:
                raise
            raise as_user_error(fault) from error


def _flush_output() -> None:
    """Flush standard output. Raises BrokenPipeError, and FaultError where its disk is full."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        _drop_output()
        raise FaultError(f"The output cannot be written: {error.strerror}.") from error


def _drop_output() -> None:
    """Let the interpreter flush standard output into nothing at its exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
