"""Pure code from the bytes of a page to an Article: `extract(page, site_blocks)`."""

from archive.extraction.pipeline import extract

__all__ = ["extract"]
