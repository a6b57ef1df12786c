"""Find the blocks of the extracted body on the page, and the lines that the extractor left out between them."""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from lxml.html import HtmlElement

from archive.dom.lines import Line
from archive.dom.tree import BLOCK_TAGS, classes, fold
from archive.extraction.content_root import prose_weight
from archive.extraction.markdown import Block, escape
from archive.text.scripts import count_cjk

# Letters and digits by which a block is recognised on the page.
KEY = 60
# A block with fewer letters than _SHORT may be printed twice: it is looked for in the next _NEAR lines only.
_SHORT, _NEAR = 20, 60
# Levels above the content root that are searched for the article's lead picture.
NEAR_LEVELS = 2
# Lines before the text that are searched for a lead on a page without `<h1>`, and letters of the shortest lead, CJK
# characters counted twice.
LEAD_LINES, LEAD_LETTERS = 12, 40
# Where the blocks have less than this share of the content root's prose, the extractor lost the rest. Swept .7, .5,
# .35: with more than .35 comments and disclaimers come back on four pages of 1,114.
LOST_PROSE = 0.35
_LEAD = re.compile(
    r"(?:^|[\s_-])(?:lead|lede|leadin|intro|introduction|standfirst|stand-first|sub-?title|sub-?head(?:ing|line)|summary|abstract"
    r"|teaser|dek|deck|excerpt|chapo|entradilla|bajada|sommario|vorspann|anreisser|ingress|manchet|zhaiyao|daodu|daoyu|synopsis)"
    r"(?:[\s_-]|$)"
)
_NO_LEAD = re.compile(
    r"(?:^|[\s_-])(?:related|recommend|share|sharing|social|nav|menu|author|autor|byline|bio|caption|credit|image|photo|figure|promo|card|ads?(?:$|[\s_-])"
    r"|newsletter|signup|comment|more|toc|cookie|gfield|form|popover|popup|tooltip|sidebar|podcast|audio|listen|video|footer|breadcrumb|widget|banner|paywall)"
)
_STOP = re.compile(r"[.!?…。！？][”’」』）)\"']*$")
_NOT_LETTER = re.compile(r"\W+")
_ASCII_SIGNS = bytes(code for code in range(128) if _NOT_LETTER.match(chr(code)))
_LETTER = re.compile(r"\w")
# The elements that may hold prose or a lead far from the content root, where most others are lists of links.
_SHORTEST = 4  # characters
_TEXT_TAGS = frozenset({"p", "pre", "li", "blockquote", "td", "dd", "h1", "h2", "h3", "h4"})
_PROSE_TAGS = frozenset({"p", "pre", "li"})
_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})


@dataclass(slots=True)
class BodyLines:
    """The first line of each block element of a repaired body, in order; images with the number of lines before them.

    `near` are the numbers of the lines near the content root, the only ones where images and the blocks are.

    After the repair all text is in block elements, and a block is recognised by the text it begins with. So this lists
    the block elements, whatever is inside them, where archive.dom.lines reads every line of a page.
    """

    lines: list[Line] = field(default_factory=list)
    images: list[tuple[HtmlElement, int]] = field(default_factory=list)
    near: range = range(0)


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
    """Return the lines of the repaired body and the images near the content root, of the whole body without a root."""
    found = BodyLines()
    near = _surroundings(body, root)
    first = last = 0
    elements = list(body.iter("img", *BLOCK_TAGS))
    begin = elements.index(near)
    end = begin + sum(1 for _ in near.iter("img", *BLOCK_TAGS))
    for index, element in enumerate(elements):
        if index == begin:
            first = len(found.lines)
        is_near = begin <= index < end
        if element.tag == "img":
            if is_near:
                found.images.append((element, len(found.lines)))
        elif is_near or element.tag in _TEXT_TAGS:
            own = _own_text(element)
            if own and not own.isspace() and (is_near or len(own) >= _SHORTEST):
                text = fold(own)
                if _LETTER.search(text):
                    found.lines.append(Line(element, text))
        if index < end:
            last = len(found.lines)
    found.near = range(first, last)
    return found


