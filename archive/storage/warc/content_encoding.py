"""Undoing the content codings of a stored body as a crawl does when it receives one.

warcio does not: it knows no Zstandard, its Brotli fails with today's library, and of a body that was cut short or that
is labelled wrongly it makes something else than what was understood, and what the archive's digest is of.
"""

import io
import struct
import sys
import zlib
from collections.abc import Callable
from gzip import GzipFile

CHUNK = 1 << 16
GZIP = b"\x1f\x8b\x08"


def undo(body: bytes, codings: str) -> bytes:
    """The body without the codings that the value of a Content-Encoding header names, the last one first.

    It stays as it is from an unknown coding on, and where it is not coded as the header says. Of one that is cut
    short, what there is comes back.
    """
    names = [name.strip().lower() for name in codings.split(",")]
    while names and (decode := DECODERS.get(names.pop())):
        decoded = decode(body)
        if decoded is None:
            break
        body = decoded
    return body


def _gunzip(body: bytes) -> bytes | None:
    return _read(GzipFile(fileobj=io.BytesIO(body)).read1) if body.startswith(GZIP) else None


def _inflate(body: bytes) -> bytes | None:
    for bits in (zlib.MAX_WBITS, -zlib.MAX_WBITS):  # some servers leave the header out
        try:
            return zlib.decompressobj(bits).decompress(body)
        except zlib.error:
            continue
    return None


def _unbrotli(body: bytes) -> bytes | None:
    import brotli

    decompressor = brotli.Decompressor()
    try:
        parts = [decompressor.process(body, output_buffer_limit=CHUNK)]
        while parts[-1] and not decompressor.is_finished():  # without a limit it stops early on what is cut short
            parts.append(decompressor.process(b"", output_buffer_limit=CHUNK))
    except brotli.error:
        return None
    return b"".join(parts)


def _unzstd(body: bytes) -> bytes | None:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    try:
        return _read(zstd.ZstdFile(io.BytesIO(body)).read)
    except zstd.ZstdError:
        return None


def _read(read: Callable[[int], bytes]) -> bytes | None:
    """All that can be read before the end or an error; None where that is nothing at all."""
    parts = []
    try:
        while part := read(CHUNK):
            parts.append(part)
    except (OSError, EOFError, struct.error, zlib.error):
        if not parts:
            return None
    return b"".join(parts)


DECODERS: dict[str, Callable[[bytes], bytes | None]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _inflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
