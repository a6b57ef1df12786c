"""What the readers of this package return."""

from dataclasses import dataclass
from datetime import datetime

# The sitemap protocol's own limit (https://www.sitemaps.org/protocol.html), taken for feeds too: without one a
# document of 50 MB would yield over a million links.
MAX_LINKS = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link worth following; `url` is canonical. `kind` is article, feed, sitemap or listing.

    `published` is in UTC: what a feed or news sitemap says, else a sitemap's lastmod; None when unknown. `modified` is
    when the page was changed last, by a feed's `updated` or a sitemap's lastmod, else the day it was published.
    """

    url: str
    kind: str = "article"
    title: str | None = None
    published: datetime | None = None
    modified: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The links of one document in its order, each URL once, and what was wrong with it, in short sentences."""

    links: tuple[Link, ...]
    warnings: tuple[str, ...] = ()


def found(links: list[Link], warnings: list[str]) -> Found:
    """The links with each URL once (the first with a title wins) and no more than MAX_LINKS of them."""
    unique: dict[str, Link] = {}
    for link in links:
        known = unique.get(link.url)
        if known is None or (link.title and not known.title):
            unique[link.url] = link
    if len(unique) > MAX_LINKS:
        warnings = [*warnings, f"more than {MAX_LINKS:,} links: the rest was left out"]
    return Found(links=tuple(unique.values())[:MAX_LINKS], warnings=tuple(dict.fromkeys(warnings)))
