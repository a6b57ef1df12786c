"""The gzip members of a WARC file: where each record stands, how long it is there, and how it begins."""

import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

CHUNK = 1 << 16
HEAD = 1 << 16  # bytes of a record's beginning that are kept: its own headers and those of HTTP

# What a tombstone begins with, see tombstones.py: it tells how long it is, since a killed process may write no more.
GZIP = b"\x1f\x8b\x08\x04\0\0\0\0\x02\xff"  # deflate, with an extra field, no time, best compression, unknown system
EXTRA = struct.Struct("<H2sHQ")  # its length, and in it one subfield: its name, its length, the member's length
NAME = b"HN"
START = len(GZIP) + EXTRA.size  # bytes


@dataclass(frozen=True, slots=True)
class Member:
    """A record's gzip member: its place in the file and its length, in bytes, and the beginning of its content."""

    offset: int
    length: int
    head: bytes


def members(file: BinaryIO, offset: int = 0) -> Iterator[Member]:
    """The whole members from `offset`, where one must begin; they end with the file or with the first damaged one.

    A tombstone of which only the start was written is whole too, and has no head.
    """
    while True:
        for member in _readable(file, offset):
            yield member
            offset = member.offset + member.length
        told = _told_length(file, offset)
        if not told:
            return
        yield Member(offset, told, b"")
        offset += told


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


def _told_length(file: BinaryIO, offset: int) -> int:
    """How long the tombstone at `offset` says it is; 0 where there is none, or less of the file than that."""
    file.seek(offset)
    start = file.read(START)
    if not start.startswith(GZIP) or len(start) < START:
        return 0
    _, name, _, length = EXTRA.unpack_from(start, len(GZIP))
    return int(length) if name == NAME and offset + length <= file.seek(0, os.SEEK_END) else 0
