"""The type of a check, and the context that a check runs in."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from archive.storage.connection import warc_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """An archive that is checked.

    `files` maps the names of its WARC files to their sizes, listed before the database snapshot: the snapshot has all
    rows of their records. `journals` are those of them that had a journal. `busy`: a job was writing then.
    `repair`: this process holds the lock. Checks call `advance` for each WARC record and each indexed text.
    """

    db: Database
    archive: Path
    files: Mapping[str, int]
    journals: Collection[str]
    busy: bool
    repair: bool
    advance: Callable[[], None]

    @property
    def folder(self) -> Path:
        """The folder of the WARC files."""
        return warc_folder(self.archive)


class Unmendable(str):
    """A problem that `--repair` cannot mend. Mostly a backup is needed."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A check. `find` yields a description of each problem, Unmendable when a repair cannot help.

    `mend` runs right after it, repairs what it can, and returns a description of what it did, '' for nothing.
    """

    name: str
    find: Callable[[Context], Iterator[str]]
    mend: Callable[[Context], str] | None = None


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun: `1 row`, `1,234 rows`."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
