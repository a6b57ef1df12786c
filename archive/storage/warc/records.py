"""Inspect WARC files: the type and digest of a record, and the end of the last complete record."""

import base64
import hashlib
import os
import zlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from warcio.exceptions import ArchiveLoadFailed

from archive.page import escape_nul
from archive.storage.warc.files import Headers, Location, WarcError, body_of, first_record, moment_of, received_body
from archive.storage.warc.members import content_of, members

PATTERN = "*.warc.gz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The WARC type of a record, and the SHA-1 (hexadecimal) of its body with content encoding undone.

    The digest is None when the record was written without the body.
    """

    kind: str
    digest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEnd:
    """Where the last complete record of a file ends (`whole`), and the file (`size`), in bytes.

    `torn`: an incomplete record follows. Otherwise what follows is damaged.
    """

    whole: int
    size: int
    torn: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A response as received: content encoding kept, transfer encoding undone. The body of a revisit record is empty.

    `payload` is the SHA-1 (hexadecimal) of the body as received, which a revisit record states.
    """

    url: str
    fetched_at: datetime
    status: int
    headers: Headers
    body: bytes
    is_revisit: bool
    payload: str


def file_names(folder: Path) -> list[str]:
    """Return the names of the WARC files in `folder`, sorted. A missing folder has none."""
    return sorted(path.name for path in folder.glob(PATTERN))


def read_record(file: BinaryIO, offset: int) -> Record:
    """Read the record at `offset`. Raises WarcError, whose message says what is wrong, without a complete record."""
    file.seek(offset)
    try:
        record = first_record(file)
    except ArchiveLoadFailed as error:
        raise WarcError(f"no record is there ({error})") from error
    except (zlib.error, EOFError) as error:
        raise WarcError(f"it is damaged ({error})") from error
    if record is None:
        raise WarcError("no record is there")
    return Record(kind=record.rec_type, digest=_digest(record))


def read_answer(folder: Path, location: Location) -> Answer | None:
    """Return the response of a record; None when it cannot be read, was overwritten or is kept without its body."""
    try:
        with (folder / location.file).open("rb") as file:
            file.seek(location.offset)
            record = first_record(file)
        if record is None or record.rec_type not in ("response", "revisit") or record.http_headers is None:
            return None
        about, http = record.rec_headers, record.http_headers
        if about.get_header("WARC-Truncated"):
            return None
        body = received_body(record)
        digest = about.get_header("WARC-Payload-Digest") or ""
        return Answer(
            url=escape_nul(about.get_header("WARC-Target-URI") or ""),
            fetched_at=moment_of(record),
            status=int(http.get_statuscode()),
            headers=tuple(http.headers),
            body=body,
            is_revisit=record.rec_type == "revisit",
            payload=base64.b32decode(digest.removeprefix("sha1:")).hex(),
        )
    except (OSError, ArchiveLoadFailed, zlib.error, EOFError, ValueError):
        return None


def find_end(path: Path, start: int = 0) -> FileEnd:
    """Walk the records from `start`, the offset of a record, to the end of the file. Raises OSError."""
    whole = start
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        for member in members(file, start):
            whole = member.offset + member.length
        return FileEnd(whole=whole, size=size, torn=whole < size and _is_begun(file, whole))


def _digest(record: Any) -> str | None:
    if record.http_headers is None or record.rec_headers.get_header("WARC-Truncated"):
        return None
    return hashlib.sha1(body_of(record), usedforsecurity=False).hexdigest()


def _is_begun(file: BinaryIO, offset: int) -> bool:
    """Return whether the rest of the file from `offset` is the beginning of a gzip member."""
    file.seek(offset)
    try:
        content_of(file)
    except EOFError:
        return True
    except zlib.error:
        return False
    return False
