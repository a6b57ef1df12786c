"""`healthnews sites add`: look at a home page and write the file of a new site."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.cli.common import json_option, print_json, say_starting, unwritable
from archive.errors import ExitCode, UserError
from crawler.cli.crawl_options import as_user_error, contact_option, load_configured, private_option, sites_option

if TYPE_CHECKING:
    from crawler.sitecheck.proposal import LookError, Proposal


class LookUserError(UserError):
    """The home page cannot be read; the exit code is that of a crawl with this outcome."""

    def __init__(self, error: "LookError") -> None:
        super().__init__(str(error))
        mistyped = ("no such host", "bad address", "private address")
        if error.fate.startswith("blocked"):
            code = ExitCode.BLOCKED
        else:
            code = ExitCode.USAGE if error.fate.endswith(mistyped) else ExitCode.NEEDS_A_LOOK
        vars(self)["exit_code"] = code  # of this error, not of its class


@click.command("add")
@click.argument("url")
@click.option("--name", help="The site's name; by default made of its host.")
@click.option("--yes", is_flag=True, help="Do not ask before an existing file is overwritten.")
@click.option("--dry-run", is_flag=True, help="Show the file; write nothing.")
@sites_option
@contact_option
@private_option
@json_option
def add(
    url: str,
    name: str | None,
    yes: bool,
    dry_run: bool,
    sites_folder: Path | None,
    contact: str | None,
    allow_private: bool,
    as_json: bool,
) -> None:
    """Look at the home page at URL, find feeds, sitemaps, listings and the shape of its articles' addresses, show three
    articles as they would be stored, and write the site's file.

    The site is fetched as politely as in a crawl: its home page, lists and three articles. Exit code 2: there is no
    such host, or the name is taken; 4: the site blocked it; 1: its robots.txt forbids it, or it leads to no list.

    \b
    Example:
      healthnews sites add https://www.example.com/ --sites my-sites --contact you@example.org
      healthnews sites add https://www.example.com/ --sites my-sites --name clinic --dry-run
    """
    if sites_folder is None:
        raise UserError("Name the folder of your site files, which is made if missing: --sites my-sites.")
    try:
        home, name, file = _target(url, name, sites_folder)
        overwrites = file.exists() and not dry_run
        if overwrites and not yes:
            if as_json:
                raise UserError(f"{file} exists: pass --yes to overwrite it, or --name for another one.")
            click.confirm(f"{file} exists. Overwrite it?", abort=True, err=True)
        say_starting()
        found = _proposal(home, name, contact, allow_private)
    except (ValueError, OSError) as error:
        raise as_user_error(error) from error
    if not dry_run:
        _write(file, found.text)
    if as_json:
        print_json({"file": str(file), "written": not dry_run, **found.as_object()})
    else:
        _show(found, file, dry_run=dry_run)
    if not any(trial.article for trial in found.articles):
        click.echo("No article could be read: look at the file before you crawl.", err=True)
        raise SystemExit(ExitCode.NEEDS_A_LOOK)


def _target(url: str, name: str | None, folder: Path) -> tuple[str, str, Path]:
    """Return the home page, the site's name and its file. Raises UserError if the name is taken or invalid."""
    from archive.urls.canonical import canonical_url, same_host
    from crawler.sitecheck.proposal import name_for
    from crawler.sites.site import SiteError, parse_site

    home = canonical_url(url if "://" in url else f"https://{url}")
    name = name or name_for(home)
    try:
        parse_site(f"name = {name!r}\nhome = {home!r}\n", "--name")
    except SiteError as error:
        raise UserError(str(error)) from error
    has_sites = folder.is_dir() and any(folder.glob("*.toml"))
    taken = load_configured(folder).get(name) if has_sites else None
    if taken and not same_host(taken.home, home):
        raise UserError(f"The name {name!r} is taken by the site {taken.home}: pass --name with another one.")
    if has_sites and taken and not (folder / f"{name}.toml").exists():
        raise UserError(f"The site {name!r} has a file of another name in {folder}: pass --name, or delete that file.")
    return home, name, folder / f"{name}.toml"


def _proposal(home: str, name: str, contact: str | None, allow_private: bool) -> "Proposal":
    from crawler.sitecheck.proposal import LookError, propose

    try:
        return propose(home, name, contact, allow_private)
    except LookError as error:
        raise LookUserError(error) from error
    except Exception as error:
        raise as_user_error(error) from error


def _write(file: Path, text: str) -> None:
    from archive.storage.atomic_file import write_whole

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, text)
    except OSError as error:
        raise unwritable(file, error) from error


def _show(found: "Proposal", file: Path, *, dry_run: bool) -> None:
    for each in found.lists:
        click.echo(f"{each.kind:<8} {each.links:>6,} articles  {each.url}")
    if found.patterns:
        click.echo(f"The patterns match {found.matched:,} of {found.links:,} addresses.")
    else:
        click.echo("The addresses of articles have no clear shape: which links are articles is guessed.")
    click.echo()
    for trial in found.articles:
        click.echo(trial.as_text() + "\n")
    click.echo(f"{'Would write' if dry_run else 'Wrote'} {file}:\n")
    click.echo("".join(f"  {line}\n" for line in found.text.splitlines()), nl=False)
    if not dry_run:
        click.echo(f"\nCrawl it: healthnews crawl --sites {file.parent} {found.site.name}")
