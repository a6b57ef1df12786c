"""Archive of health-news pages: clean text, metadata and cited literature, in one SQLite file with full-text search.

The public API:

- `extract(page)` turns the bytes of a `Page` into an `Article`, or raises `NoArticle`.
- `parse_reference(text)` turns a printed reference into a `Reference`.
- `open_archive(path)` opens an archive as a sqlite-utils `Database`, or raises `ArchiveError`.
- `search(archive, query)` finds articles, in an open archive or in the file at a path, or raises `FilterError`.

Each name is imported when it is first used, so that a search loads neither Scrapy nor trafilatura.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archive.article import Article, Citation, Evidence, Image, NoArticle, Reference, Removal
    from archive.errors import ArchiveError, FilterError
    from archive.extraction import extract
    from archive.page import Page
    from archive.references import parse_reference
    from archive.retrieval.engine import Results, search
    from archive.retrieval.hits import Hit
    from archive.storage.database import open_archive

__all__ = [
    "ArchiveError",
    "Article",
    "Citation",
    "Evidence",
    "FilterError",
    "Hit",
    "Image",
    "NoArticle",
    "Page",
    "Reference",
    "Removal",
    "Results",
    "extract",
    "open_archive",
    "parse_reference",
    "search",
]

_MODULES = {
    "archive.article": ("Article", "Citation", "Evidence", "Image", "NoArticle", "Reference", "Removal"),
    "archive.errors": ("ArchiveError", "FilterError"),
    "archive.extraction": ("extract",),
    "archive.page": ("Page",),
    "archive.references": ("parse_reference",),
    "archive.retrieval.engine": ("Results", "search"),
    "archive.retrieval.hits": ("Hit",),
    "archive.storage.database": ("open_archive",),
}


def __getattr__(name: str) -> Any:
    """Import the public name when it is first used."""
    for module, names in _MODULES.items():
        if name in names:
            value = globals()[name] = getattr(import_module(module), name)
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
