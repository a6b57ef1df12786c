"""`scrapy crawl sites [-a only=who,nih] [-a all=1]`: what is due on the configured sites."""

from archive.storage.frontier import NewPage, Selection, make_sites_due
from archive.urls.canonical import canonical_url, host_of
from crawler.sites.site import Site
from crawler.spiders.base import PageSpider


class SitesSpider(PageSpider):
    """Crawls the configured sites, or those that `only` names (comma-separated); `all` ignores due times."""

    name = "sites"
    only: str = ""
    all: str = ""

    def seed(self) -> None:
        names = [name for name in self.only.split(",") if name] or list(self.session.sites)
        sites = [self.session.sites[name] for name in names]
        self.session.selection = Selection(sites=frozenset(names))
        self.session.seed([page for site in sites for page in _seeds(site, self.session.started_at)], due=False)
        if self.all:
            self.session.start_anew()
            make_sites_due(self.session.db, names, self.session.started_at)


def _seeds(site: Site, now: str) -> list[NewPage]:
    kinds = {"feed": site.feeds, "sitemap": site.sitemaps, "listing": site.listings}
    return [
        NewPage(url=url, host=host_of(url), site=site.name, kind=kind, due_at=now)
        for kind, urls in kinds.items()
        for url in map(canonical_url, urls)
    ]
