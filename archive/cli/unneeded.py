"""Keep libraries from being imported that another library would use if they were installed."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

# sqlite-utils imports both for the types of their values alone, which are never stored here: half a second of CPU and
# 80 MB in each command, where an environment has them.
UNNEEDED = ("pandas", "numpy")


@contextmanager
def without_unneeded() -> Iterator[None]:
    """Have the modules of UNNEEDED that are not imported yet count as not installed."""
    absent = [name for name in UNNEEDED if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]  # None: the import system raises ImportError
    try:
        yield
    finally:
        for name in absent:
            sys.modules.pop(name, None)
