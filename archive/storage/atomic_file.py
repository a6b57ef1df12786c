"""Write a file atomically: readers see the old content or the new one, never a part."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

MODE = 0o644  # readable by all: node_exporter runs as another user


def check_writable(path: Path) -> None:
    """Raise OSError when `write_whole` could not write a file at `path`. No file is left behind."""
    target = path.resolve()
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if target.exists() and not target.is_file():  # a device or a pipe: opening it may wait for a reader
        if not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    os.close(handle)
    Path(name).unlink()


def write_whole(path: Path, text: str) -> None:
    """Replace the file at `path` by `text` in UTF-8. Links are followed, devices and pipes are written directly.

    Raises OSError; the file is unchanged then.
    """
    with replacing_text(path) as file:
        file.write(text)


@contextmanager
def replacing_text(path: Path) -> Iterator[TextIO]:
    """Yield a file for text in UTF-8, with its line ends unchanged, that replaces the one at `path` at the end.

    Links are followed, devices and pipes are written directly. On an error, which is raised, the file is unchanged.
    """
    target = path.resolve()
    if target.exists() and not target.is_file():
        with target.open("w", encoding="utf-8", newline="") as file:
            yield file
        return
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(MODE)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
