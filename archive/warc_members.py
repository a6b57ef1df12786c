"""The gzip members of a WARC file: where each record stands, how long it is there, and how it begins."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

CHUNK = 1 << 16
HEAD = 1 << 16  # bytes of a record's beginning that are kept: its own headers and those of HTTP


@dataclass(frozen=True, slots=True)
class Member:
    """A record's gzip member: its place in the file and its length, in bytes, and the beginning of its content."""

    offset: int
    length: int
    head: bytes


def members(file: BinaryIO, offset: int = 0) -> Iterator[Member]:
    """The whole members from `offset`, where one must begin; they end with the file or with the first damaged one."""
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
