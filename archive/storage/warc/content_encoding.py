"""Decode the content encodings of a stored body as the crawler does.

The decoding of warcio would not do: it knows no Zstandard, its Brotli fails with the current library, and a truncated
or wrongly labelled body would give another result than the one that was extracted and that the digest is of.
"""

import io
import struct
import sys
import zlib
from collections.abc import Callable
from gzip import GzipFile

CHUNK = 1 << 16
GZIP = b"\x1f\x8b\x08"


def decode_body(body: bytes, encodings: str) -> bytes:
    """Return the body without the encodings in the value of a Content-Encoding header, the last one undone first.

    Decoding stops at an unknown encoding, and at one that the body does not have. A truncated body is decoded as far as
    it goes.
    """
    names = [name.strip().lower() for name in encodings.split(",")]
    while names and (decode := DECODERS.get(names.pop())):
        decoded = decode(body)
        if decoded is None:
            break
        body = decoded
    return body


def _gunzip(body: bytes) -> bytes | None:
    return _read(GzipFile(fileobj=io.BytesIO(body)).read1) if body.startswith(GZIP) else None


def _inflate(body: bytes) -> bytes | None:
    for bits in (zlib.MAX_WBITS, -zlib.MAX_WBITS):  # some servers omit the zlib header
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
        while parts[-1] and not decompressor.is_finished():  # without a limit it stops early on a truncated body
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
    """Return what can be read before the end or an error, None when an error comes first."""
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
