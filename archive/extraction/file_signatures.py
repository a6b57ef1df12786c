"""Recognise bytes that are no text, by file signatures and control characters.

Servers send PDF files, images and archives under any label, text/html included.
"""

import re

# After the table of the MIME Sniffing Standard (https://mimesniff.spec.whatwg.org), with the office formats.
_SIGNATURES = re.compile(
    rb"\x89PNG\r\n|\xff\xd8\xff|GIF8[79]a|BM.{4}\0\0\0\0|RIFF.{4}(?:WEBP|WAVE|AVI )|II\*\0|MM\0\*|\0\0[\x01\x02]\0"
    rb"|PK(?:\x03\x04|\x05\x06|\x07\x08)|\x1f\x8b\x08|Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|BZh[1-9]1AY|\xfd7zXZ\0|\x28\xb5\x2f\xfd"
    rb"|\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1|\{\\rtf|%!PS-|.{4}ftyp|ID3[\x02-\x04]|OggS\0|fLaC|\x1aE\xdf\xa3|wOF[F2]|\0\x01\0\0\0"
    rb"|OTTO\0|\x7fELF|\0asm|SQLite format 3\0",
    re.DOTALL,
)
_PDF = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,64}%PDF-")
_MARKUP = re.compile(
    rb"<(?:!doctype|!--|\?xml|html|head|body|title|meta|script|style|div|p|table|a|h1|br)\b", re.IGNORECASE
)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_HEAD = 1445  # bytes, as in the standard
# Pages hold a few control characters by mistake; in the head of binary files they are a tenth and more.
_CONTROL_SHARE = 0.1


def binary_format(body: bytes) -> str | None:
    """Return "pdf" for a PDF file, "binary" for other bytes that are no text, None for text in any encoding."""
    head = body[:_HEAD]
    if _PDF.match(head):
        return "pdf"
    if _SIGNATURES.match(head):
        return "binary"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or _is_utf16(head):
        return None
    controls = len(_CONTROL.findall(head))
    return "binary" if controls and (controls >= _CONTROL_SHARE * len(head) or not _MARKUP.search(head)) else None


def _is_utf16(head: bytes) -> bool:
    """Return whether every other byte is zero in the mark-up at the start, as in UTF-16 and UTF-32."""
    start = head[:200]
    return (
        max(start[::2].count(0), start[1::2].count(0)) >= len(start) // 4 > 0
        and _MARKUP.search(start.replace(b"\0", b"")) is not None
    )
