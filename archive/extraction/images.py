"""The images of an article: those that stand between its first and its last line."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from archive.article import Image
from archive.extraction.dom import BLOCK_TAGS, classes, fold
from archive.extraction.text import Block, safe_target

# Where lazy loading keeps the address, in the order in which they are trusted; `src` is then a placeholder.
_SOURCES = (
    "data-original",
    "data-src",
    "data-lazy-src",
    "data-actualsrc",
    "data-echo",
    "data-original-src",
    "_src",
    "src",
)
_NOT_CONTENT = re.compile(
    r"(?:^|[\W_])(?:icon|logo|avatar|sprite|spacer|blank|pixel|qr|qrcode|erweima|emoji|share|ad|ads|banner|btn|button|loading)s?(?:[\W_]|$)"
)
_CHROME = frozenset({"nav", "header", "footer", "aside", "form", "button"})
# An image whose mark-up says that it is smaller is an icon.
MIN_PIXELS = 60
# How many lines before the first and after the last line of the text an image may stand: lead and closing pictures.
MARGIN = 2
_KEY = 60


@dataclass(frozen=True, slots=True)
class _Found:
    image: HtmlElement
    line: int  # how many lines of the page stand before it


def images_of(body: HtmlElement, blocks: Sequence[Block], url: str) -> tuple[Image, ...]:
    """The content images of the repaired `body` with alt text and caption, in order, each address once.

    `position` is the offset into the plain text of `blocks` of the first block after the image.
    """
    if not blocks or body.find(".//img") is None:
        return ()
    found, lines = _walk(body)
    offsets = _offsets(blocks)
    kept = [(number, offsets[key]) for number, key in enumerate(lines) if key in offsets]
    if not kept:
        return ()
    first, last = kept[0][0] - MARGIN, kept[-1][0] + 1 + MARGIN
    images: dict[str, Image] = {}
    for item in found:
        address = _address(item.image, url)
        if address and first <= item.line <= last and _is_content(item.image, address):
            position = next((offset for number, offset in kept if number >= item.line), None)
            alt = fold(item.image.get("alt") or "")
            images.setdefault(address, Image(url=address, alt=alt, caption=_caption(item.image), position=position))
    return tuple(images.values())


def _walk(body: HtmlElement) -> tuple[list[_Found], list[str]]:
    """The images, and the beginnings of all lines, in page order."""
    found: list[_Found] = []
    lines: list[str] = []
    for element in body.iter("img", *BLOCK_TAGS):
        if element.tag == "img":
            found.append(_Found(element, len(lines)))
        elif key := _key(" ".join(_own_text(element))):
            lines.append(key)
    return found, lines


def _own_text(element: HtmlElement) -> Iterator[str]:
    """The text of a block up to its first block inside."""
    yield element.text or ""
    for child in element:
        if child.tag in BLOCK_TAGS:
            return
        yield from child.itertext()
        yield child.tail or ""


def _key(text: str) -> str:
    return re.sub(r"\W+", "", text[: _KEY * 3])[:_KEY]


def _offsets(blocks: Sequence[Block]) -> Mapping[str, int]:
    offsets: dict[str, int] = {}
    position = 0
    for block in blocks:
        offsets.setdefault(_key(block.text), position)
        position += len(block.text) + 2
    offsets.pop("", None)
    return offsets


def _address(image: HtmlElement, url: str) -> str | None:
    for name in _SOURCES:
        value = (image.get(name) or "").strip()
        if value and not value.startswith("data:"):
            address = safe_target(value, url)
            if address and address.startswith("http"):
                return address
    first = (image.get("srcset") or image.get("data-srcset") or "").split(",")[0].split()
    return safe_target(first[0], url) if first and not first[0].startswith("data:") else None


def _is_content(image: HtmlElement, address: str) -> bool:
    sizes = [image.get(side, "").removesuffix("px") for side in ("width", "height")]
    if any(size.isdigit() and int(size) < MIN_PIXELS for size in sizes):
        return False
    if _NOT_CONTENT.search(address.rpartition("/")[2].lower()) or _NOT_CONTENT.search(classes(image)):
        return False
    return not any(ancestor.tag in _CHROME for ancestor in image.iterancestors())


def _caption(image: HtmlElement) -> str:
    figure = next(image.iterancestors("figure"), None)
    caption = figure.find(".//figcaption") if figure is not None else None
    return fold(caption.text_content()) if caption is not None else ""
