"""Find the content root, the element that holds most of a page's prose, and show only that to trafilatura."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from lxml.html import HtmlElement
from trafilatura.xpaths import BODY_XPATH

from archive.text.scripts import count_cjk

# The content root is the innermost container with this share of the prose. Swept .6 to .9 on the 358 labelled pages
# when the root was only marked for trafilatura: F1 of wcxb .951 .951 .950 .950, of health .954 .954 .956 .956, without
# .944 .955. What is beside it is hidden: on the half of the pages that decides, aeb .9775 to .9787, all .9550 to .9553;
# with .9, .9775 and .9550.
ROOT_PROSE = 0.8
# Where paragraphs hold less than this share of the text outside links, the page is a list or a table, and its
# paragraphs do not show where the content is.
# Swept .2 to .6, F1: zh .963 .962 .962 .977 .977, magic .876 .876 .876 .888 .888, wcxb .951 .951 .948 .948 .948.
PROSE_SHARE = 0.5
# The same for a container that holds the title: of the page's text. Less is a page whose text is in other elements.
TITLED_SHARE = 0.2
# A line with fewer letters than this is not prose; a CJK character counts as two.
PROSE = 80
# Of elements with the same name, trafilatura may take the first if it has at least this share of their prose.
NAMED_PROSE = 0.8
# Notices that hold more prose than many articles.
_CONSENT = re.compile(r"(?:^|[\s_-])(?:cookie\w*|consent\w*|gdpr|onetrust|ot-pc|cmp)(?:[\s_-]|$)")
_PAGE = frozenset({"html", "body"})
_CONTAINERS = frozenset({"article", "div", "main", "section"})


@dataclass(frozen=True, slots=True)
class ContentRoot:
    """The prose weight of all paragraphs of a page, and the container that holds most of it, None if none does."""

    prose: int
    element: HtmlElement | None = None


@contextmanager
def isolated_content_root(root: HtmlElement) -> Iterator[ContentRoot]:
    """Hide what is beside the content root while the context is open, except headings `<h1>`.

    The content root is also marked as `itemprop="articleBody"` unless trafilatura knows a better element by its name
    (`article-body` and the like, `<article>`): marking it over those lost 1 to 2 points of F1. Without a mark
    trafilatura takes the first `content` or `main`, or the whole page with its lists of news.
    """
    content_root = find_content_root(root)
    element = content_root.element
    if element is None:
        yield content_root
        return
    hidden = _hide_beside(element)
    known = _is_known(root, element) or element.get("itemprop")
    if not known:
        element.set("itemprop", "articleBody")
    try:
        yield content_root
    finally:
        if not known:
            del element.attrib["itemprop"]
        for parent, index, sibling in hidden:
            parent.insert(index, sibling)


def _is_known(root: HtmlElement, element: HtmlElement) -> bool:
    """Return whether trafilatura knows an element by its name, and no other of that name has much of the prose.

    Of a text in two containers named `story-text` it takes the first only.
    """
    named = next((found[0] for expression in BODY_XPATH[:2] if (found := expression(root))), None)
    if named is None:
        return False
    name = named.get("class")
    twins = [other for other in element.iter(named.tag) if name and other.get("class") == name]
    held = [sum(prose_weight(p.text_content()) for p in twin.iter("p")) for twin in twins] if len(twins) > 1 else [1]
    return held[0] >= NAMED_PROSE * sum(held)


def _alike(element: HtmlElement) -> Iterator[HtmlElement]:
    """Yield the siblings of an element that have its tag and class."""
    parent, name = element.getparent(), element.get("class")
    for sibling in parent if parent is not None and name else ():
        if sibling is not element and sibling.tag == element.tag and sibling.get("class") == name:
            yield sibling


def _hide_beside(element: HtmlElement) -> list[tuple[HtmlElement, int, HtmlElement]]:
    """Remove the siblings of an element and of its ancestors; return their (parent, index, element) in order."""
    hidden = []
    while element.tag != "body" and (parent := element.getparent()) is not None:
        for index, sibling in enumerate(parent):
            if sibling is not element and sibling.tag != "h1" and sibling.find(".//h1") is None:
                hidden.append((parent, index, sibling))
        element = parent
    for parent, _, sibling in hidden:
        parent.remove(sibling)
    return hidden


def find_content_root(root: HtmlElement) -> ContentRoot:
    """Return the content root of a repaired tree; hidden paragraphs and those that are mostly links do not count."""
    prose: dict[HtmlElement, int] = {}
    hidden: dict[HtmlElement, bool] = {}
    total = 0
    for paragraph in root.iter("p"):
        size = prose_weight(paragraph.text_content())
        if not size or 2 * sum(len(link.text_content()) for link in paragraph.iter("a")) >= size:
            continue
        if is_inside_hidden(paragraph.getparent(), hidden):
            continue
        total += size
        for ancestor in paragraph.iterancestors():
            prose[ancestor] = prose.get(ancestor, 0) + size
    # Containers with more than half of the prose are nested in each other: the innermost has the most ancestors.
    holders = (e for e, size in prose.items() if size >= ROOT_PROSE * total and e.tag in _CONTAINERS)
    element = max(holders, key=lambda e: sum(1 for _ in e.iterancestors()), default=None)
    if element is None or not _is_mostly_paragraphs(element, root, prose[element], total):
        return ContentRoot(total)
    return ContentRoot(total, _with_alike(element, prose))


def _is_mostly_paragraphs(element: HtmlElement, root: HtmlElement, held: int, total: int) -> bool:
    """Return whether paragraphs are most of the page's text, or of a container's that holds the page's title."""
    text = _unlinked(root.find("body"))
    if total >= PROSE_SHARE * text:
        return True
    return (
        total >= TITLED_SHARE * text and element.find(".//h1") is not None and held >= PROSE_SHARE * _unlinked(element)
    )


def _unlinked(element: HtmlElement) -> int:
    return prose_weight(element.text_content()) - sum(prose_weight(link.text_content()) for link in element.iter("a"))


def _with_alike(element: HtmlElement, prose: dict[HtmlElement, int]) -> HtmlElement:
    """Return the parent of a container whose siblings with the same tag and class have prose too, else itself."""
    parent = element.getparent()
    if parent is None or parent.tag not in _CONTAINERS:
        return element
    return parent if any(prose.get(sibling) for sibling in _alike(element)) else element


def is_inside_hidden(element: HtmlElement | None, known: dict[HtmlElement, bool]) -> bool:
    """Return whether an element or one around it is hidden; `known` caches the result by element."""
    path: list[HtmlElement] = []
    while element is not None and element not in known:
        path.append(element)
        element = element.getparent()
    inside = known.get(element, False) if element is not None else False
    for below in reversed(path):
        inside = known[below] = inside or _is_hidden(below)
    return inside


def _is_hidden(element: HtmlElement) -> bool:
    if "hidden" in element.attrib or "display:none" in (element.get("style") or "").replace(" ", "").lower():
        return True
    name = f"{element.get('class', '')} {element.get('id', '')}".lower()
    return element.tag not in _PAGE and bool(_CONSENT.search(name))


def prose_weight(text: str) -> int:
    """Return the number of letters in a line of prose, CJK characters counted twice; 0 if it is too short for prose."""
    if 2 * len(text) < PROSE:
        return 0
    size = len(text) + count_cjk(text)
    return size if size >= PROSE else 0
