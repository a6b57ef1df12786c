"""Alert on sites whose newest pages yield fewer articles, dates or references than earlier ones.

Fisher's exact test compares the last RECENT new pages with up to BEFORE earlier ones. The level ALPHA is divided by the
number of tests (Bonferroni), so the number of sites does not multiply false alerts. In a simulation of 60,000 pages of
a site that does not change, tested after every fifth page, ALPHA / 3 gives at most 0.03 false alerts per 1,000 new
pages and a hundredth of that level gives none, for shares of 0.3 to 0.99. RECENT = 20 detects a loss of references
sooner, but never where only 30 % of the articles had some.

At ALPHA / 3 a site with articles on 98 % of its pages raises an alert when 7 of the last 30 have none. A site with
references in 60 % of its articles raises one when only 7 of the last 30 have some. After BEFORE more pages the new
share is the usual one.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from math import exp, lgamma
from typing import NamedTuple

from sqlite_utils import Database

from archive.monitoring.alerts.alert import Alert, parse_time, site_label
from archive.storage.connection import timestamp

RECENT = 30  # pages
BEFORE = 200
MIN_BEFORE = 60  # earlier pages: with fewer, their share is not known well enough
ALPHA = 0.001
# Pages of a site's first crawl are older than later ones and usually yield less, so they are not compared.
FIRST_CRAWL = timedelta(days=1)

DESCRIPTIONS = {
    "fewer articles": "new pages yield an article",
    "fewer dates": "new articles have a date",
    "fewer references": "new articles have references",
}


class Share(NamedTuple):
    """`now` of the `of_now` recent pages, and `before` of the `of_before` earlier ones, have the property."""

    now: int
    of_now: int
    before: int
    of_before: int


class _Page(NamedTuple):
    id: int
    article: bool
    date: bool
    references: bool


def alerts(db: Database, now: datetime) -> list[Alert]:  # noqa: ARG001 (pages are counted, not time)
    """Return an alert for each share that has fallen, at most three per site."""
    sites = [site for (site,) in db.execute("select distinct site from pages where site <> ''").fetchall()]
    shares = [(site, kind, share) for site in sites for kind, share in _shares(db, site)]
    return [_alert(site, kind, share) for site, kind, share in shares if has_fallen(share, len(shares))]


def has_fallen(share: Share, tests: int) -> bool:
    """Return whether a share has fallen by more than chance, as one of `tests` tests made at the same time."""
    return fisher_p_value(*share) < ALPHA / tests


def fisher_p_value(now: int, of_now: int, before: int, of_before: int) -> float:
    """Return the one-sided p-value of Fisher's exact test that the share `now` / `of_now` is no lower than before.

    It is the probability of at most `now` hits among `of_now`, with all hits distributed by chance over both samples.
    Logarithms of factorials are used because math.comb takes seconds for numbers in the ten thousands.
    """
    hits, total = now + before, of_now + of_before
    lowest = max(0, of_now - (total - hits))
    whole = _log_choose(total, of_now)
    terms = (_log_choose(hits, k) + _log_choose(total - hits, of_now - k) - whole for k in range(lowest, now + 1))
    return min(1.0, sum(map(exp, terms)))


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def _alert(site: str, kind: str, share: Share) -> Alert:
    before, now = share.before / share.of_before, share.now / share.of_now
    return Alert(
        kind=kind, site=site, before=round(before, 3), now=round(now, 3),
        sentence=f"{site_label(site)}: {share.now} of the last {share.of_now} {DESCRIPTIONS[kind]}, {before:.0%} "
        f"before: the site may have been redesigned; `healthnews sites try {site} URL` shows what is extracted from a "
        "page.",
    )  # fmt: skip


def _shares(db: Database, site: str) -> Iterator[tuple[str, Share]]:
    since = _end_of_first_crawl(db, site)
    stored, without = _pages(db, site, "stored", since), _pages(db, site, "no article", since)
    both = sorted((*stored, *without), key=lambda page: -page.id)
    columns: dict[str, list[bool]] = {
        "fewer articles": [page.article for page in both],
        "fewer dates": [page.date for page in stored],
        "fewer references": [page.references for page in stored],
    }
    for kind, values in columns.items():
        now, before = values[:RECENT], values[RECENT : RECENT + BEFORE]
        if len(before) >= MIN_BEFORE:
            yield kind, Share(sum(now), len(now), sum(before), len(before))


def _end_of_first_crawl(db: Database, site: str) -> str:
    """Return the timestamp FIRST_CRAWL after the first page with a result was discovered; '' if there is none."""
    sql = "select discovered_at from pages where site = ? and state = ? order by id limit 1"
    rows = (db.execute(sql, [site, state]).fetchone() for state in ("stored", "no article"))
    first = min((row[0] for row in rows if row), default=None)
    return timestamp(parse_time(first) + FIRST_CRAWL) if first else ""


def _pages(db: Database, site: str, state: str, since: str) -> list[_Page]:
    """Return the newest pages of the site in that state that were discovered after `since`, newest first."""
    rows = db.execute(
        "select p.id, a.id is not null, a.published is not null, "
        "exists(select 1 from bibliography where article_id = a.id) from ("
        "select id, discovered_at from pages where site = ? and state = ? order by id desc limit ?"
        ") p left join articles a on a.page_id = p.id where p.discovered_at >= ? order by p.id desc",
        [site, state, RECENT + BEFORE, since],
    ).fetchall()
    return [_Page(page_id, *map(bool, facts)) for page_id, *facts in rows]
