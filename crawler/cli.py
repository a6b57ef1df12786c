"""The `healthnews` command: the archive's commands plus those that crawl."""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.cli import (
    ArchiveBusyError,
    ExitCode,
    Healthnews,
    UserError,
    archive_file,
    commands,
    json_option,
    print_json,
)
from crawler.completion import configured_sites
from crawler.enrichment.command import works
from crawler.removal_command import remove

if TYPE_CHECKING:
    from crawler.run import Outcome
    from crawler.site import Site

sites_option = click.option(
    "--sites",
    "sites_folder",
    type=click.Path(path_type=Path),
    help="Folder of site files, instead of the bundled ones.",
)


@click.group(
    cls=Healthnews,
    commands=list(commands()),
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
    help="The archive file; also $HEALTHNEWS_ARCHIVE. Raw pages lie beside it, in healthnews-warc/.",
)
@click.option(
    "--no-pager",
    is_flag=True,
    envvar="HEALTHNEWS_NO_PAGER",
    help="Print what is longer than the terminal at once, not through $PAGER; also $HEALTHNEWS_NO_PAGER=1.",
)
@click.pass_context
def main(context: click.Context, archive: Path, no_pager: bool) -> None:  # noqa: ARG001 archive.terminal asks for it
    """Crawls health-news pages and keeps their text, metadata and cited literature, searchable.

    \b
    Example:
      healthnews crawl --contact you@example.org
      healthnews search 干细胞

    Exit codes: 0 all well, 1 the job ran but something needs a look, 2 wrong usage or configuration,
    3 another crawl holds the archive, 130 interrupted, 141 the reader of the output hung up.
    """
    context.obj = archive


main.add_command(works)
main.add_command(remove)


