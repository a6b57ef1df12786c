"""Errors that several rooms share, and the exit codes of the command.

The message of each error is one sentence for the user: what is wrong, and what to do about it.
"""

from enum import IntEnum
from typing import ClassVar

import click


class ArchiveError(Exception):
    """A file cannot be used as an archive."""


class FaultError(ArchiveError):
    """The machine or a file failed: a disk is full or read-only, memory is short, or stored bytes are damaged."""


class DiskError(FaultError):
    """The disk is full or has failed; SQLite does not always tell which."""


class DamagedError(FaultError):
    """Something stored is damaged. The message names it and says what helps."""


class BusyError(Exception):
    """Another process holds the archive's lock."""


class NotStoredError(LookupError):
    """The article, work or revision asked for is not in the archive."""


class ExitCode(IntEnum):
    """Exit codes of the command, as documented in docs/cli.md."""

    NEEDS_A_LOOK = 1
    USAGE = 2
    BUSY = 3
    BLOCKED = 4
    INTERRUPTED = 130
    HUNG_UP = 141  # 128 + SIGPIPE: the reader of standard output closed the pipe, as `head` does


class UserError(click.ClickException):
    """An error the user can correct: the command prints the sentence, without a traceback."""

    exit_code: ClassVar[int] = ExitCode.USAGE


class FilterError(UserError, ValueError):
    """A search was given an unknown filter, or a value that its filter does not take."""


class ArchiveFaultError(UserError):
    """The machine or a file failed, and the archive is as intact as before."""

    exit_code: ClassVar[int] = ExitCode.NEEDS_A_LOOK


class ArchiveBusyError(UserError):
    """Another process writes to the archive."""

    exit_code: ClassVar[int] = ExitCode.BUSY
