"""Crawls and the contents of the archive as tables in a terminal."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from sqlite_utils import Database

from archive.console.cjk_wrap import prose
from archive.console.tables import SINGLE, readable, table
from archive.monitoring.crawl_reports import HEADINGS, CrawlReport, newest, nonzero_names
from archive.storage.held_hosts import HeldHost, describe_hold
from archive.storage.kept_counts import total


def crawl_table(
    report: CrawlReport, waiting: Sequence[HeldHost] = (), due: int | None = None, next_due: str | None = None
) -> Group:
    """Return a crawl as a table: a row per site, a column per outcome, below it the reasons and the held hosts.

    due: number of pages that are still due at the crawl's end; None if unknown. next_due: when the next one will be.
    """
    heading = Text(f"Crawl {report.id}, {readable(report.started_at)} UTC, {report.outcome}", style="bold")
    lines: list[RenderableType] = [heading, *([Text(report.reason)] if report.reason else [])]
    lines += [Text(f"Pages still due: {due:,}.")] if report.reason and due else []
    lines += [_sites(report) if report.counts else Text(_why_nothing(waiting, due, next_due))]
    lines += [
        Text(f"  {site or SINGLE}: {number} {HEADINGS.get(name, name)}, {reason}")
        for site, name, reason, number in report.reasons
    ]
    lines += [Text(f"  {describe_hold(host)}") for host in waiting]
    return Group(*lines, Text())


def _why_nothing(waiting: Sequence[HeldHost], due: int | None, next_due: str | None) -> str:
    """Return why a crawl fetched nothing."""
    if waiting:
        pages, reasons = sum(host.pages for host in waiting), dict.fromkeys(host.held for host in waiting)
        return f"Nothing was fetched: {pages:,} {'page is' if pages == 1 else 'pages are'} held ({', '.join(reasons)})."
    if due != 0:
        return "Nothing was fetched."
    when = f" The next page is due at {readable(next_due)} UTC." if next_due else ""
    return f"Nothing was due.{when} To fetch known pages now: healthnews crawl --all, or name their URLs."


def _sites(report: CrawlReport) -> Table:
    seen = nonzero_names(report.counts.values())
    grid = table("site", *(f"#{HEADINGS.get(name, name)}" for name in seen), "#seconds")
    for site, counts in sorted(report.counts.items()):
        numbers = (f"{counts.get(name, 0):,}" for name in seen)
        grid.add_row(site or SINGLE, *numbers, f"{report.seconds[site]:,.0f}")
    return grid


def holdings_table(holdings: Mapping[str, Any]) -> Group:
    """Return the contents of the archive as a table."""
    grid = table("the archive holds", "#number")
    names = {
        "bibliography": "references",
        "doubtful": "  doubtful as printed",
        "works": "works cited",
        "pages": "pages known",
    }
    for name, number in holdings.items():
        if isinstance(number, int):
            grid.add_row(names.get(name, name), f"{number:,}")
    for group in ("languages", "states"):
        for name, number in holdings[group].items():
            grid.add_row(f"  {'pages ' if group == 'states' else 'in '}{name or 'unknown'}", f"{number:,}")
    return Group(grid, Text())


def newest_table(db: Database, limit: int = 8) -> Group:
    """Return a table of the newest articles, and the number of the others."""
    grid = table("published", "language", "~title", "~source", "#references")
    for published, language, title, source, references in newest(db, limit):
        grid.add_row(published, language, prose(title), prose(source or ""), str(references))
    articles = total(db, "articles")
    return Group(grid, Text(f"… and {articles - limit} more\n" if articles > limit else "", style="dim"))
