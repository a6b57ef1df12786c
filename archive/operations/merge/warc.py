"""Take the WARC files of another archive in, with their indexes: copied, moved, or kept where they are.

A file that is kept in its place gets a symbolic link in the archive's folder, so that whatever reads, checks, backs up
or redacts the files of the folder finds it there. A file whose name is taken by another one gets a number before its
name. Two files are the same if their records are: what a killed writer left behind the last one does not count, nor do
records that were overwritten in one of them because their pages were removed.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import BinaryIO, Literal

from archive.storage.online_backup import replacing, sync_folder
from archive.storage.warc import cdxj
from archive.storage.warc.files import trim
from archive.storage.warc.members import EXTRA, GZIP, NAME, START, members
from archive.storage.warc.records import file_names, find_end

Way = Literal["copy", "move", "keep"]
CHUNK = 1 << 20  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The names, in the archive's folder, of the files that came; how many of them were renamed, how many of the other
    archive's files were here before, and the bytes that came."""

    added: tuple[str, ...]
    renamed: int
    known: int
    bytes: int


def names_for(source: Path, target: Path, before: Mapping[str, str]) -> dict[str, str]:
    """Return the names that the files of the folder `source` have or get in the folder `target`.

    `before` are the names that an earlier merge chose: files that were moved are in `target` only. Raises OSError.
    """
    names = {file: name for file, name in before.items() if (target / name).exists()}
    for file in file_names(source):
        if file not in names or not is_same(source / file, target / names[file]):
            names.pop(file, None)
            names[file] = free_name(source / file, target, set(names.values()))
    return names


def take(source: Path, target: Path, names: Mapping[str, str], way: Way) -> Taken:
    """Bring the files of `source` to `target` under their names there, each with its index.

    A killed copy leaves no part of a file under its name. Raises OSError.
    """
    added: list[str] = []
    known = renamed = size = 0
    for file, name in sorted(names.items()):
        there, here = source / file, target / name
        if there.exists():
            target.mkdir(exist_ok=True)
            length = there.stat().st_size
            if here.exists() and not (way != "keep" and here.is_symlink()):
                known += 1
            else:
                bring(there, here, way)
                added.append(name)
                renamed, size = renamed + (name != file), size + length
        cdxj.bring_index(source, file, target, name)
        if way == "move" and here.exists():
            there.unlink(missing_ok=True)
            cdxj.drop_index(source, file)
    return Taken(added=tuple(added), renamed=renamed, known=known, bytes=size)


def is_same(one: Path, other: Path) -> bool:
    """Return whether two WARC files have the same records, apart from overwritten ones. Raises OSError.

    Files of the same size and modification time count as the same: a copy has that of its source.
    """
    seen = [(path.stat().st_size, path.stat().st_mtime_ns) for path in (one, other)]
    if one.samefile(other) or seen[0] == seen[1]:
        return True
    short, long = sorted((one, other), key=lambda path: path.stat().st_size)
    length = short.stat().st_size
    with one.open("rb") as left, other.open("rb") as right:
        sizes = (min(CHUNK, length - start) for start in range(0, length, CHUNK))
        if not all(left.read(size) == right.read(size) for size in sizes) and not _agree(left, right):
            return False
    return long.stat().st_size == length or find_end(long, length).whole == length


def bring(there: Path, here: Path, way: Way) -> None:
    """Copy or move a WARC file, or link to it. A killed copy leaves no part of it under its name. Raises OSError."""
    if way == "keep":
        here.symlink_to(there.resolve())
        return
    is_killed = cdxj.journal_path(there.parent, there.name).exists()  # its last record may be torn
    if way == "move" and not there.is_symlink():
        try:
            there.replace(here)
        except OSError:  # another file system
            _copy(there, here, is_killed)
        else:
            if is_killed:
                trim(here)
            sync_folder(here.parent)
    else:
        _copy(there, here, is_killed)


def _copy(there: Path, here: Path, is_killed: bool) -> None:
    seen = there.stat()
    with replacing(here) as part:
        with there.open("rb") as read, part.open("wb") as write:
            while data := read.read(CHUNK):
                write.write(data)
            write.flush()
            os.fsync(write.fileno())
        if is_killed:
            trim(part)
        os.utime(part, ns=(seen.st_atime_ns, seen.st_mtime_ns))


def free_name(file: Path, target: Path, taken: set[str]) -> str:
    """Return the first name for the file that is free in the folder, or that the same file has there."""
    for number in count(1):
        name = file.name if number == 1 else f"{number}-{file.name}"
        here = target / name
        if name not in taken and (not os.path.lexists(here) or (here.exists() and is_same(file, here))):
            return name
    raise AssertionError("there is a free name")


def _agree(left: BinaryIO, right: BinaryIO) -> bool:
    """Whether the files have records at the same places that are equal, or overwritten in one of them."""
    ours, theirs = ([(member.offset, member.length) for member in members(file)] for file in (left, right))
    return (
        ours[: len(theirs)] == theirs[: len(ours)]
        and bool(ours)
        and all(
            _record(left, place) == _record(right, place) or _is_tombstone(left, place) or _is_tombstone(right, place)
            for place in min(ours, theirs, key=len)
        )
    )


def _record(file: BinaryIO, place: tuple[int, int]) -> bytes:
    file.seek(place[0])
    return file.read(place[1])


def _is_tombstone(file: BinaryIO, place: tuple[int, int]) -> bool:
    start = _record(file, (place[0], START))
    return start.startswith(GZIP) and len(start) == START and EXTRA.unpack_from(start, len(GZIP))[1] == NAME
