"""Refuse private IP addresses when a host name is resolved, so that no redirect and no DNS answer bypasses it."""

from collections.abc import Sequence
from typing import Any

from scrapy.crawler import Crawler
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred, fail
from twisted.internet.error import DNSLookupError

from crawler.identity import private_hosts, proxy_hosts
from crawler.politeness.addresses import is_public, literal

# Host name -> private address. Twisted turns every failure to resolve into "no such host"; this tells them apart.
refused: dict[str, str] = {}


class PublicResolver(CachingThreadedResolver):
    """Scrapy's resolver; for a private address it adds the name to `refused` and fails.

    Twisted connects to the address that it returns and does not resolve the name again, so a name whose answer changes
    between two look-ups gains nothing.
    """

    permitted: frozenset[str] | None = frozenset()  # hosts that may be private; None: every host

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> "PublicResolver":
        resolver: PublicResolver = super().from_crawler(crawler, reactor)
        permitted = private_hosts(crawler.settings)
        # No page's own host is among the proxies: see crawler.politeness.private_addresses.
        resolver.permitted = None if permitted is None else permitted | proxy_hosts(crawler.settings)
        return resolver

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> "Deferred[str]":  # noqa: N802 (Twisted's name)
        if address := literal(name):  # the look-up is of IPv4 only and would not find the others
            try:
                self._check(address, name)
            except DNSLookupError as error:
                return fail(error)
        return super().getHostByName(name, timeout).addCallback(self._check, name)

    def _check(self, address: str, name: str) -> Any:
        if self.permitted is None or name in self.permitted or is_public(address):
            refused.pop(name, None)  # an earlier crawl in this process was not permitted to
            return address
        refused[name] = address
        raise DNSLookupError(f"{name} has the private address {address}")
