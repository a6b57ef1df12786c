"""What went wrong in a crawl and matters, in sentences, for its end and its exit code: pure queries."""

from collections import Counter
from collections.abc import Iterable, Sequence

from sqlite_utils import Database

from archive.monitoring.alerts.alert import called
from archive.monitoring.failing_sites import ASKED, failing
from archive.monitoring.failing_sites import in_words as failing_in_words
from archive.storage.frontier import Selection
from archive.storage.held_hosts import OUR_LIMITS, Waiting, closed_hosts, in_words, waiting_hosts

EXAMPLES = 3  # articles of a site that are named for each reason

ARTICLES = f"""
select p.site, f.outcome, f.reason, count(*) from fetches f join pages p on p.id = f.page_id
where f.crawl_id = ? and p.kind = 'article' and {ASKED} group by 1, 2, 3
"""  # noqa: S608

# Reasons that say more of us than of the article's page are of interest one by one.
PAGES = """
select p.site, p.host, p.kind, p.url, f.outcome, f.reason, f.detail from fetches f join pages p on p.id = f.page_id
where f.crawl_id = ? and f.outcome in ('failed', 'refused', 'gone', 'no article')
  and (p.kind <> 'article' or f.reason in ('error', 'lost', 'doubtful') or ?)
order by p.kind desc, p.url
"""


def needs_a_look(
    db: Database,
    crawl_id: int,
    *,
    named: bool,
    now: str,
    selection: Selection = Selection(),  # noqa: B008 frozen
) -> list[str]:
    """A sentence for each discovery page that failed, each site most of whose articles did, and errors of ours; with
    `named`, where the pages were asked for one by one, for every page that was not stored. Then, as of `now`, for the
    hosts that made pages of the `selection` wait."""
    turned_away = _turned_away(db, crawl_id, waiting_hosts(db, now, selection))
    rows = db.execute(PAGES, [crawl_id, named]).fetchall()
    lists = [
        _page(kind, url, outcome, *why)
        for _, host, kind, url, outcome, *why in rows
        if kind != "article" and (named or outcome != "failed" or host not in turned_away)  # one cause, one sentence
    ]
    articles = [(site, _page(*row), row[2], row[3]) for site, _, *row in rows if row[0] == "article"]
    lines = [line for _, line, *_ in articles] if named else [*_sites(db, crawl_id), *_examples(articles)]
    return [*lists, *lines, *turned_away.values()]


def _sites(db: Database, crawl_id: int) -> list[str]:
    found = failing(db.execute(ARTICLES, [crawl_id]).fetchall())
    return [f"{called(each.site)}: {failing_in_words(each)}" for each in found]


def _examples(articles: Iterable[tuple[str, str, str, str | None]]) -> list[str]:
    """Of articles (site, line, outcome, reason) the first lines for each site and reason, and how many more there
    are."""
    lines: list[str] = []
    seen: Counter[tuple[str, str, str | None]] = Counter()
    for site, line, outcome, reason in articles:
        seen[site, outcome, reason] += 1
        if seen[site, outcome, reason] <= EXAMPLES:
            lines.append(line)
    more = ((*key, number - EXAMPLES) for key, number in seen.items() if number > EXAMPLES)
    return lines + [f"{called(site)}: {number:,} more {outcome}, {reason}" for site, outcome, reason, number in more]


def _page(kind: str, url: str, outcome: str, reason: str | None, detail: str | None) -> str:
    return f"{url} ({kind}): {outcome}" + (f", {reason}" if reason else "") + (f": {detail}" if detail else "")


def _turned_away(db: Database, crawl_id: int, waiting: Sequence[Waiting]) -> dict[str, str]:
    """A line for each host that is held with pages due, but for limits of ours, or was closed to this crawl."""
    (started_at,) = db.execute("select started_at from crawls where id = ?", [crawl_id]).fetchone()
    lines = {each.host: in_words(each) for each in waiting if each.held not in OUR_LIMITS}
    for host, origin, reason in closed_hosts(db, started_at):
        lines.setdefault(host, f"{host}: closed, since {origin}/robots.txt cannot be read ({reason})")
    return lines
