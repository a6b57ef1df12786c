"""How crawls went: pure queries that the command line and Datasette show."""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from archive.retractions import ALARMING, Status, article_came, standings

# What a fetch comes to, as in the schema, the best first: the order in which they are shown.
OUTCOMES = ("stored", "unchanged", "read", "alias", "no article", "gone", "refused", "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlReport:
    """One crawl: `counts` maps site -> outcome -> pages; `reasons` are (site, outcome, reason, pages), most first."""

    id: int
    started_at: str
    finished_at: str | None
    outcome: str
    command: str
    counts: dict[str, dict[str, int]]
    reasons: tuple[tuple[str, str, str, int], ...]


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
    sql = "select id, started_at, finished_at, outcome, command from crawls where id = ?"
    row = db.execute(sql, [crawl_id]).fetchone()
    if row is None:
        raise KeyError(crawl_id)
    outcomes = db.execute(
        "select p.site, f.outcome, coalesce(f.reason, ''), count(*) from fetches f join pages p on p.id = f.page_id "
        "where f.crawl_id = ? group by 1, 2, 3 order by 4 desc, 1, 2, 3",
        [crawl_id],
    ).fetchall()
    counts: dict[str, dict[str, int]] = {}
    for site, outcome, _, number in outcomes:
        counts.setdefault(site, {}).setdefault(outcome, 0)
        counts[site][outcome] += number
    reasons = tuple((site, outcome, reason, number) for site, outcome, reason, number in outcomes if reason)
    names = ("id", "started_at", "finished_at", "outcome", "command")
    return CrawlReport(**dict(zip(names, row, strict=True)), counts=counts, reasons=reasons)


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


def needs_a_look(db: Database, crawl_id: int, *, named: bool) -> list[str]:
    """What went wrong in a crawl and matters: discovery pages that failed, errors of ours, and with `named`, where the
    pages were asked for one by one, every page that was not stored."""
    rows = db.execute(
        "select p.kind, p.url, f.outcome, f.reason, f.detail from fetches f join pages p on p.id = f.page_id "
        "where f.crawl_id = ? and (p.kind <> 'article' or f.reason = 'error' or ?) "
        "and f.outcome in ('failed', 'refused', 'gone', 'no article') order by p.kind desc, p.url",
        [crawl_id, named],
    ).fetchall()
    return [
        f"{url} ({kind}): {outcome}" + (f", {reason}" if reason else "") + (f": {detail}" if detail else "")
        for kind, url, outcome, reason, detail in rows
    ]


def as_json(report: CrawlReport) -> str:
    """The report as JSON."""
    from dataclasses import asdict

    return json.dumps(asdict(report), ensure_ascii=False, indent=2)
