"""Output: coloured on a terminal, through a pager when it is long; plain lines in a pipe or file.

rich decides whether standard output takes colour, and honours $NO_COLOR and $FORCE_COLOR.
"""

import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterable

import click
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from archive.console.terminal_text import plain
from archive.errors import UserError

LINE_WIDTH = 88  # cells of a line of prose at most, 44 Chinese characters: longer lines are hard to read
UNWRAPPED = 10_000_000  # the width of a pipe: lines are not wrapped, so that URLs stay whole

_LINK = re.compile(r"\x1b]8;[^\x1b]*\x1b\\")  # rich's hyperlinks: pagers older than less 566 print them as garbage


class _Console(Console):
    """rich's console for untrusted text: it interprets no markup or emoji codes and prints no control characters.

    A closed pipe raises BrokenPipeError.
    """

    def __init__(self, width: int | None = None) -> None:
        super().__init__(width=width, highlight=False, markup=False, emoji=False)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for text, style, control in super().render(renderable, options):
            yield Segment(text if control else plain(text), style, control)

    def on_broken_pipe(self) -> None:
        raise  # rich calls this while it handles BrokenPipeError; the command sets the exit code


def console() -> Console:
    """Return standard output for tables: they fit the terminal, and are not wrapped in a pipe."""
    terminal = _Console()
    return terminal if terminal.is_terminal else _Console(width=UNWRAPPED)


def prose_console() -> Console:
    """Return standard output for prose: at most LINE_WIDTH cells on a terminal, not wrapped in a pipe."""
    out = console()
    return _Console(width=min(out.width, LINE_WIDTH)) if out.is_terminal else out


def page(*parts: RenderableType, out: Console) -> None:
    """Print the parts, through $PAGER or less if they are longer than the terminal. Raises UserError."""
    if not _use_pager():
        for part in parts:
            out.print(part, crop=False)
        return
    with out.capture() as captured:
        for part in parts:
            out.print(part, crop=False)
    text = captured.get()
    if text.count("\n") < console().height:
        click.echo(text, nl=False, color=True)
    else:
        click.echo_via_pager(_LINK.sub("", text))


def _use_pager() -> bool:
    if click.get_current_context().find_root().params["no_pager"]:
        return False
    try:
        pager, *_ = shlex.split(os.environ.get("PAGER", "")) or ["less"]  # as click chooses it
    except ValueError as error:
        raise UserError(f"$PAGER cannot be understood: {error}.") from error
    return sys.stdin.isatty() and sys.stdout.isatty() and shutil.which(pager) is not None
