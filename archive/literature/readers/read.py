"""What a reader yields."""

import zlib
from dataclasses import dataclass
from typing import IO

from archive.literature.record import LiteratureRecord


@dataclass(frozen=True, slots=True)
class Skipped:
    """A record that cannot be used, with the reason in a few words."""

    reason: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The PMID of a record that the database has taken back."""

    pmid: str


@dataclass(frozen=True, slots=True)
class Noticed:
    """A work that a notice is about, as the notice describes it, with the notice's nature.

    Where the index has the work, only the notice is taken over.
    """

    record: LiteratureRecord


Read = Noticed | LiteratureRecord | Skipped | Withdrawn

START = 65_536  # bytes that tell the kind of a file
BROKEN = (EOFError, OSError, zlib.error)  # what a gzip file that breaks off raises


def start_of(file: IO[bytes]) -> bytes:
    """Return the first bytes of a file, at most about `START`, and what there is of one that breaks off.

    Raises one of `BROKEN` when nothing can be read.
    """
    found = b""
    try:
        while len(found) < START and (more := file.read1(START)):  # type: ignore[attr-defined]
            found += more
    except BROKEN:
        if not found:
            raise
    return found
