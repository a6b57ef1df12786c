"""Turn the links of a feed, sitemap or listing into pages of the frontier."""

from collections.abc import Iterable
from dataclasses import replace

from archive.articles.fetches import FetchResult
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
from crawler.visit.lastmod_trust import latest_moment, trusted

SITEMAP_DEPTH = 3  # an index of indexes of sitemaps is allowed; deeper is a loop


def discover(result: FetchResult, site: Site | None, archive: CrawlArchive) -> FetchResult:
    """Return the result of a feed, sitemap or listing with the pages that it links to.

    `detail` is a warning where it could not be read completely.
    """
    page = result.page
    if site is None:
        detail = f"There is no site file for {page.site!r} any more"
        return replace(result, outcome="read", detail=detail)
    read = _read(result, site)
    links = trusted(list(_canonical((*_lists(result, site, archive), *read.links))), page.fetched_at, site, archive.db)
    pages = tuple(_pages(links, page, site, archive))
    return replace(
        result,
        outcome="read",
        discovered=pages,
        total=sum(new.kind == "article" for new in pages),
        dates=tuple(link.published for link in read.links if link.published and link.kind == "article"),
        detail="; ".join([*read.warnings, *([] if pages else [LEADS_NOWHERE])]) or result.detail,
    )


def _lists(result: FetchResult, site: Site, archive: CrawlArchive) -> list[DiscoveredLink]:
    """Return the feeds and sitemaps of a site whose file names none, if the result is that of its home page."""
    if not names_no_list(site) or result.page.url != canonical_url(site.home):
        return []
    robots = load_robots(archive.db, origin_of(result.url))
    return lists_of_home(result.body, result.url, robots.body if robots else "", site.language)


def _read(result: FetchResult, site: Site) -> DiscoveryResult:
    if result.page.kind == "feed":
        return read_feed(result.body, result.url, result.content_type)
    if result.page.kind == "sitemap":
        return read_sitemap(result.body, result.url)
    return read_listing(result.body, result.url, site)


def _canonical(links: Iterable[DiscoveredLink]) -> Iterable[DiscoveredLink]:
    """Yield the links with canonical URLs, without those that are not http(s): mailto:, javascript:, typing errors."""
    for link in links:
        try:
            yield replace(link, url=canonical_url(link.url))
        except ValueError:
            continue


def _pages(links: Iterable[DiscoveredLink], page: DuePage, site: Site, archive: CrawlArchive) -> Iterable[NewPage]:
    for link in links:
        if not _is_wanted(link, page, site):
            continue
        url, trap = link.url, is_trap(link.url)
        yield archive.permitted(
            NewPage(
                url=url,
                host=host_of(url),
                site=site.name,
                kind=link.kind,
                due_at=None if trap else archive.started_at,
                depth=page.depth + (link.kind != "article"),
                found_on=page.id,
                link_title=link.title,
                link_published=timestamp(link.published) if link.published else None,
                link_modified=latest_moment(link.modified) if link.modified else None,
                family=url_template(url) if link.kind == "article" else None,
                state="refused" if trap else "new",
                reason=f"trap: {trap}" if trap else None,
            )
        )


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
