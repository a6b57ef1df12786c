"""Running `healthnews` on a pseudo-terminal, as a person at one would."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from tests.commands import HEALTHNEWS, PATIENCE, environment

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\]8;[^\x1b]*\x1b\\")

INTERVAL = 200  # milliseconds of silence, after which a key is typed


class Shown(NamedTuple):
    """What a terminal got, escape sequences and all, and the exit code."""

    raw: str
    code: int

    @property
    def lines(self) -> list[str]:
        """The lines without colours and links."""
        return [ESCAPES.sub("", line) for line in self.raw.splitlines()]


def cells(text: str) -> int:
    """The width of text by what Unicode says of its characters, rich not asked; no joined emoji."""
    marks = {"Mn", "Me", "Cf"}
    return sum(
        0 if unicodedata.category(each) in marks else 1 + (unicodedata.east_asian_width(each) in "WF") for each in text
    )


def run_on_terminal(
    *arguments: str | Path,
    cwd: Path,
    variables: Mapping[str, str] = {},
    columns: int = 80,
    rows: int = 24,
    keys: str = "",
) -> Shown:
    """Runs the command on a terminal of that size until it ends; `keys` are typed whenever it waits."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    mine = {"COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "PAGER", "LESS"}
    inherited = {name: value for name, value in environment().items() if name not in mine}
    process = subprocess.Popen(
        [*HEALTHNEWS, *map(str, arguments)],
        cwd=cwd,
        env=inherited | {"TERM": "xterm-256color", **variables},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,  # without another terminal, /dev/tty, that a pager could ask instead
    )
    os.close(theirs)
    output = b""
    while piece := _read(ours, keys):
        output += piece
    os.close(ours)
    return Shown(output.decode().replace("\r\n", "\n"), process.wait(timeout=PATIENCE))


def _read(terminal: int, keys: str) -> bytes:
    waiting = select.poll()  # select() takes no file descriptor above 1,023
    waiting.register(terminal, select.POLLIN)
    for _ in range(PATIENCE * 1000 // INTERVAL):
        if waiting.poll(INTERVAL):
            break
        os.write(terminal, keys.encode())
    else:
        raise TimeoutError("The command neither ends nor prints anything.")
    try:
        return os.read(terminal, 65536)
    except OSError:  # how Linux says that the other end is closed
        return b""
