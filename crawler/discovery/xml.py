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

from archive.extraction import charset
from crawler.discovery.models import MAX_LINKS

T = TypeVar("T")

_DECLARED = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})")
_ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]{0,40}:)?(rss|rdf|feed|urlset|sitemapindex)\b", re.IGNORECASE)
_HTML = re.compile(r"<(?:html|head|body|title|meta|script)\b", re.IGNORECASE)
_HTML_DOCTYPE = re.compile(r"<!doctype\s+html\b", re.IGNORECASE)
# What stands before a document's first element and may name any element, with its end.
_PROLOG = re.compile(r"<!--|<\?|<!doctype", re.IGNORECASE)
_ENDS = {"<!--": "-->", "<?": "?>"}
_PROLOG_LENGTH = 100_000
_WITHOUT_MARK = {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
_NOT_XML_CHARS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# A CDATA section is kept (to the end if it is not closed). The tags of HTML that a description has unescaped are
# removed: often nothing closes them, so what follows would become their content. Names that feeds use too stay (link,
# title, source, summary, image). Of `&`, only the references that XML defines are kept.
_TO_REPAIR = re.compile(
    r"(<!\[CDATA\[(?:.*?\]\]>|.*\Z))"
    r"|</?(?:a|abbr|b|big|blockquote|br|center|code|dd|del|div|dl|dt|em|figcaption|figure|font|h[1-6]|hr|i|iframe|img|ins"
    r"|li|ol|p|pre|s|small|span|strong|sub|sup|table|tbody|td|th|thead|tr|u|ul|wbr)(?:\s[^<>]*)?/?>"
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
    prolog = _without_prolog(text[:_PROLOG_LENGTH])
    start = _ROOT.search(prolog)
    if not start or _HTML.search(prolog, 0, start.start()):
        is_html = _HTML.search(prolog) or _HTML_DOCTYPE.search(text, 0, _PROLOG_LENGTH)
        return ("html" if is_html else ""), [], warnings
    lead = len(text) - len(text.lstrip())
    root = start[1].lower()
    results, problem = _parse(text[lead:], names, read, recover=False)
    if problem:
        warnings.append(f"malformed XML: {problem[0]} (line {problem[1] + text.count(chr(10), 0, lead)})")
        results, _ = _parse(_repaired(text[start.start() :]), names, read, recover=True)
    elif lead and text.startswith("<?xml", lead):
        warnings.append("malformed XML: white space before the XML declaration")
    return root, results, warnings


def _without_prolog(text: str) -> str:
    """Return text of the same length with spaces for comments, processing instructions and document types."""
    parts, start = [], 0
    while found := _PROLOG.search(text, start):
        closing = _ENDS.get(found[0], ">")
        after = found.end()
        if closing == ">" and 0 <= (subset := text.find("[", after)) < text.find(">", after):
            after = max(text.find("]", subset), after)
        end = text.find(closing, after)
        if end < 0:
            break
        end += len(closing)
        parts += [text[start : found.start()], " " * (end - found.start())]
        start = end
    return "".join([*parts, text[start:]])


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

    The encoding is the first that fits the bytes of: byte order mark, UTF-16 by its zero bytes, declaration, header,
    UTF-8. If none does, it is what statistics take the bytes for, as with pages.
    """
    bom, mark = read_bom(body)
    bom = bom or next((name for start, name in _WITHOUT_MARK.items() if body.startswith(start)), None)
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
    return charset.decode(body, content_type).text, [f"some bytes are not valid {encodings[0]}"]


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
    """Return the text of an element with a URL, unwrapped; empty if it has an entity, which is not expanded."""
    if next(element.iter(etree.Entity), None) is not None:
        return ""
    lines = re.split(r"[\t\r\n]", "".join(element.itertext()))
    return "".join(line.strip(" ") for line in lines).strip()  # the indentation of a wrapped URL is no part of it
