"""How crawls went: pure queries that the command line and Datasette show."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlite_utils import Database

from archive.storage.held_hosts import Waiting
from archive.works.retractions import ALARMING, Status, article_came, standings

# What fetches are counted as, in the order in which they are shown: see counted_as.
NAMES = ("new", "changed", "unchanged", "gone", "no article", "refused", "failed", "alias", "read")
HEADINGS = {"read": "lists read"}  # headings that say more than the name: feeds, sitemaps and listings

# An article that is known to be gone is no more gone at a later look: it is unchanged. What failed or was refused in
# between says nothing.
#
# `content` came with step m006. Before it, the first time that a page was stored is taken for a new article, and later
# ones for the same: whether they changed was not recorded with the fetch.
FETCHES = """
select p.site, p.kind,
  case when f.outcome = 'gone' and p.kind = 'article' and (
    select e.outcome from fetches e where e.page_id = f.page_id and e.id < f.id
    and e.outcome in ('gone', 'stored', 'unchanged', 'no article') order by e.id desc limit 1
  ) = 'gone' then 'unchanged' else f.outcome end,
  case when f.outcome = 'stored' then coalesce(f.content, case when exists (
    select 1 from fetches e where e.page_id = f.page_id and e.id < f.id and e.outcome = 'stored'
  ) then 'same' else 'new' end) end,
  coalesce(f.reason, ''), count(*)
from fetches f join pages p on p.id = f.page_id where f.crawl_id = ? group by 1, 2, 3, 4, 5
"""

SECONDS = """
select p.site, round(86400 * (max(julianday(f.fetched_at)) -
  min(julianday(f.fetched_at) - coalesce(f.seconds, 0) / 86400)), 1)
from fetches f join pages p on p.id = f.page_id where f.crawl_id = ? group by 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlReport:
    """One crawl: `reason` says in a sentence why it ended early. `counts` maps site -> name (of NAMES) -> pages;
    `reasons` are (site, name, reason, pages), most first; `seconds` go from the first request to the last answer of a
    site."""

    id: int
    started_at: str
    finished_at: str | None
    outcome: str
    reason: str | None
    command: str
    counts: dict[str, dict[str, int]]
    reasons: tuple[tuple[str, str, str, int], ...]
    seconds: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flagged:
    """A cited work that is retracted or has a concern: how many citing articles came before the notice (or on its
    day), after it, or at an unknown time."""

    work_id: int
    title: str | None
    identifier: str
    status: Status
    date: str | None
    before: int
    after: int
    unknown: int


def crawls(db: Database, limit: int = 10) -> list[CrawlReport]:
    """The last `limit` crawls, newest first."""
    rows = db.execute("select id from crawls order by id desc limit ?", [limit]).fetchall()
    return [crawl(db, crawl_id) for (crawl_id,) in rows]


def crawl(db: Database, crawl_id: int) -> CrawlReport:
    """The report of one crawl. Raises KeyError for an unknown id."""
    sql = "select id, started_at, finished_at, outcome, reason, command from crawls where id = ?"
    row = db.execute(sql, [crawl_id]).fetchone()
    if row is None:
        raise KeyError(crawl_id)
    tally: Counter[tuple[str, str, str]] = Counter()
    for site, kind, outcome, content, reason, number in db.execute(FETCHES, [crawl_id]).fetchall():
        tally[site, counted_as(kind, outcome, content), reason] += number
    counts: dict[str, dict[str, int]] = {}
    for (site, name, _), number in sorted(tally.items(), key=lambda item: NAMES.index(item[0][1])):
        counts.setdefault(site, {}).setdefault(name, 0)
        counts[site][name] += number
    listed = sorted(tally.items(), key=lambda item: (-item[1], item[0]))
    reasons = tuple((*key, number) for key, number in listed if key[2])
    seconds = dict(db.execute(SECONDS, [crawl_id]).fetchall())
    names = ("id", "started_at", "finished_at", "outcome", "reason", "command")
    return CrawlReport(**dict(zip(names, row, strict=True)), counts=counts, reasons=reasons, seconds=seconds)


def counts(db: Database, crawl_id: int) -> dict[str, dict[str, int]]:
    """Site -> name (of NAMES) -> pages of one crawl, each fetch once. Raises KeyError for an unknown id."""
    return crawl(db, crawl_id).counts


def counted_as(kind: str, outcome: str, content: str | None) -> str:
    """The name in NAMES under which a fetch is counted: of its page's kind, its outcome and its content as in the
    schema. A feed, sitemap or listing that answered is `read`, whether it changed or not."""
    if kind != "article" and outcome == "unchanged":
        return "read"
    if outcome == "stored":
        return "unchanged" if content == "same" else content or "new"
    return outcome


def names_in(counts: Iterable[Mapping[str, int]]) -> list[str]:
    """The names under which something was counted, in the order in which they are shown."""
    occur = {name for each in counts for name, number in each.items() if number}
    return [name for name in NAMES if name in occur]


def holdings(db: Database) -> dict[str, Any]:
    """What the archive holds: numbers of articles, references, works …, by language and by state of its pages."""
    tables = ("articles", "revisions", "bibliography", "works", "pages")
    numbers: dict[str, Any] = {
        table: db.execute(f"select count(*) from {table}").fetchone()[0]  # noqa: S608
        for table in tables
    }
    for name, sql in (
        ("languages", "select coalesce(language, ''), count(*) from articles group by 1 order by 2 desc"),
        ("states", "select state, count(*) from pages group by 1 order by 2 desc"),
    ):
        numbers[name] = dict(db.execute(sql).fetchall())
    return numbers


def flagged(db: Database) -> list[Flagged]:
    """The cited works that are retracted or have a concern, those cited most after the notice first."""
    found = {work_id: each for work_id, each in standings(db).items() if each.status in ALARMING}
    rows = []
    for work_id, standing in found.items():
        title, key = db.execute("select title, key from works where id = ?", [work_id]).fetchone()
        sql = "select published from articles where id in (select article_id from bibliography where work_id = ?)"
        came = Counter(
            article_came(published, standing.notice.date) for (published,) in db.execute(sql, [work_id]).fetchall()
        )
        kind, _, value = key.partition(":")
        rows.append(
            Flagged(
                work_id=work_id, title=title, identifier=f"{kind.upper()} {value}", status=standing.status,
                date=standing.notice.date, before=came["before"] + came["same day"], after=came["after"],
                unknown=came["unknown"],
            )
        )  # fmt: skip
    return sorted(rows, key=lambda row: (-row.after, -row.before, row.work_id))


def newest(db: Database, limit: int) -> list[tuple[str | None, str | None, str, str | None, int]]:
    """The newest articles: date, language, title, source, number of references."""
    rows: list[tuple[str | None, str | None, str, str | None, int]] = db.execute(
        "select published, language, title, source, (select count(*) from bibliography where article_id = articles.id) "
        "from articles order by published desc, id desc limit ?",
        [limit],
    ).fetchall()
    return rows


def as_object(report: CrawlReport, waiting: Sequence[Waiting], due: int, warnings: Sequence[str]) -> dict[str, Any]:
    """A crawl's report for JSON, with the hosts that wait, the number of pages that are due, and what needs a look."""
    return asdict(report) | {"due": due, "waiting": [asdict(host) for host in waiting], "warnings": list(warnings)}
