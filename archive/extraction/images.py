"""Select the images of an article: those between its first and its last line."""

import re
from collections.abc import Iterator, Sequence

from lxml.html import HtmlElement

from archive.article import Image
from archive.dom.tree import classes, fold
from archive.extraction.block_positions import BodyLines, PositionedBlock
from archive.extraction.image_addresses import image_address

_NOT_CONTENT = re.compile(
    r"(?:^|[\W_])(?:icon|logo|avatar|sprite|spacer|blank|pixel|qr|qrcode|erweima|emoji|share|ad|ads|banner|btn|button|loading)s?(?:[\W_]|$)"
)
_NOT_CONTENT_TAGS = frozenset({"nav", "header", "footer", "aside", "form", "button"})
# An image that is declared smaller than this in either direction is an icon.
MIN_PIXELS = 60
# Number of lines by which an image may precede the first line of the text or follow the last.
MARGIN = 2


def select_images(page: BodyLines, kept: Sequence[PositionedBlock], url: str) -> tuple[Image, ...]:
    """Return the content images with alt text and caption, in order, each URL once.

    `kept` are the blocks of the article's text, `url` is the page's. An image's `position` is the offset in that text
    of the first block after the image.
    """
    offsets = list(_offsets(kept))
    if not offsets:
        return ()
    first, last = offsets[0][0] - MARGIN, offsets[-1][0] + 1 + MARGIN
    images: dict[str, Image] = {}
    for image, line in page.images:
        address = image_address(image, url) if first <= line <= last else None
        if address and _is_content(image, address):
            position = next((offset for number, offset in offsets if number >= line), None)
            alt = fold(image.get("alt") or "")
            images.setdefault(address, Image(url=address, alt=alt, caption=_caption(image), position=position))
    return tuple(images.values())


def _offsets(kept: Sequence[PositionedBlock]) -> Iterator[tuple[int, int]]:
    """Yield line number and text offset of each block that was found on the page."""
    position = 0
    for item in kept:
        if item.number is not None:
            yield item.number, position
        position += len(item.block.text) + 2


def _is_content(image: HtmlElement, address: str) -> bool:
    sizes = [image.get(side, "").removesuffix("px") for side in ("width", "height")]
    if any(size.isdigit() and int(size) < MIN_PIXELS for size in sizes):
        return False
    if _NOT_CONTENT.search(address.rpartition("/")[2].lower()) or _NOT_CONTENT.search(classes(image)):
        return False
    return not any(ancestor.tag in _NOT_CONTENT_TAGS for ancestor in image.iterancestors())


def _caption(image: HtmlElement) -> str:
    figure = next(image.iterancestors("figure"), None)
    caption = figure.find(".//figcaption") if figure is not None else None
    return fold(caption.text_content()) if caption is not None else ""
