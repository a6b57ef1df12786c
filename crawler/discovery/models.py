"""The results of reading feeds, sitemaps and listing pages."""

from dataclasses import dataclass
from datetime import datetime

# The limit of the sitemap protocol (https://www.sitemaps.org/protocol.html), also applied to feeds and listings:
# without it a document of 50 MB gives over a million links.
MAX_LINKS = 50_000
TOO_MANY = f"more than {MAX_LINKS:,} links: the rest is ignored"


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscoveredLink:
    """A link to follow; `url` is canonical, `kind` is article, feed, sitemap or listing.

    `published` (UTC) is from a feed or news sitemap, else a sitemap's lastmod; None if unknown. `modified` (UTC) is a
    feed's `updated` or a sitemap's lastmod, else the date of publication.
    """

    url: str
    kind: str = "article"
    title: str | None = None
    published: datetime | None = None
    modified: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscoveryResult:
    """The links of one document in its order, each URL once, and warnings about the document."""

    links: tuple[DiscoveredLink, ...]
    warnings: tuple[str, ...] = ()


def build_result(links: list[DiscoveredLink], warnings: list[str]) -> DiscoveryResult:
    """Build a result with each URL once (the first link with a title wins) and at most MAX_LINKS links."""
    unique: dict[str, DiscoveredLink] = {}
    for link in links:
        known = unique.get(link.url)
        if known is None or (link.title and not known.title):
            unique[link.url] = link
    if len(unique) > MAX_LINKS:
        warnings = [*warnings, TOO_MANY]
    return DiscoveryResult(links=tuple(unique.values())[:MAX_LINKS], warnings=tuple(dict.fromkeys(warnings)))
