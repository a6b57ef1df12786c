"""From a discovery page's bytes to rows of the frontier."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from archive.monitoring.alerts.discovery import LEADS_NOWHERE
from archive.storage.connection import timestamp
from archive.storage.frontier import DuePage, NewPage
from archive.urls.canonical import canonical_url, host_of
from crawler.discovery import DiscoveredLink, DiscoveryResult, read_feed, read_listing, read_sitemap
from crawler.discovery.traps import is_trap, url_template
from crawler.session import Session
from crawler.sites.article_urls import is_article, is_excluded
from crawler.sites.site import Site
from crawler.visit.lastmod_trust import believed, moment_of

SITEMAP_DEPTH = 3  # an index of indexes of sitemaps is allowed; deeper is a loop


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovered:
    """The pages that a feed, sitemap or listing leads to; how many articles it lists, and the dates it gives them; a
    warning where it was not wholly readable."""

    pages: tuple[NewPage, ...]
    total: int = 0
    dates: tuple[datetime, ...] = ()
    warning: str | None = None


def discover(page: DuePage, body: bytes, url: str, content_type: str, session: Session) -> Discovered:
    """What a feed, sitemap or listing leads to."""
    site = session.sites.get(page.site)
    if site is None:
        return Discovered(pages=(), warning=f"There is no site file for {page.site!r} any more")
    found = _read(page, body, url, content_type, site)
    links = believed(list(_addressed(found.links)), page.fetched_at, site, session)
    pages = tuple(_pages(links, page, site, session))
    return Discovered(
        pages=pages,
        total=sum(new.kind == "article" for new in pages),
        dates=tuple(link.published for link in found.links if link.published and link.kind == "article"),
        warning="; ".join([*found.warnings, *([] if pages else [LEADS_NOWHERE])]) or None,
    )


def _read(page: DuePage, body: bytes, url: str, content_type: str, site: Site) -> DiscoveryResult:
    if page.kind == "feed":
        return read_feed(body, url, content_type)
    if page.kind == "sitemap":
        return read_sitemap(body, url)
    return read_listing(body, url, site)


def _addressed(links: Iterable[DiscoveredLink]) -> Iterable[DiscoveredLink]:
    """The links with canonical URLs, without those that have no http(s) URL: mailto:, javascript:, mistypings."""
    for link in links:
        try:
            yield replace(link, url=canonical_url(link.url))
        except ValueError:
            continue


def _pages(links: Iterable[DiscoveredLink], page: DuePage, site: Site, session: Session) -> Iterable[NewPage]:
    for link in links:
        if not _wanted(link, page, site):
            continue
        url, trap = link.url, is_trap(link.url)
        yield session.permitted(
            NewPage(
                url=url,
                host=host_of(url),
                site=site.name,
                kind=link.kind,
                due_at=None if trap else session.started_at,
                depth=page.depth + (link.kind == page.kind),
                found_on=page.id,
                link_title=link.title,
                link_published=timestamp(link.published) if link.published else None,
                link_modified=moment_of(link.modified) if link.modified else None,
                family=url_template(url) if link.kind == "article" else None,
                state="refused" if trap else "new",
                reason=f"trap: {trap}" if trap else None,
            )
        )


def _wanted(link: DiscoveredLink, page: DuePage, site: Site) -> bool:
    if link.kind == "listing":
        return page.depth + 1 < site.listing_pages
    if link.kind == "sitemap":
        return page.depth + 1 < SITEMAP_DEPTH
    if link.kind == "feed":
        return False
    if site.articles or page.kind == "listing":
        return is_article(link.url, site)
    # A feed or sitemap lists the site's own pages: without patterns, all but the excluded ones are taken.
    return not is_excluded(link.url, site)
