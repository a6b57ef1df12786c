"""Convert trafilatura's body tree to blocks, and blocks to plain text and Markdown."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin

from lxml.etree import _Element

from archive.dom.tree import fold

# Link targets that are kept; javascript:, data:, vbscript: and file: are not.
_SAFE_TARGET = re.compile(r"(?:https?://|mailto:|tel:)", re.IGNORECASE)
_MARKS = {"#b": "**", "#i": "*", "#t": "`", "overstrike": "~~"}
_CONTAINERS = frozenset({"body", "div", "list", "quote", "section", "article", "main"})
_BLOCKS = frozenset({"p", "head", "list", "item", "quote", "table", "code", "div"})
_SPECIAL = re.compile(r"([\\`*_\[\]<>])")


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the article: `kind` is p, head, item, quote, table or code, `level` that of a heading (1 to 6)."""

    text: str
    markdown: str
    kind: str = "p"
    level: int = field(default=0)


def read_blocks(body: _Element, url: str) -> list[Block]:
    """Return the blocks of a trafilatura body in order, without empty ones; `url` makes link targets absolute."""
    return [block for block in _walk(body, url) if block.text]


def plain_text(blocks: Iterable[Block]) -> str:
    """Return the text of the blocks, separated by a blank line."""
    return "\n\n".join(block.text for block in blocks)


def markdown_text(blocks: Iterable[Block]) -> str:
    """Return the blocks as Markdown; list items follow each other without a blank line."""
    parts: list[str] = []
    previous = None
    for block in blocks:
        together = block.kind == "item" and previous == "item"
        parts.append(("" if not parts else "\n" if together else "\n\n") + block.markdown)
        previous = block.kind
    return "".join(parts)


def _walk(element: _Element, url: str) -> Iterator[Block]:
    """Yield the blocks of a container: loose text and inline elements as paragraphs, block children one by one."""
    inline: list[str | _Element] = [element.text or ""]
    for child in element:
        if child.tag in _BLOCKS:
            yield _paragraph(inline, url)
            yield from _block(child, url)
            inline = [child.tail or ""]
        else:
            inline += [child, child.tail or ""]
    yield _paragraph(inline, url)


def _block(element: _Element, url: str) -> Iterator[Block]:
    if element.tag == "table":
        yield _table(element)
    elif element.tag == "code":
        text = "".join(element.itertext()).strip("\n")
        yield Block(text.strip(), f"```\n{text}\n```", "code")
    elif element.tag == "quote":
        for block in _walk(element, url):
            yield Block(block.text, "> " + block.markdown.replace("\n", "\n> "), "quote")
    elif element.tag in {"p", "head", "item"} and not _has_block(element):
        yield _leaf(element, url)
    elif element.tag == "item":
        yield from (
            Block(b.text, f"- {b.markdown}" if b.kind == "p" else b.markdown, "item") for b in _walk(element, url)
        )
    else:
        yield from _walk(element, url)


def _has_block(element: _Element) -> bool:
    return any(child.tag in _BLOCKS for child in element.iterdescendants() if isinstance(child.tag, str))


def _leaf(element: _Element, url: str) -> Block:
    parts: list[str | _Element] = [element.text or ""]
    for child in element:
        parts += [child, child.tail or ""]
    block = _paragraph(parts, url)
    if element.tag == "head":
        level = _heading_level(element.get("rend"))
        text = fold(block.text)
        return Block(text, f"{'#' * level} {fold(block.markdown)}", "head", level)
    if element.tag == "item":
        return Block(block.text, "- " + block.markdown.replace("\n", "\n  "), "item")
    return block


def _heading_level(rend: str | None) -> int:
    return int(rend[1]) if rend and len(rend) == 2 and rend[1] in "123456" else 3


def _paragraph(parts: list[str | _Element], url: str) -> Block:
    text = "".join(part if isinstance(part, str) else _text(part) for part in parts)
    if not text or text.isspace():  # between blocks, more often than not
        return Block("", "")
    markdown = "".join(escape(part) if isinstance(part, str) else _markdown(part, url) for part in parts)
    return Block(_lines(text), _lines(markdown).replace("\n", "  \n"))


def _lines(text: str) -> str:
    """Return `text` with white space folded within each line, without empty lines."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _text(element: _Element) -> str:
    """Return the text of an inline element; line breaks in the source are spaces, `<lb>` is a line break."""
    if element.tag == "lb":
        return "\n"
    inner = (element.text or "").replace("\n", " ")
    return inner + "".join(_text(child) + (child.tail or "").replace("\n", " ") for child in element)


def escape(text: str) -> str:
    """Return Markdown that shows `text` unchanged, on one line."""
    text = text.replace("\n", " ")
    return _SPECIAL.sub(r"\\\1", text) if _SPECIAL.search(text) else text


def _markdown(element: _Element, url: str) -> str:
    if element.tag == "lb":
        return "\n"
    inner = escape(element.text or "")
    inner += "".join(_markdown(child, url) + escape(child.tail or "") for child in element)
    if not inner.strip():
        return inner
    if element.tag == "ref":
        target = safe_target(element.get("target"), url)
        return f"[{inner.strip()}]({target})" if target else inner
    mark = _MARKS.get(element.get("rend") or "", "") if element.tag in {"hi", "del"} else ""
    return _wrap(inner, mark)


def _wrap(inner: str, mark: str) -> str:
    """Put a mark around `inner`, inside its outer white space, as Markdown requires."""
    core = inner.strip()
    start = inner.index(core)
    return f"{inner[:start]}{mark}{core}{mark}{inner[start + len(core) :]}"


def safe_target(target: str | None, url: str) -> str | None:
    """Return the absolute form of a link target, None if it is invalid or runs code."""
    absolute = (target or "").strip()
    if "[" in absolute or not _SAFE_TARGET.match(
        absolute
    ):  # urljoin takes as long as the rest; with [ the URL may be invalid
        try:
            absolute = urljoin(url, absolute)
        except ValueError:
            return None
    if not target or not _SAFE_TARGET.match(absolute):
        return None
    return re.sub(r"[\s()<>]", lambda match: f"%{ord(match[0]):02X}" if ord(match[0]) < 128 else "", absolute)


def _table(table: _Element) -> Block:
    """Return a table as a block: a line for each row, cells separated by ` | `."""
    rows = [
        [fold(" ".join(cell.itertext())) for cell in row.iter("cell", "td", "th")] for row in table.iter("row", "tr")
    ]
    rows = [row for row in rows if any(row)]
    if not rows:
        return Block("", "", "table")
    width = max(len(row) for row in rows)
    lines = [
        "| " + " | ".join(cell.replace("|", "\\|") for cell in row + [""] * (width - len(row))) + " |" for row in rows
    ]
    lines.insert(1, "|" + " --- |" * width)
    return Block("\n".join(" | ".join(cell for cell in row if cell) for row in rows), "\n".join(lines), "table")
