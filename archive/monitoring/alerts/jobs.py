"""Crawls that died or ended early, and jobs that no longer run."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise, takewhile
from statistics import median
from typing import NamedTuple

from sqlite_utils import Database

from archive.monitoring.alerts.alert import Alarm, moment, span_in_words
from archive.storage.crawls import INTERRUPTED

LOOKED_AT = 20  # the last crawls
OFTEN = 3  # of these that died: no accident, also when others came to their end
STOPPED = timedelta(days=2)  # without a crawl that ended by itself …
FACTOR = 4  # … and that many usual gaps between crawls: a job that runs each week is not late after two days
ENOUGH = 5  # crawls that ended: with fewer, somebody tries the program out


class _Crawl(NamedTuple):
    id: int
    started_at: str
    finished_at: str | None
    outcome: str
    reason: str | None

    @property
    def in_trouble(self) -> bool:
        """It died, or trouble stopped it; one that its user or its time stopped is in order."""
        stopped = self.outcome == "stopped" and self.reason not in (None, INTERRUPTED)
        return stopped or self.outcome == "died"


def alarms(db: Database, now: datetime) -> list[Alarm]:
    """At most one alarm for each of the two."""
    rows = db.execute(
        "select id, started_at, finished_at, outcome, reason from crawls order by id desc limit ?", [LOOKED_AT]
    ).fetchall()
    crawls = [_Crawl(*row) for row in rows]
    return [*_early([crawl for crawl in crawls if crawl.outcome != "running"]), *_late(crawls, now)]


def _early(crawls: Sequence[_Crawl]) -> list[Alarm]:
    """Of the last crawls, those since one came to its end; or all that failed, where they are many."""
    troubled = [crawl for crawl in crawls if crawl.in_trouble]
    if len(troubled) < OFTEN:
        troubled = list(takewhile(lambda crawl: crawl.in_trouble, crawls))
    if not troubled:
        return []
    last = troubled[0]
    how = last.reason.rstrip(".") if last.reason else "it was killed, or its machine went down"
    return [
        Alarm(
            kind="crawl ended early", before=len(crawls) - len(troubled), now=len(troubled),
            sentence=f"{len(troubled)} of the last {len(crawls)} crawls ended early, the last on "
            f"{last.started_at[:10]} (crawl {last.id}: {how}): its log says more; the next crawl goes on where it "
            "stopped.",
        )
    ]  # fmt: skip


def _late(crawls: Sequence[_Crawl], now: datetime) -> list[Alarm]:
    ends = [moment(crawl.finished_at) for crawl in crawls if crawl.finished_at and not crawl.in_trouble]
    if len(ends) < ENOUGH:
        return []
    usual = timedelta(seconds=median((later - earlier).total_seconds() for later, earlier in pairwise(ends)))
    silence = now - ends[0]
    if silence <= max(STOPPED, FACTOR * usual):
        return []
    return [
        Alarm(
            kind="no crawl", before=round(usual / timedelta(hours=1), 1), now=round(silence / timedelta(hours=1), 1),
            sentence=f"No crawl has come to its end for {span_in_words(silence)}, they used to be "
            f"{span_in_words(usual)} apart: see whether the scheduled job still runs.",
        )
    ]  # fmt: skip
