"""`scrapy crawl sites [-a only=who,nih] [-a all=1]`: crawl what is due on the configured sites."""

from datetime import datetime

from archive.storage.frontier import NewPage, Selection, change_kinds, make_sites_due
from archive.storage.renamed_sites import adopt_renamed
from archive.storage.site_rules import apply_rules
from archive.urls.canonical import canonical_url, host_of
from crawler.session import former_lists
from crawler.sites.article_urls import is_article
from crawler.sites.site import Site, rules_of, starting_pages
from crawler.spiders.base import PageSpider


class SitesSpider(PageSpider):
    """Crawls the configured sites, or those that `only` names (comma-separated); `all` ignores due times."""

    name = "sites"
    only: str = ""
    all: str = ""

    def seed(self) -> None:
        session = self.session
        names = [name for name in self.only.split(",") if name] or list(session.sites)
        now = session.archive.started_at
        session.selection = Selection(sites=frozenset(names))
        adopt_renamed(session.archive.db, {name: site.home for name, site in session.sites.items()})
        for name in names:
            # Due at the beginning of the job, which takes no page that is due later.
            apply_rules(session.archive.db, name, rules_of(session.sites[name]), datetime.fromisoformat(now))
        pages = [page for name in names for page in _seeds(session.sites[name], now)]
        known = former_lists(session)
        sites = [session.sites[name] for name in names]
        pages += [_page(url, site, "article", now) for site in sites for url in known if is_article(url, site)]
        change_kinds(session.archive.db, pages, now)
        session.seed(pages, due=False)
        if self.all:
            session.refetch_all()
            make_sites_due(session.archive.db, names, now)


def _seeds(site: Site, now: str) -> list[NewPage]:
    return [
        _page(url, site, kind, now) for kind, urls in starting_pages(site).items() for url in map(canonical_url, urls)
    ]


def _page(url: str, site: Site, kind: str, now: str) -> NewPage:
    return NewPage(url=url, host=host_of(url), site=site.name, kind=kind, due_at=now)
