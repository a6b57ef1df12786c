"""From a discovery page's bytes to rows of the frontier."""

from collections.abc import Iterable

from archive.db import timestamp
from archive.pages import DuePage, NewPage
from crawler.discovery import Found, Link, read_feed, read_listing, read_sitemap
from crawler.links import canonical_url, host_of, is_article, is_excluded, is_trap
from crawler.session import Session
from crawler.site import Site

SITEMAP_DEPTH = 3  # an index of indexes of sitemaps is allowed; deeper is a loop


def discover(
    page: DuePage, body: bytes, url: str, content_type: str, session: Session
) -> tuple[tuple[NewPage, ...], str | None]:
    """The pages that a feed, sitemap or listing leads to, and a warning where it was not wholly readable."""
    site = session.sites.get(page.site)
    if site is None:
        return (), f"There is no site file for {page.site!r} any more"
    found = _read(page, body, url, content_type, site)
    pages = tuple(_pages(found.links, page, site, session.started_at))
    return pages, "; ".join(found.warnings) or None


def _read(page: DuePage, body: bytes, url: str, content_type: str, site: Site) -> Found:
    if page.kind == "feed":
        return read_feed(body, url, content_type)
    if page.kind == "sitemap":
        return read_sitemap(body, url)
    return read_listing(body, url, site)


def _pages(links: Iterable[Link], page: DuePage, site: Site, now: str) -> Iterable[NewPage]:
    for link in links:
        try:
            url = canonical_url(link.url)
        except ValueError:
            continue  # no http(s) address: mailto:, javascript:, a typing error
        if not _wanted(link, url, page, site):
            continue
        trap = is_trap(url)
        yield NewPage(
            url=url,
            host=host_of(url),
            site=site.name,
            kind=link.kind,
            due_at=None if trap else now,
            depth=page.depth + (link.kind == page.kind),
            found_on=page.id,
            link_title=link.title,
            link_published=timestamp(link.published) if link.published else None,
            state="refused" if trap else "new",
            reason=f"trap: {trap}" if trap else None,
        )


def _wanted(link: Link, url: str, page: DuePage, site: Site) -> bool:
    if link.kind == "listing":
        return page.depth + 1 < site.listing_pages
    if link.kind == "sitemap":
        return page.depth + 1 < SITEMAP_DEPTH
    if link.kind == "feed":
        return False
    if site.articles or page.kind == "listing":
        return is_article(url, site)
    # A feed or sitemap lists the site's own pages: without patterns, all but the excluded ones are taken.
    return not is_excluded(url, site)
