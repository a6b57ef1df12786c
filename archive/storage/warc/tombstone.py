"""Build tombstones: valid WARC records in a gzip member of exactly the length of the record that they replace.

The member is padded with empty deflate blocks of five bytes (RFC 1951, section 3.2.4), which every reader skips. A
comment in the gzip header (RFC 1952) would be simpler, but readers limit its length: Go refuses 512 bytes. The header
has an extra field, as in BGZF, with the length of the member and the remaining padding of less than five bytes.
"""

import struct
import uuid
import zlib
from typing import BinaryIO

from archive.storage.warc.members import EXTRA, GZIP, NAME, START, members

TRAILER = struct.Struct("<LL")  # CRC-32 and length of the content
EMPTY, END = b"\x00\x00\x00\xff\xff", b"\x03\x00"  # empty deflate blocks; END is marked as the last block

# As short as possible: 179 bytes as a member. The shortest record, a request for `http://a.io/` in WARC 1.0, has 214.
RECORD = (
    "WARC/1.1\r\nWARC-Type: metadata\r\nWARC-Record-ID: <urn:uuid:{id}>\r\nWARC-Date: {date}\r\n"
    "Content-Length: 8\r\n\r\nremoved.\r\n\r\n"
)


def tombstone(length: int, name: str, offset: int, date: str) -> bytes:
    """Return a member of `length` bytes for the record at `offset` of the file `name`. `date` is a WARC-Date.

    Raises ValueError when `length` is too short for a tombstone.
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
    """Return the length of the member at `offset`, also of a tombstone of which only the start was written.

    Raises ValueError when no complete member is there.
    """
    member = next(members(file, offset), None)
    if member is None:
        raise ValueError(f"it is damaged at {offset}")
    return member.length
