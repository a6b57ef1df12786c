"""The command that takes other archives in: `merge`."""

from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Literal

import click

from archive.cli.common import archive_file, json_option, print_json, say
from archive.errors import ExitCode

if TYPE_CHECKING:
    from rich.table import Table

    from archive.operations.merge import Merged

MEGABYTE = 1_000_000


@click.command()
@click.argument("others", nargs=-1, required=True, metavar="OTHER.db …", type=click.Path(path_type=Path))
@click.option(
    "--warc",
    type=click.Choice(["copy", "move", "keep"]),
    default="copy",
    show_default=True,
    help="Copy the raw pages, move them, or keep them where they are and make links to them.",
)
@json_option
@archive_file
def merge(archive: Path, others: tuple[Path, ...], warc: Literal["copy", "move", "keep"], as_json: bool) -> None:
    """Take other archives in: their pages with all revisions, references and fetches, and what they know of hosts.

    The result is the same in whatever order archives are merged, and merging one again changes nothing. Where several
    have a page, its article is that of the latest fetch and the others are its revisions. What one of them removed is
    removed, raw pages too. The archive is made if it is missing. The other ones stay as they are, except that --warc
    move takes their raw pages. A merge that was interrupted goes on where it was.

    \b
    Example:
      healthnews merge shard-1.db shard-2.db
      healthnews --archive all.db merge --warc keep /mnt/old/healthnews.db
    """
    from dataclasses import asdict

    from archive.console import tables
    from archive.console.output import console, page
    from archive.operations.merge import merge as run

    started = monotonic()
    with tables.progress("Merging") as advance:
        done = run(archive, others, warc=warc, progress=lambda number, total: advance({"pages": number}, total))
    if as_json:
        print_json({"merged": [asdict(each) for each in done], "seconds": round(monotonic() - started, 3)})
    else:
        page(_table(done), out=console())
    problems = [f"{each.source} names raw pages in {name}, which is missing." for each in done for name in each.missing]
    problems += [each.problem for each in done if each.problem]
    for problem in problems:
        say(problem)
    if problems:
        raise SystemExit(ExitCode.NEEDS_A_LOOK)


def _table(done: "list[Merged]") -> "Table":
    """Return what was taken in, a row for each archive."""
    from archive.console.tables import table

    grid = table(
        "archive", "#new pages", "#changed", "#same", "#removed", "#new articles", "#changed", "#revisions", "#files",
        "#MB",
    )  # fmt: skip
    for each in done:
        numbers = [*each.pages.values(), *each.articles.values(), each.revisions, each.warc]
        grid.add_row(each.source, *(f"{number:,}" for number in numbers), f"{each.bytes / MEGABYTE:,.1f}")
    return grid
