"""Metrics in Prometheus' text format, for node_exporter's textfile collector (which reads only *.prom files)."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sqlite_utils import Database

from archive.monitoring.alerts.alert import parse_time
from archive.monitoring.crawl_reports import CrawlReport
from archive.storage.connection import wal_file, warc_folder
from archive.storage.frontier import Selection, due_count
from archive.storage.held_hosts import held_hosts
from archive.storage.kept_counts import by_value

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

EXIT_STATUS = "0 success, 1 problems found, 4 all sites blocked the crawl, 130 interrupted"

ARTICLES = """
select 'gone', count(*) from pages where missing_since is not null and gone_since is not null union all
select 'missing', count(*) from pages where missing_since is not null and gone_since is null union all
select 'all', coalesce(sum(number), 0) from counts where name = 'articles'
"""


def exposition(db: Database, archive: Path, report: CrawlReport, exit_status: int) -> str:
    """Return the metrics after a crawl, in Prometheus' text format; `archive` is the database file.

    `exit_status` is that of the crawl, see EXIT_STATUS. A run that fails earlier (wrong usage, another crawl holds the
    archive) writes nothing, so alert on the age of the timestamp.
    """
    from prometheus_client import CollectorRegistry, generate_latest

    registry = CollectorRegistry()
    _last_crawl(registry, report, exit_status)
    now = report.finished_at or report.started_at
    files = {"database": (archive, wal_file(archive)), "WARC": tuple(warc_folder(archive).glob("*.warc.gz"))}
    for name, files_of in files.items():
        total = sum(file.stat().st_size for file in files_of if file.exists())
        _gauge(registry, f"{name.lower()}_bytes", f"Size of the {name} files, in bytes", total)
    states = by_value(db, "pages")
    _gauge_by(registry, "pages", "Known pages by state", ("state",), {(name,): n for name, n in states.items()})
    _gauge_by(registry, "articles", "Stored articles by the state of their page", ("state",), _articles(db))
    waiting = held_hosts(db, now)
    _gauge(registry, "due_pages", "Pages that are due", due_count(db, Selection(), now))
    _gauge(registry, "held_hosts", "Hosts with due pages that are held, so not fetched yet", len(waiting))
    _gauge(registry, "waiting_pages", "Due pages of held hosts", sum(host.pages for host in waiting))
    return generate_latest(registry).decode()


def _last_crawl(registry: "CollectorRegistry", report: CrawlReport, exit_status: int) -> None:
    start, end = parse_time(report.started_at), parse_time(report.finished_at or report.started_at)
    _gauge(registry, "last_crawl_timestamp_seconds", "When the last crawl ended, Unix time", end.timestamp())
    _gauge(
        registry, "last_crawl_duration_seconds", "Duration of the last crawl, in seconds", (end - start).total_seconds()
    )
    _gauge(registry, "last_crawl_exit_status", EXIT_STATUS, exit_status)
    pages: dict[tuple[str, ...], float] = {
        (site, name): number for site, counts in report.counts.items() for name, number in counts.items()
    }
    _gauge_by(registry, "last_crawl_pages", "Pages of the last crawl by site and outcome", ("site", "outcome"), pages)


def _articles(db: Database) -> dict[tuple[str, ...], float]:
    numbers = dict(db.execute(ARTICLES).fetchall())
    present = numbers.pop("all") - sum(numbers.values())
    return {("present",): present} | {(state,): number for state, number in numbers.items()}


def _gauge(registry: "CollectorRegistry", name: str, help_text: str, value: float) -> None:
    from prometheus_client import Gauge

    Gauge(name, help_text, namespace="healthnews", registry=registry).set(value)


def _gauge_by(
    registry: "CollectorRegistry",
    name: str,
    help_text: str,
    labels: tuple[str, ...],
    values: Mapping[tuple[str, ...], float],
) -> None:
    from prometheus_client import Gauge

    gauge = Gauge(name, help_text, labels, namespace="healthnews", registry=registry)
    for label_values, value in values.items():
        gauge.labels(*label_values).set(value)
