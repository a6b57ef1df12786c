"""Figures for Prometheus, as a text file that node_exporter's textfile collector reads (it takes only *.prom)."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sqlite_utils import Database

from archive.monitoring.alerts.alert import moment
from archive.monitoring.crawl_reports import CrawlReport
from archive.storage.connection import warc_folder
from archive.storage.frontier import Selection, due_count
from archive.storage.held_hosts import waiting_hosts

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

ARTICLES = """
select 'gone', count(*) from pages where missing_since is not null and gone_since is not null union all
select 'missing', count(*) from pages where missing_since is not null and gone_since is null union all
select 'all', count(*) from articles
"""


def exposition(db: Database, archive: Path, report: CrawlReport, exit_status: int) -> str:
    """The figures after a crawl that ended, in Prometheus' text format; sizes are of the files of `archive`.

    `exit_status` is the crawl's: 0 all well, 1 something needs a look, 130 interrupted. A run that does not get as far
    (wrong usage, another crawl holds the archive) writes nothing: alert on the age of the timestamp.
    """
    from prometheus_client import CollectorRegistry, generate_latest

    registry = CollectorRegistry()
    _last_crawl(registry, report, exit_status)
    now = report.finished_at or report.started_at
    files = {"database": (archive, Path(f"{archive}-wal")), "WARC": tuple(warc_folder(archive).glob("*.warc.gz"))}
    for name, files_of in files.items():
        total = sum(file.stat().st_size for file in files_of if file.exists())
        _gauge(registry, f"{name.lower()}_bytes", f"Size of the {name} files, in bytes", total)
    states = dict(db.execute("select state, count(*) from pages group by 1").fetchall())
    _gauge_by(registry, "pages", "Known pages by state", ("state",), {(name,): n for name, n in states.items()})
    _gauge_by(registry, "articles", "Stored articles by what became of their page", ("state",), _articles(db))
    waiting = waiting_hosts(db, now)
    _gauge(registry, "due_pages", "Pages that are due", due_count(db, Selection(), now))
    _gauge(registry, "held_hosts", "Hosts with due pages that are not to be asked yet", len(waiting))
    _gauge(registry, "waiting_pages", "Due pages of such hosts", sum(host.pages for host in waiting))
    return generate_latest(registry).decode()


def _last_crawl(registry: "CollectorRegistry", report: CrawlReport, exit_status: int) -> None:
    start, end = moment(report.started_at), moment(report.finished_at or report.started_at)
    _gauge(registry, "last_crawl_timestamp_seconds", "When the last crawl ended, Unix time", end.timestamp())
    _gauge(registry, "last_crawl_duration_seconds", "How long it took, in seconds", (end - start).total_seconds())
    _gauge(registry, "last_crawl_exit_status", "0 well, 1 needs a look, 130 interrupted", exit_status)
    pages: dict[tuple[str, ...], float] = {
        (site, name): number for site, counts in report.counts.items() for name, number in counts.items()
    }
    _gauge_by(registry, "last_crawl_pages", "Pages of it by site and outcome", ("site", "outcome"), pages)


def _articles(db: Database) -> dict[tuple[str, ...], float]:
    numbers = dict(db.execute(ARTICLES).fetchall())
    there = numbers.pop("all") - sum(numbers.values())
    return {("present",): there} | {(state,): number for state, number in numbers.items()}


def _gauge(registry: "CollectorRegistry", name: str, says: str, value: float) -> None:
    from prometheus_client import Gauge

    Gauge(name, says, namespace="healthnews", registry=registry).set(value)


def _gauge_by(
    registry: "CollectorRegistry",
    name: str,
    says: str,
    labels: tuple[str, ...],
    values: Mapping[tuple[str, ...], float],
) -> None:
    from prometheus_client import Gauge

    made = Gauge(name, says, labels, namespace="healthnews", registry=registry)
    for label_values, value in values.items():
        made.labels(*label_values).set(value)
