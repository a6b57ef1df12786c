"""Looking at WARC files record by record: is a record whole, of which kind, and where does the last whole one end."""

import hashlib
import io
import os
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from archive.storage.warc.content_encoding import undo
from archive.storage.warc.files import WarcError
from archive.storage.warc.members import CHUNK, members

PATTERN = "*.warc.gz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a record is: its WARC type, and SHA-1 (hexadecimal) of the body with content codings undone; None where the
    body was left out."""

    kind: str
    digest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """Where the last whole record of a file ends, in bytes. `torn`: a record follows that is only begun; what follows
    whole records otherwise, until `size`, is damaged."""

    whole: int
    size: int
    torn: bool


def file_names(folder: Path) -> list[str]:
    """The WARC files in `folder`, in order; none where there is no folder."""
    return sorted(path.name for path in folder.glob(PATTERN))


def look(file: BinaryIO, offset: int) -> Record:
    """The record at `offset`. Raises WarcError, with what is wrong as its message, where no whole record is there."""
    file.seek(offset)
    try:
        # All of it is unpacked first, since warcio does not look at a member's checksum.
        record = next(ArchiveIterator(io.BytesIO(_member(file))))
    except StopIteration:
        raise WarcError("no record is there") from None
    except ArchiveLoadFailed as error:
        raise WarcError(f"no record is there ({error})") from error
    except (zlib.error, EOFError) as error:
        raise WarcError(f"it is damaged ({error})") from error
    return Record(kind=record.rec_type, digest=_digest(record))


def end(path: Path, start: int = 0) -> End:
    """Walks the records from `start`, the offset of one, to the end of the file. Raises OSError."""
    whole = start
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        for member in members(file, start):
            whole = member.offset + member.length
        return End(whole=whole, size=size, torn=whole < size and _is_begun(file, whole))


def _digest(record: Any) -> str | None:
    if record.http_headers is None or record.rec_headers.get_header("WARC-Truncated"):
        return None
    headers = record.http_headers.headers
    codings = ",".join(value for name, value in headers if name.lower() == "content-encoding")
    return hashlib.sha1(undo(record.raw_stream.read(), codings), usedforsecurity=False).hexdigest()


def _member(file: BinaryIO) -> bytes:
    """The gzip member that begins here, unpacked, with its checksum verified. Raises zlib.error, EOFError."""
    decompressor, parts = zlib.decompressobj(zlib.MAX_WBITS + 16), []
    while not decompressor.eof:
        data = file.read(CHUNK)
        if not data:
            raise EOFError("it ends too early")
        parts.append(decompressor.decompress(data))
    return b"".join(parts)


def _is_begun(file: BinaryIO, offset: int) -> bool:
    """Whether a gzip member begins at `offset` that goes to the end of the file without an error, and is not whole."""
    file.seek(offset)
    try:
        _member(file)
    except EOFError:
        return True
    except zlib.error:
        return False
    return False
