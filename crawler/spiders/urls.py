"""`scrapy crawl urls -a urls="https://… https://…"`: crawl single articles now, and those that feeds lead to."""

from archive.storage.frontier import NewPage, Selection, change_kinds
from archive.urls.canonical import canonical_url, host_of
from crawler.session import Session, former_lists, site_of
from crawler.spiders.base import PageSpider


class UrlsSpider(PageSpider):
    """Crawls the URLs in `urls` (separated by white space), whether they are due or not, with their images if
    the site's file asks for them, and the new articles of the feeds in `feeds`."""

    name = "urls"
    urls: str = ""
    feeds: str = ""

    def seed(self) -> None:
        session, now = self.session, self.session.archive.started_at
        pages = [_page(url, "article", session) for url in self.urls.split()]
        feeds = [_page(url, "feed", session) for url in self.feeds.split()]
        with_images = [page for page in pages if (site := session.sites.get(page.site)) and site.images]
        former = former_lists(session)
        change_kinds(session.archive.db, [*feeds, *(page for page in pages if page.url in former)], now)
        session.selection = Selection(
            urls=frozenset(page.url for page in [*pages, *feeds]),
            lists=frozenset(page.url for page in [*feeds, *with_images]),
        )
        session.conditional = not feeds
        session.seed([*pages, *feeds], due=True)


def _page(printed: str, kind: str, session: Session) -> NewPage:
    url = canonical_url(printed)
    host = host_of(url)
    site = site_of(session.sites, host)
    return NewPage(url=url, host=host, site=site, kind=kind, due_at=session.archive.started_at)
