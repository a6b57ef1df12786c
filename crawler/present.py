"""What a person sees of sites in a terminal, and the same as JSON."""

import json
from collections.abc import Mapping
from typing import Any

from rich.table import Table

from archive.present import table
from crawler.site import Site


def sites_table(configured: Mapping[str, Site]) -> Table:
    """A row per site."""
    made = table("site", "~home", "#feeds", "#sitemaps", "#listings", "#delay")
    for site in configured.values():
        numbers = (str(len(urls)) for urls in (site.feeds, site.sitemaps, site.listings))
        made.add_row(site.name, site.home, *numbers, f"{site.delay:g} s")
    return made


def sites_json(configured: Mapping[str, Site]) -> str:
    """All that the files say, as a list of objects; patterns as they are written."""
    return json.dumps([site_object(site) for site in configured.values()], ensure_ascii=False, indent=2)


def site_object(site: Site) -> dict[str, Any]:
    """One site for JSON."""
    patterns = {key: [pattern.pattern for pattern in getattr(site, key)] for key in ("articles", "exclude")}
    flat = {name: getattr(site, name) for name in site.__dataclass_fields__ if name not in patterns}
    return flat | patterns
