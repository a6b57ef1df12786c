"""Decode a page: find out its character encoding and where that was declared.

Bytes are decoded as browsers do, by the WHATWG Encoding Standard (https://encoding.spec.whatwg.org): Python's codecs
differ in the names they know and in hundreds of characters, such as A3A0 of GBK, row 13 of EUC-JP and Big5.
"""

import codecs
import re
from dataclasses import dataclass

import endec
import webencodings
from chardetng_py.detector import EncodingDetector
from w3lib.encoding import resolve_encoding

from archive.urls.canonical import host_of

REPLACEMENT = "\ufffd"
# A declared encoding is used if it damages at most this many characters, or this share of the non-ASCII ones. One
# broken byte damages one or two; Chinese UTF-8 read as GB 18030 damages 6 %, GB 18030 read as UTF-8 80 %.
TOLERATED, TOLERATED_SHARE = 2, 0.03
# Bytes are UTF-8 if this many bytes beyond ASCII are part of valid characters for each that is broken. Of 200-character
# pieces of labelled texts in other encodings, read as UTF-8, the highest are: GB 18030 .92, Shift_JIS .80, Big5 .52,
# Chinese and Japanese in EUC under 1, Russian in EUC-JP 1.75, encodings of one byte 0.
VALID_PER_BROKEN = 3
# Bytes in which an encoding is detected by statistics (8 ms of CPU).
SAMPLE_BYTES = 16_384
# The top-level domain that stands for a language in the statistics: each expects the encodings of its country. Plain
# "zh" is left to the text, since it may be in GBK or Big5.
_COUNTRIES = {
    "zh-hans": "cn", "zh-cn": "cn", "zh-sg": "cn", "zh-hant": "tw", "zh-tw": "tw", "zh-hk": "hk", "zh-mo": "mo",
    "ja": "jp", "ko": "kr", "ru": "ru", "uk": "ua", "be": "by", "bg": "bg", "sr": "rs", "mk": "mk", "pl": "pl",
    "cs": "cz", "sk": "sk", "hu": "hu", "sl": "si", "hr": "hr", "bs": "ba", "ro": "ro", "sq": "al", "tr": "tr",
    "az": "az", "el": "gr", "he": "il", "ar": "eg", "fa": "ir", "th": "th", "vi": "vn",
    "lt": "lt", "lv": "lv", "et": "ee",
}  # fmt: skip
_WESTERN = "us"
# Names of the Encoding Standard whose Python codec has another name.
_PYTHON_NAMES = {
    "gbk": "gb18030", "big5": "big5hkscs", "shift_jis": "cp932", "euc-kr": "cp949", "windows-874": "cp874",
    "iso-8859-8-i": "iso8859-8", "macintosh": "mac-roman", "x-mac-cyrillic": "mac-cyrillic",
}  # fmt: skip
_WEB_NAMES = {python: web for web, python in _PYTHON_NAMES.items()} | {"gb18030": "gb18030"}
_UNREAD = frozenset({"replacement", "x-user-defined"})  # what browsers show as such, for instance of HZ and ISO-2022-KR
_SINGLE_BYTE = frozenset({"cp1252", "iso8859-15"})
_IMPROBABLE = re.compile("[\x80-\x9f\ue000-\uf8ff]")
_LANGUAGE = re.compile(rb"<html[^>]{0,500}?\blang\s{0,9}=[\s\"']{0,9}([A-Za-z-]{2,12})", re.IGNORECASE)
# A byte beyond ASCII inside a word, quotation marks and dashes aside: without any, the statistics take the degree and
# micro signs of English texts for Chinese or Polish.
_LETTER_IN_WORD = re.compile(rb"[a-z][\x80-\x90\x98-\xff][a-z]|[\x80-\xff]{4}")
_HEADER_LABEL = re.compile(r"charset\s{0,9}=[\s\"']{0,9}([^\s\"';,]{1,40})", re.IGNORECASE)
_META_LABEL = re.compile(
    rb"<meta[^>]{0,400}?charset\s{0,9}=[\s\"']{0,9}([^\s\"';/>]{1,40})"
    rb"|<\?xml[^>]{0,200}?encoding\s{0,9}=[\s\"']{0,9}([^\s\"'?>]{1,40})",
    re.IGNORECASE,
)
_META_BYTES = 4096
_WIDE = ("utf-16", "utf-32")
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


def decode(body: bytes, content_type: str = "", language: str | None = None, url: str = "") -> Decoded:
    """Decode `body`; invalid bytes become U+FFFD. `content_type` is the HTTP header as sent.

    The encoding is decided by, in this order: a byte order mark; whether the bytes beyond ASCII are valid UTF-8, since
    text in another encoding almost never is; the header; the meta tag; statistics, with `language` (a BCP 47 code), the
    language of the mark-up or the country of `url` as a hint. A declared encoding is skipped if it damages the text.
    """
    for mark, name in _BOMS:
        if body.startswith(mark) and (name == "utf-8" or b"\0" in body[:200]):
            return Decoded(body[len(mark) :].decode(name, "replace"), name, "bom")
    declared = _declared(body, content_type)
    text = _as_utf8(body)
    if text is not None:
        return Decoded(text, "utf-8", declared.get("utf-8", "detected"))
    # Single-byte encodings decode any bytes, so they come last: ISO-8859-1 is the default of many servers.
    for name, source in sorted(declared.items(), key=lambda item: item[0] in _SINGLE_BYTE):
        text = _text(body, name)
        if _is_sound(text):
            return Decoded(text, name, source)
    return _detect(body, _hint(body, language, url))


