"""What a page says about its article, from the raw tree: every fact by rank of where it is said."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from archive.extraction.dates import date_in_url, parse_date
from archive.extraction.dom import fold
from archive.extraction.lines import visible_lines
from archive.extraction.structured import Structured, read_structured, texts, types_of
from archive.extraction.titles import choose_title, soften
from archive.extraction.visible import Visible, read_visible

MAX_TITLE = 300
# Names of meta tags for the day of publication; `dateupdate` is what Baidu calls it.
_DATE_META = re.compile(
    r"^(?:date|dateupdate)$|(?:^|[.:_-])(?:pub(?:lish|lication|lished)?[-_.: ]?(?:date|time|ed[-_](?:time|date)|ed)"
    r"|date[-_.]?(?:published|created|issued)|dc\.date|(?:dc|dcterms)\.(?:issued|created)|create_at|release_date"
    r"|(?:citation_)?online_date|sailthru\.date|ptime|pubtime)$"
)
_DATE_CLASS = re.compile(
    r"(?:^|\s)(?:(?:post|entry|article|news|pub|publish|blog|story)[-_]?)?(?:date|time|datetime|pubtime)(?:$|\s)"
)
_MODIFIED_METAS = (
    "article:modified_time",
    "og:updated_time",
    "dcterms.modified",
    "datemodified",
    "lastmod",
    "last-modified",
)
_AUTHOR_METAS = (
    "author",
    "article:author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "citation_author",
    "byl",
)


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


def read_metadata(root: HtmlElement, url: str) -> Metadata:
    """Read all facts of `root`, the page's raw tree; what it does not say is None or empty."""
    stated = read_structured(root)
    site = _site_name(stated)
    title = _title(root, stated, site, url)
    visible = read_visible(visible_lines(root), title)
    authors = _authors(stated, visible, site)
    return Metadata(
        title=title,
        authors=authors or visible.editors,
        editors=visible.editors,
        source=visible.source or stated.first("source", "article:source", "mediaid"),
        published=_published(root, stated, visible, url),
        modified=_modified(stated, visible),
        section=_section(root, stated, title),
        description=stated.first("description", "og:description", "twitter:description"),
        keywords=_keywords(stated),
        views=visible.views,
        canonical_url=_canonical(root, stated, url),
        site_name=site,
    )


def _site_name(stated: Structured) -> str | None:
    name = stated.first("og:site_name", "application-name", "apple-mobile-web-app-title")
    publisher = texts(stated.article.get("publisher"))
    website = (texts(node) for node in stated.nodes if "website" in types_of(node))
    return name or next(iter(publisher), None) or next((names[0] for names in website if names), None)


def _title(root: HtmlElement, stated: Structured, site: str | None, url: str) -> str:
    headings = [text for h in islice(root.iter("h1"), 20) if 1 < len(text := fold(h.text_content())) <= MAX_TITLE]
    heads = (
        *texts(stated.article.get("headline")),
        *stated.meta.get("og:title", ()),
        *stated.items.get("headline", ()),
    )
    document = fold(root.findtext(".//head/title") or root.findtext(".//title") or "")[:MAX_TITLE]
    return choose_title(headings, [head[:MAX_TITLE] for head in heads], document, (site or "", *_host_names(url)))


