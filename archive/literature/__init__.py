"""A bibliographic index of one's own, and the paper behind a news text.

- `open_index(path)` opens an index as a `LiteratureIndex`, or raises `ArchiveError`.
- `link(index, title, text, published=None)` returns the candidates for the paper that a news text reports on.

Each name is imported when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archive.literature.index import LiteratureIndex, open_index
    from archive.literature.linker import link
    from archive.literature.linking.candidate import Candidate, Evidence
    from archive.literature.record import LiteratureRecord

__all__ = ["Candidate", "Evidence", "LiteratureIndex", "LiteratureRecord", "link", "open_index"]

_MODULES = {
    "archive.literature.index": ("LiteratureIndex", "open_index"),
    "archive.literature.linker": ("link",),
    "archive.literature.linking.candidate": ("Candidate", "Evidence"),
    "archive.literature.record": ("LiteratureRecord",),
}


def __getattr__(name: str) -> Any:
    """Import the public name when it is first used."""
    for module, names in _MODULES.items():
        if name in names:
            value = globals()[name] = getattr(import_module(module), name)
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
