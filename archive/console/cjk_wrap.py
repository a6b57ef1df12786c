"""Folding text into lines of a terminal: Latin words at spaces, Chinese and Japanese between any two characters.

No line begins with a mark that belongs to what stands before it (，。」 …) or ends with an opening one (kinsoku shori,
"line breaking rules", as in the W3C's Requirements for Chinese Text Layout, 3.1.3). Widths are in cells, of which a
Chinese character or an emoji takes two; rich measures them.
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
_BREAK = re.compile(
    rf"""(?<=\s)(?=[^\s{re.escape(CLOSING)}])
      | (?<![\s{re.escape(OPENING)}])
        (?! [\s{re.escape(CLOSING)}{_JOINED}] | \[\d | $ )   # a marker such as [1] stays with its sentence
        (?: (?<=[{EAST_ASIAN_UNSPACED}]) | (?=[{EAST_ASIAN_UNSPACED}]) )""",
    re.VERBOSE,
)


def breaks(text: str, width: int, first: int | None = None) -> list[int]:
    """Where the lines after the first begin in `text`, so that each but for its trailing space takes at most `width`
    cells, and the first one `first`. What is too long for a line, as a URL may be, gets lines of its own."""
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
    """rich's text, folded by `breaks`; `first` and `rest` stand before the first line and before the others.

    For groups and tables: a bare text that is printed rich makes a text of its own of.
    """

    first = rest = ""

    def wrap(self, console: Console, width: int, *, tab_size: int = 8, **_: Any) -> Lines:  # noqa: ARG002 rich's
        """What rich calls to fold a text; justifying and cropping are not for prose."""
        made = Lines()
        room, first_room = (max(width - cell_len(indent), 2) for indent in (self.rest, self.first))
        for paragraph in self.split(allow_blank=True):
            paragraph.expand_tabs(tab_size)
            for line in paragraph.divide(breaks(paragraph.plain, room, room if made else first_room)):
                line.rstrip()
                made.append(Text(self.rest if made else self.first).append_text(line) if line else line)
        return made


def prose(*pieces: str | Text | tuple[str, str], style: str = "", first: str = "", rest: str = "") -> Prose:
    """A Prose of pieces, which may be styled; see Text.assemble."""
    made = Prose(style=style)
    for piece in pieces:
        if isinstance(piece, Text):
            made.append_text(piece)
        else:
            made.append(*piece) if isinstance(piece, tuple) else made.append(piece)
    made.first, made.rest = first, rest
    return made


def _pieces(text: str, width: int) -> Iterator[str]:
    """What no line may break inside, with the space behind it; what is longer than a line in pieces of its length."""
    bounds = [0, *(found.start() for found in _BREAK.finditer(text) if found.start()), len(text)]
    for start, end in pairwise(bounds):
        word = text[start:end].rstrip()
        if cell_len(word) <= width:
            yield text[start:end]
        else:
            *heads, tail = chop_cells(word, width)
            yield from heads
            yield tail + text[start + len(word) : end]
