"""A page as the lines a reader sees: the text of each block, in order."""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement

from archive.extraction.dom import BLOCK_TAGS, fold

# Stands where an inline element starts or ends: `<span>来源:甲</span><span>日期: …` are two facts in one line.
SEAM = "\x1f"
_SKIPPED = frozenset(
    {"script", "style", "noscript", "template", "head", "select", "textarea", "svg", "iframe", "button"}
)


@dataclass(frozen=True, slots=True)
class Line:
    """A visible line: its text with a SEAM at each inline tag, the block it stands in, the share inside links."""

    seamed: str
    block: HtmlElement
    linked: float

    @property
    def text(self) -> str:
        """The text as read, white space folded."""
        return fold(self.seamed.replace(SEAM, ""))


def visible_lines(root: HtmlElement) -> list[Line]:
    """The lines of the page in reading order, without empty ones."""
    return list(_Reader().read(root))


class _Reader:
    """Collects text until a block starts, ends or a `<br>` breaks it."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._linked = 0

    def read(self, root: HtmlElement) -> Iterator[Line]:
        """Walk without recursion: pages nest as deep as they like."""
        stack: list[tuple[HtmlElement, HtmlElement, bool, bool]] = [(root, root, False, False)]
        while stack:
            element, block, in_link, leaving = stack.pop()
            is_block = element.tag in BLOCK_TAGS
            if leaving:
                if is_block:
                    yield from self._flush(element)
                self._add(SEAM + (element.tail or ""), in_link)
                continue
            if element.tag in _SKIPPED or not isinstance(element.tag, str):
                self._add(SEAM + (element.tail or ""), in_link)
                continue
            if is_block or element.tag == "br":
                yield from self._flush(block)
            inside = in_link or element.tag == "a"
            self._add(SEAM + (element.text or ""), inside)
            stack.append((element, block, in_link, True))
            below = element if is_block else block
            stack.extend((child, below, inside, False) for child in reversed(element))
        yield from self._flush(root)

    def _add(self, text: str, in_link: bool) -> None:
        self._parts.append(text)
        if in_link:
            self._linked += len(text.strip(SEAM).strip())

    def _flush(self, block: HtmlElement) -> Iterator[Line]:
        seamed = fold("".join(self._parts)).strip(SEAM + " ")
        letters = len(seamed.replace(SEAM, ""))
        if letters:
            yield Line(seamed, block, min(1.0, self._linked / letters))
        self._parts, self._linked = [], 0
