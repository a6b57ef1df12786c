"""`scrapy crawl urls -a urls="https://… https://…"`: single articles, now."""

from archive.storage.frontier import NewPage, Selection
from archive.urls.canonical import canonical_url, host_of
from crawler.spiders.base import PageSpider


class UrlsSpider(PageSpider):
    """Crawls the URLs in `urls` (parted by white space), whether they are due or not."""

    name = "urls"
    urls: str = ""

    def seed(self) -> None:
        now = self.session.started_at
        pages = []
        for url in map(canonical_url, self.urls.split()):
            host = host_of(url)
            pages.append(NewPage(url=url, host=host, site=self.session.site_of(host), due_at=now))
        self.session.selection = Selection(urls=frozenset(page.url for page in pages))
        self.session.seed(pages, due=True)
