"""Cut a file of a web archive into its records, and go on behind what is damaged.

A frame is one record with its header: a gzip member (`.warc.gz`, `.arc.gz`), a Zstandard frame (`.warc.zst`), or a
stretch of an uncompressed file. Neither warcio 1.8 nor FastWARC 2.0 goes on behind a damaged member: both raise an
error there. Both hand out the first part of a record at a torn end as if it were whole, and warcio does so too where
only the checksum is wrong. So the members are read here, each up to its checksum, before its record is looked at.
"""

import gzip
import os
import re
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from typing import Any, BinaryIO, NamedTuple, cast

from isal import isal_zlib

from archive.storage.warc.content_encoding import GZIP, ZSTD
from archive.storage.warc.members import decompressed

CHUNK = 1 << 16
PROBE = 1 << 12  # bytes, compressed, from which the start of a record is recognised
LIMIT = 64 << 20  # bytes of a record; the text of a page is never so long
MOST_HEADER = 1 << 16  # bytes of a record's header
LONGEST_NUMBER = 12  # digits of a length
_DICTIONARY = (
    b"\x5d\x2a\x4d\x18"  # the skippable Zstandard frame that a .warc.zst begins with, where it has a dictionary
)
_GZIP_ERRORS = (EOFError, cast("type[Exception]", isal_zlib.error))
_STREAM_ERRORS: tuple[type[Exception], ...] = (OSError, EOFError, zlib.error)
_SKIPPABLE = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18")

WARC_START = re.compile(rb"WARC/\d\.\d\r?\n")
_ARC_URL = re.compile(rb"(?:https?|filedesc|dns|ftp):")
_ARC_DATE = re.compile(rb"\d{12,17}")
_LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,12})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_PLAIN_START = re.compile(
    rb"\n(?=WARC/\d\.\d\r?\n|https?://[^\s]{1,2000} [\d.:a-f]{1,60} \d{14} \S{1,200} [^\n]{0,3000}\d\r?\n)"
)


class ArcLine(NamedTuple):
    """The line that begins a record of an ARC file; `end` is the offset behind it, `length` that of what follows."""

    url: bytes
    date: bytes
    media_type: bytes
    length: int
    end: int


class Frame(NamedTuple):
    """A record with its header, and where it lies in the file; or, without content, what is wrong there.

    `problem` is a short fixed word: damaged, or too large.
    """

    offset: int
    end: int
    content: bytes = b""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Codec:
    """How members are told and decompressed.

    `new` returns an object like those of zlib.decompressobj; `errors` tell that a member is damaged or cut short.
    """

    magic: bytes
    new: Callable[[], Any]
    open: Callable[[BinaryIO], BinaryIO]
    errors: tuple[type[Exception], ...]


def frames(file: BinaryIO, position: int = 0) -> Iterator[Frame]:
    """Yield the records of a file from `position` on, which is 0 or the end of a frame, and what is damaged.

    The kind of the file is told by its first bytes. A file that is compressed as a whole is read as one stream: its
    positions are those of the decompressed bytes, and nothing behind a damage of it can be read.
    """
    file.seek(0)
    start = file.read(4)
    codec = _codec(file, start)
    if codec is None:
        yield from _plain(file, position)
    elif _is_one_member(file, codec):
        yield from _stream(file, codec, position)
    else:
        yield from _members(file, codec, position)


def is_gzip_by_record(file: BinaryIO) -> bool:
    """Whether each record of the file is a gzip member of its own, as in the archive's WARC files."""
    file.seek(0)
    codec = _codec(file, file.read(4))
    return codec is not None and codec.magic == GZIP and not _is_one_member(file, codec)


def frame_at(file: BinaryIO, position: int) -> Frame | None:
    """Return the frame at a position that `frames` gave."""
    return next(frames(file, position), None)


def _codec(file: BinaryIO, start: bytes) -> _Codec | None:
    if start.startswith(GZIP):
        return _Codec(GZIP, lambda: isal_zlib.decompressobj(isal_zlib.MAX_WBITS + 16), _open_gzip, _GZIP_ERRORS)
    if start == ZSTD or _SKIPPABLE.match(start):
        return _zstd(file)
    return None


