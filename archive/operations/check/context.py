"""What a check of an archive is, and what it gets to see."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from archive.storage.connection import warc_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """An archive that is checked.

    `files` are its WARC files, listed before the database's state was taken: every row that they are for is in it.
    `busy`: a job was writing then. `advance` is called for every WARC record and every indexed text that was looked at.
    """

    db: Database
    archive: Path
    files: tuple[str, ...]
    busy: bool
    advance: Callable[[], None]

    @property
    def folder(self) -> Path:
        """Where the WARC files are."""
        return warc_folder(self.archive)


class Unmendable(str):
    """A problem that no repair mends: somebody has to, mostly with a backup."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Finds problems, each in some words that name the thing, Unmendable where that is known; `mend`, right after that,
    rebuilds what can be and says what it did, '' for nothing."""

    name: str
    find: Callable[[Context], Iterator[str]]
    mend: Callable[[Context], str] | None = None


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun: `1 row`, `1,234 rows`."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
