"""Check whether configured sites still yield complete articles: `healthnews sites check`."""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from sqlite_utils import Database

from archive.articles.lookup import load
from archive.storage.database import open_archive
from archive.urls.canonical import canonical_url, host_of
from crawler.sitecheck.parts import ArticleCheck, DiscoveryPageCheck, check_article
from crawler.sites.quiet_hours import quiet_until
from crawler.sites.site import Site, starting_pages

Verdict = Literal["ok", "look", "broken"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCheck:
    """The result of checking a site.

    `lists` are its feeds, sitemaps and listings, `links` is the number of articles that they link to, and `tried` are
    the articles that were fetched. `why` gives the reasons for a verdict that is not ok, in sentences.
    """

    site: str
    verdict: Verdict
    why: tuple[str, ...]
    lists: tuple[DiscoveryPageCheck, ...]
    links: int
    tried: tuple[ArticleCheck, ...]

    def as_object(self) -> dict[str, Any]:
        """Return the check for JSON."""
        return asdict(self) | {"tried": [article.as_object() for article in self.tried]}


def check(
    sites: Sequence[Site], folder: Path | None, articles: int, contact: str | None, allow_private: bool
) -> tuple[list[SiteCheck], tuple[str, ...]]:
    """Fetch feeds, sitemaps, listings and the newest `articles` of each site, in one crawl into a temporary archive.

    `folder` has the files of the sites. Return the checks, and other problems of the crawl in sentences. Raises what a
    crawl raises: ContactError, SiteError; KeyboardInterrupt if it was interrupted.
    """
    from crawler.run import crawl, settings

    with tempfile.TemporaryDirectory() as place:
        archive = Path(place) / "check.db"
        crawl_settings = settings(
            archive,
            HEALTHNEWS_SITES=folder,
            HEALTHNEWS_CONTACT=contact,
            HEALTHNEWS_ALLOW_PRIVATE=allow_private or None,
            HEALTHNEWS_ARTICLES_PER_SITE=articles,
        )
        outcome = crawl("check", crawl_settings, only=",".join(site.name for site in sites))
        if outcome.interrupted:
            raise KeyboardInterrupt
        db = open_archive(archive)
        try:
            return [_check_site(db, site) for site in sites], outcome.warnings
        finally:
            db.close()


def _check_site(db: Database, site: Site) -> SiteCheck:
    lists = tuple(_check_discovery(db, site))
    sql = (
        "select count(*) from pages where site = ? and kind = 'article' "
        "and found_on in (select id from pages where kind <> 'article')"
    )
    (links,) = db.execute(sql, [site.name]).fetchone()
    tried = tuple(_check_articles(db, site.name))
    verdict, why = judge(lists, links, tried)
    return SiteCheck(site=site.name, verdict=verdict, why=tuple(why), lists=lists, links=links, tried=tried)


def _check_discovery(db: Database, site: Site) -> Iterable[DiscoveryPageCheck]:
    sql = """
      select page.id, page.state, page.reason, page.fetched_at,
        (select detail from fetches where page_id = page.id order by id desc limit 1),
        exists(select 1 from pages where found_on = page.id)
      from pages named join pages page on page.id = coalesce(named.alias_of, named.id) where named.url = ?
    """
    for kind, urls in starting_pages(site).items():
        for url in urls:
            _, state, reason, fetched_at, detail, leads = db.execute(sql, [canonical_url(url)]).fetchone()
            if fetched_at is None:
                problem: str | None = _why_not_fetched(db, site, host_of(url))
            elif state != "read":
                problem = ", ".join(filter(None, (state, reason)))
            else:
                problem = None if leads else detail
            yield DiscoveryPageCheck(url=url, kind=kind, problem=problem, asked=fetched_at is not None)


def _why_not_fetched(db: Database, site: Site, host: str) -> str:
    until = quiet_until(site.quiet, site.timezone, datetime.now(UTC))
    if until:
        return f"not fetched: quiet hours until {until:%Y-%m-%d %H:%M} UTC"
    row = db.execute("select held from hosts where host = ?", [host]).fetchone()
    return f"not fetched: {row[0]}" if row and row[0] else "not fetched"


def _check_articles(db: Database, site: str) -> Iterable[ArticleCheck]:
    sql = """
      select p.url, p.state, p.reason, a.id from pages p left join articles a on a.page_id = p.id
      where p.site = ? and p.kind = 'article' and p.fetched_at is not null and p.state <> 'alias' order by p.id
    """
    for url, state, reason, article_id in db.execute(sql, [site]).fetchall():
        outcome = ", ".join(filter(None, (state, reason)))
        yield check_article(url, load(db, article_id).article) if article_id else ArticleCheck(url=url, outcome=outcome)


def judge(lists: Sequence[DiscoveryPageCheck], links: int, tried: Sequence[ArticleCheck]) -> tuple[Verdict, list[str]]:
    """Return the verdict and its reasons. A site that was fetched and yields no complete article is broken."""
    why = [f"{each.kind} {each.url}: {each.problem}" for each in lists if each.problem]
    if not links and not all(each.problem for each in lists):
        why.append("its feeds, sitemaps and listings link to no article by the site's rules")
    elif links and not tried:
        why.append("none of its articles was fetched")
    for problem in dict.fromkeys(problem for each in tried for problem in each.problems):
        affected = [each.url for each in tried if problem in each.problems]
        why.append(f"{problem}: {len(affected)} of {len(tried)} articles, such as {affected[0]}")
    yields_none = not links and any(each.asked for each in lists)
    is_broken = all(each.problems for each in tried) if tried else yields_none
    return ("broken" if is_broken else "look" if why else "ok"), why
