"""What a person sees of sites in a terminal, and a site for JSON."""

from collections.abc import Mapping
from typing import Any

from rich.table import Table

from archive.present import link, table
from archive.wrapping import prose
from crawler.site import Site


def sites_table(configured: Mapping[str, Site]) -> Table:
    """A row per site."""
    made = table("site", "~home", "#feeds", "#sitemaps", "#listings", "#delay")
    for site in configured.values():
        numbers = (str(len(urls)) for urls in (site.feeds, site.sitemaps, site.listings))
        made.add_row(site.name, prose(link(site.home, site.home)), *numbers, f"{site.delay:g} s")
    return made


def site_object(site: Site) -> dict[str, Any]:
    """All that a site's file says, for JSON; patterns, windows and the time zone as they are written."""
    plain = {name: getattr(site, name) for name in site.__dataclass_fields__}
    patterns = {key: [pattern.pattern for pattern in plain[key]] for key in ("articles", "exclude")}
    return plain | patterns | {"quiet": [str(window) for window in site.quiet], "timezone": site.timezone.key}
