"""Shell completion of the names in site files."""

import click
from click.shell_completion import CompletionItem


def configured_sites(context: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the names of the configured sites; none if a site file is invalid."""
    from crawler.sites.site import SiteError, load_sites

    try:
        sites = load_sites(context.params["sites_folder"])
    except SiteError:
        return []
    return [CompletionItem(name, help=site.home) for name, site in sites.items() if name.startswith(incomplete)]
