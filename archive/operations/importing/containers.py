"""The files that are imported: found in folders, and read out of a WACZ, which is a ZIP file with WARC files in it."""

import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from archive.errors import ArchiveError, FaultError

RECORD_FILES = (".warc", ".warc.gz", ".warc.zst", ".arc", ".arc.gz")
WACZ = ".wacz"
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A file with records: `path`, or `member` of the WACZ at `path`. `size` is in bytes."""

    path: Path
    member: str | None
    size: int

    @property
    def source(self) -> str:
        """How the archive names the file."""
        name = str(self.path.resolve())
        return f"{name}#{self.member}" if self.member else name

    @property
    def state(self) -> str:
        """The size and time of the file, by which an unchanged file is recognised."""
        seen = self.path.stat()
        return f"{seen.st_size} {seen.st_mtime_ns}"

    @contextmanager
    def open(self) -> Iterator[tuple[BinaryIO, bool]]:
        """Yield the file and whether it is whole: of a damaged WACZ, the part before the damage. Raises FaultError."""
        try:
            if self.member is None:
                with self.path.open("rb") as file:
                    yield file, True
            else:
                with zipfile.ZipFile(self.path) as wacz, tempfile.TemporaryFile() as copy:
                    is_whole = _unpack(wacz, self.member, copy)
                    yield copy, is_whole
        except OSError as error:
            raise FaultError(f"{self.path} cannot be read: {error.strerror or error}.") from error


def inputs(paths: Iterable[Path]) -> list[Input]:
    """Return the files with records at `paths`: folders are searched for them, and WACZ files opened.

    Raises ArchiveError, with one sentence, for what is missing, a folder without such files, and a WACZ that is no ZIP
    file or has no records.
    """
    found: dict[Path, list[Input]] = {}
    for path in paths:
        for file in _files(path):
            if file.resolve() not in found:
                found[file.resolve()] = _members(file) if zipfile.is_zipfile(file) else [_plain_input(file)]
    return [each for group in found.values() for each in group]


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        if not path.exists():
            raise ArchiveError(f"There is no file {path}: name a WARC, ARC or WACZ file, or a folder of them.")
        if path.name.lower().endswith(WACZ) and not zipfile.is_zipfile(path):
            raise ArchiveError(f"{path} is no WACZ: it cannot be read as a ZIP file.")
        return [path]
    files = [file for file in sorted(path.rglob("*")) if file.name.lower().endswith((*RECORD_FILES, WACZ))]
    files = [file for file in files if file.is_file()]
    if not files:
        raise ArchiveError(f"There is no WARC, ARC or WACZ file in the folder {path}.")
    return files


def _plain_input(path: Path) -> Input:
    return Input(path=path, member=None, size=path.stat().st_size)


def _members(path: Path) -> list[Input]:
    try:
        with zipfile.ZipFile(path) as wacz:
            found = [each for each in wacz.infolist() if each.filename.lower().endswith(RECORD_FILES)]
    except (zipfile.BadZipFile, OSError) as error:
        raise ArchiveError(f"{path} is no WACZ: {error}.") from error
    if not found:
        raise ArchiveError(f"{path} is no WACZ: it has no WARC file in it.")
    return [Input(path=path, member=each.filename, size=each.file_size) for each in found]


def _unpack(wacz: zipfile.ZipFile, member: str, copy: BinaryIO) -> bool:
    """Copy a file out of a WACZ, and return whether all of it could be read."""
    try:
        with wacz.open(member) as packed:
            while data := packed.read(CHUNK):
                copy.write(data)
    except (zipfile.BadZipFile, zlib.error, EOFError):
        return False
    return True
