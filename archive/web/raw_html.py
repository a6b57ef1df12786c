"""Make a received page safe to be shown: nothing in it runs, asks for anything or leads anywhere. Pure.

This is the second line of defence. The first is the sandbox and the policy that the page is sent under.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import quote, urljoin

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring, tostring
from lxml_html_clean import Cleaner

from archive.extraction.charset import decode
from archive.extraction.image_addresses import image_address
from archive.page import Page
from archive.web.formatting import web_link

MAX_DATA = 500_000  # characters of an image in a data: URL
MAX_KEPT = 40_000_000  # characters of all kept images in a page: it may show one many times
_RASTER = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+", re.IGNORECASE)
# A grey box; what stands for an image that is not kept.
PLACEHOLDER = "data:image/svg+xml," + quote(
    '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="180"><rect x=".5" y=".5" width="319" height="179" '
    'fill="#eee" stroke="#999" stroke-dasharray="6 4"/></svg>'
)
_CSS_URL = re.compile(r"(?:url|image-set|src)\s*+\(", re.IGNORECASE)
ATTRIBUTES = frozenset(
    {
        "abbr", "align", "alt", "axis", "bgcolor", "border", "cellpadding", "cellspacing", "char", "charoff", "cite",
        "class", "clear", "color", "cols", "colspan", "datetime", "dir", "face", "frame", "headers", "height", "href",
        "hspace", "id", "lang", "name", "nowrap", "open", "reversed", "rowspan", "rules", "scope", "size", "span",
        "src", "start", "style", "summary", "title", "type", "valign", "value", "vspace", "width",
    }
)  # fmt: skip
# Removed with all that is in them, besides scripts, frames and fields of forms.
KILLED = ("base", "link", "meta", "svg", "math", "audio", "video", "canvas", "template", "map", "dialog")
# Removed alone: the parser takes what follows some of them for their content.
UNWRAPPED = (
    "noscript", "picture", "source", "track", "object", "embed", "param", "applet", "bgsound", "area", "portal",
    "fencedframe",
)  # fmt: skip
_PARSER_OPTIONS = {"encoding": "utf-8", "huge_tree": True, "remove_comments": True, "remove_pis": True}


def safe_html(page: Page, encoding: str, kept: Mapping[str, str] = MappingProxyType({})) -> bytes:
    """Return a page in UTF-8 without scripts, frames, forms, refreshes, requests and links.

    encoding: the name of the encoding that the page was decoded with. Links stay as text with their URL as a title,
    those within the page work. Images in the page itself stay; those that are `kept`, by their URLs,
    become the data: URLs there; others become a grey box.
    """
    text = decode(page.body, f"text/html; charset={encoding}", url=page.url).text.replace("\0", "\ufffd")
    root = _parsed(text)
    cleaner = Cleaner(
        page_structure=False,
        style=False,
        inline_style=False,
        remove_unknown_tags=False,
        remove_tags=UNWRAPPED,
        kill_tags=KILLED,
        safe_attrs=ATTRIBUTES,
    )
    images = {element: _source(element, page.url, kept) for element in root.iter("img")}
    cleaner(root)
    room = MAX_KEPT
    for element in root.iter("img"):
        source = kept.get(images.get(element, ""), "")
        if source and len(source) <= room:
            element.set("src", source)
            room -= len(source)
        else:
            _show(element, images.get(element, ""), page.url)
    for element in root.iter(etree.Element):
        _unlink(element, page.url)
        if style := element.get("style"):
            element.set("style", _CSS_URL.sub("none(", style))
        if element.tag == "style" and element.text:
            element.text = _CSS_URL.sub("none(", element.text)
    body: bytes = tostring(root, encoding="utf-8", method="html", doctype="<!DOCTYPE html>")
    return body


def _parsed(text: str) -> HtmlElement:
    """Return the root of a page; one without any element is shown as text."""
    source = text.encode("utf-8", "replace")
    try:
        return document_fromstring(source, parser=HTMLParser(**_PARSER_OPTIONS))
    except etree.ParserError:  # the document is empty
        return document_fromstring("<p></p>")


def _source(image: HtmlElement, base: str, kept: Mapping[str, str]) -> str:
    """Return the URL of an image that is kept, else what the page has as its source."""
    address = image_address(image, base) if kept else None
    source: str = image.get("src") or image.get("data-src") or ""
    return address if address and address in kept else source


def _show(image: HtmlElement, source: str, base: str) -> None:
    """Keep an image that is in the page itself; put a grey box in the place of others, with its address as a title."""
    if len(source) <= MAX_DATA and _RASTER.fullmatch(source):
        image.set("src", source)
        return
    image.set("src", PLACEHOLDER)
    if (address := _absolute(source, base)) and not image.get("title"):
        image.set("title", address)


def _unlink(element: HtmlElement, base: str) -> None:
    """Remove what could lead away from the page: only links within it stay."""
    if element.tag != "img":
        element.attrib.pop("src", None)
    href = element.attrib.pop("href", None)
    if href is None or element.tag != "a":
        return
    if href.startswith("#"):
        element.set("href", href)
    elif (address := _absolute(href, base)) and not element.get("title"):
        element.set("title", address)


def _absolute(address: str, base: str) -> str | None:
    try:
        return web_link(urljoin(base, address.strip()))
    except ValueError:
        return None
