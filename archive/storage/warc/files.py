"""Write and read WARC files: requests and responses as exchanged, one gzip member per record.

warcio builds the records. They are compressed here, with ISA-L, which takes a sixth of the time of zlib's level 6 for
12 % more bytes (of a body that the server has compressed for as many), and a record reaches the file in one write.
"""

import base64
import errno
import io
import os
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO, NamedTuple

from isal import isal_zlib
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.page import Page, escape_nul
from archive.storage.warc import cdxj
from archive.storage.warc.content_encoding import decode_body, undo_chunks
from archive.storage.warc.members import HEAD, Member, content_of, members, next_record
from archive.text.characters import clean

# Bytes after which a new file is begun. A backup copies the file anew that a crawl has appended to, so it is less than
# the 1 GB that large web archives have.
FILE_SIZE = 250_000_000

Headers = Sequence[tuple[str, str]]


class WarcError(Exception):
    """A record is missing or cannot be read. The message is one sentence."""


# Profiles of revisit records, WARC 1.1, section 6.7.
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
SAME_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """An earlier response: URL, WARC-Date of its record, and SHA-1 (hexadecimal) of its body as received."""

    url: str
    fetched_at: str
    payload: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request and its response. The body is as received: content encoding kept, transfer encoding undone.

    With an `original`, whose body the response confirms or repeats, a revisit record without the body is written; with
    `withheld`, a response record without the body. `payload` is the SHA-1 (hexadecimal) of the body, where it is known.
    Without a `method` no request is written; `record_id` is the WARC-Record-ID of a record that is taken over.
    """

    url: str
    fetched_at: datetime
    method: str
    request_headers: Headers
    status: int
    reason: str
    headers: Headers
    body: bytes
    payload: str | None = None
    ip_address: str | None = None
    original: Original | None = None
    withheld: bool = False
    record_id: str | None = None


@dataclass(frozen=True, slots=True)
class Location:
    """Where a response or revisit record is: file name in the WARC folder, offset in bytes."""

    file: str
    offset: int


class Records(NamedTuple):
    """The gzip members of response and request; the response's length, and the first HEAD bytes of its content."""

    data: bytes
    length: int
    head: bytes


