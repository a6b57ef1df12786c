"""The changes between two revisions in a terminal: removed and added words, and the passages around them."""

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Group
from rich.text import Text

from archive.articles.changes import Changes
from archive.console.cjk_wrap import prose
from archive.text.diff import Piece

AROUND = 60  # unchanged characters shown on either side of a change
STYLES = {"removed": "red strike", "added": "green underline", "same": ""}
MARKS = {"removed": ("[-", "-]"), "added": ("{+", "+}"), "same": ("", "")}  # as in `git diff --word-diff` and wdiff
_PARAGRAPH = "\n\n"


def changes_text(head: str, changes: Changes, *, marks: bool) -> Group:
    """Return `head`, the title, the changed passages, and changed references; `marks` for output without colour."""
    text = shortened(changes.text)
    removed, added = changes.references_removed, changes.references_added
    if not (text or removed or added or _differs(changes.title)):
        return Group(Text(f"{head}, nothing changed"))
    lines: list[Text] = [prose(head, style="dim"), Text(), diff_line(changes.title, marks, "bold"), Text()]
    for paragraph in _paragraphs(text) if text else ():
        lines += [diff_line(paragraph, marks), Text()]
    if removed or added:
        lines.append(Text("References", style="bold"))
        lines += [prose(entry.raw, style=STYLES["removed"], first="- ", rest="  ") for entry in removed]
        lines += [prose(entry.raw, style=STYLES["added"], first="+ ", rest="  ") for entry in added]
    return Group(*lines)


def shortened(pieces: Sequence[Piece], around: int = AROUND) -> tuple[Piece, ...]:
    """Return the pieces with the unchanged ones shortened; () if nothing changed.

    An unchanged piece keeps about `around` characters of the paragraph beside a change, in whole words; `…` stands for
    the rest.
    """
    if not _differs(pieces):
        return ()
    last = len(pieces) - 1
    return tuple(
        Piece("same", _ends(piece.text, around if number else 0, around if number < last else 0))
        if piece.kind == "same"
        else piece
        for number, piece in enumerate(pieces)
    )


def _differs(pieces: Iterable[Piece]) -> bool:
    return any(piece.kind != "same" for piece in pieces)


def _ends(text: str, head: int, tail: int) -> str:
    """Return `head` characters of the first paragraph and `tail` characters of the last one; 0: none of it."""
    first, *middle = text.split(_PARAGRAPH)
    if not middle:
        return _shorter(first, head, tail)
    last = middle.pop()
    left = [_shorter(first, head, 0)] if head else []
    right = [_shorter(last, 0, tail)] if tail else []
    return _PARAGRAPH.join([*left, *(["…"] if middle or not (left and right) else []), *right])


def _shorter(paragraph: str, head: int, tail: int) -> str:
    end, start = _word_edge(paragraph, head, 1), _word_edge(paragraph, len(paragraph) - tail, -1)
    return paragraph if end >= start else f"{paragraph[:end]}…{paragraph[start:]}"


def _word_edge(text: str, at: int, step: int) -> int:
    """Return the next offset from `at`, in the direction of `step`, that is not inside a Latin word."""
    while 0 < at < len(text) and "!" <= text[at - 1] <= "~" and "!" <= text[at] <= "~":
        at += step
    return at


def _paragraphs(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    paragraph: list[Piece] = []
    for piece in pieces:
        first, *others = piece.text.split(_PARAGRAPH)
        paragraph.append(Piece(piece.kind, first))
        for text in others:
            yield paragraph
            paragraph = [Piece(piece.kind, text)]
    yield paragraph


def diff_line(pieces: Iterable[Piece], marks: bool, style: str = "") -> Text:
    """Return the pieces as a line; with `marks` changes are in brackets, as for `wdiff`."""
    parts = []
    for piece in pieces:
        opening, closing = MARKS[piece.kind] if marks and piece.text else ("", "")
        parts.append((f"{opening}{piece.text}{closing}", STYLES[piece.kind]))
    return prose(*parts, style=style)
