"""Private addresses are refused where they are dialled, so that no redirect and no DNS answer gets around it."""

import ipaddress
from collections.abc import Sequence
from typing import Any

from scrapy.crawler import Crawler
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

from crawler.identity import private_hosts

# Twisted turns every failure to resolve into "no such host"; here stands what really happened, name -> address.
refused: dict[str, str] = {}


def is_public(address: str) -> bool:
    """Whether an IP address, also an IPv4 one mapped to IPv6, is reachable from anywhere."""
    ip = ipaddress.ip_address(address)
    mapped = getattr(ip, "ipv4_mapped", None)
    return bool((mapped or ip).is_global)


class PublicResolver(CachingThreadedResolver):
    """Scrapy's resolver; it fails, and notes the name in `refused`, instead of answering with a private address."""

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
            return address
        refused[name] = address
        raise DNSLookupError(f"{name} has the private address {address}")
