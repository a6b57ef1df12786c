"""Reports on sites: their articles, their crawls, and what failed and why. Pure queries.

The site '' is that of the pages that were crawled as single URLs.
"""

import json
from dataclasses import dataclass

from sqlite_utils import Database

from archive.errors import NotStoredError
from archive.monitoring import crawl_reports
from archive.storage.kept_counts import by_value
from archive.storage.sql import from_row
from archive.text.messages import message
from archive.works.doubts import doubtful_count

PROBLEM_STATES = ("failed", "blocked", "refused", "gone", "no article")
CRAWLS = 10  # of a site that are shown …
LAST_CRAWLS = 200  # … among so many of the last ones of the archive
EXAMPLES = 3  # pages that are named for each reason

# Numbers come from the kept counts, dates from indexes.
SITES = """
with known as (
  select site, sum(number) as pages,
    sum(case when value in (select value from json_each(?)) then number else 0 end) as trouble
  from counts where name = 'pages' group by 1 having sum(number) > 0
)
select site, coalesce((select sum(number) from counts where name = 'articles' and site = known.site), 0),
  (select min(published) from articles where site = known.site),
  (select max(published) from articles where site = known.site), pages, trouble,
  (select first_seen from articles where site = known.site order by id desc limit 1)
from known order by 2 desc, 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSummary:
    """A row in the list of sites.

    `first` and `last` are publication dates, `newest` is the time when the newest article was stored, and `trouble` is
    the number of pages in PROBLEM_STATES.
    """

    site: str
    articles: int
    first: str | None
    last: str | None
    pages: int
    trouble: int
    newest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCrawl:
    """One crawl's work on a site; `counts` maps names (of crawl_reports.COUNT_NAMES) to numbers of pages."""

    id: int
    started_at: str
    finished_at: str | None
    outcome: str
    counts: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemPage:
    """A page with a problem; `detail` is a sentence that says more, or None."""

    url: str
    kind: str
    fetched_at: str | None
    status: int | None
    detail: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageProblem:
    """The number of pages in one state for one reason, with the last ones as examples."""

    state: str
    reason: str | None
    pages: int
    examples: tuple[ProblemPage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteReport:
    """The report on a site.

    `dated` and `with_references` are numbers of articles, `doubtful` is one of printed references. `languages` maps
    BCP 47 tags to articles, `states` maps states to pages. `trouble` has why pages are not stored.
    """

    site: str
    articles: int
    first: str | None
    last: str | None
    dated: int
    with_references: int
    doubtful: int
    newest: str | None
    languages: dict[str, int]
    states: dict[str, int]
    crawls: tuple[SiteCrawl, ...]
    trouble: tuple[PageProblem, ...]


def sites(db: Database) -> list[SiteSummary]:
    """Return all sites with a known page, those with most articles first."""
    rows = db.execute(SITES, [json.dumps(PROBLEM_STATES)]).fetchall()
    return [from_row(SiteSummary, row) for row in rows]


def site_report(db: Database, site: str, limit: int = CRAWLS) -> SiteReport:
    """Return the report on a site, with its last `limit` crawls. Raises NotStoredError when no page of it is known."""
    states = by_value(db, "pages", site)
    if not states:
        known = message("No page of a site “%(site)s” is known.", site=site)
        raise NotStoredError(known if site else message("No single page was crawled."))
    facts = db.execute(
        "select count(*), min(published), max(published), count(published), coalesce(sum(exists("
        "select 1 from bibliography where article_id = a.id)), 0) from articles a where site = ?",
        [site],
    ).fetchone()
    articles, first, last, dated, with_references = facts
    languages = "select coalesce(language, ''), count(*) from articles where site = ? group by 1 order by 2 desc, 1"
    newest = db.execute("select first_seen from articles where site = ? order by id desc limit 1", [site]).fetchone()
    return SiteReport(
        site=site,
        articles=articles,
        first=first,
        last=last,
        dated=dated,
        with_references=with_references,
        doubtful=doubtful_count(db, site),
        newest=newest and newest[0],
        languages=dict(db.execute(languages, [site]).fetchall()),
        states=states,
        crawls=_crawls(db, site, limit),
        trouble=_problems(db, site),
    )


def _crawls(db: Database, site: str, limit: int) -> tuple[SiteCrawl, ...]:
    """Return the last crawls that fetched pages of the site, newest first."""
    rows = db.execute(
        "select id, started_at, finished_at, outcome, counts from crawls order by id desc limit ?", [LAST_CRAWLS]
    ).fetchall()
    found: list[SiteCrawl] = []
    for crawl_id, started_at, finished_at, outcome, written in rows:
        counts = _counts(db, crawl_id, json.loads(written) if finished_at else None).get(site)
        if counts:
            found.append(
                SiteCrawl(id=crawl_id, started_at=started_at, finished_at=finished_at, outcome=outcome, counts=counts)
            )
        if len(found) == limit:
            break
    return tuple(found)


def _counts(db: Database, crawl_id: int, written: dict[str, dict[str, int]] | None) -> dict[str, dict[str, int]]:
    """Return the counts that a crawl wrote when it ended; if it runs or was killed, count its fetches.

    They are also counted where an early version wrote `stored`, without distinguishing new articles from changed ones.
    """
    if written is None or any("stored" in counts for counts in written.values()):
        return crawl_reports.counts(db, crawl_id)
    return written


def _problems(db: Database, site: str) -> tuple[PageProblem, ...]:
    """Return why pages of the site are not stored, the most frequent reason first."""
    rows = db.execute(
        "select state, reason, count(*) from pages where site = ? and state in (select value from json_each(?)) "
        "group by 1, 2 order by 3 desc, 1, 2",
        [site, json.dumps(PROBLEM_STATES)],
    ).fetchall()
    return tuple(
        PageProblem(state=state, reason=reason, pages=pages, examples=_examples(db, site, state, reason))
        for state, reason, pages in rows
    )


def _examples(db: Database, site: str, state: str, reason: str | None) -> tuple[ProblemPage, ...]:
    rows = db.execute(
        "select url, kind, fetched_at, status, "
        "(select detail from fetches where page_id = p.id order by id desc limit 1) "
        "from pages p where site = ? and state = ? and reason is ? order by fetched_at desc, id desc limit ?",
        [site, state, reason, EXAMPLES],
    ).fetchall()
    return tuple(from_row(ProblemPage, row) for row in rows)
