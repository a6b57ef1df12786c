"""Who asks, and which hosts may be private: what the sites' files and the options say."""

import ipaddress
import os
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from scrapy.settings import BaseSettings

from crawler.sites.site import Site, load_sites, site_hosts

CONTACT_VARIABLE = "HEALTHNEWS_CONTACT"


class ContactError(Exception):
    """A public site is to be crawled and nobody is named whom its operator could write to."""


def private_hosts(settings: BaseSettings) -> frozenset[str] | None:
    """Hosts that may have private addresses; None: all of them."""
    if settings.getbool("HEALTHNEWS_ALLOW_PRIVATE"):
        return None
    permitted = [site for site in configured_sites(settings).values() if site.allow_private]
    return frozenset(host for site in permitted for host in site_hosts(site))


def configured_sites(settings: BaseSettings) -> dict[str, Site]:
    """The sites of HEALTHNEWS_SITES, by name. Raises SiteError."""
    folder = settings.get("HEALTHNEWS_SITES")
    return load_sites(Path(folder) if folder else None)


def contact_of(settings: BaseSettings) -> str | None:
    """Whom a site's operator can write to, from the settings or else the environment."""
    contact = settings.get("HEALTHNEWS_CONTACT") or os.environ.get(CONTACT_VARIABLE) or ""
    return contact.strip() or None


def require_contact(contact: str | None, hosts: Iterable[str]) -> None:
    """Raises ContactError when one of `hosts` is public and there is no contact; loopback is exempt."""
    public = sorted(host for host in hosts if not is_loopback(host))
    if public and not contact:
        raise ContactError(
            f"Crawling {public[0]} needs a contact that its operator can write to: "
            f"pass --contact you@example.org, or set ${CONTACT_VARIABLE}."
        )


def user_agent(contact: str | None) -> str:
    """The user agent, with the contact after RFC 9110's comment form."""
    name = f"health-news-archive/{version('health-news-archive')}"
    return f"{name} (+{contact})" if contact else name


def is_loopback(host: str) -> bool:
    """Whether the host's name itself says that it is this machine."""
    name = host.strip("[]").rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
