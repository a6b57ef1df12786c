"""Undo the encodings of a body: as it is fetched, and when it is read from a WARC file.

The decoders of Scrapy and warcio would not do: Scrapy's take half a body for a whole one and fail on a wrong label,
warcio's know no Zstandard. One decoder for both makes sure that what is read later is what was extracted.
"""

import re
import sys
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import NamedTuple

CHUNK = 1 << 16
GZIP = b"\x1f\x8b\x08"  # the start of a gzip member
ZSTD = b"\x28\xb5\x2f\xfd"

# Neither deflate nor Brotli has a signature. A body that begins so is not compressed, whatever its label says.
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<[!?/a-z]", re.IGNORECASE)


_SIZE_LINE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,1000})?\r?\n")


class DecodedBody(NamedTuple):
    """A body without its encodings; `complete` is false where the compressed data end too early or are damaged."""

    body: bytes
    complete: bool = True


class OversizeError(ValueError):
    """A body is larger than permitted."""


class _Damaged(Exception):  # noqa: N818 it ends a series of pieces
    """The data end before the end of the compressed stream, or cannot be decompressed any further."""


class _NotCoded(Exception):  # noqa: N818
    """The body does not have the encoding."""


def decode_body(body: bytes, encodings: str, limit: int = 0) -> DecodedBody:
    """Return the body without the encodings in the value of a Content-Encoding header, the last one undone first.

    Decoding stops at an unknown encoding, and at one that the body does not have. A body that is cut short is decoded
    as far as it goes. Raises OversizeError when it would be larger than `limit` bytes (0: no limit).
    """
    return _undone(body, encodings, lambda pieces: _joined(pieces, limit))


def undo_chunks(body: bytes) -> bytes:
    """Return a body without the chunked transfer encoding; one that does not have it as it is.

    A body that ends too early is returned as far as it goes.
    """
    parts: list[bytes] = []
    at = 0
    while (line := _SIZE_LINE.match(body, at)) is not None:
        size = int(line[1], 16)
        if size == 0:
            return b"".join(parts)
        parts.append(body[line.end() : line.end() + size])
        at = line.end() + size
        if at > len(body):
            return b"".join(parts)
        at += 2 if body[at : at + 2] == b"\r\n" else body[at : at + 1] == b"\n"
    return b"".join(parts) if parts and at >= len(body) else body


def decode_head(body: bytes, encodings: str, size: int) -> bytes:
    """Return the first `size` bytes of what `decode_body` returns; the rest is not decoded."""
    return _undone(body, encodings, lambda pieces: _joined(_until(pieces, size))).body[:size]


def _undone(body: bytes, encodings: str, join: Callable[[Iterator[bytes]], DecodedBody]) -> DecodedBody:
    names = [name.strip().lower() for name in encodings.split(",")]
    complete = True
    while body and names and (pieces := DECODERS.get(names.pop())):
        try:
            decoded = join(pieces(body))
        except _NotCoded:
            break
        body, complete = decoded.body, complete and decoded.complete
    return DecodedBody(body, complete)


def _until(pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
    """Yield pieces until they have `size` bytes."""
    for piece in pieces:
        yield piece
        size -= len(piece)
        if size <= 0:
            return


def _joined(pieces: Iterable[bytes], limit: int = 0) -> DecodedBody:
    parts: list[bytes] = []
    size = 0
    try:
        for piece in pieces:
            size += len(piece)
            if limit and size > limit:
                raise OversizeError(f"more than {limit:,} bytes")
            parts.append(piece)
    except _Damaged:
        return DecodedBody(b"".join(parts), complete=False)
    return DecodedBody(b"".join(parts))


def _gunzip(body: bytes) -> Iterator[bytes]:
    if not body.startswith(GZIP) and not GZIP.startswith(body):
        raise _NotCoded
    while body.startswith(GZIP):  # a body may have several members; what follows the last one is padding
        body = yield from _zlib_pieces(zlib.decompressobj(zlib.MAX_WBITS + 16), body)
    if body and GZIP.startswith(body):
        raise _Damaged


def _inflate(body: bytes) -> Iterator[bytes]:
    if _MARKUP.match(body):
        raise _NotCoded
    for bits in (zlib.MAX_WBITS, -zlib.MAX_WBITS):  # some servers omit the zlib header
        try:
            zlib.decompressobj(bits).decompress(body, CHUNK)
        except zlib.error:
            continue
        yield from _zlib_pieces(zlib.decompressobj(bits), body)
        return
    raise _Damaged if _has_zlib_header(body) else _NotCoded


def _has_zlib_header(body: bytes) -> bool:
    return len(body) > 1 and body[0] & 0x0F == zlib.DEFLATED and int.from_bytes(body[:2], "big") % 31 == 0


def _zlib_pieces(decompressor: "zlib._Decompress", body: bytes) -> Generator[bytes, None, bytes]:
    """Yield the decompressed pieces; return the bytes after the end of the stream."""
    try:
        while not decompressor.eof:
            piece = decompressor.decompress(body, CHUNK)
            body = decompressor.unconsumed_tail
            if not piece and not body and not decompressor.eof:
                raise _Damaged
            yield piece
    except zlib.error as error:
        raise _Damaged from error
    return decompressor.unused_data


def _unbrotli(body: bytes) -> Iterator[bytes]:
    import brotli

    if _MARKUP.match(body):
        raise _NotCoded
    decompressor = brotli.Decompressor()
    try:
        piece = decompressor.process(body, output_buffer_limit=CHUNK)
    except brotli.error as error:
        raise _NotCoded from error
    try:
        while piece:
            yield piece
            piece = b"" if decompressor.is_finished() else decompressor.process(b"", output_buffer_limit=CHUNK)
    except brotli.error as error:
        raise _Damaged from error
    if not decompressor.is_finished():
        raise _Damaged


def _unzstd(body: bytes) -> Iterator[bytes]:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    if not body.startswith(ZSTD) and not ZSTD.startswith(body):
        raise _NotCoded
    while body.startswith(ZSTD):  # a body may have several frames
        decompressor = zstd.ZstdDecompressor()
        try:
            while not decompressor.eof:
                piece = decompressor.decompress(body, CHUNK)
                body = b""
                if not piece and decompressor.needs_input:
                    raise _Damaged
                yield piece
        except zstd.ZstdError as error:
            raise _Damaged from error
        body = decompressor.unused_data
    if body and ZSTD.startswith(body):
        raise _Damaged


DECODERS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _inflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
