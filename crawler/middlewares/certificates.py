"""The certificates that hosts show: kept, so that a report can say which expire and which have changed."""

from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from archive.storage.connection import timestamp
from archive.storage.hosts import Certificate, load_certificate, notice, save
from archive.urls.canonical import host_of
from crawler.session import session_of


class Certificates:
    """Looks at the certificate of each host once in a crawl."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.seen: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Certificates":
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        host = host_of(request.url)
        if response.certificate is not None and host not in self.seen:
            self.seen.add(host)
            self._keep(host, response.certificate)
        return response

    def _keep(self, host: str, shown: Any) -> None:
        session = session_of(self.crawler)
        now = timestamp(session.clock.now())
        old, new = load_certificate(session.db, host), read_certificate(host, shown, now)
        if old and old.issuer != new.issuer:
            detail = f"The certificate is issued by {new.issuer}, no longer by {old.issuer}."
            notice(session.db, session.crawl_id, at=now, host=host, kind="certificate", detail=detail)
        save(session.db, new)


def read_certificate(host: str, shown: Any, now: str) -> Certificate:
    """What is kept of a certificate as Twisted hands it over."""
    from cryptography.hazmat.primitives.hashes import SHA256

    x509 = shown.original.to_cryptography()
    return Certificate(
        host=host,
        fingerprint=x509.fingerprint(SHA256()).hex(),
        issuer=x509.issuer.rfc4514_string(),
        expires_at=timestamp(x509.not_valid_after_utc),
        seen_at=now,
    )
