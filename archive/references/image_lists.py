"""Find reference lists that a page shows as images, whose entries no text holds."""

from collections.abc import Iterator

from lxml.html import HtmlElement

from archive.references.headings import read_heading

_LONGEST_HEADING = 60  # characters
_MOST_WRAPPERS = 3  # elements around the image that hold nothing else


def take_image_lists(root: HtmlElement) -> tuple[str, ...]:
    """Return the headings for references that images follow and no lines; remove the headings from `root`.

    The images stay: they are all that the page shows of its references. Call it after `take_lists`, which removes the
    headings of lists that have lines.
    """
    found: dict[HtmlElement, str] = {}
    for image in root.iter("img"):
        for heading in _elements_before(image):
            text = _short_text(heading)
            if text and (words := read_heading(text)) and words.sure and heading.find(".//a") is None:
                found[heading] = text
    for heading in found:
        heading.drop_tree()
    return tuple(found.values())


def _elements_before(image: HtmlElement) -> Iterator[HtmlElement]:
    """Yield the element before an image that is alone in its wrappers, past other images, one at most."""
    element = image
    for _ in range(_MOST_WRAPPERS):
        if (element.tail or "").strip():
            return
        previous = element.getprevious()
        if previous is not None:
            if isinstance(previous.tag, str) and previous.tag != "img" and not (previous.tail or "").strip():
                yield previous
            return
        parent = element.getparent()
        if parent is None or (parent.text or "").strip() or element.getnext() is not None:
            return
        element = parent


def _short_text(element: HtmlElement) -> str:
    """Return the text of an element with white space folded, empty if it is longer than a heading."""
    parts: list[str] = []
    length = 0
    for part in element.itertext():
        length += len(part)
        if length > _LONGEST_HEADING:
            return ""
        parts.append(part)
    return " ".join("".join(parts).split())
