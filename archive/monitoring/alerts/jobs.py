"""Alert on crawls that died or ended early, and on crawl jobs that no longer run."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise, takewhile
from statistics import median
from typing import NamedTuple

from sqlite_utils import Database

from archive.monitoring.alerts.alert import Alert, format_span, parse_time
from archive.storage.crawls import INTERRUPTED

LAST_CRAWLS = 20
REPEATED = 3  # so many early ends among the last crawls are reported even when later crawls finished
OVERDUE = timedelta(days=2)  # without a finished crawl …
GAPS_OVERDUE = 4  # … and that many median gaps between crawls: a weekly job is not late after two days
MIN_FINISHED = 5  # with fewer finished crawls there is no schedule to compare with


class _Crawl(NamedTuple):
    id: int
    started_at: str
    finished_at: str | None
    outcome: str
    reason: str | None

    @property
    def ended_early(self) -> bool:
        """Whether it died or an error stopped it; one that its user or its time limit stopped is in order."""
        stopped = self.outcome == "stopped" and self.reason not in (None, INTERRUPTED)
        return stopped or self.outcome == "died"


def alerts(db: Database, now: datetime) -> list[Alert]:
    """Return at most one alert on crawls that ended early and one on crawls that no longer run."""
    rows = db.execute(
        "select id, started_at, finished_at, outcome, reason from crawls order by id desc limit ?", [LAST_CRAWLS]
    ).fetchall()
    crawls = [_Crawl(*row) for row in rows]
    return [*_ended_early([crawl for crawl in crawls if crawl.outcome != "running"]), *_overdue(crawls, now)]


def _ended_early(crawls: Sequence[_Crawl]) -> list[Alert]:
    """Count the crawls that ended early since one finished, or among all if they are at least REPEATED."""
    early = [crawl for crawl in crawls if crawl.ended_early]
    if len(early) < REPEATED:
        early = list(takewhile(lambda crawl: crawl.ended_early, crawls))
    if not early:
        return []
    last = early[0]
    why = last.reason.rstrip(".") if last.reason else "it was killed, or its machine went down"
    return [
        Alert(
            kind="crawl ended early", before=len(crawls) - len(early), now=len(early),
            sentence=f"{len(early)} of the last {len(crawls)} crawls ended early, the last on "
            f"{last.started_at[:10]} (crawl {last.id}: {why}): read its log; the next crawl continues where it "
            "stopped.",
        )
    ]  # fmt: skip


def _overdue(crawls: Sequence[_Crawl], now: datetime) -> list[Alert]:
    ends = [parse_time(crawl.finished_at) for crawl in crawls if crawl.finished_at and not crawl.ended_early]
    if len(ends) < MIN_FINISHED:
        return []
    usual = timedelta(seconds=median((later - earlier).total_seconds() for later, earlier in pairwise(ends)))
    elapsed = now - ends[0]
    if elapsed <= max(OVERDUE, GAPS_OVERDUE * usual):
        return []
    return [
        Alert(
            kind="no crawl", before=round(usual / timedelta(hours=1), 1), now=round(elapsed / timedelta(hours=1), 1),
            sentence=f"No crawl has finished for {format_span(elapsed)}, the usual gap is {format_span(usual)}: check "
            "whether the scheduled job still runs.",
        )
    ]  # fmt: skip
