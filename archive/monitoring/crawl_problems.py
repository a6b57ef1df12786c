"""The problems of a crawl, in sentences, for its summary and its exit code. Pure queries."""

from collections import Counter
from collections.abc import Iterable, Sequence

from sqlite_utils import Database

from archive.monitoring.alerts.alert import site_label
from archive.monitoring.blocked_hosts import blocked_hosts, describe_block
from archive.monitoring.failing_sites import WAS_FETCHED, describe, failing_sites
from archive.storage.frontier import Selection
from archive.storage.held_hosts import OUR_LIMITS, HeldHost, closed_hosts, describe_hold, held_hosts
from archive.storage.sql import Fragment, compose

HOSTS_FAULT = ("failed", "blocked")
EXAMPLES = 3  # articles of a site that are named for each reason

ARTICLES = compose(
    """
select p.site, f.outcome, f.reason, count(*) from fetches f join pages p on p.id = f.page_id
where f.crawl_id = ? and p.kind = 'article' and {was_fetched} group by 1, 2, 3
""",
    was_fetched=Fragment(WAS_FETCHED),
)

# These reasons point to a fault of the crawler rather than of one article, so each page with one is listed.
PAGES = """
select p.site, p.host, p.kind, p.url, f.outcome, f.reason, f.detail from fetches f join pages p on p.id = f.page_id
where f.crawl_id = ? and f.outcome in ('failed', 'refused', 'blocked', 'gone', 'no article')
  and (p.kind not in ('article', 'image') or f.reason in ('error', 'lost', 'doubtful')
    or (? and p.kind <> 'image'))
order by p.kind desc, p.url
"""


def crawl_problems(
    db: Database,
    crawl_id: int,
    *,
    every_page: bool,
    now: str,
    selection: Selection = Selection(),  # noqa: B008 frozen
) -> list[str]:
    """Return a sentence for each problem of a crawl.

    Problems are discovery pages that failed, sites most of whose articles failed, errors of the crawler itself, and
    hosts that are held at `now` with due pages of the `selection`. With `every_page`, as for a crawl of single URLs,
    each page that was not stored is listed, instead of sites.
    """
    unavailable = _unavailable_hosts(db, crawl_id, held_hosts(db, now, selection))
    rows = db.execute(PAGES, [crawl_id, every_page]).fetchall()
    discovery = [
        _page(kind, url, outcome, *why)
        for _, host, kind, url, outcome, *why in rows
        if kind != "article"
        and (every_page or (outcome not in HOSTS_FAULT) or host not in unavailable)  # one cause, one line
    ]
    articles = [(site, _page(*row), row[2], row[3]) for site, _, *row in rows if row[0] == "article"]
    lines = [line for _, line, *_ in articles] if every_page else [*_sites(db, crawl_id), *_examples(articles)]
    blocked = [f"{site_label(each.site)}: {describe_block(each)}" for each in blocked_hosts(db, crawl_id)]
    return [*discovery, *lines, *blocked, *unavailable.values()]


def _sites(db: Database, crawl_id: int) -> list[str]:
    found = failing_sites(db.execute(ARTICLES, [crawl_id]).fetchall())
    return [f"{site_label(each.site)}: {describe(each)}" for each in found]


def _examples(articles: Iterable[tuple[str, str, str, str | None]]) -> list[str]:
    """Return the first lines for each site and reason, then how many more there are; `articles` are tuples of site,
    line, outcome and reason."""
    lines: list[str] = []
    seen: Counter[tuple[str, str, str | None]] = Counter()
    for site, line, outcome, reason in articles:
        seen[site, outcome, reason] += 1
        if seen[site, outcome, reason] <= EXAMPLES:
            lines.append(line)
    more = ((*key, number - EXAMPLES) for key, number in seen.items() if number > EXAMPLES)
    return lines + [
        f"{site_label(site)}: {number:,} more {outcome}, {reason}" for site, outcome, reason, number in more
    ]


def _page(kind: str, url: str, outcome: str, reason: str | None, detail: str | None) -> str:
    return f"{url} ({kind}): {outcome}" + (f", {reason}" if reason else "") + (f": {detail}" if detail else "")


def _unavailable_hosts(db: Database, crawl_id: int, held: Sequence[HeldHost]) -> dict[str, str]:
    """Map each host that was closed to this crawl, or is held by more than the limits of its site file, to a line."""
    (started_at,) = db.execute("select started_at from crawls where id = ?", [crawl_id]).fetchone()
    lines = {each.host: describe_hold(each) for each in held if each.held not in OUR_LIMITS}
    for host, origin, reason in closed_hosts(db, started_at):
        lines.setdefault(host, f"{host}: closed, since {origin}/robots.txt cannot be read ({reason})")
    return lines
