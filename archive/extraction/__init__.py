"""Pure code from the bytes of a page to an Article: `extract(page)`."""

from archive.extraction.pipeline import extract

__all__ = ["extract"]
