"""`healthnews sites check`: a short look at configured sites, into an archive that is thrown away."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from scrapy.http import Response

from archive.storage.frontier import NewPage
from crawler.items import Answer
from crawler.spiders.sites import SitesSpider

LISTING_PAGES = 2  # enough to see that the next page is found
SITEMAPS = 2  # of an index, which may lead to thousands


class CheckSpider(SitesSpider):
    """Reads the lists that the sites' files name and little more; the newest articles of each list come first.

    How many articles are fetched is the setting HEALTHNEWS_ARTICLES_PER_SITE.
    """

    name = "check"

    def seed(self) -> None:
        self.session.sites = {
            name: replace(site, listing_pages=min(site.listing_pages, LISTING_PAGES))
            for name, site in self.session.sites.items()
        }
        super().seed()

    def parse(self, response: Response) -> Iterator[Answer]:
        for answer in super().parse(response):
            yield replace(answer, found=newest(answer.found))


def newest(found: Sequence[NewPage]) -> tuple[NewPage, ...]:
    """Those with the latest dates first, the others in the list's order; of an index few of its sitemaps."""
    ordered = sorted(found, key=lambda page: page.link_published or "", reverse=True)
    sitemaps = [page for page in ordered if page.kind == "sitemap"]
    # without dates either end may be the new one
    kept = sitemaps[:SITEMAPS] if sitemaps and sitemaps[0].link_published else sitemaps[:1] + sitemaps[1:][-1:]
    return (*kept, *(page for page in ordered if page.kind != "sitemap"))
