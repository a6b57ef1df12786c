"""What feeds and sitemaps say of changes, and whether it is believed: what is not waits for the article's own look."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

from archive.storage.connection import timestamp
from archive.storage.fetch_history import FetchHistory, fetch_history
from archive.storage.frontier import is_known
from crawler.discovery import DiscoveredLink
from crawler.policy.revisit import article_look
from crawler.session import Session
from crawler.sites.site import Site

# Of at least so many pages a list says that more than this share were changed since it was read last: then its dates
# are those of the list, not of the pages (sitemaps that are made anew on each request), and bring none forward. Of a
# shorter list that cannot be told from news, but if all that were known before are at least so many.
MANY, SHARE, FEW = 10, 0.5, 3


def believed(
    links: Sequence[DiscoveredLink], last_look: str | None, site: Site, session: Session
) -> list[DiscoveredLink]:
    """The links of a list (canonical), without what they say of changes where that cannot be believed."""
    changed = {link.url for link in links if last_look and link.modified and moment_of(link.modified) > last_look}
    if _dates_are_of_the_list(links, changed, session):
        return [replace(link, modified=None) for link in links]
    return [
        replace(link, modified=None)
        if link.url in changed and link.kind == "article" and _is_false_alarm(link.url, site, session)
        else link
        for link in links
    ]


def moment_of(modified: datetime) -> str:
    """The moment up to which a date may mean: a day without a time is its end."""
    is_day = modified.timetz().replace(tzinfo=None) == time()
    return timestamp(modified + timedelta(days=1, seconds=-1) if is_day else modified)


def cried_wolf(past: FetchHistory, days: Sequence[float]) -> bool:
    """Whether a page's last two looks were for nothing: a list asked for the newest, and neither was one of the looks
    after so many `days` that an article has anyway.

    A look of its own between them makes that good, so a list is tried again after each.
    """
    if len(past.times) < 3 or any(past.changed[:2]) or (past.link_modified or "") <= past.times[1]:
        return False
    since = datetime.fromisoformat(past.since)
    return len({article_look(since, datetime.fromisoformat(at), days) for at in past.times[:3]}) == 1


def _dates_are_of_the_list(links: Sequence[DiscoveredLink], changed: set[str], session: Session) -> bool:
    if len(links) >= MANY:
        return len(changed) > SHARE * len(links)
    dated = {link.url for link in links if link.modified and is_known(session.db, link.url)}
    return len(dated) >= FEW and dated <= changed


def _is_false_alarm(url: str, site: Site, session: Session) -> bool:
    past = fetch_history(session.db, url)
    return past is not None and cried_wolf(past, site.look_again)
