"""Decide whether to trust the modification dates (lastmod) of feeds and sitemaps.

A trusted date that is later than the last fetch makes an article due; without one it keeps its revisit interval.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

from sqlite_utils import Database

from archive.storage.connection import timestamp
from archive.storage.fetch_history import FetchHistory, fetch_history
from archive.storage.frontier import is_known
from crawler.discovery import DiscoveredLink
from crawler.policy.revisit import unchanged_since
from crawler.sites.site import Site
from crawler.turns import in_slices

# In a feed or sitemap of at least MANY pages, dates are ignored if more than SHARE of the pages changed since it was
# read last: they are then the dates of the file, not of the pages (sitemaps that are generated on each request). In a
# shorter one that cannot be told from news; its dates are ignored if all pages known before changed, at least FEW.
MANY, SHARE, FEW = 10, 0.5, 3


async def trusted(
    links: Sequence[DiscoveredLink], last_fetch: str | None, site: Site, db: Database
) -> list[DiscoveredLink]:
    """Return the links (canonical) of a feed or sitemap, without the modification dates that are not trusted.

    What was fetched before is looked up in slices.
    """
    changed = {link.url for link in links if last_fetch and link.modified and latest_moment(link.modified) > last_fetch}
    if _always_says_now(links, changed, db):
        return [replace(link, modified=None) for link in links]
    return [
        replace(link, modified=None)
        if link.url in changed and link.kind == "article" and _had_false_lastmod(link.url, site, db)
        else link
        async for some in in_slices(links)
        for link in some
    ]


def latest_moment(modified: datetime) -> str:
    """Return the latest moment that a modification date can mean: a date without a time is the end of its day."""
    is_day = modified.timetz().replace(tzinfo=None) == time()
    return timestamp(modified + timedelta(days=1, seconds=-1) if is_day else modified)


def had_false_lastmod(past: FetchHistory, days: Sequence[float]) -> bool:
    """Whether a page's last two fetches brought nothing and were due to a modification date.

    They were if a date was seen before the newest, and neither is one of the regular visits after `days`. A regular
    visit in between ends the distrust, so dates are tried again after each.
    """
    if len(past.times) < 3 or any(past.changed[:2]) or (past.link_modified or "") <= past.times[1]:
        return False
    since = datetime.fromisoformat(past.since)
    return len({unchanged_since(since, datetime.fromisoformat(at), days) for at in past.times[:3]}) == 1


def _always_says_now(links: Sequence[DiscoveredLink], changed: set[str], db: Database) -> bool:
    if len(links) >= MANY:
        return len(changed) > SHARE * len(links)
    dated = {link.url for link in links if link.modified and is_known(db, link.url)}
    return len(dated) >= FEW and dated <= changed


def _had_false_lastmod(url: str, site: Site, db: Database) -> bool:
    past = fetch_history(db, url)
    return past is not None and had_false_lastmod(past, site.look_again)
