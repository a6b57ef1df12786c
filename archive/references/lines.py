"""Read the lines of a page to find reference lists in, and remove lines from its tree."""

import re
from collections.abc import Collection, Iterable
from functools import lru_cache

from lxml.html import HtmlElement

from archive.dom.lines import SEAM, Line, LineReader
from archive.dom.tree import BLOCK_TAGS
from archive.references.headings import read_heading

# The cells of a table row are one line here.
BLOCKS = BLOCK_TAGS - {"td", "th"} | {"button", "caption", "html"}
_SKIPPED = frozenset(
    [
        "script",
        "style",
        "template",
        "noscript",
        "head",
        "iframe",
        "svg",
        "math",
        "select",
        "option",
        "textarea",
        "object",
    ]
)
_KEPT_EMPTY = frozenset(["html", "body", "img", "video", "audio", "iframe", "svg", "object", "canvas", "br"])
_WRAPPERS = frozenset(
    [
        "html",
        "body",
        "main",
        "article",
        "section",
        "div",
        "ul",
        "ol",
        "dl",
        "table",
        "tbody",
        "header",
        "footer",
        "aside",
    ]
)
_NOTED = frozenset(["article", "footer", "li", "main", "nav", "td", "th"])  # noted even without attributes
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_DIGIT = re.compile("[0-9]")
_DEEPEST_EQUALS = 3  # an entry is wrapped in two more blocks at most; deeper, columns of a page would be equals
_PLAIN = (0, 0, 0)  # the context of an element that changes nothing for the lines inside
_MARKED = re.compile(
    r"(?:^|[\s_-])(?:references?|reflist|ref-?list|footnotes?|bibliography|citations)(?:$|[\s_-])", re.IGNORECASE
)


# A heading and the first label in the middle of a paragraph: a list that follows the article's text without a break.
_IN_PROSE = re.compile(
    r"(?:(?<=[。！？!?.…”」）)\]】])|(?<=\S\s)|(?<=^\s))\s*+(?=[【\[［]?(?:主要)?(?:参考文献|參考文獻|参考资料|參考資料|References)[】\]］]?\s?[:：]?\s?"
    r"(?:[\[【〔［]\s?1\s?[\]】〕］]|①|⑴|1[.、．]\s?[^\d\s]))"
)


def begins_in_prose(text: str) -> bool:
    """Return whether a line begins with prose and continues with the heading and first entry of a list."""
    named = "参考" in text or "參考" in text or "References" in text
    return named and any(text[: match.start()].strip() for match in _IN_PROSE.finditer(text))


def split_from_prose(root: HtmlElement) -> None:
    """Insert a `<br>` before a heading that is directly followed by the label 1, so that the list has its own line."""
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
    """Return the page's lines in document order; scripts, templates and noscript are not read."""
    return _Reader(root, BLOCKS, _SKIPPED).read()


