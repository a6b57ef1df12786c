"""What stands in a WARC file where a record was: a valid record in a gzip member of exactly the same length.

The member is filled up with empty blocks of deflate (RFC 1951, 3.2.4), five bytes each, which every reader passes over.
A comment in the gzip header (RFC 1952) would be shorter to write, but readers limit it: Go's refuses 512 bytes. The
header does carry an extra field, as BGZF's do: the member's length, and the few bytes that are no multiple of five.
"""

import struct
import uuid
import zlib
from typing import BinaryIO

from archive.storage.warc.members import EXTRA, GZIP, NAME, START, members

TRAILER = struct.Struct("<LL")  # CRC-32 and length of the content
EMPTY, END = b"\x00\x00\x00\xff\xff", b"\x03\x00"  # deflate blocks with nothing in them; the second is the last

# No more than must be, 179 bytes with all around it: a bare request for `http://a.io/` in WARC 1.0 has 214.
RECORD = (
    "WARC/1.1\r\nWARC-Type: metadata\r\nWARC-Record-ID: <urn:uuid:{id}>\r\nWARC-Date: {date}\r\n"
    "Content-Length: 8\r\n\r\nremoved.\r\n\r\n"
)


def tombstone(length: int, name: str, offset: int, date: str) -> bytes:
    """A member of `length` bytes for the record at `offset` of the file `name`; `date` as in a WARC-Date.

    Raises ValueError when that is shorter than any record of a page can be.
    """
    record_id = uuid.uuid5(uuid.NAMESPACE_URL, f"{name}#{offset}")
    content = RECORD.format(id=record_id, date=date).encode()
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = deflate.compress(content) + deflate.flush(zlib.Z_FULL_FLUSH)
    trailer = TRAILER.pack(zlib.crc32(content), len(content))
    left = length - START - len(body) - len(END) - len(trailer)
    if left < 0:
        raise ValueError(f"the record at {offset} has only {length} bytes")
    blocks, rest = divmod(left, len(EMPTY))
    extra = EXTRA.pack(EXTRA.size - 2 + rest, NAME, EXTRA.size - 6 + rest, length) + bytes(rest)
    return GZIP + extra + body + EMPTY * blocks + END + trailer


def length_of(file: BinaryIO, offset: int) -> int:
    """The length of the member at `offset`, also of a tombstone of which only the start was written.

    Raises ValueError when no whole member is there.
    """
    member = next(members(file, offset), None)
    if member is None:
        raise ValueError(f"it is damaged at {offset}")
    return member.length
