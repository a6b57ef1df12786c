"""The crawler's user agent and contact, and the hosts that may have private addresses."""

import ipaddress
import os
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies

from scrapy.settings import BaseSettings

from crawler.sites.site import Site, load_sites, site_hosts

CONTACT_VARIABLE = "HEALTHNEWS_CONTACT"


class ContactError(Exception):
    """A public site is to be crawled and no contact is set."""


def private_hosts(settings: BaseSettings) -> frozenset[str] | None:
    """Return the hosts that may have private addresses; None: all of them."""
    if settings.getbool("HEALTHNEWS_ALLOW_PRIVATE"):
        return None
    permitted = [site for site in configured_sites(settings).values() if site.allow_private]
    return frozenset(host for site in permitted for host in site_hosts(site))


def proxy_hosts(settings: BaseSettings) -> frozenset[str]:
    """Return the hosts of the proxies that the environment names (http_proxy, https_proxy)."""
    if not settings.getbool("HTTPPROXY_ENABLED"):
        return frozenset()
    urls = (url for scheme, url in getproxies().items() if scheme in ("http", "https"))
    named = (urlsplit(url if "//" in url else f"//{url}").hostname for url in urls)
    return frozenset(host for host in named if host)


def configured_sites(settings: BaseSettings) -> dict[str, Site]:
    """Return the sites of HEALTHNEWS_SITES by name. Raises SiteError."""
    folder = settings.get("HEALTHNEWS_SITES")
    return load_sites(Path(folder) if folder else None)


def contact_of(settings: BaseSettings) -> str | None:
    """Return the contact for site operators, from the settings or else the environment."""
    contact = settings.get("HEALTHNEWS_CONTACT") or os.environ.get(CONTACT_VARIABLE) or ""
    return contact.strip() or None


def require_contact(contact: str | None, hosts: Iterable[str]) -> None:
    """Raise ContactError when one of `hosts` is not loopback and no contact is set."""
    public = sorted(host for host in hosts if not is_loopback(host))
    if public and not contact:
        raise ContactError(
            f"Crawling {public[0]} needs a contact that its operator can write to: "
            f"pass --contact you@example.org, or set ${CONTACT_VARIABLE}."
        )


def user_agent(contact: str | None) -> str:
    """Return the user agent, with the contact as an RFC 9110 comment."""
    name = f"health-news-archive/{version('health-news-archive')}"
    return f"{name} (+{contact})" if contact else name


def is_loopback(host: str) -> bool:
    """Whether the host name or address is a loopback one."""
    name = host.strip("[]").rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
