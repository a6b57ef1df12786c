"""Parse untrusted XML: strictly, else repaired and as far as possible. No DTD, no entities, no network.

lxml is used rather than feedparser: 600 KB of unclosed tags take feedparser 6.0.14 4.5 s, and 280 KB of nested
`xml:base` more than 15 s; here 1 MB of either takes less than 0.5 s. feedparser also takes a guid `abc123` for a link.
"""

import html
import re
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from lxml import etree
from w3lib.encoding import http_content_type_encoding, read_bom

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
PIECE = 1 << 16  # bytes or characters that are decoded, repaired and parsed at once
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
    `read` gets a complete lxml element with its ancestors. The body is decoded and parsed piece by piece, and each
    element is emptied afterwards, so memory is bounded by the body and the results. Parsing stops after more than
    MAX_LINKS results.
    """
    document = decode(body, content_type)
    warnings = list(document.warnings)
    head = _head(document.pieces(), _PROLOG_LENGTH)
    prolog = _without_prolog(head)
    start = _ROOT.search(prolog)
    if not start or _HTML.search(prolog, 0, start.start()):
        is_html = _HTML.search(prolog) or _HTML_DOCTYPE.search(head)
        return ("html" if is_html else ""), [], warnings
    lead = len(head) - len(head.lstrip())
    root = start[1].lower()
    results, problem = _parse(_from(document.pieces(), lead), names, read, recover=False)
    if problem:
        warnings.append(f"malformed XML: {problem[0]} (line {problem[1] + head.count(chr(10), 0, lead)})")
        results, _ = _parse(_repaired(_from(document.pieces(), start.start())), names, read, recover=True)
    elif lead and head.startswith("<?xml", lead):
        warnings.append("malformed XML: white space before the XML declaration")
    return root, results, warnings


def _head(pieces: Iterable[str], length: int) -> str:
    """Return the first characters of a text."""
    parts, found = [], 0
    for piece in pieces:
        parts.append(piece)
        found += len(piece)
        if found >= length:
            break
    return "".join(parts)[:length]


def _from(pieces: Iterable[str], start: int) -> Iterator[str]:
    """Yield the pieces of a text from a position on."""
    for piece in pieces:
        if start < len(piece):
            yield piece[start:]
        start = max(0, start - len(piece))


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


class _Stream:
    """Pieces of text as a file of UTF-8 that lxml reads from."""

    def __init__(self, pieces: Iterable[str]) -> None:
        self._pieces = (piece.encode("utf-8", "replace") for piece in pieces)
        self._rest = memoryview(b"")

    def read(self, size: int) -> bytes:
        if not self._rest:
            self._rest = memoryview(next((piece for piece in self._pieces if piece), b""))
        found, self._rest = self._rest[:size], self._rest[size:]
        return bytes(found)


def _parse(
    pieces: Iterable[str], names: frozenset[str], read: Callable[[Any], list[T]], *, recover: bool
) -> tuple[list[T], tuple[str, int] | None]:
    """Return the results, and the problem that stopped the parser with its line, or None."""
    results: list[T] = []
    events = etree.iterparse(
        _Stream(pieces),
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
    except etree.XMLSyntaxError as error:
        # The error that is raised is the last one, often only that the document ended. The log may be empty.
        message, line = next(((each.message, each.line) for each in events.error_log), (error.msg, error.lineno))
        return results, ((message or "no elements").split("\n")[0].rstrip(". "), line or 1)
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


@dataclass(frozen=True, slots=True)
class Document:
    """A body and how it is decoded; `text` is that of a body that is in none of the encodings that it may be in."""

    body: bytes = field(repr=False)
    encoding: str
    start: int = 0  # of the text, behind a byte order mark
    text: str | None = field(default=None, repr=False)
    warnings: tuple[str, ...] = ()

    def pieces(self) -> Iterator[str]:
        """Yield the text in pieces, decoded one by one."""
        if self.text is not None:
            yield from (self.text[at : at + PIECE] for at in range(0, len(self.text), PIECE))
            return
        yield from _decoded(self.body, self.encoding, self.start)


def decode(body: bytes, content_type: str = "") -> Document:
    """Find the encoding of an XML document.

    It is the first that fits the bytes of: byte order mark, UTF-16 by its zero bytes, declaration, header, UTF-8. If
    none does, it is what statistics take the bytes for, as with pages.
    """
    bom, mark = read_bom(body)
    bom = bom or next((name for start, name in _WITHOUT_MARK.items() if body.startswith(start)), None)
    declared = _DECLARED.match(body)
    label = declared[1].decode("ascii") if declared else ""
    if label.lower().startswith(("utf-16", "utf-32", "ucs-")):
        label = ""  # the declaration was readable as ASCII, so it is wrong
    labels = [bom, label, http_content_type_encoding(content_type), "utf-8"]
    encodings = [known for label in labels if label and (known := charset.encoding_of(label))]
    start = len(mark or b"")
    for encoding in encodings:
        try:
            for _ in _decoded(body, encoding, start):
                pass
        except UnicodeError:  # of which decoders raise others than UnicodeDecodeError: no byte order mark in UTF-16
            continue
        return Document(body, encoding, start)
    found = charset.decode(body, content_type)
    warnings = (f"some bytes are not valid {encodings[0]}",)
    return Document(body, found.encoding, text=found.text, warnings=warnings)


def _decoded(body: bytes, encoding: str, start: int) -> Iterator[str]:
    """Yield the text in pieces. Raises UnicodeError."""
    decoder, view = getincrementaldecoder(encoding)(), memoryview(body)
    for at in range(start, len(body), PIECE):
        yield decoder.decode(view[at : at + PIECE])
    yield decoder.decode(b"", final=True)


def _repaired(pieces: Iterable[str]) -> Iterator[str]:
    """Repair what breaks a parser: lone `&`, HTML entities, control characters, a truncated end."""
    rest, longest = "", PIECE
    for piece in pieces:
        rest += piece
        if len(rest) >= longest:
            end = _end_of_markup(rest)
            yield _TO_REPAIR.sub(_replacement, _NOT_XML_CHARS.sub("", rest[:end]))
            rest = rest[end:]
            longest = max(PIECE, 2 * len(rest))  # a long CDATA section is not searched again for every piece
    # A URL truncated at the end would be wrong, so the text after the last tag is dropped.
    rest = rest[: max(rest.rfind(">") + 1, rest.rfind("<"))]
    yield _TO_REPAIR.sub(_replacement, _NOT_XML_CHARS.sub("", rest))


def _end_of_markup(text: str) -> int:
    """Return where a text can be parted: behind its last tag, and outside a CDATA section."""
    opening = text.rfind("<![CDATA[")
    if opening >= 0 and text.find("]]>", opening) < 0:
        return opening
    return text.rfind(">") + 1


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
