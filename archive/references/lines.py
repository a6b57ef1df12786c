"""A page as the lines a reader sees, each with the pieces of the tree it came from, so that it can be cut out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from lxml import etree
from lxml.html import HtmlElement

from archive.references.headings import read_heading


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


BLOCKS = _tags(
    "address article aside blockquote body button caption center dd details dialog div dl dt fieldset figcaption figure"
    " footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody tfoot thead tr ul"
)
_UNSEEN = _tags("script style template noscript head iframe svg math select option textarea object")
_KEPT_EMPTY = _tags("html body img video audio iframe svg object canvas br")
_WRAPPERS = _tags("html body main article section div ul ol dl table tbody header footer aside")
_DIGIT = re.compile("[0-9]")
_PLAIN = (0, 0, 0)  # the context of an element that says nothing about the lines inside
_MARKED = re.compile(
    r"(?:^|[\s_-])(?:references?|reflist|ref-?list|footnotes?|bibliography|citations)(?:$|[\s_-])", re.IGNORECASE
)


@dataclass(slots=True)
class Line:
    """What stands between two line breaks. `pieces` are (element, "text" or "tail") in order."""

    block: HtmlElement
    pieces: list[tuple[HtmlElement, str]] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    links: list[tuple[int, str]] = field(default_factory=list)  # after how many characters, white space not counted
    anchors: list[tuple[int, str]] = field(default_factory=list)
    length: int = 0  # characters that are not white space
    item: HtmlElement | None = None  # the <li> it belongs to
    marked: bool = False  # inside an element whose class or id says references or footnotes
    outside: bool = False  # inside navigation or a page footer
    text: str = ""


# A heading and the first label in the middle of a paragraph: a list collapsed into the article's last line.
_IN_PROSE = re.compile(
    r"(?<=[。！？!?.…”」）)\]】\s])\s*(?=[【\[［]?(?:主要)?(?:参考文献|參考文獻|参考资料|參考資料|References)[】\]］]?\s?[:：]?\s?"
    r"(?:[\[【〔［]\s?1\s?[\]】〕］]|①|⑴|1[.、．]\s?[^\d\s]))"
)


def begins_in_prose(text: str) -> bool:
    """Whether a line goes over from prose into a list with its heading."""
    named = "参考" in text or "參考" in text or "References" in text
    return named and any(text[: match.start()].strip() for match in _IN_PROSE.finditer(text))


def part_from_prose(root: HtmlElement) -> None:
    """Breaks the line before a heading that is directly followed by the label 1, so that the list has its own line."""
    for element in list(root.iter()):
        if not isinstance(element.tag, str):
            continue
        for where in ("text", "tail"):
            text = getattr(element, where)
            if text and begins_in_prose(text) and (match := _IN_PROSE.search(text)):
                _break_at(element, where, match)


def _break_at(element: HtmlElement, where: str, match: re.Match[str]) -> None:
    text = match.string
    br = element.makeelement("br")
    br.tail = text[match.end() :]
    setattr(element, where, text[: match.start()])
    if where == "text":
        element.insert(0, br)
    else:
        tail = element.tail
        element.addnext(br)  # moves the tail behind the new element
        element.tail, br.tail = tail, text[match.end() :]


def read_lines(root: HtmlElement) -> list[Line]:
    """The page's lines in document order, without empty ones; scripts, templates and noscript are not read."""
    return _Reader(root).read()


def _is_unseen(element: HtmlElement) -> bool:
    """Whether an element shows no text of the page's own; a button does where it unfolds a list of references."""
    if element.tag == "button":
        return read_heading(" ".join("".join(element.itertext()).split())) is None
    return element.tag in _UNSEEN


