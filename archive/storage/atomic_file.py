"""Files that are there as a whole or not at all, whoever reads them meanwhile."""

import errno
import os
import tempfile
from pathlib import Path

MODE = 0o644  # readable by all: node_exporter runs as another user


def check_writable(path: Path) -> None:
    """Raises OSError where write_whole could not write a file at `path`. Leaves nothing behind."""
    target = path.resolve()
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if target.exists() and not target.is_file():  # a device or a pipe: to open it might wait for its reader
        if not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    os.close(handle)
    Path(name).unlink()


def write_whole(path: Path, text: str) -> None:
    """Writes `text` as UTF-8 in place of the file at `path`, a link followed; a device or pipe is written as it is.

    Raises OSError, and then the file is as it was.
    """
    target = path.resolve()
    if target.exists() and not target.is_file():
        target.write_text(text, encoding="utf-8")
        return
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(MODE)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
