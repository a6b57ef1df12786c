"""Refuse private IP addresses when a host name is resolved, so that no redirect and no DNS answer bypasses it."""

import ipaddress
from collections.abc import Sequence
from typing import Any

from scrapy.crawler import Crawler
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

from crawler.identity import private_hosts

# Host name -> private address. Twisted turns every failure to resolve into "no such host"; this tells them apart.
refused: dict[str, str] = {}


def is_public(address: str) -> bool:
    """Whether an IP address, also an IPv4 one mapped to IPv6, is publicly routable."""
    ip = ipaddress.ip_address(address)
    mapped = getattr(ip, "ipv4_mapped", None)
    return bool((mapped or ip).is_global)


class PublicResolver(CachingThreadedResolver):
    """Scrapy's resolver; for a private address it adds the name to `refused` and fails."""

    permitted: frozenset[str] | None = frozenset()  # hosts that may be private; None: every host

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> "PublicResolver":
        resolver: PublicResolver = super().from_crawler(crawler, reactor)
        resolver.permitted = private_hosts(crawler.settings)
        return resolver

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> "Deferred[str]":  # noqa: N802 (Twisted's name)
        return super().getHostByName(name, timeout).addCallback(self._check, name)

    def _check(self, address: str, name: str) -> Any:
        if self.permitted is None or name in self.permitted or is_public(address):
            refused.pop(name, None)  # an earlier crawl in this process was not permitted to
            return address
        refused[name] = address
        raise DNSLookupError(f"{name} has the private address {address}")
