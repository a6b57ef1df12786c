"""Whether configured sites still yield complete articles: `healthnews sites check`."""

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
from crawler.sitecheck.parts import List, Tried, tried
from crawler.sites.quiet_hours import quiet_until
from crawler.sites.site import Site

Verdict = Literal["ok", "look", "broken"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCheck:
    """What was seen of a site: its `lists` (feeds, sitemaps, listings), how many articles they lead to, and those that
    were `tried`; `why` gives the reasons for a verdict that is not ok, in sentences."""

    site: str
    verdict: Verdict
    why: tuple[str, ...]
    lists: tuple[List, ...]
    links: int
    tried: tuple[Tried, ...]

    def as_object(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self) | {"tried": [article.as_object() for article in self.tried]}


def check(
    sites: Sequence[Site], folder: Path | None, articles: int, contact: str | None, allow_private: bool
) -> tuple[list[SiteCheck], tuple[str, ...]]:
    """Reads the lists of `sites` (those of the files in `folder`) and the newest `articles` of each, politely, in one
    crawl into an archive that is thrown away. Returns what was seen, and what else needs a look, in sentences.

    Raises what a crawl raises: ContactError, SiteError; KeyboardInterrupt when it was interrupted.
    """
    from crawler.run import crawl, settings

    with tempfile.TemporaryDirectory() as place:
        archive = Path(place) / "check.db"
        made = settings(
            archive,
            HEALTHNEWS_SITES=folder,
            HEALTHNEWS_CONTACT=contact,
            HEALTHNEWS_ALLOW_PRIVATE=allow_private or None,
            HEALTHNEWS_ARTICLES_PER_SITE=articles,
        )
        outcome = crawl("check", made, only=",".join(site.name for site in sites))
        if outcome.interrupted:
            raise KeyboardInterrupt
        db = open_archive(archive)
        try:
            return [_seen(db, site) for site in sites], outcome.warnings
        finally:
            db.close()


def _seen(db: Database, site: Site) -> SiteCheck:
    lists = tuple(_lists(db, site))
    sql = (
        "select count(*) from pages where site = ? and kind = 'article' "
        "and found_on in (select id from pages where kind <> 'article')"
    )
    (links,) = db.execute(sql, [site.name]).fetchone()
    seen = tuple(_tried(db, site.name))
    verdict, why = judge(lists, links, seen)
    return SiteCheck(site=site.name, verdict=verdict, why=tuple(why), lists=lists, links=links, tried=seen)


def _lists(db: Database, site: Site) -> Iterable[List]:
    sql = """
      select page.id, page.state, page.reason, page.fetched_at,
        (select detail from fetches where page_id = page.id order by id desc limit 1),
        exists(select 1 from pages where found_on = page.id)
      from pages named join pages page on page.id = coalesce(named.alias_of, named.id) where named.url = ?
    """
    for kind, urls in (("feed", site.feeds), ("sitemap", site.sitemaps), ("listing", site.listings)):
        for url in urls:
            _, state, reason, fetched_at, detail, leads = db.execute(sql, [canonical_url(url)]).fetchone()
            if fetched_at is None:
                problem: str | None = _why_not_asked(db, site, host_of(url))
            elif state != "read":
                problem = ", ".join(filter(None, (state, reason)))
            else:
                problem = None if leads else detail
            yield List(url=url, kind=kind, problem=problem, asked=fetched_at is not None)


def _why_not_asked(db: Database, site: Site, host: str) -> str:
    until = quiet_until(site.quiet, site.timezone, datetime.now(UTC))
    if until:
        return f"not asked: the site is quiet until {until:%Y-%m-%d %H:%M} UTC"
    row = db.execute("select held from hosts where host = ?", [host]).fetchone()
    return f"not asked: {row[0]}" if row and row[0] else "not asked"


def _tried(db: Database, site: str) -> Iterable[Tried]:
    sql = """
      select p.url, p.state, p.reason, a.id from pages p left join articles a on a.page_id = p.id
      where p.site = ? and p.kind = 'article' and p.fetched_at is not null and p.state <> 'alias' order by p.id
    """
    for url, state, reason, article_id in db.execute(sql, [site]).fetchall():
        fate = ", ".join(filter(None, (state, reason)))
        yield tried(url, load(db, article_id).article) if article_id else Tried(url=url, fate=fate)


def judge(lists: Sequence[List], links: int, seen: Sequence[Tried]) -> tuple[Verdict, list[str]]:
    """The verdict and its reasons. Broken is a site that was asked and yields no complete article."""
    why = [f"{each.kind} {each.url}: {each.problem}" for each in lists if each.problem]
    if not links and not all(each.problem for each in lists):
        why.append("its lists lead to no article by the site's rules")
    elif links and not seen:
        why.append("none of its articles was asked for")
    for problem in dict.fromkeys(problem for each in seen for problem in each.problems):
        having = [each.url for each in seen if problem in each.problems]
        why.append(f"{problem}: {len(having)} of {len(seen)} articles, such as {having[0]}")
    yields_none = not links and any(each.asked for each in lists)
    is_broken = all(each.problems for each in seen) if seen else yields_none
    return ("broken" if is_broken else "look" if why else "ok"), why
