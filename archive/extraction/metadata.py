"""Read the article's metadata from a page's raw tree.

Each fact has ranked sources, the most trusted first; the first that has a value decides:

* title: the `h1` that a title in the document's head repeats; the only `h1` that is not the site's name, if no `h2`
  begins a title in the head; such an `h2` or another line of the page; JSON-LD `headline`, `og:title`, microdata,
  `<title>`, all without the site's name.
* published: see `publication_dates.publication_dates`. modified: JSON-LD, meta, microdata, labelled line.
* authors: see `authors.choose_authors`: JSON-LD; a labelled line, by-line or reporter's line near the title (作者,
  "By …", 记者); meta; elements whose class, rel or link says author; microdata, RDFa; by-lines elsewhere; attributes
  `data-author`; editors. A source that names people goes before one that names organisations.
* editors: labelled lines (编辑, 审核, "Reviewed by …"); JSON-LD `editor` and `reviewedBy`.
* source: a labelled line (来源, "Source:"); the account of a WeChat page; meta `source`; JSON-LD `publisher`.
* section: JSON-LD, `article:section`, the last breadcrumb (JSON-LD, then printed) that is not the front page or title.
* site name: `og:site_name` and similar metas, JSON-LD `publisher`, JSON-LD `WebSite`.
* description, keywords, canonical URL: meta and `<link>`. views: labelled lines, as in the bytes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from archive.dom.lines import SEAM, fold_line
from archive.dom.tree import fold
from archive.extraction.author_names import split_names
from archive.extraction.authors import choose_authors
from archive.extraction.labels import clean_source
from archive.extraction.near_title import NEXT_LINES, find_title_line, may_print_title
from archive.extraction.page_lines import PageLines, read_page_lines, texts_of
from archive.extraction.printed_facts import PrintedFacts, read_printed_facts
from archive.extraction.publication_dates import modification_date, publication_dates
from archive.extraction.structured_data import (
    StructuredData,
    names_in_list,
    names_of,
    read_structured_data,
    texts,
    types_of,
)
from archive.extraction.titles import choose_title
from archive.text.characters import comparison_key

MAX_TITLE = 300
# A list with more links than this is a menu, whatever its class says.
MAX_CRUMBS = 8
_SUBHEADINGS = frozenset({"h2", "h3"})
_TITLE_METAS = ("og:title", "articletitle", "citation_title")
# `ContentSource`, `ColumnName`, `SiteName` and `ArticleTitle` are those of Chinese government sites.
_SOURCE_METAS = ("source", "article:source", "contentsource", "mediaid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """The facts of an Article that do not come from its body."""

    title: str = ""
    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    source: str | None = None
    published: date | None = None
    modified: date | None = None
    section: str | None = None
    description: str | None = None
    keywords: tuple[str, ...] = ()
    views: int | None = None
    canonical_url: str | None = None
    site_name: str | None = None


def read_metadata(root: HtmlElement, url: str, fetched_at: datetime | None = None) -> Metadata:
    """Return the metadata of a page's raw tree; facts that it does not state are None or empty.

    `fetched_at` is an aware datetime: no date is later than its day.
    """
    page = read_page_lines(root)
    structured = read_structured_data(page, url)
    site = _site_name(structured)
    title = _title(page, structured, site, url)
    at = find_title_line(page, title)
    printed = read_printed_facts(page, at)
    editors = printed.editors or split_names([*names_of(structured, "editor"), *names_of(structured, "reviewedBy")])
    return Metadata(
        title=title,
        authors=choose_authors(page, structured, printed, editors, site, at),
        editors=editors,
        source=_source(page, structured, printed),
        published=next((day for _, day in publication_dates(page, structured, printed, url, at, fetched_at)), None),
        modified=modification_date(structured, printed, fetched_at),
        section=_section(page, structured, title),
        description=structured.first("description", "og:description", "twitter:description"),
        keywords=_keywords(structured),
        views=printed.views,
        canonical_url=_canonical(page, structured, url),
        site_name=site,
    )


def _site_name(structured: StructuredData) -> str | None:
    name = structured.first("og:site_name", "sitename", "application-name", "apple-mobile-web-app-title")
    publisher = names_of(structured, "publisher")
    website = (texts(node) for node in structured.nodes if "website" in types_of(node))
    return name or next(iter(publisher), None) or next((names[0] for names in website if names), None)


def _title(page: PageLines, structured: StructuredData, site: str | None, url: str) -> str:
    names = (site or "", *_host_names(url))
    headings = [h.text for h in page.headings if 1 < len(h.text) <= MAX_TITLE and not h.home]
    heads = (
        *texts(structured.article.get("headline")),
        *(title for name in _TITLE_METAS for title in structured.meta.get(name, ())),
        *structured.items.get("headline", ()),
    )
    document = next(iter(texts_of(page.metadata["title"][:1])), "")[:MAX_TITLE]
    printed = (line.text for line in page.lines if len(line.text) <= MAX_TITLE and may_print_title(line))
    # Farther down a subheading with the title's words is one of a part of the text.
    top = page.lines[: page.headings[-1].line + NEXT_LINES + 1] if page.headings else page.lines
    below = (line.text for line in top if line.block.tag in _SUBHEADINGS and len(line.text) <= MAX_TITLE)
    stated = [head[:MAX_TITLE] for head in heads]
    return choose_title(headings, stated, document, names, printed, _pieces(page), below)


def _pieces(page: PageLines) -> Iterator[str]:
    """Yield the texts of the inline elements in headings and the lines of headings, and what is between them."""
    for heading in page.headings[:MAX_CRUMBS]:
        for line in page.lines[heading.line : heading.line + 3]:
            if line.text in heading.text:
                parts = [fold_line(part) for part in line.seamed.split(SEAM)]
                yield from (part for part in (*parts, line.text) if part and part != heading.text)


def _host_names(url: str) -> tuple[str, ...]:
    """Return the names of a host that a title may end with: the host itself and its longest label."""
    try:
        host = (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ()
    labels = [label for label in host.split(".")[:-1] if len(label) > 3]
    return (host, max(labels, key=len)) if labels else (host,)


def _source(page: PageLines, structured: StructuredData, printed: PrintedFacts) -> str | None:
    """Return the printed 来源, else a WeChat page's account, else the source in meta tags, else the publisher."""
    if printed.source:
        return printed.source
    account = fold_line(str(page.wechat_account.text_content()))[:80] if page.wechat_account is not None else ""
    publisher = next((name for name in names_of(structured, "publisher") if "://" not in name), None)
    stated = (clean_source(value) for name in _SOURCE_METAS for value in structured.meta.get(name, ()))
    return account or next(filter(None, stated), None) or publisher


