"""The lines of a page as a reader sees them, read from its tree in one walk."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from lxml.etree import iterwalk
from lxml.html import HtmlElement

# Marks the start and end of an inline element in Line.raw: `<span>来源:甲</span><span>日期: …` is one line with two
# facts. No text of a parsed page contains it, and `str.split` does not treat it as white space (as it does
# U+001C to U+001F).
SEAM = "\x00"


@dataclass(slots=True, eq=False)
class Line:
    """The text between two line breaks, with its place in the tree.

    `block` is the innermost block element around it, `text` the text with white space folded, `raw` the same unfolded
    with a SEAM at each inline tag, and `linked_letters` the number of characters inside links.

    The reader for reference lists also records: `pieces`, the tree's strings as (element, "text" or "tail") in order;
    `links` (hrefs) and `anchors` (ids and names), each with the number of characters before it that are no white space;
    `item`, the innermost `<li>`; `marked`, whether a class or id around the line says references or footnotes; and
    `outside`, whether it is inside navigation or a page footer.
    """

    block: HtmlElement
    text: str = ""
    raw: str = ""
    pieces: list[tuple[HtmlElement, str]] = field(default_factory=list)
    linked_letters: int = 0
    links: list[tuple[int, str]] = field(default_factory=list)
    anchors: list[tuple[int, str]] = field(default_factory=list)
    item: HtmlElement | None = None
    marked: bool = False
    outside: bool = False

    @property
    def seamed(self) -> str:
        """The text with a SEAM at each inline tag and white space folded."""
        return " ".join(self.raw.split()).strip(SEAM + " ")

    @property
    def spaced(self) -> str:
        """The text with a space at each inline tag, because often only style separates a name from a date."""
        return " ".join(self.raw.replace(SEAM, " ").split())

    @property
    def linked_share(self) -> float:
        """The share of the text that is inside links, 0 to 1."""
        return min(1.0, self.linked_letters / len(self.text))


def fold_line(text: str) -> str:
    """Return `text` without seams, each run of white space as one space, none at the ends."""
    return " ".join(text.replace(SEAM, "").split())


class LineReader:
    """Walks a tree once, without recursion, and collects its lines.

    A line ends where an element of `blocks` starts or ends and at `<br>`; the content of `skipped` elements is not
    read. A subclass registers handlers by tag in `starts` and `ends`, or extends the methods, to record more on the
    way. A handler of a start returns True to skip the element's content.
    """

    def __init__(self, root: HtmlElement, blocks: Iterable[str], skipped: Iterable[str]) -> None:
        self.root = root
        self.lines: list[Line] = []
        self.line = Line(root)
        self.parts: list[str] = []
        self.open_blocks = [root]
        self.open_links = 0
        blocks, skipped = frozenset(blocks), frozenset(skipped)
        self.starts: dict[str, Callable[[HtmlElement], bool]] = {
            **dict.fromkeys(blocks, self.start_block),
            **dict.fromkeys(skipped, self.start_skipped),
            "br": self.start_break,
            "a": self.start_link,
        }
        self.ends: dict[str, Callable[[HtmlElement], None]] = {
            **dict.fromkeys(blocks, self.end_block),
            **dict.fromkeys(skipped, self.end_skipped),
            "br": self.end_break,
            "a": self.end_link,
        }

    def read(self) -> list[Line]:
        """Return the lines that have text, in document order."""
        walker = iterwalk(self.root, events=("start", "end", "comment", "pi"))
        starts, ends, start_inline, end_inline = self.starts, self.ends, self.start_inline, self.end_inline
        for event, element in walker:
            if event == "end":
                ends.get(element.tag, end_inline)(element)
            elif event != "start":
                self.end_skipped(element)
            elif starts.get(element.tag, start_inline)(element):
                walker.skip_subtree()
        self.end_line()
        self.starts.clear()  # they hold the reader, which holds the tree: without them it is freed at once
        self.ends.clear()
        return self.lines

    def note_start(self, element: HtmlElement) -> None:
        """Called at the start of each element that is read, after a line break and before its text."""

    def note_end(self, element: HtmlElement) -> None:
        """Called at the end of each element that is read, after a line break and before the text behind it."""

    def start_inline(self, element: HtmlElement) -> bool:
        """Read the start of an inline element and its first text."""
        self.note_start(element)
        if self.parts:
            self.parts.append(SEAM)
        if text := element.text:
            self.add(element, "text", text)
        return False

    def end_inline(self, element: HtmlElement) -> None:
        """Read the end of an inline element and the text behind it."""
        self.note_end(element)
        if self.parts:
            self.parts.append(SEAM)
        if text := element.tail:
            self.add(element, "tail", text)

    def start_block(self, element: HtmlElement) -> bool:
        """End the line, then read the first text of a block element."""
        if self.parts or self.line.links:
            self.end_line()
        self.open_blocks.append(element)
        self.note_start(element)
        if text := element.text:
            self.add(element, "text", text)
        return False

    def end_block(self, element: HtmlElement) -> None:
        """End the line, then read the text behind a block element."""
        if self.parts or self.line.links:
            self.end_line()
        self.open_blocks.pop()
        self.note_end(element)
        if text := element.tail:
            self.add(element, "tail", text)

    def start_link(self, element: HtmlElement) -> bool:
        """Read the start of an `<a>`."""
        self.open_links += 1
        return self.start_inline(element)

    def end_link(self, element: HtmlElement) -> None:
        """Read the end of an `<a>`."""
        self.open_links -= 1
        self.end_inline(element)

    def start_break(self, element: HtmlElement) -> bool:
        """End the line at a `<br>`."""
        self.end_line()
        self.note_start(element)
        return False

    def end_break(self, element: HtmlElement) -> None:
        """Read the text behind a `<br>`."""
        self.note_end(element)
        if text := element.tail:
            self.add(element, "tail", text)

    def start_skipped(self, _: HtmlElement) -> bool:
        """Skip an element whose content is not for readers."""
        return True

    def end_skipped(self, element: HtmlElement) -> None:
        """Read the text behind a skipped element."""
        if self.parts:
            self.parts.append(SEAM)
        if text := element.tail:
            self.add(element, "tail", text)

    def add(self, element: HtmlElement, where: str, text: str) -> None:  # noqa: ARG002 (for subclasses)
        """Add `text`, which is the "text" or "tail" of an element, to the current line."""
        if self.parts or not text.isspace():
            self.parts.append(text)
            if self.open_links > 0:
                self.line.linked_letters += len(text.strip())

    def end_line(self, block: HtmlElement | None = None) -> None:
        """End the current line, in `block` or else in the innermost open block.

        A line without text is not kept: its pieces and anchors become part of the next line.
        """
        if not self.parts:
            return
        raw, self.parts = "".join(self.parts), []
        text = fold_line(raw)
        if text:
            line = self.line
            line.text, line.raw, line.block = text, raw, self.open_blocks[-1] if block is None else block
            self.lines.append(line)
            self.line = Line(self.root)
        else:
            self.line.linked_letters = 0