class WarcWriter:
    """Append exchanges to `<name>-00000.warc.gz`, `-00001` … in `folder`, which is created when first needed.

    The last of these files is continued if it is whole and below `file_size`, else the next one is begun. `pointed_to`
    maps file names to the last offset that rows point to: a file that is lost or too short for it is not written again.
    A new file to which no exchange was written is removed when it is closed.
    Each file has a journal of its new records beside it; `files` are the names of those whose index has not got them.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        *,
        file_size: int = FILE_SIZE,
        pointed_to: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        self.folder, self.name, self.file_size, self.pointed_to = folder, name, file_size, pointed_to
        self.files: list[str] = []
        self._file: FileIO | None = None
        self._journal: FileIO | None = None
        self._path = folder
        self._is_new = True
        self._is_empty = True

    def open(self) -> None:
        """Start the first file now, to find out whether it can be written. Raises OSError where it cannot."""
        self._open()

    def write(self, exchange: Exchange) -> Location:
        """Write response and request to the operating system. Returns where the response is.

        Raises OSError; the file then ends with its last complete record.
        """
        return self.append(records_of(exchange))

    def append(self, records: Records) -> Location:
        """Write what `records_of` made of an exchange, as `write` does."""
        file = self._open()
        if not os.fstat(file.fileno()).st_nlink:  # what is written to a removed file is lost
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(self._path))
        location = Location(self._path.name, file.tell())
        _append(file, records.data)
        self._is_empty = False
        entry = cdxj.entry_of(location.file, Member(location.offset, records.length, records.head))
        if self._journal and entry:
            _append(self._journal, entry.line().encode())
        return location

    def close(self) -> None:
        """Sync and close the file, and write the indexes of all files. Raises OSError."""
        self.suspend()
        while self.files:
            cdxj.write_index(self.folder, self.files.pop())

    def suspend(self) -> None:
        """Sync and close the file, and leave the journals. Raises OSError."""
        file, self._file = self._file, None
        journal, self._journal = self._journal, None
        if file is None or journal is None:
            return
        with file, journal:
            if self._is_empty:
                if self._is_new:
                    self._path.unlink(missing_ok=True)
                cdxj.journal_path(self.folder, self._path.name).unlink(missing_ok=True)
                self.files.remove(self._path.name)
            else:
                os.fsync(file.fileno())

    def _open(self) -> FileIO:
        if self._file and self._file.tell() >= self.file_size:
            self.suspend()
        if self._file is None:
            self.folder.mkdir(exist_ok=True)
            last = self._last_number()
            path = self._path_of(last)
            self._is_new = not self._can_be_continued(path)
            self._path = self._path_of(last + 1) if self._is_new else path
            file = FileIO(self._path, "x" if self._is_new else "r+")
            file.seek(0, os.SEEK_END)
            try:
                if self._is_new:
                    _append(file, info_record(self._path.name))
                self._journal = FileIO(cdxj.journal_path(self.folder, self._path.name), "w")
            except OSError:
                file.close()
                if self._is_new:
                    self._path.unlink(missing_ok=True)
                raise
            self._file, self._is_empty = file, True
            self.files.append(self._path.name)
        return self._file

    def _path_of(self, number: int) -> Path:
        return self.folder / f"{self.name}-{number:05}{cdxj.WARC}"

    def _last_number(self) -> int:
        """Return the number of the last file of this name that is there or that rows point to, -1 for none."""
        form = re.compile(rf"{re.escape(self.name)}-(\d{{5,}}){re.escape(cdxj.WARC)}")
        names = [*(path.name for path in self.folder.iterdir()), *self.pointed_to]
        return max((int(found[1]) for name in names if (found := form.fullmatch(name))), default=-1)

    def _can_be_continued(self, path: Path) -> bool:
        if path.is_symlink():  # the file of another archive
            return False
        if not path.exists() or not self.pointed_to.get(path.name, 0) < path.stat().st_size < self.file_size:
            return False
        return cdxj.can_be_continued(self.folder, path.name)


def _append(file: FileIO, data: bytes) -> None:
    """Write all of the data, or nothing: a full disk takes a part of it. Raises OSError."""
    start, rest = file.tell(), memoryview(data)
    try:
        while rest:
            rest = rest[file.write(rest) :]
    except OSError:
        file.truncate(start)
        file.seek(start)
        raise


def read_original(folder: Path, location: Location) -> Original | None:
    """Return the response at `location`, or the one that its revisit record refers to; None when it cannot be read."""
    try:
        with (folder / location.file).open("rb") as file:
            file.seek(location.offset)
            record = first_record(file)
    except (OSError, ArchiveLoadFailed, zlib.error, EOFError):
        return None
    prefix = {"response": "WARC-", "revisit": "WARC-Refers-To-"}.get(record.rec_type if record else "")
    if record is None or prefix is None:
        return None  # it was redacted
    names = (f"{prefix}Target-URI", f"{prefix}Date", "WARC-Payload-Digest")
    url, date, digest = (record.rec_headers.get_header(name) for name in names)
    if not (url and date and digest and digest.startswith("sha1:")):
        return None
    try:
        return Original(url=escape_nul(url), fetched_at=clean(date), payload=base64.b32decode(digest[5:]).hex())
    except ValueError:  # a damaged digest
        return None


def read_page(folder: Path, location: Location) -> Page:
    """Return the page of a response record, content encoding undone. Raises WarcError when it cannot be read."""
    path = folder / location.file
    try:
        with path.open("rb") as file:
            file.seek(location.offset)
            record = first_record(file)
            if record and record.rec_type == "response" and record.http_headers:  # a damaged record may have none
                return _page(record)
    except (OSError, ArchiveLoadFailed, zlib.error, EOFError, ValueError) as error:
        raise WarcError(f"{path} cannot be read at {location.offset}: {error}.") from error
    raise WarcError(f"{path} has no response at {location.offset}.")


def trim(path: Path, start: int = 0) -> int:
    """Truncate a file after its last complete record, to remove what a killed writer left.

    `start` is the offset of a record. Returns the number of bytes removed.
    """
    end = start
    with path.open("r+b") as file:
        for member in members(file, start):
            end = member.offset + member.length
        size = file.seek(0, os.SEEK_END)
        if end < size:
            file.truncate(end)
    return size - end


def trim_torn(path: Path, start: int) -> int:
    """Truncate a file as `trim` does, unless whole records follow what is not whole. Returns the bytes removed."""
    with path.open("rb") as file:
        end = start
        for member in members(file, start):
            end = member.offset + member.length
        if next_record(file, end + 1) is not None:
            return 0
    return trim(path, start)


def first_record(file: BinaryIO) -> Any:
    """Return the record in the gzip member that begins where `file` stands, None where the member is empty.

    The member is decompressed first, because warcio does not verify its checksum. Raises ArchiveLoadFailed, and what
    `content_of` raises.
    """
    try:
        return next(iter(ArchiveIterator(io.BytesIO(content_of(file)))), None)
    except AttributeError as error:  # what warcio raises for a response without a URL
        raise ArchiveLoadFailed("it has no WARC-Target-URI") from error


def moment_of(record: Any) -> datetime:
    """Return the WARC-Date of a record, which is in UTC. Raises ValueError where it is missing or damaged."""
    moment = datetime.fromisoformat(record.rec_headers.get_header("WARC-Date") or "")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _page(record: Any) -> Page:
    """Return the page of a response. Raises ValueError where status or date are damaged."""
    http, headers = record.http_headers, record.rec_headers
    return Page(
        url=headers.get_header("WARC-Target-URI"),
        body=body_of(record),
        content_type=clean(http.get_header("Content-Type") or ""),
        status=int(http.get_statuscode()),
        fetched_at=moment_of(record),
    )


def body_of(record: Any) -> bytes:
    """Read the body of a response record, transfer and content encoding undone."""
    headers = record.http_headers.headers
    body = received_body(record)
    encodings = ",".join(value for name, value in headers if name.lower() == "content-encoding")
    return decode_body(body, encodings).body


def received_body(record: Any) -> bytes:
    """Read the body of a record, content encoding kept; files of others may have the transfer encoding still."""
    body: bytes = record.raw_stream.read()
    return undo_chunks(body) if "chunked" in (record.http_headers.get_header("Transfer-Encoding") or "") else body


def records_of(exchange: Exchange) -> Records:
    """Return the records of response and request, compressed; for a body of 50 MB that takes a second."""
    writer = WARCWriter(io.BytesIO(), gzip=False, warc_version="1.1")
    date = exchange.fetched_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    about = {"WARC-Date": date}
    if exchange.ip_address:
        about["WARC-IP-Address"] = exchange.ip_address
    if exchange.record_id:
        about["WARC-Record-ID"] = exchange.record_id
    body = b"" if exchange.original or exchange.withheld else exchange.body
    if exchange.payload and len(body) == len(exchange.body):
        about["WARC-Payload-Digest"] = _digest(exchange.payload)
    response = writer.create_warc_record(
        exchange.url,
        "revisit" if exchange.original else "response",
        payload=io.BytesIO(body),
        length=len(body),
        http_headers=StatusAndHeaders(f"{exchange.status} {exchange.reason}", list(exchange.headers), "HTTP/1.1"),
        warc_headers_dict=about | _reason_without_body(exchange),
    )
    content = _content(writer, response)
    response_member = _compressed(content)
    if not exchange.method:
        return Records(response_member, len(response_member), content[:HEAD])
    target = exchange.url.split("://", 1)[-1]
    path = "/" + target.partition("/")[2]
    request = writer.create_warc_record(
        exchange.url,
        "request",
        http_headers=StatusAndHeaders(
            f"{exchange.method} {path} HTTP/1.1", list(exchange.request_headers), is_http_request=True
        ),
        warc_headers_dict={"WARC-Date": date, "WARC-Concurrent-To": response.rec_headers.get_header("WARC-Record-ID")},
    )
    return Records(response_member + _member(writer, request), len(response_member), content[:HEAD])


def _reason_without_body(exchange: Exchange) -> dict[str, str]:
    original = exchange.original
    if original:
        return {
            "WARC-Profile": NOT_MODIFIED if exchange.status == 304 else SAME_PAYLOAD,
            "WARC-Refers-To-Target-URI": original.url,
            "WARC-Refers-To-Date": original.fetched_at,
            "WARC-Payload-Digest": _digest(original.payload),
        }
    return {"WARC-Truncated": "unspecified"} if exchange.withheld else {}


def _digest(payload: str) -> str:
    """Return a SHA-1 (hexadecimal) as a record states it."""
    return f"sha1:{base64.b32encode(bytes.fromhex(payload)).decode('ascii')}"


def info_record(name: str) -> bytes:
    """Return the warcinfo record that a file of that name begins with, compressed."""
    writer = WARCWriter(io.BytesIO(), gzip=False, warc_version="1.1")
    info = {"software": "health-news-archive", "format": "WARC File Format 1.1"}
    return _member(writer, writer.create_warcinfo_record(name, info))


def _member(writer: WARCWriter, record: object) -> bytes:
    """Return the record as one gzip member."""
    return _compressed(_content(writer, record))


def _content(writer: WARCWriter, record: object) -> bytes:
    writer.out = io.BytesIO()
    writer.write_record(record)
    return bytes(writer.out.getvalue())


def _compressed(content: bytes) -> bytes:
    return bytes(isal_zlib.compress(content, isal_zlib.ISAL_BEST_COMPRESSION, isal_zlib.MAX_WBITS + 16))
