"""A place for shards that several machines reach: small records with conditional writes, and files.

Names are paths with slashes below the place. A write on a condition is what leases and claims rest on, so that a place
that does not enforce conditions is refused (`probe`).
"""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from archive.errors import ArchiveError, FaultError


class ConflictError(Exception):
    """A conditional write was refused: the record exists, or is not the one that was read."""


class StoreError(ArchiveError):
    """The place cannot be used for shards."""


class StoreFaultError(FaultError):
    """The place cannot be reached or written now."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it was read: its bytes, what names this version of it, and when it was written.

    `written_at` is in seconds since the epoch by the clock of the place.
    """

    data: bytes
    version: str
    written_at: float


class Store(Protocol):
    """The place. All methods raise StoreFaultError when it cannot be reached or written."""

    url: str

    def read(self, name: str) -> Record | None:
        """Return the record, or None."""

    def create(self, name: str, data: bytes) -> str:
        """Write a new record and return its version. Raises ConflictError when there is one."""

    def replace(self, name: str, data: bytes, version: str) -> str:
        """Replace that version of a record and return the new one. Raises ConflictError when it is another one."""

    def delete(self, name: str) -> None:
        """Delete a record, if there is one."""

    def records(self, folder: str) -> list[str]:
        """Return the names of the records in a folder, without the folder."""

    def upload(self, path: Path, name: str) -> None:
        """Write a file."""

    def download(self, name: str, path: Path) -> None:
        """Copy a file to `path`. Raises FileNotFoundError where there is none."""

    def folders(self, folder: str) -> list[str]:
        """Return the names of the folders in a folder of files, without that folder."""

    def delete_files(self, folder: str) -> None:
        """Delete all files of a folder."""


def probe(store: Store) -> None:
    """Raise StoreError unless the store refuses what its conditions forbid. Nothing is left behind."""
    name = f"probe/{uuid.uuid4().hex}"
    try:
        first = store.create(name, _value(1))
        if _is_done(lambda: store.create(name, _value(2))):
            raise _unfit(store, "a record was created twice")
        second = store.replace(name, _value(3), first)
        if _is_done(lambda: store.replace(name, _value(4), first)):
            raise _unfit(store, "a record was replaced by one who had read an earlier one")
        found = store.read(name)
        if found is None or found.data != _value(3) or found.version != second:
            raise _unfit(store, "what was read is not what was written last")
    except ConflictError as error:
        raise _unfit(store, "a write whose condition was met was refused") from error
    finally:
        store.delete(name)


def _value(number: int) -> bytes:
    return json.dumps({"probe": number}).encode()


def _is_done(write: Callable[[], object]) -> bool:
    try:
        write()
    except ConflictError:
        return False
    return True


def _unfit(store: Store, what: str) -> StoreError:
    return StoreError(
        f"{store.url} does not enforce the conditions of writes ({what}), so two machines could crawl one host at "
        "once: name another place for the shards."
    )