class _Reader(LineReader):
    """Records for each line the list item, links and anchors in it, and what the elements around it are."""

    def __init__(self, root: HtmlElement, blocks: Iterable[str], skipped: Iterable[str]) -> None:
        super().__init__(root, blocks, skipped)
        self.starts["button"], self.ends["button"] = self._start_button, self._end_button
        self.items: list[HtmlElement] = []
        self.contexts: list[tuple[HtmlElement, tuple[int, int, int]]] = []
        self.marked = self.outside = self.articles = 0
        self.length = self.counted = 0  # characters of the line that are not white space, and parts counted for it

    def start_block(self, element: HtmlElement) -> bool:
        """Skip what is inside navigation and page footers: no list is looked for there."""
        super().start_block(element)
        return self.outside > 0

    def note_start(self, element: HtmlElement) -> None:
        tag, names = element.tag, element.keys()
        if not names and tag not in _NOTED:
            return
        context = self._context(element, tag, names)
        if context is not _PLAIN:
            self.contexts.append((element, context))
            self._shift(context, 1)
        if tag == "li":
            self.items.append(element)
            self.line.item = element
        if names:
            if tag == "a" and (href := element.get("href")):
                self.line.links.append((self._line_length(), href))
            if "id" in names or "name" in names:
                for name in (element.get("id"), element.get("name")):
                    if name and (tag not in _WRAPPERS or _DIGIT.search(name)):
                        self.line.anchors.append((self._line_length(), name))
        if tag in {"td", "th"}:
            self.parts.append(" ")

    def note_end(self, element: HtmlElement) -> None:
        if self.contexts and self.contexts[-1][0] is element:
            self._shift(self.contexts.pop()[1], -1)
        if element.tag == "li":
            self.items.pop()
            self.line.item = self.items[-1] if self.items else None

    def add(self, element: HtmlElement, where: str, text: str) -> None:
        super().add(element, where, text)
        self.line.pieces.append((element, where))

    def end_line(self, block: HtmlElement | None = None) -> None:
        line = self.line
        super().end_line(block)
        self.length = self.counted = 0
        if self.line is line:  # no text: links before the first word belong to no line
            line.links = []
        else:
            line.marked, line.outside = self.marked > 0, self.outside > 0
        self.line.item = self.items[-1] if self.items else None

    def _line_length(self) -> int:
        """Return the number of characters in the line so far that are not white space."""
        self.length += sum(len(word) for part in self.parts[self.counted :] if part != SEAM for word in part.split())
        self.counted = len(self.parts)
        return self.length

    def _start_button(self, element: HtmlElement) -> bool:
        return self.start_block(element) if _is_list_button(element) else True

    def _end_button(self, element: HtmlElement) -> None:
        if _is_list_button(element):
            self.end_block(element)
        else:
            self.end_skipped(element)

    def _context(self, element: HtmlElement, tag: str, names: Collection[str]) -> tuple[int, int, int]:
        """Return whether an element marks the lines inside as references, as outside the article, or as an article.

        `names` are those of its attributes.
        """
        if names:
            classes, identifier = element.get("class"), element.get("id")
            if (classes or identifier) and tag not in {"body", "html"} and _name_references(classes, identifier):
                return 1, 0, 0
            if "role" in names and element.get("role") == "navigation":
                return 0, 1, 0
        if tag == "nav" or (tag == "footer" and not self.articles):
            return 0, 1, 0
        return (0, 0, 1) if tag in {"article", "main"} else _PLAIN

    def _shift(self, context: tuple[int, int, int], step: int) -> None:
        self.marked += step * context[0]
        self.outside += step * context[1]
        self.articles += step * context[2]


@lru_cache(maxsize=1024)  # the classes of a page recur
def _name_references(classes: str | None, identifier: str | None) -> bool:
    return _MARKED.search(f"{classes or ''} {identifier or ''}") is not None


def _is_list_button(element: HtmlElement) -> bool:
    """Return whether a button's text is the heading of a reference list, which the button unfolds."""
    return read_heading(" ".join("".join(element.itertext()).split())) is not None


def is_heading(line: Line) -> bool:
    """Return whether a line is marked up as a heading."""
    return line.block.tag in _HEADINGS


def stands_beside(line: Line, other: Line) -> bool:
    """Return whether two lines stand in the same block, or in blocks that are equals in the tree.

    Equals are siblings, or are nested in the same tags below siblings: `<div><p>…</p></div><div><p>…</p></div>`.
    """
    one, two = line.block, other.block
    for _ in range(_DEEPEST_EQUALS):
        if one is two:
            return True
        above, beside = one.getparent(), two.getparent()
        if one.tag != two.tag or above is None or beside is None:
            return False
        if above is beside:
            return True
        one, two = above, beside
    return False


def remove(lines: Iterable[Line]) -> None:
    """Remove the lines from the tree, and with them the elements that are empty then."""
    emptied: dict[HtmlElement, None] = {}
    for line in lines:
        emptied[line.block] = None
        for element, where in line.pieces:
            setattr(element, where, None)
            parent = element.getparent()
            emptied[element if where == "text" or parent is None else parent] = None
    # Level by level, each element once per level: checking a parent after every child would be quadratic.
    while emptied:
        parents = {parent: None for element in emptied if (parent := _drop_if_empty(element)) is not None}
        emptied = parents


def _drop_if_empty(element: HtmlElement) -> HtmlElement | None:
    """Remove an element without text or images; return the parent it was removed from, None if it stays."""
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
