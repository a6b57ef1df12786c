"""Parse untrusted XML: strictly, else repaired and as far as possible. No DTD, no entities, no network.

lxml is used rather than feedparser: 600 KB of unclosed tags take feedparser 6.0.14 4.5 s, and 280 KB of nested
`xml:base` more than 15 s; here 1 MB of either takes less than 0.5 s. feedparser also takes a guid `abc123` for a link.
"""

import html
import io
import re
from collections.abc import Callable
from typing import Any, TypeVar

from lxml import etree
from w3lib.encoding import http_content_type_encoding, read_bom, resolve_encoding

from crawler.discovery.models import MAX_LINKS

T = TypeVar("T")

_DECLARED = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})")
_ROOT = re.compile(r"<(?:[A-Za-z]{1,20}:)?(rss|rdf|feed|urlset|sitemapindex)\b", re.IGNORECASE)
_HTML = re.compile(r"<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_NOT_XML_CHARS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# A CDATA section is kept (to the end if it is not closed). HTML's void elements are removed: nothing closes them, so
# what follows would become their content. Of `&`, only the references that XML defines are kept.
_TO_REPAIR = re.compile(
    r"(<!\[CDATA\[(?:.*?\]\]>|.*\Z))"
    r"|<(?:br|hr|img|wbr)(?:\s[^<>]*)?>"
    r"|&(#[0-9]{1,7};|#[xX][0-9A-Fa-f]{1,6};|(?:amp|lt|gt|quot|apos);)"
    r"|&([A-Za-z0-9]{2,31};)?",
    re.DOTALL,
)


def read_elements(
    body: bytes, names: frozenset[str], read: Callable[[Any], list[T]], content_type: str = ""
) -> tuple[str, list[T], list[str]]:
    """Call `read` for every element with one of these local names, in the order of the document.

    Return the local name of the root (`html` for an HTML page, empty if there is no XML), the results and warnings.
    `read` gets a complete lxml element with its ancestors. The element is emptied afterwards, so memory is bounded by
    the results. Parsing stops after more than MAX_LINKS results.
    """
    text, warnings = decode(body, content_type)
    start = _ROOT.search(text)
    if not start:
        return ("html" if _HTML.search(text[:10_000]) else ""), [], warnings
    if _HTML.search(text[: start.start()]):
        return "html", [], warnings
    lead = len(text) - len(text.lstrip())
    root = start[1].lower()
    results, problem = _parse(text[lead:], names, read, recover=False)
    if problem:
        warnings.append(f"malformed XML: {problem[0]} (line {problem[1] + text.count(chr(10), 0, lead)})")
        results, _ = _parse(_repaired(text[start.start() :]), names, read, recover=True)
    elif lead and text.startswith("<?xml", lead):
        warnings.append("malformed XML: white space before the XML declaration")
    return root, results, warnings


def _parse(
    text: str, names: frozenset[str], read: Callable[[Any], list[T]], *, recover: bool
) -> tuple[list[T], tuple[str, int] | None]:
    """Return the results, and the problem that stopped the parser with its line, or None."""
    results: list[T] = []
    events = etree.iterparse(
        io.BytesIO(text.encode("utf-8", "replace")),
        events=("end",),
        encoding="utf-8",
        recover=recover,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        for _, element in events:
            if local_name(element) in names:
                results += read(element)
                _free(element, names)
                if len(results) > MAX_LINKS:
                    break
    except etree.XMLSyntaxError:
        first = events.error_log[0]  # the error that is raised is the last one, often only that the document ended
        return results, (first.message.split("\n")[0].rstrip(". "), first.line)
    return results, None


def _free(element: Any, names: frozenset[str]) -> None:
    """Empty an element that was read, and remove its earlier siblings, unless a parent is still to be read."""
    element.clear()
    parent = element.getparent()
    while parent is not None and local_name(parent) not in names and parent[0] is not element:
        del parent[0]


def local_name(element: Any) -> str:
    """Return the tag in lower case, without namespace and without an undeclared prefix."""
    tag = element.tag
    return str(tag).rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


def decode(body: bytes, content_type: str = "") -> tuple[str, list[str]]:
    """Decode an XML document; return its text and warnings.

    The encoding is the first that fits the bytes of: byte order mark, declaration, header, UTF-8. So GBK labelled as
    UTF-8 is decoded if either the document or the header is right.
    """
    bom, mark = read_bom(body)
    declared = _DECLARED.match(body)
    label = declared[1].decode("ascii") if declared else ""
    if label.lower().startswith(("utf-16", "utf-32", "ucs-")):
        label = ""  # the declaration was readable as ASCII, so it is wrong
    labels = [bom, label, http_content_type_encoding(content_type), "utf-8"]
    encodings = [known for label in labels if label and (known := resolve_encoding(label))]
    for encoding in encodings:
        try:
            return body.removeprefix(mark or b"").decode(encoding), []
        except UnicodeDecodeError:
            continue
    text = body.removeprefix(mark or b"").decode(encodings[0], "replace")
    return text, [f"some bytes are not valid {encodings[0]}"]


def _repaired(text: str) -> str:
    """Repair what breaks a parser: lone `&`, HTML entities, control characters, a truncated end."""
    # A URL truncated at the end would be wrong, so the text after the last tag is dropped.
    text = text[: max(text.rfind(">") + 1, text.rfind("<"))]
    return _TO_REPAIR.sub(_replacement, _NOT_XML_CHARS.sub("", text))


def _replacement(match: re.Match[str]) -> str:
    cdata, reference, name = match.groups()
    if cdata or reference:
        return match[0]
    if match[0].startswith("<"):
        return " "
    return html.escape(html.unescape(f"&{name}"), quote=False) if name else "&amp;"


def text_of(element: Any) -> str:
    """Return the text of an element and its descendants, with white space collapsed."""
    return " ".join("".join(element.itertext()).split())


def url_text(element: Any) -> str:
    """Return the text of an element with a URL; empty if it has an entity, since entities are not expanded."""
    return "" if next(element.iter(etree.Entity), None) is not None else text_of(element)
