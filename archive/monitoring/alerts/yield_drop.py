"""Sites that yield less: of their newest pages fewer have an article, a date or references than of those before.

Fisher's exact test of the last RECENT new pages against up to BEFORE earlier ones; the level ALPHA is divided by the
number of tests, so that many sites do not make many false alarms. Simulated on 60,000 pages of a site that does not
change, looked at after every fifth: at most 0.03 false alarms per 1,000 new pages with a level of ALPHA / 3, none with
a hundredth of that, for shares of 0.3 to 0.99. With RECENT = 20, a loss of references is noticed sooner, but not at all
where 30 % of the articles had some.

At ALPHA / 3 a site of which 98 % of the pages had an article is named when 7 of the last 30 have none; one of which
60 % had references, when 7 of the last 30 have some. After BEFORE more pages the new share is the usual one.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlite_utils import Database

from archive.monitoring.alerts.alert import Alarm, Kind, called, moment
from archive.monitoring.alerts.fisher_exact import chance_of_fewer
from archive.storage.connection import timestamp

RECENT = 30  # pages
BEFORE = 200
ENOUGH = 60  # pages before: with fewer a share is not known
ALPHA = 0.001
# What a site's first crawl finds is older than what comes later, and as a rule poorer: no measure of either.
FIRST_CRAWL = timedelta(days=1)

WORDS: dict[Kind, str] = {
    "fewer articles": "new pages yield an article",
    "fewer dates": "new articles have a date",
    "fewer references": "new articles have references",
}


class Share(NamedTuple):
    """How many of how many, now and before."""

    now: int
    of_now: int
    before: int
    of_before: int


class _Page(NamedTuple):
    id: int
    article: bool
    date: bool
    references: bool


def alarms(db: Database, now: datetime) -> list[Alarm]:  # noqa: ARG001 (pages are counted, whenever they came)
    """An alarm for each share of a site that fell."""
    sites = [site for (site,) in db.execute("select distinct site from pages where site <> ''").fetchall()]
    shares = [(site, kind, share) for site in sites for kind, share in _shares(db, site)]
    return [_alarm(site, kind, share) for site, kind, share in shares if has_fallen(share, len(shares))]


def has_fallen(share: Share, tests: int) -> bool:
    """Whether a share is too low to be chance, one of so many `tests` that are made at a time."""
    return chance_of_fewer(*share) < ALPHA / tests


def _alarm(site: str, kind: Kind, share: Share) -> Alarm:
    before, now = share.before / share.of_before, share.now / share.of_now
    return Alarm(
        kind=kind, site=site, before=round(before, 3), now=round(now, 3),
        sentence=f"{called(site)}: {share.now} of the last {share.of_now} {WORDS[kind]}, before "
        f"{before:.0%} did: the site may have been redesigned; `healthnews sites try {site} URL` shows what is made of "
        "a page.",
    )  # fmt: skip


def _shares(db: Database, site: str) -> Iterator[tuple[Kind, Share]]:
    since = _since(db, site)
    stored, without = _pages(db, site, "stored", since), _pages(db, site, "no article", since)
    both = sorted((*stored, *without), key=lambda page: -page.id)
    columns: dict[Kind, list[bool]] = {
        "fewer articles": [page.article for page in both],
        "fewer dates": [page.date for page in stored],
        "fewer references": [page.references for page in stored],
    }
    for kind, values in columns.items():
        now, before = values[:RECENT], values[RECENT : RECENT + BEFORE]
        if len(before) >= ENOUGH:
            yield kind, Share(sum(now), len(now), sum(before), len(before))


def _since(db: Database, site: str) -> str:
    """When the site's first crawl is over: it is taken to have begun with the first page that has been looked at."""
    sql = "select discovered_at from pages where site = ? and state = ? order by id limit 1"
    rows = (db.execute(sql, [site, state]).fetchone() for state in ("stored", "no article"))
    first = min((row[0] for row in rows if row), default=None)
    return timestamp(moment(first) + FIRST_CRAWL) if first else ""


def _pages(db: Database, site: str, state: str, since: str) -> list[_Page]:
    """The newest pages of the site in that state that were found after `since`, newest first."""
    rows = db.execute(
        "select p.id, a.id is not null, a.published is not null, "
        "exists(select 1 from bibliography where article_id = a.id) from ("
        "select id, discovered_at from pages where site = ? and state = ? order by id desc limit ?"
        ") p left join articles a on a.page_id = p.id where p.discovered_at >= ? order by p.id desc",
        [site, state, RECENT + BEFORE, since],
    ).fetchall()
    return [_Page(page_id, *map(bool, facts)) for page_id, *facts in rows]
