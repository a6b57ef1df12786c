"""Where output goes: to a terminal in colour, through a pager when it is long; to a pipe or file as plain lines.

Whether standard output takes colour is rich's to find out: $NO_COLOR and $FORCE_COLOR are honoured.
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

from archive.errors import UserError

MEASURE = 88  # cells of a line to read at most: 44 Chinese characters; longer ones lose the eye on its way back
UNFOLDED = 10_000_000  # the width of a pipe: lines are left to the program that reads them; URLs stay whole

# Control characters of stored pages would be carried out by the terminal: titles could recolour or rename its window.
_CONTROLS = dict.fromkeys({*range(0x20), *range(0x7F, 0xA0)} - {ord("\n"), ord("\t")})
_LINK = re.compile(r"\x1b]8;[^\x1b]*\x1b\\")  # rich's hyperlinks: pagers older than less 566 print them as garbage


class _Console(Console):
    """rich's console for text of others: it reads no markup or emoji codes in it, and prints no control characters of
    it; that its reader hung up is not hidden."""

    def __init__(self, width: int | None = None) -> None:
        super().__init__(width=width, highlight=False, markup=False, emoji=False)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for text, style, control in super().render(renderable, options):
            yield Segment(text if control else text.translate(_CONTROLS), style, control)

    def on_broken_pipe(self) -> None:
        raise  # rich calls this while it handles the error; the command's exit says what happened


def console() -> Console:
    """Standard output, for tables: they fit the terminal, and are not folded in a pipe."""
    found = _Console()
    return found if found.is_terminal else _Console(width=UNFOLDED)


def prose_console() -> Console:
    """Standard output, for text to read: at most MEASURE cells on a terminal, not folded in a pipe."""
    found = console()
    return _Console(width=min(found.width, MEASURE)) if found.is_terminal else found


def page(*parts: RenderableType, out: Console) -> None:
    """Prints the parts; where they are longer than the terminal, through $PAGER, or less. Raises UserError."""
    if not _may_page():
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


def _may_page() -> bool:
    if click.get_current_context().find_root().params["no_pager"]:
        return False
    try:
        pager, *_ = shlex.split(os.environ.get("PAGER", "")) or ["less"]  # as click chooses it
    except ValueError as error:
        raise UserError(f"$PAGER cannot be understood: {error}.") from error
    return sys.stdin.isatty() and sys.stdout.isatty() and shutil.which(pager) is not None
