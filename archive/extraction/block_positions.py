"""Find the blocks of the extracted body on the page, and the lines that the extractor left out between them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from archive.dom.lines import Line
from archive.dom.tree import BLOCK_TAGS, fold
from archive.extraction.markdown import Block, escape

# Letters and digits by which a block is recognised on the page.
_KEY = 60
# A block with fewer letters than _SHORT may be printed twice: it is looked for in the next _NEAR lines only.
_SHORT, _NEAR = 20, 60
# Levels above the content root that are searched for the article's lead picture.
NEAR_LEVELS = 2
_NOT_LETTER = re.compile(r"\W+")
_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})


@dataclass(slots=True)
class BodyLines:
    """The first line of each block element of a repaired body, in order; each image with the number of lines before it.

    After the repair all text is in block elements, and a block is recognised by the text it begins with. So this lists
    the block elements, whatever is inside them, where archive.dom.lines reads every line of a page.
    """

    lines: list[Line] = field(default_factory=list)
    images: list[tuple[HtmlElement, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PositionedBlock:
    """A block with the line it begins with and that line's number, None where it is not found on the page.

    `left_out` says that the extractor dropped the line.
    """

    block: Block
    line: Line | None = None
    number: int | None = None
    left_out: bool = False


def read_body_lines(body: HtmlElement, root: HtmlElement | None) -> BodyLines:
    """Return the lines and images near the content root, or those of the whole repaired body if there is no root."""
    found = BodyLines()
    for element in _surroundings(body, root).iter("img", *BLOCK_TAGS):
        if element.tag == "img":
            found.images.append((element, len(found.lines)))
            continue
        text = fold("".join(_own_text(element)))
        if text and key_of(text):
            found.lines.append(Line(element, text))
    return found


def _surroundings(body: HtmlElement, root: HtmlElement | None) -> HtmlElement:
    """Return the element a few levels above the content root, which holds lead pictures but rarely navigation."""
    near = body if root is None else root
    for _ in range(NEAR_LEVELS):
        if near.tag != "body" and near.getparent() is not None:
            near = near.getparent()
    return near


def _own_text(element: HtmlElement) -> Iterator[str]:
    """Yield the text of a block element up to the first block element inside."""
    yield element.text or ""
    for child in element:
        if child.tag in BLOCK_TAGS:
            return
        if child.tag == "br":
            yield " "
        yield from child.itertext()
        yield child.tail or ""


def key_of(text: str) -> str:
    """Return the first letters and digits of a text."""
    return _NOT_LETTER.sub("", text[: 3 * _KEY])[:_KEY]


def find_lines(blocks: Sequence[Block], lines: Sequence[Line]) -> list[int | None]:
    """Return for each block the number of the line it begins with, in rising order, None where there is none."""
    numbers: dict[str, list[int]] = {}
    for number in range(len(lines) - 1, -1, -1):
        numbers.setdefault(key_of(lines[number].text), []).append(number)
    found: list[int | None] = []
    last = -1
    for block in blocks:
        key = key_of(block.text)
        candidates = numbers.get(key, [])
        while candidates and candidates[-1] <= last:
            candidates.pop()
        near = bool(candidates) and (len(key) >= _SHORT or last < 0 or candidates[-1] - last <= _NEAR)
        found.append(candidates[-1] if near else None)
        last = candidates[-1] if near else last
    return found


def position_blocks(blocks: Sequence[Block], page: BodyLines, root: HtmlElement | None) -> list[PositionedBlock]:
    """Return the blocks with their lines and, in their places, the lines that the extractor left out.

    Left out are the other lines of the content root, or without a root those between the first block and the last.
    Headings and unlinked list items next to kept paragraphs are put back: of 134 such headings on the half of the
    development pages that decides 133 belong to the article, of 75 list items 68.
    """
    numbers = find_lines(blocks, page.lines)
    known = [number for number in numbers if number is not None]
    if not known:
        return [PositionedBlock(block) for block in blocks]
    parents = {page.lines[number].block.getparent() for number in known}
    first, last = _bounds(page.lines, known, root)
    positioned: list[PositionedBlock] = []
    done = first - 1
    for index, (block, number) in enumerate(zip(blocks, numbers, strict=True)):
        if number is None:
            positioned.append(PositionedBlock(block))
            continue
        around = "".join(_NOT_LETTER.sub("", b.text) for b in blocks[max(0, index - 1) : index + 1])
        gap = range(done + 1, number)
        positioned += _left_out(page.lines, gap, around, parents, inside=known[0] < number)
        positioned.append(PositionedBlock(block, page.lines[number], number))
        done = number
    around = _NOT_LETTER.sub("", blocks[-1].text)
    positioned += _left_out(page.lines, range(done + 1, last), around, parents, inside=False)
    return positioned


def _bounds(lines: Sequence[Line], known: Sequence[int], root: HtmlElement | None) -> tuple[int, int]:
    """Return the number of the content root's first line and one more than its last; without a root of the known."""
    if root is None:
        return known[0], known[-1] + 1
    numbers = [n for n, line in enumerate(lines) if line.block is root or root in line.block.iterancestors()]
    return min(numbers[0], known[0]), max(numbers[-1], known[-1]) + 1


def _left_out(
    lines: Sequence[Line], gap: Iterable[int], around: str, parents: set[HtmlElement], *, inside: bool
) -> Iterator[PositionedBlock]:
    """Yield the lines of a gap that are not part of the blocks around it, each put back or marked as left out."""
    cursor = 0
    for number in gap:
        line = lines[number]
        at = around.find(key_of(line.text), cursor)
        if at >= 0:
            cursor = at
        elif line.block.tag != "figcaption":  # captions are kept with their images
            block, is_kept = _block(line, parents) if inside else (Block(line.text, escape(line.text)), False)
            yield PositionedBlock(block, line, number, left_out=not is_kept)


def _block(line: Line, parents: set[HtmlElement]) -> tuple[Block, bool]:
    """Return a line that was left out as a block, and whether to put it back."""
    element, parent = line.block, line.block.getparent()
    if element.tag in _HEADINGS and parent in parents:
        level = int(element.tag[1])
        return Block(line.text, f"{'#' * level} {escape(line.text)}", "head", level), True
    if element.tag == "li" and parent is not None and parent.getparent() in parents and not is_linked(line):
        return Block(line.text, f"- {escape(line.text)}", "item"), True
    return Block(line.text, escape(line.text)), False


def is_linked(line: Line) -> bool:
    """Return whether links hold at least half of the text of a line's block element."""
    return 2 * sum(len(link.text_content()) for link in line.block.iter("a")) >= len(line.text)
