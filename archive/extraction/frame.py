"""The element that frames the article, found by where the page's prose is, shown to trafilatura by a name it knows."""

from collections.abc import Iterator
from contextlib import contextmanager

from lxml.html import HtmlElement
from trafilatura.xpaths import BODY_XPATH

from archive.extraction.prose import weight

# The frame is the innermost container with this share of the prose. Swept .6 to .9 on the 358 development pages:
# F1 of wcxb .951 .951 .950 .950, of health .954 .954 .956 .956, without a frame .944 and .955.
FRAME_PROSE = 0.8
# Where paragraphs hold less of the text outside links, the page is a list or a table and they are beside the matter.
# Swept .2 to .6, F1: zh .963 .962 .962 .977 .977, magic .876 .876 .876 .888 .888, wcxb .951 .951 .948 .948 .948.
PROSE_SHARE = 0.5
_CONTAINERS = frozenset({"article", "div", "main", "section"})


@contextmanager
def shown_frame(root: HtmlElement) -> Iterator[int]:
    """Mark the frame as `itemprop="articleBody"` inside the context, on pages where trafilatura would have to guess;
    gives the page's prose.

    Guessing, it takes the first `content` or `main`, or the whole page with its news lists. Names it knows better
    (`article-body` and the like, `<article>`) stay in charge: over those the frame lost 1 to 2 points.
    """
    total, frame = _find(root)
    known = any(expression(root) for expression in BODY_XPATH[:2])
    if frame is None or known or frame.get("itemprop"):
        yield total
        return
    frame.set("itemprop", "articleBody")
    try:
        yield total
    finally:
        del frame.attrib["itemprop"]


def _find(root: HtmlElement) -> tuple[int, HtmlElement | None]:
    """The prose of all paragraphs that are not mostly links, and the innermost container that has most of it."""
    prose: dict[HtmlElement, int] = {}
    total = 0
    for paragraph in root.iter("p"):
        size = weight(paragraph.text_content())
        if size and 2 * sum(len(link.text_content()) for link in paragraph.iter("a")) < size:
            total += size
            for ancestor in paragraph.iterancestors():
                prose[ancestor] = prose.get(ancestor, 0) + size
    holders = (e for e, size in prose.items() if size >= FRAME_PROSE * total and e.tag in _CONTAINERS)
    body = root.find("body")
    if total < PROSE_SHARE * (weight(body.text_content()) - sum(weight(a.text_content()) for a in body.iter("a"))):
        return total, None
    # Those that hold more than half lie in one line of descent: the innermost has the most ancestors.
    return total, max(holders, key=lambda e: sum(1 for _ in e.iterancestors()), default=None)
