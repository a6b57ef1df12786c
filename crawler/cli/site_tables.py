"""Sites in a terminal: the list and the results of a check."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

from archive.console.cjk_wrap import prose
from archive.console.tables import link, table
from crawler.sites.site import Site, names_no_list

if TYPE_CHECKING:
    from crawler.sitecheck.check import SiteCheck
    from crawler.sitecheck.parts import ArticleCheck


def sites_table(configured: Mapping[str, Site]) -> Table:
    """Return a table with a row for each site; lists that the crawl finds by itself are `from home`."""
    grid = table("site", "~home", "#feeds", "#sitemaps", "#listings", "#delay")
    for site in configured.values():
        numbers = [str(len(urls)) for urls in (site.feeds, site.sitemaps, site.listings)]
        if names_no_list(site):  # the home page is its listing, and leads to the others
            numbers = ["from home", "from home", "home"]
        grid.add_row(site.name, prose(link(site.home, site.home)), *numbers, f"{site.delay:g} s")
    return grid


def checks_table(checks: Iterable["SiteCheck"]) -> Group:
    """Return a table with a row for each checked site, and below it the reasons of verdicts that are not ok."""
    checks = list(checks)
    grid = table(
        "site", "verdict", "#lists", "#links", "#articles", "#titled", "#dated", "#shortest", "language", "#refs"
    )
    for check in checks:
        stored = [article for article in check.tried if article.outcome is None]
        grid.add_row(
            check.site,
            Text(check.verdict, style={"ok": "green", "look": "yellow"}.get(check.verdict, "red")),
            _share(sum(not each.problem for each in check.lists), len(check.lists)),
            f"{check.links:,}",
            _share(len(stored), len(check.tried)),
            *_what_articles_have(stored),
        )
    return Group(grid, *(Text(f"  {check.site}: {reason}") for check in checks for reason in check.why), Text())


def _what_articles_have(stored: Sequence["ArticleCheck"]) -> Iterable[str]:
    yield _share(sum(bool(article.title) for article in stored), len(stored))
    yield _share(sum(article.published is not None for article in stored), len(stored))
    yield min(stored, key=lambda article: article.fullness).length if stored else "-"
    yield ", ".join(sorted({article.language or "?" for article in stored})) or "-"
    yield f"{sum(article.references for article in stored):,}"


def _share(number: int, total: int) -> str:
    return f"{number}/{total}" if total else "-"