def _open_gzip(file: BinaryIO) -> BinaryIO:
    return cast("BinaryIO", gzip.GzipFile(fileobj=file))


def _zstd(file: BinaryIO) -> _Codec:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    known = None
    file.seek(0)
    head = file.read(8)
    if head.startswith(_DICTIONARY):
        content = file.read(min(int.from_bytes(head[4:], "little"), LIMIT))
        try:
            content = zstd.decompress(content) if content.startswith(ZSTD) else content
            known = zstd.ZstdDict(content)
            zstd.ZstdDecompressor(zstd_dict=known)
        except (zstd.ZstdError, ValueError):  # every frame is then reported as damaged
            known = None
    return _Codec(
        ZSTD,
        lambda: zstd.ZstdDecompressor(zstd_dict=known),
        lambda opened: zstd.ZstdFile(opened, zstd_dict=known),  # type: ignore[arg-type, return-value]
        (EOFError, zstd.ZstdError),
    )


def _skipped(file: BinaryIO, position: int) -> int:
    """Return the end of the skippable Zstandard frames at a position."""
    while True:
        file.seek(position)
        head = file.read(8)
        if len(head) < 8 or not _SKIPPABLE.match(head):
            return position
        position += 8 + int.from_bytes(head[4:], "little")


def _is_one_member(file: BinaryIO, codec: _Codec) -> bool:
    """Whether the first member has more than one record: the file was compressed as a whole."""
    file.seek(_skipped(file, 0) if codec.magic == ZSTD else 0)
    try:
        content = codec.new().decompress(file.read(CHUNK))
    except codec.errors:
        return False
    length = _record_length(content)
    return length is not None and len(content) > length and bool(content[length:].strip())


def arc_line(content: bytes, start: int = 0) -> ArcLine | None:
    """Return what the line at `start` says that begins a record of an ARC file; None where none begins.

    Its fields are URL, address, time, media type and length. Version 2 has status, checksum, location, offset and file
    name before the length. A URL may hold spaces.
    """
    end = content.find(b"\n", start, start + MOST_HEADER)
    if end < 0 or not _ARC_URL.match(content, start):
        return None
    line = content[start:end].removesuffix(b"\r")
    for fields in (line.rsplit(b" ", 4), line.rsplit(b" ", 9)):
        length = fields[-1]
        if len(fields) >= 5 and _ARC_DATE.fullmatch(fields[2]) and length.isdigit() and len(length) <= LONGEST_NUMBER:
            return ArcLine(url=fields[0], date=fields[2], media_type=fields[3], length=int(length), end=end + 1)
    return None


def _record_length(content: bytes) -> int | None:
    """Return the length of the record that the content begins with, its header included; None where none begins."""
    if WARC_START.match(content):
        end = content.find(b"\r\n\r\n", 0, MOST_HEADER)
        stated = _LENGTH.search(content, 0, end) if end > 0 else None
        return end + 4 + int(stated[1]) if stated else None
    line = arc_line(content)
    return line.end + line.length if line else None


def _begins_record(content: bytes) -> bool:
    return bool(WARC_START.match(content) or arc_line(content))


def _members(file: BinaryIO, codec: _Codec, position: int) -> Iterator[Frame]:
    data = b""
    file.seek(position)
    while True:
        data = data or file.read(CHUNK)
        if codec.magic == ZSTD and len(data) < len(ZSTD):
            data += file.read(CHUNK)
        if not data:
            return
        if codec.magic == ZSTD and _SKIPPABLE.match(data):
            behind = _skipped(file, position)
            if behind == position:  # the file ends within its length
                yield Frame(position, file.seek(0, os.SEEK_END), problem="damaged")
                return
            position, data = behind, b""
            file.seek(position)
            continue
        frame, data = _member(file, codec, position, data)
        if frame.problem == "damaged":
            following = _next_member(file, codec, position + 1)
            size = file.seek(0, os.SEEK_END)
            if not _is_padding(file, position, following or size):
                yield frame._replace(end=following or size)
            if following is None:
                return
            position, data = following, b""
            file.seek(position)
        else:
            yield frame
            position = frame.end


