"""Tables in a terminal; rich measures the width of CJK characters."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from rich.console import Console, Group, RenderableType
from rich.style import Style
from rich.table import Table
from rich.text import Text

from archive.console.cjk_wrap import prose
from archive.monitoring.crawl_reports import HEADINGS, nonzero_names
from archive.storage.held_hosts import describe_hold

if TYPE_CHECKING:
    from sqlite_utils import Database

    from archive.monitoring.crawl_reports import CrawlReport
    from archive.storage.held_hosts import HeldHost

_ADDRESS = re.compile(
    r"https?://[^\x00-\x20\x7f-\x9f]+"
)  # without characters that would end the terminal's escape sequence

SINGLE = "(single URLs)"  # shown for the site ''


def link(text: str, url: str | None, style: str = "") -> Text:
    """Return text that links to `url` on terminals with hyperlinks."""
    target = Style(link=url) if url and _ADDRESS.fullmatch(url) else Style()
    return Text(text, style=Style.parse(style) + target)


def table(*headings: str) -> Table:
    """Return a plain table. `#` before a heading right-aligns its column, `~` wraps its text to fit the line."""
    grid = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        justify: Literal["left", "right"] = "right" if heading.startswith("#") else "left"
        wrapped = heading.startswith("~")
        grid.add_column(heading.lstrip("#~"), justify=justify, no_wrap=not wrapped, overflow="fold")  # CJK: no spaces
    return grid


def counts_table(title: str, counts: Mapping[str, int]) -> Table:
    """Return a table of names and numbers, largest number first."""
    grid = table(title, "#pages")
    for name, number in sorted(counts.items(), key=lambda item: -item[1]):
        grid.add_row(name, str(number))
    return grid


def crawl_table(
    report: "CrawlReport", waiting: "Sequence[HeldHost]" = (), due: int | None = None, next_due: str | None = None
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


def _why_nothing(waiting: "Sequence[HeldHost]", due: int | None, next_due: str | None) -> str:
    """Return why a crawl fetched nothing."""
    if waiting:
        pages, reasons = sum(host.pages for host in waiting), dict.fromkeys(host.held for host in waiting)
        return f"Nothing was fetched: {pages:,} {'page is' if pages == 1 else 'pages are'} held ({', '.join(reasons)})."
    if due != 0:
        return "Nothing was fetched."
    when = f" The next page is due at {readable(next_due)} UTC." if next_due else ""
    return f"Nothing was due.{when} To fetch known pages now: healthnews crawl --all, or name their URLs."


def _sites(report: "CrawlReport") -> Table:
    seen = nonzero_names(report.counts.values())
    grid = table("site", *(f"#{HEADINGS.get(name, name)}" for name in seen), "#seconds")
    for site, counts in sorted(report.counts.items()):
        numbers = (f"{counts.get(name, 0):,}" for name in seen)
        grid.add_row(site or SINGLE, *numbers, f"{report.seconds[site]:,.0f}")
    return grid


def readable(moment: str) -> str:
    """Return a timestamp of the archive in readable form, to the second."""
    return moment[:19].replace("T", " ")


def holdings_table(holdings: Mapping[str, Any]) -> Group:
    """Return the contents of the archive as a table."""
    grid = table("the archive holds", "#number")
    names = {"bibliography": "references", "works": "works cited", "pages": "pages known"}
    for name, number in holdings.items():
        if isinstance(number, int):
            grid.add_row(names.get(name, name), f"{number:,}")
    for group in ("languages", "states"):
        for name, number in holdings[group].items():
            grid.add_row(f"  {'pages ' if group == 'states' else 'in '}{name or 'unknown'}", f"{number:,}")
    return Group(grid, Text())


def newest_table(db: "Database", limit: int = 8) -> Group:
    """Return a table of the newest articles, and the number of the others."""
    from archive.monitoring.crawl_reports import newest

    grid = table("published", "language", "~title", "~source", "#references")
    for published, language, title, source, references in newest(db, limit):
        grid.add_row(published, language, prose(title), prose(source or ""), str(references))
    (total,) = db.execute("select count(*) from articles").fetchone()
    return Group(grid, Text(f"… and {total - limit} more\n" if total > limit else "", style="dim"))


@contextmanager
def progress(title: str) -> Iterator[Callable[[Mapping[str, int], int], None]]:
    """Show a progress bar if standard error is a terminal; yields a function to call with (counts, total)."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not Console(stderr=True).is_terminal) as bar:
        task = bar.add_task(title, total=None)
        yield lambda counts, total: bar.update(task, completed=sum(counts.values()), total=total)
