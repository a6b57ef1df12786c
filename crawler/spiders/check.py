"""The spider of `healthnews sites check`: a small crawl of configured sites into a temporary archive."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from scrapy.http import Response

from archive.articles.fetch_result import FetchResult
from archive.storage.frontier import NewPage
from crawler.spiders.sites import SitesSpider

LISTING_PAGES = 2  # enough to see that the next page is found
SITEMAPS = 2  # of an index, which may list thousands


class CheckSpider(SitesSpider):
    """Reads the feeds, sitemaps and listings that the sites' files name, and the newest articles of each.

    The setting HEALTHNEWS_ARTICLES_PER_SITE limits how many articles are fetched.
    """

    name = "check"

    def seed(self) -> None:
        sites = self.session.sites
        for name, site in sites.items():
            sites[name] = replace(site, listing_pages=min(site.listing_pages, LISTING_PAGES), images=False)
        super().seed()

    async def parse(self, response: Response) -> AsyncIterator[FetchResult]:
        async for result in super().parse(response):
            yield replace(result, discovered=newest(result.discovered))


def newest(pages: Sequence[NewPage]) -> tuple[NewPage, ...]:
    """Return the pages with the latest dates first, the others in their order; at most SITEMAPS sitemaps."""
    ordered = sorted(pages, key=lambda page: page.link_published or "", reverse=True)
    sitemaps = [page for page in ordered if page.kind == "sitemap"]
    # without dates either the first or the last one may be the newest
    kept = sitemaps[:SITEMAPS] if sitemaps and sitemaps[0].link_published else sitemaps[:1] + sitemaps[1:][-1:]
    return (*kept, *(page for page in ordered if page.kind != "sitemap"))
