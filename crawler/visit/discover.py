"""Turn the links of a feed, sitemap or listing into pages of the frontier."""

from collections.abc import Iterable
from dataclasses import replace

from archive.articles.fetch_result import FetchResult
from archive.monitoring.alerts.discovery import LEADS_NOWHERE
from archive.storage.connection import timestamp
from archive.storage.frontier import DuePage, NewPage
from archive.storage.hosts import load_robots
from archive.urls.canonical import canonical_url, host_of
from crawler.crawl_archive import CrawlArchive
from crawler.discovery import DiscoveredLink, DiscoveryResult, lists_of_home, read_feed, read_listing, read_sitemap
from crawler.discovery.traps import is_trap, url_template
from crawler.policy.robots import origin_of
from crawler.sites.article_urls import is_article, is_excluded
from crawler.sites.site import Site, names_no_list
from crawler.turns import in_slices, in_turn
from crawler.visit.lastmod_trust import latest_moment, trusted

SITEMAP_DEPTH = 3  # an index of indexes of sitemaps is allowed; deeper is a loop


async def discover(result: FetchResult, site: Site | None, archive: CrawlArchive) -> FetchResult:
    """Return the result of a feed, sitemap or listing with the pages that it links to.

    `detail` is a warning where it could not be read completely. A large body is read in a thread, and what is looked
    up in the archive is looked up in slices: other pages go on meanwhile.
    """
    page = result.page
    if site is None and page.site == "":  # named on its own, as a list of addresses does
        site = Site(name="", home=page.url, feeds=(page.url,))
    if site is None:
        detail = f"There is no site file for {page.site!r} any more"
        return replace(result, outcome="read", detail=detail)
    robots = _robots_of_home(result, site, archive)
    read = await in_turn(len(result.body), lambda: _read(result, site, robots))
    links = await trusted(read.links, page.fetched_at, site, archive.db)
    found = await in_turn(len(result.body), lambda: list(_pages(links, page, site, archive.started_at)))
    pages = tuple([archive.permitted(new) async for some in in_slices(found) for new in some])
    warnings = [*read.warnings, *_too_deep(read, page), *([] if pages else [LEADS_NOWHERE])]
    return replace(
        result,
        outcome="read",
        discovered=pages,
        total=sum(new.kind == "article" for new in pages),
        dates=tuple(link.published for link in read.links if link.published and link.kind == "article"),
        detail="; ".join(warnings) or result.detail,
    )


def _robots_of_home(result: FetchResult, site: Site, archive: CrawlArchive) -> str | None:
    """Return the text of robots.txt if the result is the home page of a site whose file names no list, else None."""
    if not names_no_list(site) or result.page.url != canonical_url(site.home):
        return None
    robots = load_robots(archive.db, origin_of(result.url))
    return robots.body if robots else ""


def _read(result: FetchResult, site: Site, robots: str | None) -> DiscoveryResult:
    """Return the links of a body, those to the lists of a home page first."""
    if result.page.kind == "feed":
        return read_feed(result.body, result.url, result.content_type)
    if result.page.kind == "sitemap":
        return read_sitemap(result.body, result.url)
    read = read_listing(result.body, result.url, site)
    if robots is None:
        return read
    lists = lists_of_home(result.body, result.url, robots, site.language)
    return DiscoveryResult(links=lists.links + read.links, warnings=lists.warnings + read.warnings)


def _pages(links: Iterable[DiscoveredLink], page: DuePage, site: Site, due_at: str) -> Iterable[NewPage]:
    for link in links:
        if not _is_wanted(link, page, site):
            continue
        url, trap = link.url, is_trap(link.url)
        yield NewPage(
            url=url,
            host=host_of(url),
            site=site.name,
            kind=link.kind,
            due_at=None if trap else due_at,
            depth=page.depth + (link.kind != "article"),
            found_on=page.id,
            link_title=link.title,
            link_published=timestamp(link.published) if link.published else None,
            link_modified=latest_moment(link.modified) if link.modified else None,
            family=url_template(url) if link.kind == "article" else None,
            state="refused" if trap else "new",
            reason=f"trap: {trap}" if trap else None,
        )


def _too_deep(read: DiscoveryResult, page: DuePage) -> list[str]:
    """Return a warning where sitemaps are not followed because they are too deep."""
    if page.depth + 1 >= SITEMAP_DEPTH and any(link.kind == "sitemap" for link in read.links):
        return [f"sitemaps below {SITEMAP_DEPTH} levels are ignored"]
    return []


def _is_wanted(link: DiscoveredLink, page: DuePage, site: Site) -> bool:
    if link.kind == "listing":
        return page.depth + 1 < site.listing_pages
    if link.kind == "sitemap":
        return page.depth + 1 < SITEMAP_DEPTH
    if link.kind == "feed":
        return names_no_list(site)
    # A sitemap that the site's file does not name may list all its pages.
    if site.articles or page.kind == "listing" or (page.kind == "sitemap" and names_no_list(site)):
        return is_article(link.url, site)
    # A feed or sitemap lists the site's own pages: without patterns, all but the excluded ones are wanted.
    return not is_excluded(link.url, site)
