"""Recognise a file by its content, and read it."""

import gzip
import hashlib
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from archive.errors import ArchiveError
from archive.literature.readers import json_lines, pubmed
from archive.literature.readers.read import Read

_GZIP = b"\x1f\x8b"
_START = 4_096  # bytes that tell the kind
KINDS: dict[str, tuple[Callable[[bytes], bool], Callable[[IO[bytes]], Iterator[Read]]]] = {
    "PubMed XML": (pubmed.matches, pubmed.read),
    "JSON Lines": (json_lines.matches, json_lines.read),
}


def kind_of(path: Path) -> str:
    """Return which of `KINDS` a file is. Raises ArchiveError when it is none, or cannot be read."""
    try:
        with path.open("rb") as raw, unpacked(raw) as file:
            start = file.read(_START)
    except (OSError, EOFError, zlib.error) as error:
        raise ArchiveError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    for kind, (matches, _) in KINDS.items():
        if matches(start):
            return kind
    raise ArchiveError(f"{path} is none of the files that can be added: {', '.join(KINDS)}.")


def read(file: IO[bytes], kind: str) -> Iterator[Read]:
    """Yield the records of a file of a kind, and what could not be read of it."""
    return KINDS[kind][1](file)


@contextmanager
def unpacked(raw: IO[bytes]) -> Iterator[IO[bytes]]:
    """Hold the bytes of a file, unpacked where it is a gzip file."""
    packed = raw.read(len(_GZIP)) == _GZIP
    raw.seek(0)
    if packed:
        with gzip.open(raw) as file:
            yield cast(IO[bytes], file)
    else:
        yield raw


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits. Raises ArchiveError when it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ArchiveError(f"{path} cannot be read: {error.strerror or error}.") from error
