"""Decode a page: find out its character encoding and where that was declared."""

import codecs
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding

REPLACEMENT = "\ufffd"
# A declared encoding is used if it damages at most this many characters, or this share of the non-ASCII ones. One
# broken byte damages one or two; Chinese UTF-8 read as GB 18030 damages 6 %, GB 18030 read as UTF-8 80 %.
TOLERATED, TOLERATED_SHARE = 2, 0.03
# Bytes are UTF-8 if they hold this many valid characters for each broken one. GB 18030 read as UTF-8 has 0.24.
VALID_PER_BROKEN = 20
# Bytes in which an encoding is detected by statistics (7 ms of CPU).
SAMPLE_BYTES = 16_384
# The common encodings of a language on the web, tried on undeclared bytes by the language that the mark-up names.
BY_LANGUAGE = {"zh": ("gb18030", "big5hkscs"), "ja": ("cp932", "euc_jp"), "ko": ("cp949",), "ru": ("cp1251", "koi8-r")}
_SINGLE_BYTE = frozenset({"cp1252", "iso8859-1", "iso8859-15", "ascii"})
_IMPROBABLE = re.compile("[\x80-\x9f\ue000-\uf8ff]")
_LANGUAGE = re.compile(rb"<html[^>]{0,500}?\blang\s*=\s*[\"']?([A-Za-z]{2})", re.IGNORECASE)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A page's text with the Python name of its encoding; `source` is bom, header, meta, detected or fallback."""

    text: str
    encoding: str
    source: str


def decode(body: bytes, content_type: str = "") -> Decoded:
    """Decode `body`; invalid bytes become U+FFFD. `content_type` is the HTTP header as sent.

    The encoding is decided by, in this order: a byte order mark; whether the bytes beyond ASCII are valid UTF-8, since
    text in another encoding almost never is; the header; the meta tag; statistics. A declared encoding is skipped if it
    damages the text.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return Decoded(body[len(mark) :].decode(name, "replace"), name, "bom")
    declared = _declared(body, content_type)
    text = _as_utf8(body)
    if text is not None:
        return Decoded(text, "utf-8", declared.get("utf-8", "detected"))
    # Single-byte encodings decode any bytes, so they come last: ISO-8859-1 is the default of many servers.
    for name, source in sorted(declared.items(), key=lambda item: item[0] in _SINGLE_BYTE):
        text = body.decode(name, "replace")
        if _is_sound(text):
            return Decoded(text, name, source)
    return _detect(body)


def _declared(body: bytes, content_type: str) -> dict[str, str]:
    """Return the usable encodings that header and meta tag declare, in that order, each with its source."""
    named = ((http_content_type_encoding(content_type), "header"), (html_body_declared_encoding(body), "meta"))
    found: dict[str, str] = {}
    for name, source in named:
        # A meta tag that is readable as ASCII is not in UTF-16 or UTF-32; the HTML standard reads those names as UTF-8.
        usable = "utf-8" if name and source == "meta" and name.startswith(("utf-16", "utf-32")) else name
        if usable and _is_text_encoding(usable):
            found.setdefault(usable, source)
    return found


def _is_text_encoding(name: str) -> bool:
    try:
        "".encode(name)
    except (LookupError, UnicodeError):
        return False
    return name not in {"idna", "punycode", "utf-7", "undefined", "unicode_escape", "raw_unicode_escape"}


def _as_utf8(body: bytes) -> str | None:
    """Return the text if the bytes beyond ASCII are UTF-8 except for a few; None for ASCII and other encodings."""
    if body.isascii():
        return None
    text = body.decode("utf-8", "replace")
    broken = text.count(REPLACEMENT)
    if not broken:
        return text
    beyond = len(text) - len(text.encode("ascii", "ignore")) - broken
    return text if beyond >= broken * VALID_PER_BROKEN else None


def _is_sound(text: str) -> bool:
    """Return whether few of the non-ASCII characters are replacement, private-use or control characters."""
    bad = text.count(REPLACEMENT) + len(_IMPROBABLE.findall(text))
    return bad <= TOLERATED or bad <= TOLERATED_SHARE * (len(text) - len(text.encode("ascii", "ignore")))


def _detect(body: bytes) -> Decoded:
    """Decode undeclared bytes: as UTF-16 if every other byte is zero, by the mark-up's language, or by statistics."""
    if b"\0" in body[:200] and (name := _utf16(body)):
        return Decoded(body.decode(name, "replace"), name, "detected")
    if body.isascii():
        return Decoded(body.decode("ascii"), "utf-8", "fallback")
    for name in _encodings_by_language(body):
        text = body.decode(name, "replace")
        if _is_sound(text):
            return Decoded(text, name, "detected")
    best = from_bytes(_sample(body)).best()
    if best is not None and _is_text_encoding(best.encoding):
        return Decoded(body.decode(best.encoding, "replace"), best.encoding, "detected")
    return Decoded(body.decode("cp1252", "replace"), "cp1252", "fallback")


def _sample(body: bytes) -> bytes:
    """Return the non-ASCII pieces between tags, which the detector overlooks among mark-up."""
    pieces = (piece for piece in re.split(rb"[<>]", body) if not piece.isascii())
    return b"\n".join(pieces)[:SAMPLE_BYTES]


def _utf16(body: bytes) -> str | None:
    """Return the UTF-16 encoding of bytes without a mark, recognised by the zero bytes of ASCII mark-up; else None."""
    head = body[:200]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) < len(head) // 4:
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _encodings_by_language(body: bytes) -> tuple[str, ...]:
    match = _LANGUAGE.search(body[:4096])
    return BY_LANGUAGE.get(match[1].decode().lower(), ()) if match else ()
