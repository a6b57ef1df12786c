"""Repair mark-up that trafilatura misreads, before the body is extracted."""

import re

from lxml.html import Element, HtmlElement

from archive.dom.tree import BLOCK_TAGS

_CONTAINERS = ("div", "section", "article", "main", "body", "center", "td", "blockquote")
# A table is a layout table if a cell has more than this many characters in more than three blocks or lines.
LAYOUT_CELL = 200
# Lines separated by single breaks are paragraphs if one has at least this many characters, else verse or an address.
PARAGRAPH_LINE = 60
_LONGEST_SPAN = 5  # digits
_BUTTON = frozenset({"onclick", "role", "aria-controls"})
_SENTENCE = re.compile(r".{20}[.!?。！？]\s*$", re.DOTALL)
_LETTER = re.compile(r"\w")

_Run = list[HtmlElement | str]


def repair(root: HtmlElement) -> None:
    """Change the tree in place: layout tables become divs, loose text and `<br>` lines become paragraphs."""
    body = root.find("body")
    unlink_bookmarks(body)
    drop_odd_spans(body)
    unwrap_layout_tables(body)
    wrap_loose_text(body)


def drop_odd_spans(body: HtmlElement) -> None:
    """Remove spans of table cells that are longer than the largest that HTML knows, 65534: trafilatura reads any."""
    for cell in body.iter("td", "th"):
        for name in ("colspan", "rowspan"):
            if len(cell.get(name, "")) > _LONGEST_SPAN:
                del cell.attrib[name]


def unlink_bookmarks(body: HtmlElement) -> None:
    """Turn each bookmark `<a name>` into a `<span>`: its text is no link, and trafilatura drops lines of links.

    Other `<a>` without an address are buttons of a script, unless they hold a sentence.
    """
    for link in list(body.iter("a")):
        names = set(link.attrib)
        if (link.get("href") or "").strip() or names & _BUTTON:
            continue
        if names & {"name", "id"} or (not names and _SENTENCE.search(link.text_content())):
            link.tag = "span"


def unwrap_layout_tables(body: HtmlElement) -> None:
    """Turn each `<table>` used for layout into a `<div>`, its rows and cells too."""
    for table in [t for t in body.iter("table") if _is_layout(t)]:
        for part in list(table.iter("tbody", "thead", "tfoot", "tr", "td", "th")):
            if next(part.iterancestors("table")) is table:
                part.tag = "div"
        table.tag = "div"


def _is_layout(table: HtmlElement) -> bool:
    """Return whether a table is used for layout: it contains tables, or a cell with several paragraphs."""
    if table.get("role") == "presentation" or table.find(".//table") is not None:
        return True
    if table.find(".//th") is not None or table.find(".//caption") is not None:
        return False
    return any(_is_prose(cell) for cell in table.iter("td"))


def _is_prose(cell: HtmlElement) -> bool:
    blocks = sum(1 for _ in cell.iter("p", "h1", "h2", "h3", "br", "section", "div"))
    return blocks > 3 and len(cell.text_content().strip()) > LAYOUT_CELL


def wrap_loose_text(body: HtmlElement) -> None:
    """Put each run of text and inline elements between blocks or breaks into a paragraph of its own.

    trafilatura reads `<p>` but hardly the text of `<div>` and `<section>`: from pages of WeChat's editor it returned
    only the one block that was marked up with `<p>`.
    """
    mixed = _with_blocks_inside(body)
    for element in list(body.iter(*_CONTAINERS)):
        _wrap_runs(element, mixed)
    for paragraph in list(body.iter("p")):
        if paragraph.find("br") is not None and paragraph not in mixed:
            _split_paragraph(paragraph)


def _with_blocks_inside(body: HtmlElement) -> set[HtmlElement]:
    """Return all elements that contain a block element at any depth."""
    found: set[HtmlElement] = set()
    for block in body.iter(*BLOCK_TAGS):
        for ancestor in block.iterancestors():
            if ancestor in found:
                break
            found.add(ancestor)
    return found


def _wrap_runs(element: HtmlElement, mixed: set[HtmlElement]) -> None:
    children = list(element)
    if not _is_loose(element, children, mixed):
        return
    run: _Run = [element.text or ""]
    element.text = None
    position = 0
    for child in children:
        tail, child.tail = child.tail, None
        if child.tag in BLOCK_TAGS or child in mixed:
            position += _insert(element, position, run) + 1
            run = [tail or ""]
        else:
            element.remove(child)
            run += [child, tail or ""]
    _insert(element, position, run)


def _is_loose(element: HtmlElement, children: list[HtmlElement], mixed: set[HtmlElement]) -> bool:
    """Return whether an element has text or inline elements of its own; most containers have only blocks."""
    if element.text and not element.text.isspace():
        return True
    return any(
        (child.tail and not child.tail.isspace()) or (child.tag not in BLOCK_TAGS and child not in mixed)
        for child in children
    )


def _insert(element: HtmlElement, position: int, run: _Run) -> int:
    """Insert a run before child `position`, in paragraphs if it has text; return the number of elements added."""
    lines = _lines(run)
    if not any(_has_text(line) for line in lines):
        return _put_back(element, position, run)
    for offset, line in enumerate(lines):
        element.insert(position + offset, _fill(Element("p"), line))
    return len(lines)


def _put_back(element: HtmlElement, position: int, run: _Run) -> int:
    nodes = [node for node in run if not isinstance(node, str)]
    for offset, node in enumerate(nodes):
        element.insert(position + offset, node)
    return len(nodes)


def _has_text(run: _Run) -> bool:
    return any(_LETTER.search(node if isinstance(node, str) else node.text_content()) for node in run)


def _lines(run: _Run) -> list[_Run]:
    """Split a run at double breaks, and at single breaks too if lines are as long as paragraphs."""
    lines: list[_Run] = [[]]
    for node in run:
        if not isinstance(node, str) and node.tag == "br":
            lines.append([])
        elif not isinstance(node, str) or node.strip():
            lines[-1].append(node)
    if any(_length(line) >= PARAGRAPH_LINE for line in lines):
        return [line for line in lines if line]
    return _joined(lines)


def _joined(lines: list[_Run]) -> list[_Run]:
    """Join short lines with a break between, split only at empty lines."""
    stanzas: list[_Run] = [[]]
    for line in lines:
        if not line:
            stanzas.append([])
            continue
        if stanzas[-1]:
            stanzas[-1].append(Element("br"))
        stanzas[-1] += line
    return [stanza for stanza in stanzas if stanza]


def _length(run: _Run) -> int:
    return sum(len(node) if isinstance(node, str) else len(node.text_content()) for node in run)


def _fill(paragraph: HtmlElement, run: _Run) -> HtmlElement:
    last: HtmlElement | None = None
    for node in run:
        if not isinstance(node, str):
            paragraph.append(node)
            last = node
        elif last is None:
            paragraph.text = (paragraph.text or "") + node
        else:
            last.tail = (last.tail or "") + node
    return paragraph


def _split_paragraph(paragraph: HtmlElement) -> None:
    """Replace a `<p>` that has breaks by a `<p>` for each of its lines."""
    run: _Run = [paragraph.text or ""]
    for child in list(paragraph):
        tail, child.tail = child.tail, None
        paragraph.remove(child)
        run += [child, tail or ""]
    paragraph.text = None
    first, *rest = _lines(run) or [[]]
    _fill(paragraph, first)
    for line in reversed(rest):
        following = Element("p", dict(paragraph.attrib))
        following.tail, paragraph.tail = paragraph.tail, None
        paragraph.addnext(_fill(following, line))
