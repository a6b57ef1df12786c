"""Copy WARC files and their indexes beside a backup.

Unchanged files stay, files being written are cut after a complete record.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from archive.storage.online_backup import replacing
from archive.storage.warc.cdxj import copy_index
from archive.storage.warc.records import find_end

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """The numbers of copied files, of their bytes, and of unchanged files.

    `missing` names the files that rows point to and that are missing or too short.
    """

    copied: int
    bytes: int
    unchanged: int
    missing: tuple[str, ...]


def copy_warc(
    files: Iterable[Path], target: Path, ends: Mapping[str, int], *, compare: bool, progress: Callable[[int], None]
) -> Copied:
    """Copy WARC files to the folder `target`, which is created when needed.

    `ends` maps file names to the offset of the last record that a row points to. Files of the same size and
    modification time count as unchanged. With `compare` their content is compared, because a redacted record keeps its
    length. `progress` is called with the number of bytes done. Raises OSError.
    """
    copied = unchanged = size = done = 0
    for path in files:
        target.mkdir(exist_ok=True)
        new = _copy(path, target / path.name, ends.get(path.name, 0), compare)
        copied, unchanged, size = copied + (new is not None), unchanged + (new is None), size + (new or 0)
        copy_index(path.parent, target, path.name)
        done += (target / path.name).stat().st_size
        progress(done)
    missing = tuple(name for name, offset in sorted(ends.items()) if not _reaches(target / name, offset))
    return Copied(copied=copied, bytes=size, unchanged=unchanged, missing=missing)


def _copy(path: Path, target: Path, last: int, compare: bool) -> int | None:
    """Copy a file up to its last complete record. Returns the bytes written, None for an unchanged file."""
    seen = path.stat()
    known = target.stat() if target.exists() else None
    if known and not compare and (known.st_size, known.st_mtime_ns) == (seen.st_size, seen.st_mtime_ns):
        return None
    found = find_end(path, min(last, seen.st_size))
    length = found.whole if found.torn else found.size
    if known and known.st_size == length and _same(path, target, length):
        os.utime(target, ns=(seen.st_atime_ns, seen.st_mtime_ns))
        return None
    with replacing(target) as part:
        _copy_bytes(path, part, length)
        # The modification time from before the copy: if the file changed meanwhile, the next backup copies it again.
        os.utime(part, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    return length


def _copy_bytes(path: Path, part: Path, length: int) -> None:
    with path.open("rb") as read, part.open("wb") as write:
        for start in range(0, length, CHUNK):
            write.write(read.read(min(CHUNK, length - start)))
        write.flush()
        os.fsync(write.fileno())


def _same(path: Path, target: Path, length: int) -> bool:
    """Return whether the files agree in their first `length` bytes."""
    with path.open("rb") as left, target.open("rb") as right:
        sizes = (min(CHUNK, length - start) for start in range(0, length, CHUNK))
        return all(left.read(size) == right.read(size) for size in sizes)


def _reaches(path: Path, offset: int) -> bool:
    return path.exists() and path.stat().st_size > offset
