"""Types of what is read from a page. They use the standard library only, so that any module may import them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


class NoArticle(Exception):  # noqa: N818 (it is an outcome, not an error)
    """Raised by `extract` for a page that holds no article.

    `reason` is a short fixed phrase, the one that is stored in `pages.reason`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


# The kinds of removals that advertise, which make a page commercial.
ADVERTISING = frozenset(
    {"advertisement", "call to action", "contact", "form", "newsletter", "phone", "QR code", "slogan"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One printed entry, link or mention of literature. Fields have the names of CSL; absent ones are None or empty.

    `kind` is `list` (entry of a reference list), `link`, `inline` (identifier or URL printed in the text) or `mention`
    (name of a journal). `label` is the name in the printed label: `1` for `【1】`, `[1]` and `①`. `raw` is the text as
    printed, label included, white space folded. `authors` holds one string per name as printed, without "et al" and 等;
    `et_al` is whether such words are printed, that is whether there are more authors than are named. `volume`, `issue`
    and `pages` are as printed, since they need not be numbers. `accessed` is the date on which the author read `url`,
    in ISO 8601 and as far as it is printed: `2020-03-01`, `2020-03` or `2020`.

    Identifiers are normalised: `doi` is `10.…/…` in lower case, `pmid` digits, `pmcid` `PMC…`, `isbn` thirteen digits,
    `issn` `1234-567X`, `arxiv` without version. `confidence` maps names of fields to probabilities (0..1).
    """

    label: str | None = None
    raw: str = ""
    kind: str = "list"  # list | link | inline | mention
    type: str | None = None  # a CSL type: article-journal, book, chapter, thesis, webpage, …
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
    nct: str | None = None
    chictr: str | None = None
    isrctn: str | None = None
    arxiv: str | None = None
    isbn: str | None = None
    issn: str | None = None
    url: str | None = None
    accessed: str | None = None
    confidence: Mapping[str, float] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """An in-text marker bound to references.

    `start` and `end` are offsets into `Article.text` in characters: `text[start:end] == marker`. `references` holds
    indexes into `Article.references`, from 0; it is empty for a marker that names no known reference.
    """

    marker: str
    start: int
    end: int
    references: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """A block that was cut as boilerplate.

    `text` is its text, `reason` a short fixed phrase that says why it was cut, `kind` the kind of advertising (see
    ADVERTISING) or clutter (form field, navigation, poll, related list, share), None for others. `Article.removals`
    holds them in the order of the page.
    """

    text: str
    reason: str
    kind: str | None = None

    @property
    def advertises(self) -> bool:
        """Whether the block sells something; a share bar or a list of links does not."""
        return self.kind in ADVERTISING


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An image of the article: absolute URL, alt text and caption as printed; `position` is the offset into
    `Article.text` before which it stood, None if unknown."""

    url: str
    alt: str = ""
    caption: str = ""
    position: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One thing that the article says of the study it reports on.

    `field` is design, subjects, sample_size, small_sample, control_group, follow_up, funding, conflict_of_interest,
    approval, hedged or advice; docs/literature.md lists their values. `start` and `end` are offsets of the sentence
    that says so, in characters, into the title or the text of the article as `part` says. `method` names the rules
    that read it, with their version.
    """

    field: str
    value: str
    part: str = "text"  # title | text
    start: int
    end: int
    method: str


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
    evidence: tuple[Evidence, ...] = ()
    encoding: str = "utf-8"
    encoding_source: str = "fallback"

    @property
    def advertising(self) -> tuple[Removal, ...]:
        """The removals that advertise: their number and length say how commercial the page is."""
        return tuple(removal for removal in self.removals if removal.advertises)
