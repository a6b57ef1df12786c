"""`healthnews trend`: how often searches are met over time and by site."""

from pathlib import Path
from typing import Any

import click

from archive.cli.common import archive_file, json_option, print_json, reading
from archive.cli.query_options import QueryCommand, filter_options, set_filters
from archive.errors import UserError

MOST = 2  # searches side by side


@click.command(cls=QueryCommand)
@click.argument("queries", metavar="QUERY [QUERY2]", nargs=-1)
@filter_options
@click.option(
    "--by", type=click.Choice(["month", "year"]), help="Length of a period; by default months up to three years."
)
@click.option(
    "--date",
    type=click.Choice(["published", "archived"]),
    default="published",
    show_default=True,
    help="Count an article when it was published, or when it was first archived.",
)
@json_option
@archive_file
def trend(archive: Path, queries: tuple[str, ...], by: str | None, date: str, as_json: bool, **filters: Any) -> None:
    """Count the articles that a search finds, by period and by site, relative to what the archive has of each.

    A second search is shown beside the first. A search of several words is one argument: put it in quotes. Every copy
    of an article counts. Filters narrow both the hits and the articles to which they are related.

    \b
    Example:
      healthnews trend 干细胞
      healthnews trend '干细胞 硬皮病' '"stem cell" scleroderma' --by year
      healthnews trend 治愈率 --date archived --site who --json
    """
    from archive.console.output import console, page
    from archive.console.trend import trend_tables
    from archive.retrieval.trends import trend as count

    if not 1 <= len(queries) <= MOST:
        raise UserError("Give one search or two; put a search of several words in quotes.")
    with reading(archive) as db:
        found = count(db, queries, set_filters(filters), by=by, date=date)
    if as_json:
        print_json(found.as_object())
    else:
        page(*trend_tables(found), out=console())
