"""A work with all its fields under CSL names, as the export formats take it."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

_PAGES = re.compile(r"\s*([^\s,;–—‐‑-]+)\s*[–—‐‑-]+\s*([^\s,;–—‐‑-]+)\s*")
_CONTROL = re.compile(r"[\s\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A publication, with what most references to it print. `id` is the id of its row, `type` a CSL type.

    `authors` and `et_al` are those of `agreed_authors`, `accessed` is the last date on which a reference read the URL.
    `note` is the printed entry, or what else stands for a title, where no title is known, and what contradicts in the
    references to the work.
    """

    id: int
    type: str | None = None
    authors: tuple[str, ...] = ()
    et_al: bool = False
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
    accessed: str | None = None
    note: str | None = None


def agreed_authors(printed: Iterable[tuple[tuple[str, ...], bool]]) -> tuple[tuple[str, ...], bool]:
    """Return the authors of a work, and whether it has more, from the authors and `et_al` of the references to it.

    A list without "et al." that is longer than every list with it names all authors: of such lists the most frequent
    one is returned, with False. Without one the most frequent list is returned, and True if any reference prints
    "et al.". A short list without "et al." is no evidence, since some styles print the first author alone.
    """
    lists = Counter((authors, et_al) for authors, et_al in printed if authors)
    most = max((len(authors) for authors, et_al in lists if et_al), default=0)
    whole = Counter(
        {authors: number for (authors, et_al), number in lists.items() if not et_al and len(authors) > most}
    )
    named: Counter[tuple[str, ...]] = Counter()
    for (authors, _), number in lists.items():
        named[authors] += number
    chosen = whole or named
    authors = min(chosen, key=lambda names: (-chosen[names], len(str(names)), names), default=())
    return authors, bool(most) and not whole


def author_line(authors: tuple[str, ...], *, et_al: bool, most: int | None = None) -> str:
    """Return the authors in a line, at most `most` of them, with "et al." where there are more than it names."""
    shown = authors[:most]
    return ", ".join([*shown, *(["et al."] if shown and (et_al or len(shown) < len(authors)) else [])])


def one_line(text: str) -> str:
    """Return the text without line breaks and control characters, which the export formats cannot express."""
    return _CONTROL.sub(" ", text).strip()


def page_range(pages: str) -> tuple[str, str | None]:
    """Split a plain range (`48-50`) into first and last page; anything else (`48, 52-53`, `e12`) is (pages, None)."""
    match = _PAGES.fullmatch(pages)
    return (match[1], match[2]) if match else (pages, None)
