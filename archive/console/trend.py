"""How often searches are met, in a terminal."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from archive.console.tables import SINGLE, table
from archive.retrieval.trends import Trend, TrendRow

BAR = 20  # cells of the longest bar


def trend_tables(found: Trend) -> Iterator[RenderableType]:
    """Yield a table by period and one by site; a bar shows the share of the first search."""
    undated = [("undated", found.undated)] if found.undated.archived else []
    total = ("all", found.total)
    yield _table(found, found.by, [*((row.name, row) for row in found.periods), *undated, total])
    yield Text()
    yield _table(found, "site", [*((row.name or SINGLE, row) for row in found.sites), total])


def _table(found: Trend, heading: str, rows: list[tuple[str, TrendRow]]) -> Table:
    columns = [part for query in found.queries for part in (f"#{query}", "#share")]
    grid = table(heading, f"#{found.date}", *columns, "")
    most = max((row.shares[0] for _, row in rows), default=0.0)
    for name, row in rows:
        cells = [cell for pair in zip(row.hits, row.shares, strict=True) for cell in (f"{pair[0]:,}", f"{pair[1]:.1%}")]
        bar = "▇" * round(BAR * row.shares[0] / most) if most and name != "all" else ""
        grid.add_row(name, f"{row.archived:,}", *cells, Text(bar, style="cyan"))
    return grid
