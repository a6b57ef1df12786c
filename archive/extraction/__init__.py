"""Extract an Article from the bytes of a page: `extract(page, site_blocks)`. No files, no network, no database."""

from archive.extraction.pipeline import extract

__all__ = ["extract"]
