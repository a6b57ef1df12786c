"""What is understood of a page. Standard library only, so that every other module may import it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


class NoArticle(Exception):  # noqa: N818 (it is an outcome, not an error)
    """The page holds no article; `reason` is a short fixed word that ends up in `pages.reason`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One printed entry, link or mention of literature, under CSL names.

    `label` is what the printed label names (`1` of `【1】`, `[1]`, `①`), `raw` the entry as printed, white space
    folded, label included. `authors` are names as printed, "et al" and 等 left out. Identifiers are normalised:
    lower-case `doi`, digits in `pmid`, `PMC…` in `pmcid`. `confidence` maps a field's name to 0..1.
    """

    label: str | None = None
    raw: str = ""
    kind: str = "list"  # list | link | inline | mention
    type: str | None = None  # a CSL type: article-journal, book, chapter, thesis, webpage, …
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
    nct: str | None = None
    chictr: str | None = None
    isrctn: str | None = None
    arxiv: str | None = None
    isbn: str | None = None
    issn: str | None = None
    url: str | None = None
    confidence: Mapping[str, float] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """An in-text marker: `Article.text[start:end] == marker`; `references` are indexes into `Article.references`."""

    marker: str
    start: int
    end: int
    references: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """A block cut as boilerplate, in the page's order: its text, why, and for marketing what kind of it."""

    text: str
    reason: str
    kind: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An image of the article: absolute URL, alt text and caption as printed; `position` is the offset into
    `Article.text` before which it stood, None if unknown."""

    url: str
    alt: str = ""
    caption: str = ""
    position: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article.

    `text` is plain text, paragraphs parted by a blank line, headings as paragraphs, without the reference list,
    in-text markers where they were. Absent facts are None or empty, never guessed. `language` is BCP 47
    (`zh-Hans`, `en`). `source` is the publisher the page names (来源). `authors` wrote it; `editors` edited or
    checked it; where a page names only editors, `authors` holds them too. `encoding_source` says why the
    encoding was chosen: bom, header, meta, detected or fallback.
    """

    url: str
    title: str
    text: str
    markdown: str = ""
    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    source: str | None = None
    published: date | None = None
    modified: date | None = None
    language: str | None = None
    section: str | None = None
    description: str | None = None
    keywords: tuple[str, ...] = ()
    views: int | None = None
    canonical_url: str | None = None
    site_name: str | None = None
    images: tuple[Image, ...] = ()
    references: tuple[Reference, ...] = ()
    citations: tuple[Citation, ...] = ()
    removals: tuple[Removal, ...] = ()
    encoding: str = "utf-8"
    encoding_source: str = "fallback"
