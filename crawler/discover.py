"""From a discovery page's bytes to rows of the frontier."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from archive.alarms.lists import LISTS_NOTHING
from archive.db import timestamp
from archive.pages import DuePage, NewPage
from crawler.discovery import Found, Link, read_feed, read_listing, read_sitemap
from crawler.links import canonical_url, host_of, is_article, is_excluded
from crawler.session import Session
from crawler.site import Site
from crawler.traps import family, is_trap

SITEMAP_DEPTH = 3  # an index of indexes of sitemaps is allowed; deeper is a loop
# Of at least so many pages a list says that more than this share were changed since it was read last: then its dates
# are those of the list, not of the pages (sitemaps that are made anew on each request), and bring none forward.
MANY, SHARE = 10, 0.5


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
    pages = tuple(_pages(_believed(found.links, page.fetched_at), page, site, session))
    return Discovered(
        pages=pages,
        total=sum(new.kind == "article" for new in pages),
        dates=tuple(link.published for link in found.links if link.published and link.kind == "article"),
        warning="; ".join([*found.warnings, *([] if pages else [LISTS_NOTHING])]) or None,
    )


def _read(page: DuePage, body: bytes, url: str, content_type: str, site: Site) -> Found:
    if page.kind == "feed":
        return read_feed(body, url, content_type)
    if page.kind == "sitemap":
        return read_sitemap(body, url)
    return read_listing(body, url, site)


def _believed(links: Iterable[Link], last_look: str | None) -> list[Link]:
    """The links, without what they say of changes where that cannot be believed."""
    links = list(links)
    changed = sum(link.modified is not None and timestamp(link.modified) > (last_look or "~") for link in links)
    if len(links) >= MANY and changed > SHARE * len(links):
        return [replace(link, modified=None) for link in links]
    return links


def _pages(links: Iterable[Link], page: DuePage, site: Site, session: Session) -> Iterable[NewPage]:
    for link in links:
        try:
            url = canonical_url(link.url)
        except ValueError:
            continue  # no http(s) address: mailto:, javascript:, a typing error
        if not _wanted(link, url, page, site):
            continue
        trap = is_trap(url)
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
                link_modified=timestamp(_end_of(link.modified)) if link.modified else None,
                family=family(url) if link.kind == "article" else None,
                state="refused" if trap else "new",
                reason=f"trap: {trap}" if trap else None,
            )
        )


def _end_of(modified: datetime) -> datetime:
    """The moment up to which a date may mean: a day without a time is its end."""
    return modified + timedelta(days=1, seconds=-1) if modified.timetz().replace(tzinfo=None) == time() else modified


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
