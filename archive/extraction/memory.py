"""How much memory this process has, and giving back what it has freed."""

import ctypes
import gc
import os
from pathlib import Path

LARGE = 500_000  # bytes of a page; 4 MB take a worker up to 100 MB more than a page of usual size
TRIM_ABOVE = 128 << 20  # bytes resident after a page, above which freed memory is given back
TRIM_STEP = 8 << 20  # bytes that have to come on top of what the last time left: to collect takes 10 ms

_MMAP_THRESHOLD = -3  # of mallopt
_STATM = Path("/proc/self/statm")
_LIBC = ctypes.CDLL(None)


def resident() -> int:
    """Return the bytes of this process that are resident; 0 where the system does not say, which only Linux does."""
    return int(_STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if _STATM.exists() else 0


def trim() -> None:
    """Give back what was freed, cycles of objects included: each worker would keep the memory of its largest page."""
    gc.collect()
    give_back()


def give_back() -> None:
    """Give the freed memory that the C library keeps back to the system."""
    if hasattr(_LIBC, "malloc_trim"):  # of glibc
        _LIBC.malloc_trim(0)


class Trimmer:
    """Gives back freed memory between two pages where that is worth its time."""

    def __init__(self) -> None:
        self._left = 0  # bytes resident after the last time

    def give_back(self, *, is_due: bool) -> None:
        """Give back what was freed if that is due or much has come since the last time."""
        if is_due or resident() > max(TRIM_ABOVE, self._left + TRIM_STEP):
            trim()
            self._left = resident()


def keep_no_large_blocks() -> None:
    """Have the C library give every block of a megabyte back when it is freed, as it does at first: it learns to keep
    blocks of the size of the last ones."""
    if hasattr(_LIBC, "mallopt"):  # of glibc
        _LIBC.mallopt(_MMAP_THRESHOLD, 1 << 20)