def _declared(body: bytes, content_type: str) -> dict[str, str]:
    """Return the usable encodings that header and meta tag declare, in that order, each with its source."""
    header, meta = _HEADER_LABEL.search(content_type[:1000]), _META_LABEL.search(body[:_META_BYTES])
    found: dict[str, str] = {}
    if header and (name := encoding_of(header[1])) and not (name.startswith(_WIDE) and b"\0" not in body[:200]):
        found[name] = "header"
    if meta and (name := encoding_of((meta[1] or meta[2]).decode("ascii", "replace"))):
        # A meta tag that is readable as ASCII is not in UTF-16 or UTF-32; the HTML standard reads those names as UTF-8.
        found.setdefault("utf-8" if name.startswith(_WIDE) else name, "meta")
    return found


def encoding_of(label: str) -> str | None:
    """Return the Python name of the encoding that browsers know by that label, or else Python; None if neither does."""
    known = webencodings.lookup(label)
    if known is not None and known.name not in _UNREAD:
        return _PYTHON_NAMES.get(known.name) or codecs.lookup(known.name).name
    name = resolve_encoding(label)
    return name if name and _is_text_encoding(name) else None


def _is_text_encoding(name: str) -> bool:
    try:
        "".encode(name)
    except (LookupError, UnicodeError):
        return False
    return name.replace("_", "-") not in {
        "idna",
        "punycode",
        "utf-7",
        "undefined",
        "unicode-escape",
        "raw-unicode-escape",
    }


def _text(body: bytes, name: str) -> str:
    """Return `body` decoded as browsers do; with Python's codec where browsers have no such encoding."""
    label = _WEB_NAMES.get(name, name)
    known = webencodings.lookup(label.replace("iso2022_jp", "iso-2022-jp").replace("_", "-"))
    if known is None or known.name in _UNREAD:
        return body.decode(name, "replace")
    return endec.decode(body, known.name, "replace", bom="ignore")


def _as_utf8(body: bytes) -> str | None:
    """Return the text if the bytes beyond ASCII are UTF-8 except for a few; None for ASCII and other encodings."""
    if body.isascii():
        return None
    text = body.decode("utf-8", "replace")
    broken = text.count(REPLACEMENT)
    if not broken:
        return text
    beyond = len(text.encode()) - len(text.encode("ascii", "ignore")) - len(REPLACEMENT.encode()) * broken
    return text if beyond >= broken * VALID_PER_BROKEN else None


def _is_sound(text: str) -> bool:
    """Return whether few of the non-ASCII characters are replacement, private-use or control characters."""
    bad = text.count(REPLACEMENT) + len(_IMPROBABLE.findall(text))
    return bad <= TOLERATED or bad <= TOLERATED_SHARE * (len(text) - len(text.encode("ascii", "ignore")))


def _detect(body: bytes, hint: str | None) -> Decoded:
    """Decode undeclared bytes: as UTF-16 if every other byte is zero, else by statistics."""
    if b"\0" in body[:200] and (name := _utf16(body)):
        return Decoded(body.decode(name, "replace"), name, "detected")
    if body.isascii() and b"\x1b$" not in body:
        return Decoded(body.decode("ascii"), "utf-8", "fallback")
    detector = EncodingDetector()
    detector.feed(_sample(body), last=False)  # the last character may be cut
    name = encoding_of(detector.guess(tld=hint.encode() if hint else None, allow_utf8=False)) or "cp1252"
    return Decoded(_text(body, name), name, "detected")


def _hint(body: bytes, language: str | None, url: str) -> str | None:
    """Return the top-level domain whose encodings are expected; None if the text alone decides."""
    match = _LANGUAGE.search(body[:_META_BYTES])
    country = host_of(url).rpartition(".")[2]
    for code in (language or "", match[1].decode("ascii") if match else ""):
        parts = code.lower().split("-")
        for end in range(len(parts), 0, -1):
            if known := _COUNTRIES.get("-".join(parts[:end])):
                return known
        if parts[0] == "zh":
            return country if country in {"cn", "tw", "hk", "mo", "sg"} else None
        if parts[0]:
            return _WESTERN
    if len(country) == 2 and country.isascii() and country.isalpha():
        return country
    return None if _LETTER_IN_WORD.search(body) else _WESTERN


def _sample(body: bytes) -> bytes:
    """Return the pieces between tags that are not ASCII, or all of ISO-2022-JP, which is."""
    pieces = [piece for piece in re.split(rb"[<>]", body) if not piece.isascii()] or [body]
    return b"\n".join(pieces)[:SAMPLE_BYTES]


def _utf16(body: bytes) -> str | None:
    """Return the UTF-16 encoding of bytes without a mark, recognised by the zero bytes of ASCII mark-up; else None."""
    head = body[:200]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) < len(head) // 4:
        return None
    return "utf-16-be" if even > odd else "utf-16-le"
