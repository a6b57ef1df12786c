"""Recognise a file by its content, and read it."""

import gzip
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from archive.errors import ArchiveError
from archive.literature.readers import csl, json_lines, managers, openalex, pubmed, retraction_watch
from archive.literature.readers.read import BROKEN, Read, start_of

_GZIP = b"\x1f\x8b"
# In the order in which they are asked: JSON Lines with a title are what no other kind claims.
KINDS: dict[str, tuple[Callable[[bytes], bool], Callable[[IO[bytes]], Iterator[Read]]]] = {
    "PubMed XML": (pubmed.matches, pubmed.read),
    "Retraction Watch": (retraction_watch.matches, retraction_watch.read),
    "OpenAlex JSON": (openalex.matches, openalex.read),
    "Crossref JSON": (csl.is_crossref, csl.read),
    "CSL-JSON": (csl.is_csl, csl.read),
    "JSON Lines": (json_lines.matches, json_lines.read),
    "RIS": (managers.is_ris, managers.read_ris),
    "BibTeX": (managers.is_bibtex, managers.read_bibtex),
}
_PACKAGES = {"RIS": "rispy", "BibTeX": "pybtex"}


def kind_of(path: Path) -> str:
    """Return which of `KINDS` a file is.

    Raises ArchiveError when it is none, or cannot be read, or the package that reads it is missing.
    """
    try:
        with path.open("rb") as raw, unpacked(raw) as file:
            start = start_of(file)
    except BROKEN as error:
        raise ArchiveError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    for kind, (matches, _) in KINDS.items():
        if matches(start):
            if kind in _PACKAGES:
                managers.require(_PACKAGES[kind], kind)
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
