"""`healthnews import`: take pages from the files of other web archives, with the hints of their sites' files."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import click

from archive.cli.common import archive_file, as_user_error, json_option, print_json, say
from archive.errors import ArchiveError, BusyError, ExitCode, UserError
from crawler.cli.crawl_options import load_configured, sites_option, workers_option

if TYPE_CHECKING:
    from rich.table import Table

    from archive.operations.importing import Imported, Way
    from crawler.sites.site import Site

MEGABYTE = 1_000_000


@click.command(name="import")
@click.argument("files", nargs=-1, required=True, metavar="FILE …", type=click.Path(path_type=Path))
@click.option("--host", "hosts", multiple=True, help="Only pages of this host and its subdomains; may be repeated.")
@click.option(
    "--language", "languages", multiple=True, help="Only articles in this language (zh, en …); may be repeated."
)
@click.option("--url", "pattern", metavar="REGEX", help="Only pages whose URL matches.")
@click.option("--all", "everything", is_flag=True, help="Pages about anything, not only about health.")
@click.option("--again", is_flag=True, help="Read files again that were imported before with the same selection.")
@click.option("--dry-run", is_flag=True, help="Only count what would be imported.")
@click.option(
    "--warc",
    type=click.Choice(["records", "copy", "keep"]),
    default="records",
    show_default=True,
    help="Keep the records of imported pages, a copy of each whole file, or the file where it is, with a link.",
)
@workers_option
@sites_option
@json_option
@archive_file
def import_files(
    archive: Path,
    files: tuple[Path, ...],
    hosts: tuple[str, ...],
    languages: tuple[str, ...],
    pattern: str | None,
    everything: bool,
    again: bool,
    dry_run: bool,
    warc: "Way",
    workers: int | None,
    sites_folder: Path | None,
    as_json: bool,
) -> None:
    """Take articles about health from files of other web archives: WARC, ARC and WACZ, or folders of them.

    The time of a record counts: an older one makes a past revision of an article, a newer one the current one. Where a
    page came from is kept (fetches.origin). Importing a file again changes nothing, and an import that was interrupted
    goes on where it was. Exclusions and removals of the archive hold.

    \b
    Example:
      healthnews import CC-NEWS-20240521000000-00001.warc.gz
      healthnews import --host who.int --language en --all crawls/
    """
    from archive.console import tables
    from archive.console.output import console, page
    from archive.operations.importing import Sites
    from archive.operations.importing import import_files as run
    from archive.operations.importing.selection import Selection
    from crawler.policy.robots_directives import directives

    configured = load_configured(sites_folder)
    selection = Selection(
        hosts=frozenset(host.lower().strip(".") for host in hosts),
        languages=frozenset(languages),
        url=_compiled(pattern),
        everything=everything,
    )
    started = monotonic()
    try:
        with tables.progress("Importing, MB") as advance:
            done = run(
                archive,
                files,
                selection,
                directives=directives,
                sites=Sites(
                    site_of=_site_of(configured),
                    languages={name: site.language for name, site in configured.items()},
                ),
                workers=workers,
                again=again,
                dry_run=dry_run,
                warc=warc,
                progress=lambda read, total: advance({"MB": read // MEGABYTE}, -(-total // MEGABYTE)),
            )
    except (ArchiveError, BusyError) as error:
        raise as_user_error(error) from error
    total = _total(done)
    if as_json:
        objects = [{"source": each.source, "done_before": each.is_done, "counts": each.counts} for each in done]
        print_json({"files": objects, "counts": total, "seconds": round(monotonic() - started, 3)})
    else:
        page(_table(done, total), out=console())
        for each in done:
            if each.is_done:
                say(f"{each.source} was imported before, with these counts: give --again to read it again.")
    if total.get("damaged") or total.get("failed"):
        raise SystemExit(ExitCode.NEEDS_A_LOOK)


def _compiled(pattern: str | None) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern) if pattern else None
    except re.error as error:
        raise UserError(f"--url {pattern} is no regular expression: {error}.") from error


def _site_of(sites: "dict[str, Site]") -> Callable[[str], str]:
    """Return a function that gives the name of the site of a canonical URL, by its host; '' for none."""
    from archive.storage.exclusions import host_in
    from crawler.sites.site import site_hosts

    names = {host: name for name, site in reversed(sites.items()) for host in site_hosts(site)}
    return lambda url: names.get(host_in(url), "")


def _total(done: "Sequence[Imported]") -> dict[str, int]:
    from archive.operations.importing import OUTCOMES

    sums = {name: sum(each.counts.get(name, 0) for each in done) for name in OUTCOMES}
    return {name: number for name, number in sums.items() if number}


def _table(done: "Sequence[Imported]", total: dict[str, int]) -> "Table":
    """Return what became of the records, a column for each of a few files, or the sum of many."""
    from archive.console.tables import table

    grid = table("what became of the records", "#records")
    for name, number in total.items():
        grid.add_row(name, f"{number:,}")
    grid.add_row("all", f"{sum(total.values()):,}")
    if len(done) > 1:
        grid.caption = f"{len(done)} files"
    return grid
