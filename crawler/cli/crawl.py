"""`healthnews crawl`."""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.cli.common import archive_file, json_option, say_starting
from archive.errors import UserError
from crawler.cli.crawl_options import (
    as_user_error,
    contact_option,
    load_configured,
    named_site,
    private_option,
    sites_option,
)
from crawler.cli.site_completion import configured_sites

if TYPE_CHECKING:
    from crawler.run import CrawlResult


@click.command()
@click.argument("what", nargs=-1, metavar="[SITE or URL]…", shell_complete=configured_sites)
@sites_option
@click.option("--all", "ignore_due", is_flag=True, help="Fetch every known page, whether it is due or not.")
@click.option(
    "--minutes", type=click.FloatRange(0, min_open=True), help="Stop after so many minutes; the next crawl continues."
)
@contact_option
@private_option
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Extraction processes.")
@click.option("--report", "report_file", type=click.Path(path_type=Path), help="Write the report as JSON to this file.")
@click.option(
    "--metrics",
    "metrics_file",
    type=click.Path(path_type=Path),
    help="Write metrics for Prometheus to this file, *.prom for node_exporter's textfile collector.",
)
@json_option
@archive_file
def crawl(
    archive: Path,
    what: tuple[str, ...],
    sites_folder: Path | None,
    ignore_due: bool,
    minutes: float | None,
    contact: str | None,
    allow_private: bool,
    workers: int,
    report_file: Path | None,
    metrics_file: Path | None,
    as_json: bool,
) -> None:
    """Crawl the pages that are due: of all configured sites, of the named ones, or single URLs.

    \b
    Example:
      healthnews crawl who --contact you@example.org
      healthnews crawl https://news.example/2024/05/21/scleroderma.html --contact you@example.org
    """
    say_starting()
    from crawler.cli.crawl_summary import check_files, conclude
    from crawler.run import settings

    check_files((report_file, metrics_file))
    spider, arguments = _spider_for(what, sites_folder, ignore_due)
    crawl_settings = settings(
        archive,
        HEALTHNEWS_SITES=sites_folder,
        HEALTHNEWS_MINUTES=minutes,
        HEALTHNEWS_CONTACT=contact,
        HEALTHNEWS_ALLOW_PRIVATE=allow_private or None,
        HEALTHNEWS_WORKERS=workers,
        HEALTHNEWS_COMMAND=shlex.join(["healthnews", *sys.argv[1:]]),
    )
    outcome = _run(spider, crawl_settings, arguments)
    files = {"report_file": report_file, "metrics_file": metrics_file}
    if code := conclude(archive, outcome, named=spider == "urls", as_json=as_json, **files):
        raise SystemExit(code)


def _spider_for(what: tuple[str, ...], sites_folder: Path | None, ignore_due: bool) -> tuple[str, dict[str, str]]:
    """Return the spider's name and its arguments. Raises UserError."""
    from archive.urls.canonical import canonical_url

    urls = [word for word in what if "://" in word]
    names = [word for word in what if "://" not in word]
    if urls and names:
        raise UserError("Name either sites or URLs, not both: run the command twice.")
    if urls:
        try:
            return "urls", {"urls": " ".join(map(canonical_url, urls))}
        except ValueError as error:
            raise as_user_error(error) from error
    sites = load_configured(sites_folder)
    for name in names:
        named_site(sites, name)
    return "sites", {"only": ",".join(names), "all": "1" if ignore_due else ""}


def _run(spider: str, crawl_settings: object, arguments: dict[str, str]) -> "CrawlResult":
    from crawler.run import crawl as run_crawl

    try:
        return run_crawl(spider, crawl_settings, **arguments)  # type: ignore[arg-type]
    except Exception as error:
        raise as_user_error(error) from error