def _surroundings(body: HtmlElement, root: HtmlElement | None) -> HtmlElement:
    """Return the element a few levels above the content root, which holds lead pictures but rarely navigation.

    It is the body where the root is outside of it: in a broken page the head may hold text.
    """
    near = root if root is not None and any(above is body for above in root.iterancestors()) else body
    for _ in range(NEAR_LEVELS):
        if near.tag != "body" and near.getparent() is not None:
            near = near.getparent()
    while near.tag not in BLOCK_TAGS:
        near = near.getparent()
    return near


def _own_text(element: HtmlElement) -> str:
    """Return the text of a block element up to the first block element inside."""
    if not len(element):
        return element.text or ""
    parts = [element.text or ""]
    for child in element:
        if child.tag in BLOCK_TAGS:
            break
        if child.tag == "br":
            parts.append(" ")
        if len(child):
            parts += child.itertext()
        elif text := child.text:
            parts.append(text)
        parts.append(child.tail or "")
    return "".join(parts)


@lru_cache(maxsize=1024)
def key_of(text: str) -> str:
    """Return the first letters and digits of a text."""
    return letters_of(text[: 3 * KEY])[:KEY]


def letters_of(text: str) -> str:
    """Return the letters and digits of a text."""
    if text.isascii():  # half of the time
        return text.encode().translate(None, _ASCII_SIGNS).decode()
    return _NOT_LETTER.sub("", text)


def find_lines(blocks: Sequence[Block], page: BodyLines) -> list[int | None]:
    """Return for each block the number of the line it begins with, in rising order, None where there is none."""
    numbers: dict[str, list[int]] = {}
    for number in reversed(page.near):
        numbers.setdefault(key_of(page.lines[number].text), []).append(number)
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


def position_blocks(
    blocks: Sequence[Block], page: BodyLines, root: HtmlElement | None, stated: str = ""
) -> list[PositionedBlock]:
    """Return the blocks with their lines and, in their places, the lines that the extractor left out.

    Left out are the other lines of the content root, or without a root those between the first block and the last.
    Headings and unlinked list items next to kept paragraphs are put back: of 134 such headings on the half of the
    development pages that decides 133 belong to the article, of 75 list items 68. So are the lead, the lines of the
    text that JSON-LD states (`stated`) and, if the extractor lost most of the prose, all prose in such containers.
    """
    numbers = find_lines(blocks, page)
    known = [number for number in numbers if number is not None]
    if not known:
        return [PositionedBlock(block) for block in blocks]
    parents = {page.lines[number].block.getparent() for number in known}
    first, last = _bounds(page.lines, known, root)
    letters = [letters_of(block.text) for block in blocks]
    text = "".join(letters)
    leads = {number for number in _lead_lines(page, known[0]) if key_of(page.lines[number].text) not in text}
    restored = leads | _lost_lines(page, range(first, last), blocks, parents) | _stated_lines(page, first, last, stated)
    positioned = [put_back(page, number) for number in sorted(leads) if number < first]
    done = first - 1
    for index, (block, number) in enumerate(zip(blocks, numbers, strict=True)):
        if number is None:
            positioned.append(PositionedBlock(block))
            continue
        around = "".join(letters[max(0, index - 1) : index + 1])
        gap = range(done + 1, number)
        positioned += _left_out(page, gap, around, parents, restored, inside=known[0] < number)
        positioned.append(PositionedBlock(block, page.lines[number], number))
        done = number
    positioned += _left_out(page, range(done + 1, last), letters[-1], parents, restored, inside=False)
    return positioned