def _member(file: BinaryIO, codec: _Codec, position: int, data: bytes) -> tuple[Frame, bytes]:
    """Return the member that begins with `data`, and what was read behind it."""
    decompressor, parts, size = codec.new(), list[bytes](), 0
    try:
        for part in decompressed(file, decompressor, data):
            size += len(part)
            if size <= LIMIT:
                parts.append(part)
    except codec.errors:
        return Frame(position, file.tell(), problem="damaged"), b""
    rest: bytes = decompressor.unused_data
    end = file.tell() - len(rest)
    if size > LIMIT:
        return Frame(position, end, problem="too large"), rest
    return Frame(position, end, b"".join(parts)), rest


def _next_member(file: BinaryIO, codec: _Codec, position: int) -> int | None:
    """Return where the next member with the start of a record begins. Bodies may hold compressed data themselves."""
    size = file.seek(0, os.SEEK_END)
    if position >= size:
        return None
    with mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        found = content.find(codec.magic, position)
        while found >= 0:
            try:
                if _begins_record(codec.new().decompress(content[found : found + PROBE])):
                    return found
            except codec.errors:
                pass
            found = content.find(codec.magic, found + 1)
    return None


def _is_padding(file: BinaryIO, start: int, end: int) -> bool:
    """Whether there are only zeros: some tools fill a file up."""
    file.seek(start)
    while start < end:
        data = file.read(min(CHUNK, end - start))
        if data.strip(b"\0") or not data:
            return False
        start += len(data)
    return True


def _stream(file: BinaryIO, codec: _Codec, position: int) -> Iterator[Frame]:
    file.seek(0)
    reached = position
    try:
        with codec.open(file) as opened:
            for frame in _plain(opened, position):
                yield frame
                reached = frame.end
    except _STREAM_ERRORS + codec.errors:
        yield Frame(reached, reached, problem="damaged")


def _plain(file: BinaryIO, position: int) -> Iterator[Frame]:
    file.seek(position)
    while True:
        frame = _record(file, position)
        if frame is None:
            return
        if frame.problem == "damaged":
            following = _next_record(file, frame.offset)
            yield frame._replace(end=following if following is not None else file.tell())
            if following is None:
                return
            file.seek(following)
            position = following
        else:
            yield frame
            position = frame.end


def _record(file: BinaryIO, position: int) -> Frame | None:
    """Return the record at the position where the file stands, None at its end."""
    head = file.readline(MOST_HEADER)
    while head and not head.strip():  # what ends the record before
        position += len(head)
        head = file.readline(MOST_HEADER)
    if not head:
        return None
    if WARC_START.match(head):
        while len(head) < MOST_HEADER and (line := file.readline(MOST_HEADER)):
            head += line
            if not line.strip():
                break
        stated = _LENGTH.search(head)
        length = int(stated[1]) if stated else None
    else:
        line_of_arc = arc_line(head)
        length = line_of_arc.length if line_of_arc else None
    if length is None:
        return Frame(position, position + len(head), problem="damaged")
    if length > LIMIT:
        end = position + len(head) + length
        file.seek(end - 1)
        return Frame(position, end, problem="too large" if file.read(1) else "damaged")
    body = file.read(length)
    end = position + len(head) + len(body)
    return Frame(position, end, head + body) if len(body) == length else Frame(position, end, problem="damaged")


def _next_record(file: BinaryIO, position: int) -> int | None:
    """Return where the next record of an uncompressed file begins, behind `position`."""
    file.seek(position)
    window = b""
    start = position
    while data := file.read(CHUNK):
        window += data
        if found := _PLAIN_START.search(window):
            return start + found.end()
        start += max(len(window) - MOST_HEADER, 0)
        window = window[-MOST_HEADER:]
    return None
