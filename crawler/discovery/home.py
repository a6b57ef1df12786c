"""Find the feeds and sitemaps of a site whose file names none, from its home page and its robots.txt."""

from urllib.parse import urlsplit

from parsel import Selector
from protego import Protego

from archive.dom.tree import without_early_end
from archive.extraction.charset import decode
from archive.urls.canonical import resolve
from crawler.discovery.models import DiscoveredLink, DiscoveryResult, build_result

_FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"})
# Where content management systems put them: tried if none is declared.
_USUAL_FEEDS = ("/feed", "/rss.xml")
_USUAL_SITEMAPS = ("/sitemap.xml",)
MOST_LISTS = 20  # of each kind: a page may declare a feed for every section


def lists_of_home(body: bytes, url: str, robots: str, language: str | None = None) -> DiscoveryResult:
    """Return the feeds and sitemaps of the home page at `url`; `robots` is the text of its robots.txt. Never raises.

    Feeds are those that the page declares by `<link rel=alternate>`, sitemaps those of robots.txt, on any host. Where
    there are none, the usual addresses are returned. A warning says that there are more than are taken.
    """
    feeds = _declared_feeds(body, url, language)
    sitemaps = [found for href in Protego.parse(robots).sitemaps if (found := resolve(href, url))]
    usual = {
        "feed": feeds or [found for path in _USUAL_FEEDS if (found := resolve(path, url))],
        "sitemap": sitemaps or [found for path in _USUAL_SITEMAPS if (found := resolve(path, url))],
    }
    each = {kind: list(dict.fromkeys(urls)) for kind, urls in usual.items()}
    links = [DiscoveredLink(url=link, kind=kind) for kind, urls in each.items() for link in urls[:MOST_LISTS]]
    cut = [kind for kind, urls in each.items() if len(urls) > MOST_LISTS]
    return build_result(links, [f"more than {MOST_LISTS} {kind}s: the rest is ignored" for kind in cut])


def _declared_feeds(body: bytes, url: str, language: str | None) -> list[str]:
    page = decode(body, "", language, url)
    root = Selector(text=without_early_end(page.text), type="html").root
    bases = root.xpath("//base/@href")
    base = (resolve(bases[0], url) if bases else None) or url
    links = (
        resolve(link.get("href", ""), base, page.encoding)
        for link in root.iter("link")
        if "alternate" in link.get("rel", "").lower().split()
        and link.get("type", "").partition(";")[0].strip().lower() in _FEED_TYPES
    )
    # What readers write below the articles has a feed of its own in WordPress.
    return [link for link in links if link and "comments" not in urlsplit(link).path.split("/")]
