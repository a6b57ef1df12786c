"""Recognise image files by their first bytes, and read their size. Pure.

Only formats that browsers show and that hold nothing active: SVG is none of them.
"""

from typing import NamedTuple

MEDIA_TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/avif")

_AVIF = (b"ftypavif", b"ftypavis")
# Segments of a JPEG file that begin with the size: SOF0 to SOF15, without DHT, JPG and DAC.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})
_MOST_SEGMENTS = 1_000  # before the size


class ImageFormat(NamedTuple):
    """What an image file is, one of MEDIA_TYPES, and its size in pixels as far as its head tells."""

    media_type: str
    width: int | None = None
    height: int | None = None


def image_format(body: bytes) -> ImageFormat | None:
    """Return the format of an image file, None for anything else."""
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        at = 16 if body[12:16] == b"IHDR" else len(body)
        return _sized("image/png", _number(body, at, 4, "big"), _number(body, at + 4, 4, "big"))
    if body.startswith((b"GIF87a", b"GIF89a")):
        return _sized("image/gif", _number(body, 6, 2), _number(body, 8, 2))
    if body.startswith(b"\xff\xd8\xff"):
        return _sized("image/jpeg", *_jpeg_size(body))
    if body.startswith(b"RIFF") and body[8:12] == b"WEBP":
        return _sized("image/webp", *_webp_size(body))
    if body[4:12] in _AVIF:
        return ImageFormat("image/avif")
    return None


def _sized(media_type: str, width: int | None, height: int | None) -> ImageFormat:
    return ImageFormat(media_type, width, height) if width and height else ImageFormat(media_type)


def _number(body: bytes, at: int, length: int, order: str = "little") -> int | None:
    """Return the number at an offset, None behind the end."""
    found = body[at : at + length]
    return int.from_bytes(found, "big" if order == "big" else "little") if len(found) == length else None


def _jpeg_size(body: bytes) -> tuple[int | None, int | None]:
    at = 2
    for _ in range(_MOST_SEGMENTS):
        marker, length = _number(body, at + 1, 1), _number(body, at + 2, 2, "big")
        if body[at : at + 1] != b"\xff" or marker is None or length is None:
            break
        if marker in _FRAMES:
            return _number(body, at + 7, 2, "big"), _number(body, at + 5, 2, "big")
        if marker == 0xFF:  # a fill byte
            at += 1
        else:
            at += 2 if marker in _WITHOUT_LENGTH else 2 + length
    return None, None


def _webp_size(body: bytes) -> tuple[int | None, int | None]:
    """Return the size in one of the three forms of https://developers.google.com/speed/webp/docs/riff_container."""
    form = body[12:16]
    if form == b"VP8X":
        wide, high = _number(body, 24, 3), _number(body, 27, 3)
        return (None, None) if wide is None or high is None else (wide + 1, high + 1)
    if form == b"VP8L":
        bits = _number(body, 21, 4)
        return (None, None) if bits is None else ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    wide, high = _number(body, 26, 2), _number(body, 28, 2)
    return (None, None) if form != b"VP8 " or wide is None or high is None else (wide & 0x3FFF, high & 0x3FFF)
