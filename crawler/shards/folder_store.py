"""A store in a folder that all machines reach.

A record is a folder of its versions: files named by a number that grows. A version is written whole under a name of
its own and then linked to its number, which fails where that exists: an atomic write on a condition, on NFS too. The
highest number counts. Earlier ones are removed but for a few, so that a late writer whose number is free again looks
once more.
"""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from crawler.shards.store import ConflictError, Record, StoreFaultError

KEPT = 8  # versions of a record; a reader opens the highest one that it saw
DIGITS = 12
RECORD = ".record"  # the ending of the folder of a record's versions


class FolderStore:
    """The store in `root`, which is made if it is missing."""

    def __init__(self, root: Path) -> None:
        """Raises StoreFaultError when the folder cannot be made."""
        self.root = root.absolute()
        self.url = str(self.root)
        with self._reporting():
            self.root.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def _reporting(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreFaultError(
                f"{self.url} cannot be used ({error.strerror or error}): see to the folder."
            ) from error

    def read(self, name: str) -> Record | None:
        with self._reporting():
            while numbers := self._numbers(name):
                path = self._version(name, numbers[-1])
                with suppress(FileNotFoundError):  # removed meanwhile: there are newer ones
                    return Record(path.read_bytes(), str(numbers[-1]), path.stat().st_mtime)
        return None

    def create(self, name: str, data: bytes) -> str:
        return self._write(name, data, 0)

    def replace(self, name: str, data: bytes, version: str) -> str:
        return self._write(name, data, int(version))

    def delete(self, name: str) -> None:
        with self._reporting():
            shutil.rmtree(self._folder(name), ignore_errors=True)

    def records(self, folder: str) -> list[str]:
        with self._reporting(), suppress(FileNotFoundError):
            return sorted(path.name.removesuffix(RECORD) for path in (self.root / folder).glob(f"*{RECORD}"))
        return []

    def upload(self, path: Path, name: str) -> None:
        with self._reporting():
            target = self.root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            part = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
            shutil.copyfile(path, part)
            with part.open("rb") as file:
                os.fsync(file.fileno())
            part.replace(target)

    def download(self, name: str, path: Path) -> None:
        if not (self.root / name).is_file():
            raise FileNotFoundError(name)
        with self._reporting():
            shutil.copyfile(self.root / name, path)

    def folders(self, folder: str) -> list[str]:
        with self._reporting(), suppress(FileNotFoundError):
            return sorted(path.name for path in (self.root / folder).iterdir() if path.is_dir())
        return []

    def delete_files(self, folder: str) -> None:
        with self._reporting():
            shutil.rmtree(self.root / folder, ignore_errors=True)

    def _write(self, name: str, data: bytes, before: int) -> str:
        """Write the version after `before`, the last one that was read."""
        with self._reporting():
            folder, number = self._folder(name), before + 1
            if self._last(name) != before:
                raise ConflictError(name)
            folder.mkdir(parents=True, exist_ok=True)
            part = folder / f".{uuid.uuid4().hex}"
            try:
                part.write_bytes(data)
                with part.open("rb") as file:
                    os.fsync(file.fileno())
                if not _linked(part, self._version(name, number)):
                    raise ConflictError(name)
            finally:
                part.unlink(missing_ok=True)
            if self._last(name) != number:  # the number was free because it is an old one
                raise ConflictError(name)
            for old in self._numbers(name)[:-KEPT]:
                self._version(name, old).unlink(missing_ok=True)
            return str(number)

    def _folder(self, name: str) -> Path:
        return self.root / f"{name}{RECORD}"

    def _version(self, name: str, number: int) -> Path:
        return self._folder(name) / f"{number:0{DIGITS}}"

    def _numbers(self, name: str) -> list[int]:
        try:
            return sorted(int(file) for file in os.listdir(self._folder(name)) if file.isdecimal())  # noqa: PTH208
        except FileNotFoundError:
            return []

    def _last(self, name: str) -> int:
        return max(self._numbers(name), default=0)


def _linked(part: Path, target: Path) -> bool:
    """Link a file to another name, if there is none yet; return whether that was done."""
    try:
        target.hardlink_to(part)
    except FileExistsError:
        return part.stat().st_nlink == 2  # NFS may have done it and lost the answer
    return True
