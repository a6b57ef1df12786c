"""The report in a terminal: alerts, the contents of the archive or of a site, and its last crawls."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.text import Text

from archive.console.cjk_wrap import prose
from archive.console.crawls import crawl_table, holdings_table
from archive.console.tables import SINGLE, readable, table
from archive.console.works import flagged_table
from archive.monitoring import crawl_reports
from archive.monitoring.site_reports import SiteReport, site_report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table
    from sqlite_utils import Database

    from archive.monitoring.alerts.alert import Alert


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A report as an object for JSON and as tables for a terminal."""

    as_object: dict[str, Any]
    tables: "tuple[RenderableType, ...]"


def of_archive(db: "Database", limit: int) -> Parts:
    """Return the contents of the archive, the cited works that are retracted, and the last `limit` crawls."""
    holdings, crawls, flagged = (
        crawl_reports.holdings(db),
        crawl_reports.crawls(db, limit),
        crawl_reports.retracted_works(db),
    )
    return Parts(
        as_object={
            "holdings": holdings,
            "crawls": [asdict(crawl) for crawl in crawls],
            "flagged": [asdict(work) for work in flagged],
        },
        tables=(
            holdings_table(holdings),
            *([flagged_table(flagged)] if flagged else []),
            *map(crawl_table, crawls),
        ),
    )


def of_site(db: "Database", site: str, limit: int) -> Parts:
    """Return the articles of a site, its last `limit` crawls, and its failed pages. Raises NotStoredError."""
    report = site_report(db, site, limit)
    return Parts(
        as_object={"site": asdict(report)}, tables=(_holdings(report), _crawls(report), Text(), _failures(report))
    )


def alerts(found: "Sequence[Alert]") -> list[RenderableType]:
    """Return a sentence for each alert below a heading; nothing without alerts."""
    if not found:
        return []
    lines = [prose(("! ", "bold yellow"), alert.sentence, rest="  ") for alert in found]
    return [Group(Text("Needs a look", style="bold"), *lines, Text())]


def as_objects(found: "Sequence[Alert]") -> list[dict[str, Any]]:
    """Return the alerts as objects for JSON."""
    return [asdict(alert) for alert in found]


def _holdings(report: SiteReport) -> Group:
    grid = table(f"the archive holds of {report.site or SINGLE}", "#number")
    facts = {"articles": report.articles, "with a date": report.dated, "with references": report.with_references}
    facts |= {"doubtful references": report.doubtful}
    facts |= {f"in {tag or 'unknown'}": number for tag, number in report.languages.items()}
    facts |= {f"pages {state}": number for state, number in report.states.items()}
    for name, number in facts.items():
        grid.add_row(name, f"{number:,}")
    return Group(grid, Text())


def _crawls(report: SiteReport) -> "Table":
    names = crawl_reports.nonzero_names(crawl.counts for crawl in report.crawls)
    grid = table("#crawl", "began (UTC)", "outcome", *(f"#{crawl_reports.HEADINGS.get(name, name)}" for name in names))
    for crawl in report.crawls:
        numbers = (f"{crawl.counts.get(name, 0):,}" for name in names)
        grid.add_row(str(crawl.id), readable(crawl.started_at), crawl.outcome, *numbers)
    return grid


def _failures(report: SiteReport) -> Group:
    """Return the reasons of failed pages, with examples."""
    lines: list[Text] = []
    for each in report.trouble:
        lines.append(Text(f"{each.pages:,} {each.state}, {each.reason or 'no reason recorded'}"))
        lines += [prose(example.url, first="  ", rest="  ") for example in each.examples]
    return Group(*lines)