def _lead_lines(page: BodyLines, first: int) -> Iterator[int]:
    """Yield the numbers of the lines between the page's title and line `first` that are a lead, known by its name."""
    title = next((n for n in range(first - 1, -1, -1) if page.lines[n].block.tag == "h1"), None)
    start = max(0, first - LEAD_LINES) if title is None else title + 1
    around = {page.lines[first].block, *page.lines[first].block.iterancestors()}
    for number in range(start, first):
        line = page.lines[number]
        if len(line.text) + count_cjk(line.text) < LEAD_LETTERS or not _STOP.search(line.text) or is_linked(line):
            continue
        own = [line.block, *itertools.takewhile(lambda above: above not in around, line.block.iterancestors())]
        names = [classes(element) for element in own]
        if any(map(_LEAD.search, names)) and not any(map(_NO_LEAD.search, names)):
            yield number


def _lost_lines(page: BodyLines, numbers: range, blocks: Sequence[Block], parents: set[HtmlElement]) -> set[int]:
    """Return the numbers of the prose in containers named as those of the blocks; none unless most prose is missing."""
    prose = {n: page.lines[n] for n in numbers if page.lines[n].block.tag in _PROSE_TAGS and is_prose(page.lines[n])}
    found = sum(prose_weight(block.text) for block in blocks)
    if found >= LOST_PROSE * sum(prose_weight(line.text) for line in prose.values()):
        return set()
    names = {_name(parent) for parent in parents}
    return {number for number, line in prose.items() if _name(line.block.getparent()) in names}


def _stated_lines(page: BodyLines, first: int, last: int, stated: str) -> set[int]:
    letters = letters_of(stated)
    lines = ((number, page.lines[number]) for number in range(first, last) if letters)
    return {number for number, line in lines if is_prose(line) and key_of(line.text) in letters}


def is_prose(line: Line) -> bool:
    """Return whether a line is prose outside links."""
    return bool(prose_weight(line.text)) and not is_linked(line)


def _name(element: HtmlElement | None) -> tuple[str, str]:
    return ("", "") if element is None else (element.tag, element.get("class", ""))


def put_back(page: BodyLines, number: int) -> PositionedBlock:
    """Return a line that the extractor left out as a block of the article."""
    line = page.lines[number]
    return PositionedBlock(_as_block(line), line, number)


def _as_block(line: Line) -> Block:
    text, tag = line.text, line.block.tag
    if tag in _HEADINGS:
        return Block(text, f"{'#' * int(tag[1])} {escape(text)}", "head", int(tag[1]))
    if tag == "li":
        return Block(text, f"- {escape(text)}", "item")
    return Block(text, escape(text))


def _bounds(lines: Sequence[Line], known: Sequence[int], root: HtmlElement | None) -> tuple[int, int]:
    """Return the number of the content root's first line and one more than its last; without a root of the known."""
    if root is None:
        return known[0], known[-1] + 1
    inside = set(root.iter())
    numbers = [number for number, line in enumerate(lines) if line.block in inside]
    return min(numbers[0], known[0]), max(numbers[-1], known[-1]) + 1


def _left_out(
    page: BodyLines, gap: Iterable[int], around: str, parents: set[HtmlElement], restored: set[int], *, inside: bool
) -> Iterator[PositionedBlock]:
    """Yield the lines of a gap that are not part of the blocks around it, each put back or marked as left out."""
    cursor = 0
    for number in gap:
        line = page.lines[number]
        at = around.find(key_of(line.text), cursor)
        if at >= 0:
            cursor = at
        elif line.block.tag != "figcaption":  # captions are kept with their images
            is_kept = number in restored or (inside and _is_part(line, parents))
            yield PositionedBlock(_as_block(line), line, number, left_out=not is_kept)


def _is_part(line: Line, parents: set[HtmlElement]) -> bool:
    """Return whether a line that was left out is a heading or unlinked list item next to kept paragraphs."""
    element, parent = line.block, line.block.getparent()
    if element.tag in _HEADINGS:
        return parent in parents
    is_item = element.tag == "li" and parent is not None and parent.getparent() in parents
    return is_item and not is_linked(line)


def is_linked(line: Line) -> bool:
    """Return whether links hold at least half of the text of a line's block element."""
    return 2 * sum(len(link.text_content()) for link in line.block.iter("a")) >= len(line.text)
