"""Options of the commands that crawl, the choice of sites, and errors that a user can correct."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.cli.common import as_user_error as archive_user_error
from archive.errors import UserError

if TYPE_CHECKING:
    from crawler.sites.site import Site


def _nearest_folder(context: click.Context, _: click.Parameter, folder: Path | None) -> Path | None:
    """Return the folder named at the command itself, else at the nearest group before it."""
    while folder is None and context.parent:
        context = context.parent
        folder = context.params.get("sites_folder")
    return folder


sites_option = click.option(
    "--sites",
    "sites_folder",
    type=click.Path(path_type=Path),
    callback=_nearest_folder,
    help="Folder of site files, instead of the bundled ones; also $HEALTHNEWS_SITES.",
)
contact_option = click.option("--contact", help="E-mail address or URL for the user agent; also $HEALTHNEWS_CONTACT.")
private_option = click.option("--allow-private", is_flag=True, help="Allow private and loopback addresses in this run.")

workers_option = click.option(
    "--workers",
    type=click.IntRange(1, 64),
    show_default="2, or 1 on one core",
    help="Extraction processes.",
)


def load_configured(folder: Path | None) -> "dict[str, Site]":
    """Return the sites of the folder, or the bundled ones, by name. Raises UserError."""
    from crawler.sites.site import SiteError, load_sites

    try:
        return load_sites(folder)
    except SiteError as error:
        raise UserError(str(error)) from error


def named_site(sites: "dict[str, Site]", name: str) -> "Site":
    """Return the site of that name. Raises UserError."""
    if name not in sites:
        known = ", ".join(sorted(sites)) or "none"
        raise UserError(f"There is no site {name!r}; the configured ones are: {known}. A URL begins with https://.")
    return sites[name]


def as_user_error(error: Exception) -> Exception:
    """Return a UserError for an error that the user can correct; any other error, a defect, is returned as it is."""
    from archive.errors import ArchiveError, BusyError
    from crawler.identity import ContactError
    from crawler.sites.site import SiteError

    if isinstance(error, ArchiveError | BusyError):
        return archive_user_error(error)
    if isinstance(error, ContactError | SiteError):
        return UserError(str(error))
    if isinstance(error, ValueError) and "http" in str(error):
        return UserError(f"{str(error)[0].upper()}{str(error)[1:]}: give a whole http or https URL.")
    return error
