"""Refuse URLs whose host is a private address, or a proxy, before a request is sent."""

from scrapy.settings import BaseSettings

from crawler.identity import private_hosts, proxy_hosts
from crawler.politeness.addresses import is_public, literal
from crawler.politeness.outcomes import Outcome


class PrivateAddresses:
    """Checks what the resolver cannot: behind a proxy only the proxy's name is resolved here."""

    def __init__(self, settings: BaseSettings) -> None:
        self._permitted = private_hosts(settings)  # None: every host
        self._proxies = proxy_hosts(settings)

    def refusal(self, host: str) -> Outcome | None:
        """Return why the host of a URL must not be asked, or None."""
        if self._permitted is None or host in self._permitted:
            return None
        address = literal(host)
        if host not in self._proxies and (address is None or is_public(address)):
            return None
        detail = f"{host} is a private address: permit it with allow_private or --allow-private"
        return Outcome("refused", "private address", detail)
