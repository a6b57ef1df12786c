"""A work with all its fields under CSL names, as the export formats take it."""

import re
from dataclasses import dataclass

_PAGES = re.compile(r"\s*([^\s,;–—‐‑-]+)\s*[–—‐‑-]+\s*([^\s,;–—‐‑-]+)\s*")
_CONTROL = re.compile(r"[\s\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A publication, with what most references to it print. `id` is the id of its row, `type` a CSL type."""

    id: int
    type: str | None = None
    authors: tuple[str, ...] = ()
    title: str | None = None
    container_title: str | None = None
    publisher: str | None = None
    year: int | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    arxiv: str | None = None
    isbn: str | None = None
    issn: str | None = None
    url: str | None = None


def one_line(text: str) -> str:
    """Return the text without line breaks and control characters, which the export formats cannot express."""
    return _CONTROL.sub(" ", text).strip()


def page_range(pages: str) -> tuple[str, str | None]:
    """Split a plain range (`48-50`) into first and last page; anything else (`48, 52-53`, `e12`) is (pages, None)."""
    match = _PAGES.fullmatch(pages)
    return (match[1], match[2]) if match else (pages, None)
