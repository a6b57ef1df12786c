"""Extract an Article from the bytes of a page: `extract(page, site_blocks)`. No files, no network, no database.

`extract` is imported when it is first used: the process of a crawl needs small modules from here, and not trafilatura,
which only its workers load.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archive.extraction.pipeline import extract

__all__ = ["extract"]


def __getattr__(name: str) -> Any:
    """Import `extract` when it is first used."""
    if name != "extract":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from archive.extraction.pipeline import extract

    globals()[name] = extract
    return extract
