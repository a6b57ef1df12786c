"""Lines of text with styled pieces: printed by rich on a terminal, and as plain text elsewhere without importing it."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from archive.console.terminal_text import plain

if TYPE_CHECKING:
    from rich.console import Group

# Variables by which rich colours output that is no terminal.
_FORCING = ("FORCE_COLOR", "TTY_COMPATIBLE")
_TAB = 8


class Piece(NamedTuple):
    """A piece of a line: its text, the rich style, and the URL that it links to on terminals with hyperlinks."""

    text: str
    style: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """Prose of some pieces, with the style of all of it, and the indents of its first line and of the others."""

    pieces: tuple[Piece, ...] = ()
    style: str = ""
    first: str = ""
    rest: str = ""


def line(*pieces: Piece | str, style: str = "", first: str = "", rest: str = "") -> Line:
    """Return a line of pieces, of which strings have no style of their own."""
    made = tuple(Piece(piece) if isinstance(piece, str) else piece for piece in pieces)
    return Line(made, style, first, rest)


def is_plain() -> bool:
    """Whether standard output takes no colours and no width: a pipe or file that no variable declares a terminal."""
    return not (sys.stdout.isatty() or any(os.environ.get(name) for name in _FORCING))


def as_text(lines: Sequence[Line]) -> str:
    """Return the lines as text for a pipe: not wrapped, and without what a terminal would execute."""
    return "".join(_unwrapped(each) for each in lines)


def as_group(lines: Sequence[Line]) -> "Group":
    """Return the lines for a terminal."""
    from rich.console import Group
    from rich.text import Text

    from archive.console.cjk_wrap import prose
    from archive.console.tables import link

    def text(piece: Piece) -> Text:
        return link(piece.text, piece.url, piece.style) if piece.url else Text(piece.text, style=piece.style)

    return Group(
        *(prose(*map(text, each.pieces), style=each.style, first=each.first, rest=each.rest) for each in lines)
    )


def _unwrapped(each: Line) -> str:
    parts = "".join(piece.text for piece in each.pieces).split("\n")
    shown = [plain(part).expandtabs(_TAB).rstrip() for part in parts]
    indents = [each.first, *[each.rest] * (len(shown) - 1)]
    return "".join(f"{indent}{part}\n" if part else "\n" for indent, part in zip(indents, shown, strict=True))
