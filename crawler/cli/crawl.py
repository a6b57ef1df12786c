"""`healthnews crawl`."""

import os
import shlex
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from archive.cli.common import archive_file, json_option, say_starting
from archive.errors import UserError
from crawler.cli.cluster import (
    check_options,
    cluster_option,
    crawl_on_cluster,
    lease_option,
    plan_of,
    shards_option,
    turn_option,
)
from crawler.cli.crawl_options import (
    as_user_error,
    contact_option,
    load_configured,
    named_site,
    private_option,
    sites_option,
    workers_option,
)
from crawler.cli.site_completion import configured_sites

if TYPE_CHECKING:
    from crawler.discovery.address_list import AddressList
    from crawler.run import CrawlResult


@click.command()
@click.argument("what", nargs=-1, metavar="[SITE or URL]…", shell_complete=configured_sites)
@click.option(
    "--urls",
    "urls_file",
    type=click.File("rb"),
    metavar="FILE",
    help="Crawl the addresses in this file, or in standard input (-): lines, CSV, .xlsx, Markdown, HTML or OPML.",
)
@sites_option
@click.option("--all", "ignore_due", is_flag=True, help="Fetch every known page, whether it is due or not.")
@click.option(
    "--minutes", type=click.FloatRange(0, min_open=True), help="Stop after so many minutes; the next crawl continues."
)
@contact_option
@private_option
@workers_option
@cluster_option
@shards_option
@turn_option
@lease_option
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
    urls_file: IO[bytes] | None,
    sites_folder: Path | None,
    ignore_due: bool,
    minutes: float | None,
    contact: str | None,
    allow_private: bool,
    workers: int | None,
    cluster: str | None,
    shards: str | None,
    turn: float,
    lease: float,
    report_file: Path | None,
    metrics_file: Path | None,
    as_json: bool,
) -> None:
    """Crawl the pages that are due: of all configured sites, of the named ones, or single URLs.

    --urls reads a list of addresses from elsewhere, in any encoding. Of a table the column of addresses is found.
    Lines without an address are named, with exit code 1, and do not stop the others.

    --cluster crawls on several machines and merges what they find into the archive (docs/cluster.md).

    \b
    Example:
      healthnews crawl who --contact you@example.org
      healthnews crawl https://news.example/2024/05/21/scleroderma.html --contact you@example.org
      healthnews crawl --urls addresses.csv --contact you@example.org
    """
    say_starting()
    check_options(cluster, shards, what, is_list=urls_file is not None)
    if cluster:
        if report_file or metrics_file:
            raise UserError("--report and --metrics are of one crawl on one machine: leave them out with --cluster.")
        plan = plan_of(
            archive,
            shards,
            what,
            sites_folder,
            refetch=ignore_due,
            minutes=minutes,
            turn=turn,
            seconds=lease,
            contact=contact or os.environ.get("HEALTHNEWS_CONTACT"),
            allow_private=allow_private,
            workers=workers,
            command=shlex.join(["healthnews", *sys.argv[1:]]),
        )
        if code := crawl_on_cluster(cluster, plan, as_json=as_json):
            raise SystemExit(code)
        return
    from crawler.cli.crawl_summary import check_files, conclude
    from crawler.run import settings

    check_files((report_file, metrics_file))
    listed = _addresses(urls_file, what) if urls_file else None
    spider, arguments = _spider_for_list(listed) if listed else _spider_for(what, sites_folder, ignore_due)
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
    origin = _origin(urls_file) if urls_file else ""
    named = spider == "urls"
    if code := conclude(archive, outcome, named=named, listed=listed, origin=origin, as_json=as_json, **files):
        raise SystemExit(code)


def _origin(file: IO[bytes]) -> str:
    return "standard input" if file.name == "<stdin>" else Path(file.name).name


def _addresses(file: IO[bytes], what: tuple[str, ...]) -> "AddressList":
    """Return the addresses in the file. Raises UserError if there are none."""
    from crawler.cli.address_outcomes import bad_lines
    from crawler.discovery.address_list import NoAddressListError, read_address_list

    if what:
        raise UserError("--urls takes the place of sites and URLs: run the command twice.")
    origin = _origin(file)
    try:
        listed = read_address_list(file.read())
    except NoAddressListError as error:
        raise UserError(f"{origin} cannot be read: {error}.") from error
    if not listed.addresses:
        raise UserError("\n  ".join([f"{origin} has no address to crawl.", *bad_lines(origin, listed)]))
    return listed


def _spider_for_list(listed: "AddressList") -> tuple[str, dict[str, str]]:
    """Return the spider's name and its arguments."""
    urls = {kind: " ".join(each.url for each in listed.addresses if each.kind == kind) for kind in ("article", "feed")}
    return "urls", {"urls": urls["article"], "feeds": urls["feed"]}


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
