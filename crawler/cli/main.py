"""The `healthnews` command with all its subcommands."""

from pathlib import Path

import click

from archive.cli.common import json_option, print_json
from archive.cli.group import Healthnews, LazyCommands

# Where each command is: only the one that is run is imported, since to import all takes longer than a search.
COMMANDS = {
    "backup": "archive.cli.maintenance:backup",
    "changes": "archive.cli.changes:changes",
    "check": "archive.cli.maintenance:check",
    "cite": "archive.cli.article:cite",
    "coding": "archive.cli.coding:coding",
    "compact": "archive.cli.maintenance:compact",
    "completion": "archive.cli.completion:completion",
    "crawl": "crawler.cli.crawl:crawl",
    "diff": "archive.cli.article:diff",
    "export": "archive.cli.export:export",
    "import": "crawler.cli.import_files:import_files",
    "literature": "archive.cli.literature:literature",
    "merge": "archive.cli.merge:merge",
    "notes": "archive.cli.notes:notes",
    "remove": "crawler.cli.remove:remove",
    "report": "archive.cli.report:report",
    "reprocess": "crawler.cli.reprocess:reprocess",
    "retractions": "archive.cli.works:retractions",
    "search": "archive.cli.search:search",
    "serve": "archive.cli.serve:serve",
    "show": "archive.cli.article:show",
    "sites": "crawler.cli.sites:sites",
    "trend": "archive.cli.trend:trend",
    "works": "crawler.cli.enrich:works",
}


@click.group(
    cls=Healthnews,
    commands=LazyCommands(COMMANDS),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="health-news-archive")
@click.option(
    "--archive",
    "archive",
    type=click.Path(path_type=Path),
    envvar="HEALTHNEWS_ARCHIVE",
    default="healthnews.db",
    show_default=True,
    help="The archive file; also $HEALTHNEWS_ARCHIVE. Raw pages are stored beside it, in healthnews-warc/.",
)
@click.option(
    "--sites",
    "sites_folder",
    type=click.Path(path_type=Path),
    envvar="HEALTHNEWS_SITES",
    help="Folder of site files, instead of the bundled ones; also $HEALTHNEWS_SITES, or behind crawl, sites …",
)
@click.option(
    "--no-pager",
    is_flag=True,
    envvar="HEALTHNEWS_NO_PAGER",
    help="Print long output at once, not through $PAGER; also $HEALTHNEWS_NO_PAGER=1.",
)
@click.pass_context
def main(context: click.Context, /, archive: Path, **_: object) -> None:  # commands read the other options
    """Crawls health-news pages and keeps their text, metadata and cited literature, searchable.

    \b
    Example:
      healthnews crawl --contact you@example.org
      healthnews search 干细胞

    Exit codes: 0 all well, 1 the job ran but something needs a look, 2 wrong usage or configuration,
    3 another crawl holds the archive, 4 all sites of the crawl blocked it, 130 interrupted, 141 the reader of the
    output hung up.
    """
    context.obj = archive


@main.command()
@click.option(
    "--folder", type=click.Path(path_type=Path), default="demo", show_default=True, help="Folder for the archive."
)
@json_option
def demo(folder: Path, as_json: bool) -> None:
    """Serve the bundled sample site on loopback, crawl it, search it, and show a change and a citation.

    \b
    Example:
      healthnews demo
    """
    from crawler.cli.demo import crawl_sample, results, show_results

    archive, crawl_id = crawl_sample(folder, quiet=as_json)
    if as_json:
        print_json(results(archive, crawl_id))
    else:
        show_results(archive, crawl_id)
