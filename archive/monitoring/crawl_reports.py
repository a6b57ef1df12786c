"""Reports on crawls, holdings and cited works that are retracted. Pure queries for the command line and Datasette."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlite_utils import Database

from archive.storage.held_hosts import HeldHost
from archive.storage.kept_counts import by_value, total
from archive.works.doubts import doubtful_count
from archive.works.retractions import WARNED_OF, Status, article_came, retraction_states

# The names under which fetches are counted (see count_name), in the order in which they are shown.
COUNT_NAMES = (
    "new", "changed", "unchanged", "gone", "no article", "refused", "blocked", "failed", "alias", "read", "images",
    "images not kept",
)  # fmt: skip
HEADINGS = {"read": "lists read"}  # column headings that differ from the name; lists: feeds, sitemaps, listings

# An article that was gone at its fetch before is counted as unchanged; fetches between them that failed or were refused
# are ignored.
#
# Fetches without `content` were made by an early version: the first stored fetch of a page is counted as new, later
# ones as unchanged.
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
    """One crawl.

    `reason` says in a sentence why it ended early. `counts` maps site -> name (of COUNT_NAMES) -> pages. `reasons` are
    tuples of site, name, reason and pages, most pages first. `seconds` maps a site to the time from its first request
    to its last response.
    """

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
class RetractedWork:
    """A cited work that is retracted or has an expression of concern.

    `before`, `after` and `unknown` are the numbers of citing articles published up to the day of the notice, after it,
    and at an unknown date.
    """

    work_id: int
    title: str
    identifier: str
    status: Status
    date: str | None
    before: int
    after: int
    unknown: int


def crawls(db: Database, limit: int = 10) -> list[CrawlReport]:
    """Return the reports of the last `limit` crawls, newest first."""
    rows = db.execute("select id from crawls order by id desc limit ?", [limit]).fetchall()
    return [crawl(db, crawl_id) for (crawl_id,) in rows]


def crawl(db: Database, crawl_id: int) -> CrawlReport:
    """Return the report of one crawl. Raises KeyError for an unknown id."""
    sql = "select id, started_at, finished_at, outcome, reason, command from crawls where id = ?"
    row = db.execute(sql, [crawl_id]).fetchone()
    if row is None:
        raise KeyError(crawl_id)
    tally: Counter[tuple[str, str, str]] = Counter()
    for site, kind, outcome, content, reason, number in db.execute(FETCHES, [crawl_id]).fetchall():
        tally[site, count_name(kind, outcome, content), reason] += number
    counts: dict[str, dict[str, int]] = {}
    for (site, name, _), number in sorted(tally.items(), key=lambda item: COUNT_NAMES.index(item[0][1])):
        counts.setdefault(site, {}).setdefault(name, 0)
        counts[site][name] += number
    listed = sorted(tally.items(), key=lambda item: (-item[1], item[0]))
    reasons = tuple((*key, number) for key, number in listed if key[2])
    seconds = dict(db.execute(SECONDS, [crawl_id]).fetchall())
    names = ("id", "started_at", "finished_at", "outcome", "reason", "command")
    return CrawlReport(**dict(zip(names, row, strict=True)), counts=counts, reasons=reasons, seconds=seconds)


def counts(db: Database, crawl_id: int) -> dict[str, dict[str, int]]:
    """Map site -> name (of COUNT_NAMES) -> number of fetches of one crawl. Raises KeyError for an unknown id."""
    return crawl(db, crawl_id).counts


def count_name(kind: str, outcome: str, content: str | None) -> str:
    """Return the name in COUNT_NAMES under which a fetch is counted.

    `kind` is that of its page; `outcome` and `content` are columns of `fetches`. A feed, sitemap or listing that was
    fetched is `read`, whether it changed or not. Images are counted apart, by whether they are kept.
    """
    if kind == "image":
        return "images" if outcome in ("read", "unchanged") else "images not kept"
    if kind != "article" and outcome == "unchanged":
        return "read"
    if outcome == "stored":
        return "unchanged" if content == "same" else content or "new"
    return outcome


def nonzero_names(counts: Iterable[Mapping[str, int]]) -> list[str]:
    """Return the names with a number above 0, in the order of COUNT_NAMES."""
    occur = {name for each in counts for name, number in each.items() if number}
    return [name for name in COUNT_NAMES if name in occur]


def holdings(db: Database) -> dict[str, Any]:
    """Count articles, revisions, references, doubtful ones, works and pages, articles by language, pages by state."""
    return {
        "articles": total(db, "articles"),
        "revisions": db.execute("select count(*) from revisions").fetchone()[0],
        "bibliography": total(db, "references"),
        "doubtful": doubtful_count(db),
        "works": total(db, "works"),
        "pages": total(db, "pages"),
        "languages": by_value(db, "languages"),
        "states": by_value(db, "pages"),
    }


def retracted_works(db: Database) -> list[RetractedWork]:
    """Return the cited works that are retracted or have a concern, those cited most after the notice first."""
    from archive.works.queries import listed  # with the patterns of references, which reports on crawls do not need

    found = {work_id: each for work_id, each in retraction_states(db).items() if each.status in WARNED_OF}
    rows, works = [], {work.id: work for work in listed(db, dict.fromkeys(found, 0))}
    for work_id, standing in found.items():
        sql = "select published from articles where id in (select article_id from bibliography where work_id = ?)"
        came = Counter(
            article_came(published, standing.notice.date) for (published,) in db.execute(sql, [work_id]).fetchall()
        )
        identifier = next((f"{kind.upper()} {value}" for kind, value, _ in works[work_id].identifiers), "")
        rows.append(
            RetractedWork(
                work_id=work_id, title=works[work_id].name, identifier=identifier, status=standing.status,
                date=standing.notice.date, before=came["before"] + came["same day"], after=came["after"],
                unknown=came["unknown"],
            )
        )  # fmt: skip
    return sorted(rows, key=lambda row: (-row.after, -row.before, row.work_id))


def newest(db: Database, limit: int) -> list[tuple[str | None, str | None, str, str | None, int]]:
    """Return the newest articles as tuples of date, language, title, source and number of references."""
    rows: list[tuple[str | None, str | None, str, str | None, int]] = db.execute(
        "select published, language, title, source, (select count(*) from bibliography where article_id = articles.id) "
        "from articles order by published desc, id desc limit ?",
        [limit],
    ).fetchall()
    return rows


def as_object(report: CrawlReport, waiting: Sequence[HeldHost], due: int, warnings: Sequence[str]) -> dict[str, Any]:
    """Return a crawl's report for JSON, with the held hosts, the number of due pages, and the problems."""
    return asdict(report) | {"due": due, "waiting": [asdict(host) for host in waiting], "warnings": list(warnings)}
