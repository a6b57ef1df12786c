"""Read sitemaps: urlset or index, gzipped, news sitemaps, plain text, or a feed used as a sitemap."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from archive.urls.canonical import resolve
from crawler.discovery.dates import read_date
from crawler.discovery.feed import read_feed
from crawler.discovery.gzipped import unpacked
from crawler.discovery.models import MAX_LINKS, DiscoveredLink, DiscoveryResult, build_result
from crawler.discovery.xml import decode, local_name, read_elements, text_of, url_text

_KINDS = {"url": "article", "sitemap": "sitemap"}
LONGEST_LINE = 10_000  # of a plain-text sitemap; longer than any URL


def read_sitemap(body: bytes, url: str) -> DiscoveryResult:
    """Return the pages (kind "article") and sitemaps (kind "sitemap") of a sitemap fetched from `url`. Never raises.

    `published` is the publication date of a news sitemap, else lastmod. A sitemap that is malformed, truncated or too
    large gives what can be read and a warning.
    """
    body, warnings = unpacked(body)
    root, links, problems = read_elements(body, frozenset(_KINDS), lambda element: _links(element, url))
    if root in ("rss", "rdf", "feed"):
        feed = read_feed(body, url)
        return build_result(list(feed.links), [*warnings, *feed.warnings])
    if root == "":
        links = _lines(body, url)
    if not links and root in ("", "html"):
        problems.append("an HTML page, not a sitemap" if root == "html" else "not a sitemap")
    return build_result(links, [*warnings, *problems])


def _links(element: Any, url: str) -> list[DiscoveredLink]:
    location = next((url_text(child) for child in element if local_name(child) == "loc"), "")
    link_url = resolve(location, url)
    if not link_url:
        return []
    # Only children: images, videos and translations have a `loc` or `link` of their own, deeper or under another name.
    texts = {local_name(child): text_of(child) for child in element if len(child) == 0}
    texts |= {local_name(part): text_of(part) for child in element if local_name(child) == "news" for part in child}
    published, modified = (read_date(texts.get(name, "")) for name in ("publication_date", "lastmod"))
    return [
        DiscoveredLink(
            url=link_url,
            kind=_KINDS[local_name(element)],
            title=texts.get("title") or None,
            published=published or modified,
            modified=modified or published,
        )
    ]


def _lines(body: bytes, url: str) -> list[DiscoveredLink]:
    """Read a plain-text sitemap: one absolute URL per line."""
    lines = (line.strip() for line in _lines_of(decode(body).pieces()))
    urls = (resolve(line, url) for line in lines if line.lower().startswith(("http://", "https://")))
    return [DiscoveredLink(url=link_url) for link_url in islice(filter(None, urls), MAX_LINKS + 1)]


def _lines_of(pieces: Iterable[str]) -> Iterator[str]:
    """Yield the lines of a text, of one without end its beginning."""
    rest = ""
    for piece in pieces:
        *lines, rest = (rest + piece).split("\n")
        yield from lines
        rest = rest[:LONGEST_LINE]
    yield rest
