"""Sites compared, in a terminal."""

from collections.abc import Iterable

from rich.table import Table

from archive.console.tables import SINGLE, table
from archive.monitoring.site_comparison import SiteComparison


def comparison_table(found: Iterable[SiteComparison]) -> Table:
    """Return a table with a row for each site: shares of its articles, and characters of advertising per article."""
    grid = table(
        "site", "#articles", "#with references", "#commercial", "#advertising", "#changed", "#gone", "#cite retracted"
    )
    for site in found:
        grid.add_row(
            site.site or SINGLE,
            f"{site.articles:,}",
            _share(site, site.with_references),
            _share(site, site.commercial),
            f"{site.share(site.marketing_length):,.0f}" if site.marketing_length else "-",
            _share(site, site.changed),
            _share(site, site.gone),
            _share(site, site.citing_retracted),
        )
    return grid


def _share(site: SiteComparison, number: int) -> str:
    return f"{site.share(number):.1%}" if number else "-"
