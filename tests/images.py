"""Small image files for tests, and a site whose articles have them."""

import struct
import zlib

from tests.loopback import Reply
from tests.recrawl import HTML, prose
from tests.year.site import words


def png(width: int = 120, height: int = 80, *, seed: int = 0, padding: int = 0) -> bytes:
    """A PNG file of one colour; `padding` bytes follow in a chunk that viewers ignore."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + bytes([seed % 256, 90, 140]) * width) * height
    parts = [chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)), chunk(b"IDAT", zlib.compress(rows))]
    if padding:
        parts.append(chunk(b"paDd", bytes(padding)))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + chunk(b"IEND", b"")


def gif(width: int = 120, height: int = 80) -> bytes:
    """The head of a GIF file, and one pixel."""
    return (
        b"GIF89a"
        + struct.pack("<HH", width, height)
        + bytes.fromhex("800000ffffff0000002c00000000010001000002024401003b")
    )


def jpeg(width: int = 120, height: int = 80) -> bytes:
    """The segments of a JPEG file up to its frame."""
    exif = b"\xff\xe1" + struct.pack(">H", 10) + b"Exif\0\0\xff\xc0"
    return b"\xff\xd8" + exif + b"\xff\xff\xc2" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\1\x11\0\xff\xd9"


def webp(width: int = 120, height: int = 80, form: bytes = b"VP8X") -> bytes:
    """The head of a WebP file in one of its three forms."""
    if form == b"VP8X":
        data = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    elif form == b"VP8L":
        data = b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14)
    else:
        data = bytes(3) + b"\x9d\x01\x2a" + struct.pack("<HH", width, height)
    return b"RIFF" + struct.pack("<I", len(data) + 12) + b"WEBP" + form + struct.pack("<I", len(data)) + data


AVIF = b"\0\0\0\x20ftypavif" + bytes(20)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def illustrated(name: str, *images: str, more: str = "", **headers: str) -> Reply:
    """An article's page with figures between its paragraphs."""
    figures = [
        f'<figure><img src="{url}" alt="alt {n}"><figcaption>Figure {n}.</figcaption></figure>'
        for n, url in enumerate(images)
    ]
    paragraphs = [f"<p>{text}</p>" for text in prose(name)]
    title = words(name, 5).rstrip(".")
    inner = "".join([paragraphs[0], *figures, *paragraphs[1:], f"<p>{more}</p>"])
    body = f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{inner}</article></body></html>"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(body=body.encode(), headers=HTML | named)


def image(body: bytes, media_type: str = "image/png", **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(body=body, headers={"Content-Type": media_type, **named})
