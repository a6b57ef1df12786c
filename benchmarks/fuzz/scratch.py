"""A folder for the files of one input."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path


@cache
def _scratch() -> Path:
    """A folder in memory where the system has one."""
    memory = Path("/dev/shm")  # noqa: S108 a folder of our own is made in it
    return Path(tempfile.mkdtemp(prefix="fuzz-", dir=memory if os.access(memory, os.W_OK) else None))


@contextmanager
def scratch_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(dir=_scratch()))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
