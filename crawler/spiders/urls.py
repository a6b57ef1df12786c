"""`scrapy crawl urls -a urls="https://… https://…"`: crawl single articles now."""

from archive.storage.frontier import NewPage, Selection, change_kinds
from archive.urls.canonical import canonical_url, host_of
from crawler.session import former_lists, site_of
from crawler.spiders.base import PageSpider


class UrlsSpider(PageSpider):
    """Crawls the URLs in `urls` (separated by white space), whether they are due or not."""

    name = "urls"
    urls: str = ""

    def seed(self) -> None:
        session, now = self.session, self.session.archive.started_at
        pages = []
        for url in map(canonical_url, self.urls.split()):
            host = host_of(url)
            pages.append(NewPage(url=url, host=host, site=site_of(session.sites, host), due_at=now))
        former = former_lists(session)
        change_kinds(session.archive.db, [page for page in pages if page.url in former], now)
        session.selection = Selection(urls=frozenset(page.url for page in pages))
        session.seed(pages, due=True)
