"""Read listing pages: the articles that they link to, and the next page of the listing."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from lxml import etree
from parsel import Selector

from archive.dom.tree import without_early_end
from archive.extraction.charset import decode
from archive.text.word_lists import read_word_list
from archive.urls.canonical import canonical_url, resolve, same_host
from crawler.discovery.models import MAX_LINKS, TOO_MANY, DiscoveredLink, DiscoveryResult, build_result
from crawler.sites.article_urls import is_article
from crawler.sites.site import Site

_NEXT_PAGE: dict[str, list[str]] = read_word_list("crawler.discovery", "next_page")
_NEXT_WORDS = frozenset(word for words in _NEXT_PAGE.values() for word in words)
_ARROWS = " ›»→>＞⟩▶‹«←<·.|[]()【】"  # left arrows too: "← Older posts"
# A double arrow means "next" on some sites, and "last" on sites that also have a single one: it is tried later.
_SINGLE_ARROWS = frozenset("›>＞→⟩▶")
_DOUBLE_ARROWS = frozenset({"»", ">>", "››", "＞＞"})
_MAX_EVENTS = 100  # nodes of a link that are read


class _Anchor(NamedTuple):
    url: str
    labels: tuple[str, ...]  # its text, then its other names
    is_next: bool  # rel=next


def read_listing(body: bytes, url: str, site: Site) -> DiscoveryResult:
    """Return the articles that a listing page links to, and its next page as kind "listing". Never raises.

    Articles are links that match the site's rules. The next page is on the same host, and is found by the first of:
    rel=next, the words of next_page.toml, an arrow, the next page number. If a rule finds several pages, none is taken,
    since arrows and numbers have other meanings too.
    """
    page = decode(body, "", site.language, url)
    root = Selector(text=without_early_end(page.text), type="html").root
    anchors = list(islice(_anchors(root, url, page.encoding), MAX_LINKS + 1))
    warnings = [] if root.xpath("boolean(//a)") else ["no links on the listing page"]
    if len(anchors) > MAX_LINKS:
        warnings.append(TOO_MANY)
        anchors.pop()
    next_page = _next_page(anchors, url, site)
    links = [
        DiscoveredLink(url=a.url, title=_title(a)) for a in anchors if a.url != next_page and is_article(a.url, site)
    ]
    if next_page:
        links.append(DiscoveredLink(url=next_page, kind="listing"))
    return build_result(links, warnings)


def links_of(body: bytes, url: str, site: Site) -> list[str]:
    """Return the URLs of all links of a page, in its order. Never raises."""
    page = decode(body, "", site.language, url)
    root = Selector(text=without_early_end(page.text), type="html").root
    return [anchor.url for anchor in islice(_anchors(root, url, page.encoding), MAX_LINKS)]


def _anchors(root: Any, url: str, encoding: str) -> Iterator[_Anchor]:
    bases = root.xpath("//base/@href")
    base = (resolve(bases[0], url) if bases else None) or url
    for element in root.iter("a", "area", "link"):
        is_next = "next" in element.get("rel", "").lower().split()
        link_url = resolve(element.get("href", ""), base, encoding)
        if link_url and (is_next or element.tag != "link"):
            yield _Anchor(link_url, _labels(element), is_next)


def _labels(element: Any) -> tuple[str, ...]:
    # Only the first nodes are read: broken pages nest links in links, and reading each fully takes quadratic time.
    texts: list[str] = []
    alts: list[str] = []
    for event, node in islice(etree.iterwalk(element, events=("start", "end", "comment")), _MAX_EVENTS):
        if event == "start":
            texts.append(node.text or "")
            alts += [node.get("alt", "")] if node.tag == "img" else []
        elif node is not element:
            texts.append(node.tail or "")
    names = ("".join(texts), element.get("title", ""), element.get("aria-label", ""), *alts)
    return tuple(" ".join(name.split()) for name in names)


def _title(anchor: _Anchor) -> str | None:
    """Return the link's text, or its title attribute if the text is missing or cut off."""
    text = anchor.labels[0]
    return (text if text and not text.endswith(("…", "...")) else next(filter(None, anchor.labels[1:]), text)) or None


def _next_page(anchors: list[_Anchor], url: str, site: Site) -> str | None:
    try:
        here = canonical_url(url)
    except ValueError:
        return None
    others = [anchor for anchor in anchors if anchor.url != here and same_host(anchor.url, here)]
    if declared := next((anchor.url for anchor in others if anchor.is_next), None):
        return declared
    if site.articles:  # an arrow after a teaser links to its article
        others = [anchor for anchor in others if not is_article(anchor.url, site)]
    rules: tuple[Iterable[str], ...] = (
        (a.url for a in others if any(label.strip(_ARROWS).casefold() in _NEXT_WORDS for label in a.labels)),
        (a.url for a in others if a.labels[0] in _SINGLE_ARROWS),
        (a.url for a in others if a.labels[0] in _DOUBLE_ARROWS),
        (a.url for a in others if _is_next_number(a, here)),
    )
    candidates = next((urls for rule in rules if (urls := set(rule))), set())
    return candidates.pop() if len(candidates) == 1 else None


def _is_next_number(anchor: _Anchor, here: str) -> bool:
    """Return whether a link labelled with a number is the page after `here`; pages are counted from 0 or 1."""
    if not re.fullmatch(r"[0-9]{1,5}", anchor.labels[0]):
        return False
    label = int(anchor.labels[0])
    step = _step(here, anchor.url)
    if step is not None:
        return label in (step, step + 1)
    # `here` is the first page, whose URL has no number
    last = re.search(r"(\d+)\D*$", anchor.url)
    folder = urlsplit(here).path.rpartition("/")[0] + "/"
    return (
        label == 2
        and urlsplit(anchor.url).path.startswith(folder)
        and (last is not None and last[1].lstrip("0") in ("1", "2"))
    )


def _step(here: str, there: str) -> int | None:
    """Return the number in `there` that is one higher than in `here`, if that is the only difference."""
    old, new = re.split(r"(\d+)", here), re.split(r"(\d+)", there)
    changed = [(a, b) for a, b in zip(old, new, strict=False) if a != b]
    if len(old) != len(new) or len(changed) != 1:
        return None
    before, after = changed[0]
    is_one_higher = before.isdigit() and after.isdigit() and len(after) <= 6 and int(after) == int(before[:7]) + 1
    return int(after) if is_one_higher else None