def _host_names(url: str) -> tuple[str, ...]:
    """`news.example.com` as the names a title may end with: the host and its longest label."""
    try:
        host = (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ()
    labels = [label for label in host.split(".")[:-1] if len(label) > 3]
    return (host, max(labels, key=len)) if labels else (host,)


def _authors(stated: Structured, visible: Visible, site: str | None) -> tuple[str, ...]:
    """JSON-LD, then what is printed, then meta tags, then microdata; never the site's own name or an address."""
    metas = tuple(value for name in _AUTHOR_METAS for value in stated.meta.get(name, ()))
    for names in (texts(stated.article.get("author")), visible.authors, metas, stated.items.get("author", ())):
        usable = tuple(n for n in names if len(n) <= 80 and "://" not in n and soften(n) != soften(site or ""))
        if usable:
            return tuple(dict.fromkeys(usable))
    return ()


def _published(root: HtmlElement, stated: Structured, visible: Visible, url: str) -> date | None:
    """The first of: JSON-LD, meta, microdata, a labelled line, `<time>`, a line at the title, the URL, the update."""
    metas = [value for name, values in stated.meta.items() if _DATE_META.search(name) for value in values]
    stamps = (
        _strings(stated.article, "datePublished", "dateCreated", "uploadDate"),
        metas,
        stated.items.get("datepublished", ()),
    )
    # Of several days in one place the first is the article's, the others those of later versions.
    said = next((min(days) for group in stamps if (days := [d for stamp in group if (d := parse_date(stamp))])), None)
    printed = visible.published or _time_element(root) or visible.near_title
    # A page that names no other day than that of its last change was published, as it stands, on that day.
    return said or printed or date_in_url(url) or visible.modified


def _time_element(root: HtmlElement) -> date | None:
    """`<time>` marked as the publication's, else the only day that the page's `<time>` elements name."""
    times = [(t, t.get("datetime") or t.text_content()[:60]) for t in root.iter("time")]
    times = times or [(e, e.text_content()[:60]) for e in root.iterfind(".//*[@class]") if _is_date(e)]
    marked = [said for t, said in times if "pubdate" in t.attrib or "publish" in (t.get("class") or "").lower()]
    days = {day for said in marked or [said for _, said in times] if (day := parse_date(said))}
    return days.pop() if len(days) == 1 else None


def _is_date(element: HtmlElement) -> bool:
    """Whether an element's class says that it holds the article's date: `date`, `post-date`, `pubtime`, …"""
    return bool(_DATE_CLASS.search(element.get("class", "").lower())) and len(element) < 5


def _modified(stated: Structured, visible: Visible) -> date | None:
    stamps = [
        *_strings(stated.article, "dateModified"),
        *(value for name in _MODIFIED_METAS for value in stated.meta.get(name, ())),
        *stated.items.get("datemodified", ()),
    ]
    return next((found for stamp in stamps if (found := parse_date(stamp))), None) or visible.modified


def _strings(node: Mapping[str, Any], *names: str) -> list[str]:
    return [text for name in names for text in texts(node.get(name))]


def _section(root: HtmlElement, stated: Structured, title: str) -> str | None:
    """`article:section`, else the last breadcrumb that is not the title itself."""
    said = texts(stated.article.get("articleSection")) or tuple(filter(None, [stated.first("article:section")]))
    if said:
        return said[0]
    for crumbs in root.iterfind(".//*[@class]"):
        if _is_breadcrumb(crumbs.get("class", "").lower()):
            names = [fold(link.text_content()) for link in crumbs.iter("a")]
            names = [n for n in names if n and soften(n) != soften(title)]
            return names[-1] if len(names) > 1 else None
    return None


def _is_breadcrumb(classes: str) -> bool:
    return any(word in classes for word in ("breadcrumb", "crumb", "position", "location", "mbx", "weizhi"))


def _keywords(stated: Structured) -> tuple[str, ...]:
    said = stated.first("keywords", "news_keywords")
    tags = [said] if said else list(stated.meta.get("article:tag", ()))
    words = [fold(word) for tag in tags for word in _split_keywords(tag)]
    return tuple(dict.fromkeys(word for word in words if word))[:50]


def _split_keywords(text: str) -> list[str]:
    for separator in (",", "，", ";", "；", "、", "|"):
        if separator in text:
            return text.split(separator)
    return text.split() if not text.isascii() else [text]


def _canonical(root: HtmlElement, stated: Structured, url: str) -> str | None:
    for link in root.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split() and link.get("href"):
            return _absolute(url, link.get("href", ""))
    address = stated.first("og:url")
    return _absolute(url, address) if address else None


def _absolute(url: str, target: str) -> str | None:
    try:
        found = urljoin(url, target.strip())
    except ValueError:
        return None
    return found if found.startswith(("http://", "https://")) else None
