"""Wrap text for a terminal: Latin words at spaces, Chinese and Japanese between any two characters.

No line begins with a closing mark (，。」 …) or ends with an opening one: kinsoku shori, as in the W3C's Requirements
for Chinese Text Layout, 3.1.3. Widths are in cells as rich measures them; a Chinese character or an emoji takes two.

uniseg's UAX #14 was considered instead: it separates a marker such as [1] from its sentence, and a word wider than
the line needs a rule of its own there too.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from rich.cells import cell_len, chop_cells
from rich.console import Console
from rich.containers import Lines
from rich.text import Text

from archive.text.scripts import EAST_ASIAN_UNSPACED

CLOSING = (
    "，。、；：？！．）」』》〉】〕］｝｠〗〙〛’”…‥—·・％‰℃°,.;:!?%)]}｡｣､･ｰﾞﾟ"
    "ー々〻ゝゞヽヾぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶ"
)
OPENING = "（「『《〈【〔［｛｟〖〘〚‘“([{｢￥＄$£#＃"
_JOINED = "\u0300-\u036f\u3099\u309a\ufe00-\ufe0f\u200d\U0001f3fb-\U0001f3ff"  # part of the character before
# A place where a line may never break: after an opening mark, before a closing one, inside a composed character.
_NO_BREAK = re.compile(rf"(?<=[{re.escape(OPENING)}]) | (?=[{re.escape(CLOSING)}{_JOINED}])", re.VERBOSE)
_BREAK = re.compile(
    rf"""(?<=\s)(?=[^\s{re.escape(CLOSING)}])
      | (?<![\s{re.escape(OPENING)}])
        (?! [\s{re.escape(CLOSING)}{_JOINED}] | \[\d | $ )   # a marker such as [1] stays with its sentence
        (?: (?<=[{EAST_ASIAN_UNSPACED}]) | (?=[{re.escape(OPENING)}]*[{EAST_ASIAN_UNSPACED}]) )""",
    re.VERBOSE,
)
_PER_CELL = 4  # characters a cell that are measured at once: a cut costs the same however long the word is


def breaks(text: str, width: int, first: int | None = None) -> list[int]:
    """Return the offsets in `text` at which the lines after the first begin.

    No line, without its trailing space, is wider than `width` cells, the first one not wider than `first`. A word wider
    than a line, such as a URL, is cut.
    """
    starts: list[int] = []
    room = width if first is None else first
    position = used = 0
    for piece in _pieces(text, min(width, room)):
        if used and used + cell_len(piece.rstrip()) > room:
            starts.append(position)
            used, room = 0, width
        position += len(piece)
        used += cell_len(piece)
    return starts


class Prose(Text):
    """rich's Text, wrapped by `breaks`; `first` and `rest` are the indents of the first line and of the others.

    Print it inside a group or a table: rich replaces a bare Text that is printed by one of its own class.
    """

    first = rest = ""

    def wrap(self, console: Console, width: int, *, tab_size: int = 8, **_: Any) -> Lines:  # noqa: ARG002 rich's
        """Return the lines; rich calls this. Justification and cropping are not supported."""
        lines = Lines()
        room, first_room = (max(width - cell_len(indent), 2) for indent in (self.rest, self.first))
        for paragraph in self.split(allow_blank=True):
            paragraph.expand_tabs(tab_size)
            for line in paragraph.divide(breaks(paragraph.plain, room, room if lines else first_room)):
                line.rstrip()
                lines.append(Text(self.rest if lines else self.first).append_text(line) if line else line)
        return lines


def prose(*pieces: str | Text | tuple[str, str], style: str = "", first: str = "", rest: str = "") -> Prose:
    """Return a Prose assembled of pieces: strings, Texts or (string, style), as for `Text.assemble`."""
    text = Prose(style=style)
    for piece in pieces:
        if isinstance(piece, Text):
            text.append_text(piece)
        else:
            text.append(*piece) if isinstance(piece, tuple) else text.append(piece)
    text.first, text.rest = first, rest
    return text


def _pieces(text: str, width: int) -> Iterator[str]:
    """Yield the parts of `text` that no line breaks inside, each with its trailing space; wider words are cut."""
    bounds = [0, *(match.start() for match in _BREAK.finditer(text) if match.start()), len(text)]
    for start, end in pairwise(bounds):
        word = text[start:end].rstrip()
        *heads, tail = _cut(word, width)
        yield from heads
        yield tail + text[start + len(word) : end]


def _cut(word: str, width: int) -> Iterator[str]:
    """Yield the parts of a word, none wider than `width`; cut where a line may break, else at the width."""
    start = 0
    while start + len(part := word[start : start + _PER_CELL * width]) < len(word) or cell_len(part) > width:
        fitting = len((chop_cells(part, width) or [part])[0])  # rich finds no cells in combining marks alone
        size = next((size for size in range(fitting, 0, -1) if not _NO_BREAK.match(word, start + size)), fitting)
        yield word[start : start + size]
        start += size
    yield part