def _section(page: PageLines, structured: StructuredData, title: str) -> str | None:
    """Return the section in structured data, else the last breadcrumb that is not the front page or the title."""
    said = texts(structured.article.get("articleSection")) or tuple(
        filter(None, [structured.first("article:section", "columnname")])
    )
    if said:
        return said[0]
    listed = [names_in_list(node) for node in structured.nodes if "breadcrumblist" in types_of(node)]
    printed = (texts_of(crumbs.iter("a")) for crumbs in page.breadcrumbs)
    for crumbs in (*listed, *printed):
        names = [name for name in crumbs if comparison_key(name) != comparison_key(title)]
        if names and len(names) <= MAX_CRUMBS:
            return names[-1] if len(names) > 1 else None
    return None


def _keywords(structured: StructuredData) -> tuple[str, ...]:
    said = structured.first("keywords", "news_keywords")
    tags = [said] if said else list(structured.meta.get("article:tag", ()))
    words = [fold(word) for tag in tags for word in _split_keywords(tag)]
    return tuple(dict.fromkeys(word for word in words if word))[:50]


def _split_keywords(text: str) -> list[str]:
    for separator in (",", "，", ";", "；", "、", "|"):
        if separator in text:
            return text.split(separator)
    return text.split() if not text.isascii() else [text]


def _canonical(page: PageLines, structured: StructuredData, url: str) -> str | None:
    for link in page.metadata["link"]:
        if "canonical" in (link.get("rel") or "").lower().split() and link.get("href"):
            return _absolute(url, link.get("href", ""))
    address = structured.first("og:url")
    return _absolute(url, address) if address else None


def _absolute(url: str, target: str) -> str | None:
    try:
        found = urljoin(url, target.strip())
    except ValueError:
        return None
    return found if found.startswith(("http://", "https://")) else None
