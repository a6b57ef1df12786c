"""Find the hosts that blocked a crawl: with challenges, logins, rate limits or maintenance notices. Pure queries."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from archive.storage.held_hosts import BLOCKED, HeldHost

RATE_LIMITS = ("rate limit", "same answer")  # reasons of answers that are given to whom asks too often
ROBOTS = ("robots challenge", "robots rate limit", "robots maintenance")  # in robots.reason, of such an answer for it

PAGES = """
select p.site, p.host, f.reason, count(distinct f.page_id) from fetches f join pages p on p.id = f.page_id
where f.crawl_id = ? and f.outcome = 'blocked' group by 1, 2, 3 order by 1, 2, 4 desc, 3
"""

# Of each site whether it blocked an article or a list, and whether an article of it could be read.
SITES = """
select p.site, max(f.outcome = 'blocked'), max(p.kind = 'article' and f.outcome in ('stored', 'unchanged', 'gone'))
from fetches f join pages p on p.id = f.page_id where f.crawl_id = ? group by 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockedHost:
    """A host that blocked pages of a site; `reasons` are pairs of reason and number of pages, most first."""

    site: str
    host: str
    reasons: tuple[tuple[str, int], ...]

    @property
    def pages(self) -> int:
        """The number of blocked pages."""
        return sum(number for _, number in self.reasons)


def blocked_hosts(db: Database, crawl_id: int) -> list[BlockedHost]:
    """Return the hosts that blocked a crawl, in the order of their sites."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for site, host, reason, number in db.execute(PAGES, [crawl_id]).fetchall():
        found.setdefault((site, host), Counter())[reason] += number
    return [
        BlockedHost(site=site, host=host, reasons=tuple(reasons.most_common()))
        for (site, host), reasons in found.items()
    ]


def describe_block(blocked: BlockedHost) -> str:
    """Say which pages were blocked and why, without the site's name."""
    why = ", ".join(f"{reason} ({number:,})" for reason, number in blocked.reasons)
    pages = f"{blocked.pages:,} page{'s' if blocked.pages > 1 else ''}"
    return f"{blocked.host} blocked {pages}: {why}; its articles stay as they are"


def all_blocked(db: Database, crawl_id: int, waiting: Sequence[HeldHost]) -> bool:
    """Return whether every site of a crawl blocked it: none gave an article, and each blocked a page or is held for it.

    `waiting` are the hosts that are held with due pages of the crawl.
    """
    rows = db.execute(SITES, [crawl_id]).fetchall()
    held = {each.site: each.held.startswith(BLOCKED) for each in waiting}
    sites = {site: bool(blocked) and not readable for site, blocked, readable in rows}
    return bool(held.keys() | sites.keys()) and all((held | sites).values())