class _Reader:
    def __init__(self, root: HtmlElement) -> None:
        self.root = root
        self.lines: list[Line] = []
        self.line = Line(block=root)
        self.items: list[HtmlElement] = []
        self.contexts: list[tuple[int, int, int]] = []
        self.marked = self.outside = self.articles = 0

    def read(self) -> list[Line]:
        walker = etree.iterwalk(self.root, events=("start", "end", "comment", "pi"))
        for event, element in walker:
            if event == "start":
                if _is_unseen(element):
                    walker.skip_subtree()
                else:
                    self._enter(element)
            elif event == "end" and not _is_unseen(element):
                self._leave(element)
            if event != "start" and element is not self.root:
                self._piece(element, "tail")
        self._break(self.root)
        return self.lines

    def _enter(self, element: HtmlElement) -> None:
        tag = element.tag
        if tag in BLOCKS or tag == "br":
            self._break(element if tag != "br" else self.line.block)
        context = self._context(element, tag)
        self.contexts.append(context)
        if context is not _PLAIN:
            self._shift(context, 1)
        if tag == "li":
            self.items.append(element)
            self.line.item = element
        if tag == "a" and (href := element.get("href")):
            self.line.links.append((self.line.length, href))
        for name in (element.get("id"), element.get("name")) if element.attrib else ():
            if name and (tag not in _WRAPPERS or _DIGIT.search(name)):
                self.line.anchors.append((self.line.length, name))
        if tag in {"td", "th"}:  # the cells of a row are one line
            self.line.parts.append(" ")
        self._piece(element, "text")

    def _leave(self, element: HtmlElement) -> None:
        tag = element.tag
        if tag in BLOCKS:
            parent = element.getparent()
            self._break(element if parent is None else parent)
        context = self.contexts.pop()
        if context is not _PLAIN:
            self._shift(context, -1)
        if tag == "li":
            self.items.pop()
            self.line.item = self.items[-1] if self.items else None

    def _context(self, element: HtmlElement, tag: str) -> tuple[int, int, int]:
        """What an element says about all lines inside: marked as references, outside the article, an article."""
        if element.attrib:
            names = f"{element.get('class') or ''} {element.get('id') or ''}"
            if len(names) > 1 and tag not in {"body", "html"} and _MARKED.search(names):
                return 1, 0, 0
            if element.get("role") == "navigation":
                return 0, 1, 0
        if tag == "nav" or (tag == "footer" and not self.articles):
            return 0, 1, 0
        return (0, 0, 1) if tag in {"article", "main"} else _PLAIN

    def _shift(self, context: tuple[int, int, int], step: int) -> None:
        self.marked += step * context[0]
        self.outside += step * context[1]
        self.articles += step * context[2]

    def _piece(self, element: HtmlElement, where: str) -> None:
        text = getattr(element, where)
        if not text:
            return
        self.line.parts.append(text)
        if not text.isspace():
            self.line.length += sum(map(len, text.split()))
        self.line.pieces.append((element, where))

    def _break(self, block: HtmlElement) -> None:
        line = self.line
        line.text = " ".join("".join(line.parts).split()) if line.parts else ""
        if line.text:
            line.marked, line.outside = line.marked or self.marked > 0, line.outside or self.outside > 0
            self.lines.append(line)
            self.line = Line(block=block)
        else:  # anchors and white space before the first word belong to what follows
            line.block, line.parts, line.links, line.length = block, [], [], 0
        self.line.item = self.items[-1] if self.items else None


def remove(lines: Iterable[Line]) -> None:
    """Takes the lines out of the tree, and with them the elements that have nothing left to show."""
    emptied: dict[HtmlElement, None] = {}
    for line in lines:
        emptied[line.block] = None
        for element, where in line.pieces:
            setattr(element, where, None)
            parent = element.getparent()
            emptied[element if where == "text" or parent is None else parent] = None
    # Level by level, each element once per level: asking a parent again after every child would be quadratic.
    while emptied:
        parents = {parent: None for element in emptied if (parent := _drop_if_empty(element)) is not None}
        emptied = parents


def _drop_if_empty(element: HtmlElement) -> HtmlElement | None:
    """Removes an element without text or pictures, and returns the parent it was removed from."""
    parent = element.getparent()
    if parent is None or element.tag in _KEPT_EMPTY or (element.text or "").strip():
        return None
    if any(child.tag != "br" or (child.tail or "").strip() for child in element):
        return None
    previous, tail = element.getprevious(), element.tail
    if tail and previous is not None:
        previous.tail = (previous.tail or "") + tail
    elif tail:
        parent.text = (parent.text or "") + tail
    parent.remove(element)
    return parent
