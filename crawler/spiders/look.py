"""The spider of `healthnews sites add`: looks at a home page, its lists and its newest articles."""

from collections.abc import AsyncIterator
from dataclasses import replace

from scrapy.http import Response

from archive.articles.fetch_result import FetchResult
from archive.storage.frontier import NewPage
from archive.urls.canonical import canonical_url, host_of
from crawler.spiders.base import page_of
from crawler.spiders.check import CheckSpider


class LookSpider(CheckSpider):
    """Reads the home page of a site whose file names no list, and the feeds, sitemaps and sections that it leads to."""

    name = "look"

    async def parse(self, response: Response) -> AsyncIterator[FetchResult]:
        page = page_of(response)
        site = self.session.sites[page.site]
        async for result in super().parse(response):
            if result.outcome != "read" or page.url != canonical_url(site.home):
                yield result
                continue
            from crawler.discovery.sections import sections_of_home  # not at import: Scrapy imports all spiders

            sections = [
                NewPage(
                    url=url, host=host_of(url), site=site.name, kind="listing", found_on=page.id, depth=1,
                    due_at=self.session.archive.started_at,
                )
                for url in sections_of_home(response.body, result.url, site)
            ]  # fmt: skip
            permitted = [self.session.archive.permitted(new) for new in sections]
            yield replace(result, discovered=(*permitted, *result.discovered))
