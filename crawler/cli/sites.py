"""The commands on site files: list them, try a page, and check that sites still yield articles."""

from dataclasses import asdict
from pathlib import Path

import click

from archive.cli.common import json_option, print_json, reading, say_starting
from archive.errors import ExitCode
from crawler.cli.crawl_options import (
    as_user_error,
    contact_option,
    load_configured,
    named_site,
    private_option,
    sites_option,
)
from crawler.cli.site_add import add
from crawler.cli.site_completion import configured_sites

# The orders of archive.monitoring.site_comparison, which is imported when it is needed.
COMPARISONS = ["articles", "references", "commercial", "advertising", "changed", "gone", "retracted"]


@click.group(invoke_without_command=True)
@sites_option
@click.option(
    "--compare", is_flag=True, help="Compare the sites in the archive: references, advertising, changes, what is gone."
)
@click.option(
    "--sort",
    type=click.Choice(COMPARISONS),
    default="articles",
    show_default=True,
    help="With --compare: largest share first.",
)
@json_option
@click.pass_context
def sites(context: click.Context, sites_folder: Path | None, compare: bool, sort: str, as_json: bool) -> None:
    """List the configured sites and validate their files; `sites add` writes the file of a new site, `sites try` shows
    the article that a site's rules extract from a page, `sites check` whether the sites still yield complete articles.

    --compare is about the sites in the archive: the shares of their articles that have references, from which
    advertising was removed, that changed, whose page is gone, and that cite a retracted work.

    \b
    Example:
      healthnews sites
      healthnews sites --compare --sort references
      healthnews sites check --sites my-sites --contact you@example.org
    """
    from archive.console.output import console, page
    from crawler.cli import site_tables
    from crawler.sites.site import rules_of

    if context.invoked_subcommand:
        return
    if compare:
        _compare(context.obj, sort, as_json)
        return
    found = load_configured(sites_folder)
    if as_json:
        print_json([rules_of(site) for site in found.values()])
    else:
        page(site_tables.sites_table(found), out=console())


def _compare(archive: Path, sort: str, as_json: bool) -> None:
    from archive.console.output import console, page
    from archive.console.site_comparison import comparison_table
    from archive.monitoring.site_comparison import compare_sites

    with reading(archive) as db:
        found = compare_sites(db, sort)
    if as_json:
        print_json([asdict(site) for site in found])
    else:
        page(comparison_table(found), out=console())


@sites.command("try")
@click.argument("site", shell_complete=configured_sites)
@click.argument("page", metavar="URL or FILE")
@click.option("--url", default="", help="The URL that FILE was saved from; by default the site's home page.")
@sites_option
@contact_option
@private_option
@json_option
def try_page(
    site: str,
    page: str,
    url: str,
    sites_folder: Path | None,
    contact: str | None,
    allow_private: bool,
    as_json: bool,
) -> None:
    """Show the article that SITE's rules extract from a page, without touching the archive.

    \b
    Example:
      healthnews sites try who https://www.who.int/news/item/1
      healthnews sites try who saved.html --url https://www.who.int/news/item/1
    """
    from crawler.sitecheck import trial

    rules = named_site(load_configured(sites_folder), site)
    try:
        result = (
            trial.of_file(Path(page), url or rules.home, rules)
            if Path(page).is_file()
            else trial.of_url(page, rules, sites_folder, contact, allow_private)
        )
    except Exception as error:
        raise as_user_error(error) from error
    if as_json:
        print_json(result.as_object())
    else:
        click.echo(result.as_text())


@sites.command("check")
@click.argument("names", nargs=-1, metavar="[SITE]…", shell_complete=configured_sites)
@click.option(
    "--articles", type=click.IntRange(1), default=3, show_default=True, help="How many articles of each site."
)
@sites_option
@contact_option
@private_option
@json_option
def check_sites(
    names: tuple[str, ...],
    articles: int,
    sites_folder: Path | None,
    contact: str | None,
    allow_private: bool,
    as_json: bool,
) -> None:
    """Check whether the configured sites, or SITE …, still yield complete articles, without touching the archive.

    The feeds, sitemaps and listings and the newest articles are fetched as politely as in a crawl. A complete article
    has a title, a date and 100 words or 200 Chinese characters. Exit code 1 when a site is not ok.

    \b
    Example:
      healthnews sites check who --contact you@example.org
    """
    say_starting()
    from archive.console.output import console
    from crawler.cli import site_tables
    from crawler.sitecheck import check as checking

    found = load_configured(sites_folder)
    wanted = [named_site(found, name) for name in dict.fromkeys(names)] or list(found.values())
    try:
        checks, warnings = checking.check(wanted, sites_folder, articles, contact, allow_private)
    except Exception as error:
        raise as_user_error(error) from error
    if as_json:
        print_json([check.as_object() for check in checks])
    else:
        console().print(site_tables.checks_table(checks))
    for warning in warnings:
        click.echo(warning, err=True)
    if warnings or any(check.verdict != "ok" for check in checks):
        raise SystemExit(ExitCode.NEEDS_A_LOOK)


sites.add_command(add)
