"""Walk the gzip members of a WARC file: the offset, length and beginning of each record."""

import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from typing import Any, BinaryIO

from archive.storage.warc.content_encoding import GZIP as MEMBER_START

CHUNK = 1 << 16
HEAD = 1 << 16  # bytes kept of each record: enough for the WARC and HTTP headers
MOST = 1 << 27  # bytes of a record that is read as a whole; a crawl stores up to 50 MB, an import up to 64 MB

# The start of a tombstone (tombstone.py) states its length, because a killed process may have written no more.
GZIP = b"\x1f\x8b\x08\x04\0\0\0\0\x02\xff"  # deflate, with an extra field, no time, best compression, unknown system
EXTRA = struct.Struct("<H2sHQ")  # its length, and in it one subfield: its name, its length, the member's length
NAME = b"HN"
START = len(GZIP) + EXTRA.size  # bytes


@dataclass(frozen=True, slots=True)
class Member:
    """The gzip member of a record: offset and length in bytes, and the first HEAD bytes of its content."""

    offset: int
    length: int
    head: bytes


def members(file: BinaryIO, offset: int = 0) -> Iterator[Member]:
    """Yield the complete members from `offset` on, where one must begin, to the end or the first damaged one.

    A tombstone of which only the start was written counts as complete, with an empty head.
    """
    while True:
        for member in _readable(file, offset):
            yield member
            offset = member.offset + member.length
        stated = _stated_length(file, offset)
        if not stated:
            return
        yield Member(offset, stated, b"")
        offset += stated


def content_of(file: BinaryIO) -> bytes:
    """Return the content of the gzip member at the current offset, checksum verified.

    Raises zlib.error where it is damaged or larger than MOST, EOFError where it is not complete.
    """
    parts, size = list[bytes](), 0
    for part in decompressed(file, zlib.decompressobj(zlib.MAX_WBITS + 16)):
        parts.append(part)
        size += len(part)
        if size > MOST:
            raise zlib.error(f"it has more than {MOST:,} bytes")
    return b"".join(parts)


def decompressed(file: BinaryIO, decompressor: Any, data: bytes = b"") -> Iterator[bytes]:
    """Yield the content of a compressed member that begins with `data` and goes on at the current offset.

    `decompressor` is like those of zlib.decompressobj, and has what was read behind the member as `unused_data`
    afterwards. Raises its error where the member is damaged, EOFError where it is not complete.
    """
    while not decompressor.eof:
        data = data or file.read(CHUNK)
        if not data:
            raise EOFError("it ends too early")
        yield decompressor.decompress(data)
        data = b""


def members_after_damage(file: BinaryIO) -> Iterator[Member]:
    """Yield all complete WARC records of a file: after a damaged one, go on where the next one begins.

    A damaged record may contain other gzip members, because its body may be compressed.
    """
    start: int | None = 0
    while start is not None:
        for member in members(file, start):
            yield member
            start = member.offset + member.length
        start = next_record(file, start + 1)


def next_record(file: BinaryIO, offset: int) -> int | None:
    """Return where the first complete WARC record from `offset` on begins."""
    if offset >= file.seek(0, os.SEEK_END):
        return None
    with mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        at = content.find(MEMBER_START, offset)
        while at >= 0:
            member = next(members(file, at), None)
            if member and (member.head.startswith(b"WARC/") or not member.head):
                return at
            at = content.find(MEMBER_START, at + 1)
    return None


def _readable(file: BinaryIO, offset: int) -> Iterator[Member]:
    file.seek(offset)
    data, length, head = file.read(CHUNK), 0, b""
    decompressor = zlib.decompressobj(zlib.MAX_WBITS + 16)
    while data:
        try:
            content = decompressor.decompress(data)
        except zlib.error:
            return
        head += content[: HEAD - len(head)]
        length += len(data) - len(decompressor.unused_data)
        if decompressor.eof:
            yield Member(offset, length, head)
            data, offset, length, head = decompressor.unused_data, offset + length, 0, b""
            decompressor = zlib.decompressobj(zlib.MAX_WBITS + 16)
        else:
            data = b""
        data = data or file.read(CHUNK)


def _stated_length(file: BinaryIO, offset: int) -> int:
    """Return the length that the tombstone at `offset` states.

    It is 0 without one, and where what is stated is shorter than that start or longer than the file.
    """
    file.seek(offset)
    start = file.read(START)
    if not start.startswith(GZIP) or len(start) < START:
        return 0
    _, name, _, length = EXTRA.unpack_from(start, len(GZIP))
    return int(length) if name == NAME and START <= length <= file.seek(0, os.SEEK_END) - offset else 0