@main.command()
@click.argument("what", nargs=-1, metavar="[SITE or URL]…", shell_complete=configured_sites)
@sites_option
@click.option("--all", "ignore_due", is_flag=True, help="Every known page, whether it is due or not.")
@click.option(
    "--minutes", type=click.FloatRange(0, min_open=True), help="Stop after so many minutes; the next crawl goes on."
)
@click.option("--contact", help="E-mail address or URL for the user agent; also $HEALTHNEWS_CONTACT.")
@click.option("--allow-private", is_flag=True, help="Permit private and loopback addresses in this run.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Extraction processes.")
@click.option("--report", "report_file", type=click.Path(path_type=Path), help="Write the report as JSON to this file.")
@click.option(
    "--metrics",
    "metrics_file",
    type=click.Path(path_type=Path),
    help="Write figures for Prometheus to this file, *.prom for node_exporter's textfile collector.",
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
    """Crawl what is due: all configured sites, the named ones, or single URLs.

    \b
    Example:
      healthnews crawl who --contact you@example.org
      healthnews crawl https://news.example/2024/05/21/scleroderma.html
    """
    from crawler.ending import check_files, conclude
    from crawler.run import settings

    check_files((report_file, metrics_file))
    spider, arguments = _spider_for(what, sites_folder, ignore_due)
    made = settings(
        archive,
        HEALTHNEWS_SITES=sites_folder,
        HEALTHNEWS_MINUTES=minutes,
        HEALTHNEWS_CONTACT=contact,
        HEALTHNEWS_ALLOW_PRIVATE=allow_private or None,
        HEALTHNEWS_WORKERS=workers,
        HEALTHNEWS_COMMAND=shlex.join(["healthnews", *sys.argv[1:]]),
    )
    outcome = _run(spider, made, arguments)
    files = {"report_file": report_file, "metrics_file": metrics_file}
    if code := conclude(archive, outcome, named=spider == "urls", as_json=as_json, **files):
        raise SystemExit(code)


@main.group(invoke_without_command=True)
@sites_option
@json_option
@click.pass_context
def sites(context: click.Context, sites_folder: Path | None, as_json: bool) -> None:
    """List the configured sites and check their files; `sites try` shows what a site's rules make of a page, `sites
    check` whether the sites still yield complete articles.

    \b
    Example:
      healthnews sites
      healthnews sites --sites my-sites try who https://www.who.int/news/item/1
    """
    from archive.terminal import console, page
    from crawler import present

    context.obj = (context.obj, sites_folder)
    configured = _load_sites(sites_folder)
    if context.invoked_subcommand is None:
        if as_json:
            print_json([present.site_object(site) for site in configured.values()])
        else:
            page(present.sites_table(configured), out=console())


@sites.command("try")
@click.argument("site", shell_complete=configured_sites)
@click.argument("page", metavar="URL or FILE")
@click.option("--url", default="", help="The URL that FILE was saved from; by default the site's home page.")
@click.option("--contact", help="E-mail address or URL for the user agent; also $HEALTHNEWS_CONTACT.")
@click.option("--allow-private", is_flag=True, help="Permit private and loopback addresses in this run.")
@json_option
@click.pass_obj
def try_page(
    obj: tuple[Path, Path | None],
    site: str,
    page: str,
    url: str,
    contact: str | None,
    allow_private: bool,
    as_json: bool,
) -> None:
    """Show what SITE's rules would make of a page, without touching the archive.

    \b
    Example:
      healthnews sites try who https://www.who.int/news/item/1
      healthnews sites try who saved.html --url https://www.who.int/news/item/1
    """
    from crawler import trial

    chosen = _chosen(_load_sites(obj[1]), site)
    try:
        result = (
            trial.of_file(Path(page), url or chosen.home, chosen)
            if Path(page).is_file()
            else trial.of_url(page, chosen, obj[1], contact, allow_private)
        )
    except Exception as error:
        raise _as_user_error(error) from error
    if as_json:
        print_json(result.as_object())
    else:
        click.echo(result.as_text())


@sites.command("check")
@click.argument("names", nargs=-1, metavar="[SITE]…", shell_complete=configured_sites)
@click.option(
    "--articles", type=click.IntRange(1), default=3, show_default=True, help="How many articles of each site."
)
@click.option("--contact", help="E-mail address or URL for the user agent; also $HEALTHNEWS_CONTACT.")
@click.option("--allow-private", is_flag=True, help="Permit private and loopback addresses in this run.")
@json_option
@click.pass_obj
def check_sites(
    obj: tuple[Path, Path | None],
    names: tuple[str, ...],
    articles: int,
    contact: str | None,
    allow_private: bool,
    as_json: bool,
) -> None:
    """See whether the configured sites, or SITE …, still yield complete articles, without touching the archive.

    Their feeds, sitemaps and listings are read, and the newest articles fetched, as politely as in a crawl. An article
    is complete with a title, a date and 100 words or 200 Chinese characters. Exit code 1 when a site is not ok.

    \b
    Example:
      healthnews sites check who --contact you@example.org
    """
    from archive.terminal import console
    from crawler import checking, present

    configured = _load_sites(obj[1])
    chosen = [_chosen(configured, name) for name in dict.fromkeys(names)] or list(configured.values())
    try:
        checks, trouble = checking.check(chosen, obj[1], articles, contact, allow_private)
    except Exception as error:
        raise _as_user_error(error) from error
    if as_json:
        print_json([check.as_object() for check in checks])
    else:
        console().print(present.checks_table(checks))
    if trouble:
        click.echo(trouble, err=True)
    if trouble or any(check.verdict != "ok" for check in checks):
        raise SystemExit(ExitCode.NEEDS_A_LOOK)


@main.command()
@click.option(
    "--folder", type=click.Path(path_type=Path), default="demo", show_default=True, help="Where the archive is made."
)
@json_option
def demo(folder: Path, as_json: bool) -> None:
    """Serve the bundled sample site on loopback, crawl it, and search it.

    \b
    Example:
      healthnews demo
    """
    from crawler.demo import tour

    archive, crawl_id = tour.crawl_sample(folder, quiet=as_json)
    if as_json:
        print_json(tour.results(archive, crawl_id))
    else:
        tour.show_results(archive, crawl_id)


def _spider_for(what: tuple[str, ...], sites_folder: Path | None, ignore_due: bool) -> tuple[str, dict[str, str]]:
    """The spider's name and its arguments."""
    from crawler.links import canonical_url

    urls = [word for word in what if "://" in word]
    names = [word for word in what if "://" not in word]
    if urls and names:
        raise UserError("Name either sites or URLs, not both: run the command twice.")
    if urls:
        try:
            return "urls", {"urls": " ".join(map(canonical_url, urls))}
        except ValueError as error:
            raise _as_user_error(error) from error
    configured = _load_sites(sites_folder)
    for name in names:
        _chosen(configured, name)
    return "sites", {"only": ",".join(names), "all": "1" if ignore_due else ""}


def _load_sites(folder: Path | None) -> "dict[str, Site]":
    from crawler.site import SiteError, load_sites

    try:
        return load_sites(folder)
    except SiteError as error:
        raise UserError(str(error)) from error


def _chosen(configured: "dict[str, Site]", name: str) -> "Site":
    if name not in configured:
        known = ", ".join(sorted(configured)) or "none"
        raise UserError(f"There is no site {name!r}; the configured ones are: {known}. A URL begins with https://.")
    return configured[name]


def _run(spider: str, made: object, arguments: dict[str, str]) -> "Outcome":
    from crawler.run import crawl as run_crawl

    try:
        return run_crawl(spider, made, **arguments)  # type: ignore[arg-type]
    except Exception as error:
        raise _as_user_error(error) from error


def _as_user_error(error: Exception) -> Exception:
    """The clear sentence and the exit code of what a user can mend; anything else is a defect and stays itself."""
    from archive.db import ArchiveError
    from archive.lock import BusyError
    from crawler.politeness import ContactError
    from crawler.site import SiteError

    if isinstance(error, BusyError):
        return ArchiveBusyError(str(error))
    if isinstance(error, ArchiveError | ContactError | SiteError):
        return UserError(str(error))
    if isinstance(error, ValueError) and "http" in str(error):
        return UserError(f"{str(error)[0].upper()}{str(error)[1:]}: give a whole http or https URL.")
    return error
