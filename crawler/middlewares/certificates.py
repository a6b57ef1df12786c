"""Store the TLS certificates of hosts, so that a report can say which ones expire or changed."""

from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from archive.storage.connection import timestamp
from archive.storage.hosts import Certificate, load_certificate, notice, save
from archive.urls.canonical import host_of
from crawler.clock import Clock
from crawler.crawl_archive import CrawlArchive
from crawler.session import session_of


class CertificatesMiddleware:
    """Stores the certificate of each host once in a crawl."""

    def __init__(self, archive: CrawlArchive, clock: Clock) -> None:
        self.archive, self.clock = archive, clock
        self.seen: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "CertificatesMiddleware":
        session = session_of(crawler)
        return cls(session.archive, session.clock)

    def process_response(self, request: Request, response: Response) -> Response:
        host = host_of(request.url)
        if response.certificate is not None and host not in self.seen:
            self.seen.add(host)
            self._store(read_certificate(host, response.certificate, timestamp(self.clock.now())))
        return response

    def _store(self, new: Certificate) -> None:
        db, old = self.archive.db, load_certificate(self.archive.db, new.host)
        if old and old.issuer != new.issuer:
            detail = f"The certificate is issued by {new.issuer}, no longer by {old.issuer}."
            notice(db, self.archive.crawl_id, at=new.seen_at, host=new.host, kind="certificate", detail=detail)
        save(db, new)


def read_certificate(host: str, certificate: Any, now: str) -> Certificate:
    """Return the row of a certificate as Twisted provides it."""
    from cryptography.hazmat.primitives.hashes import SHA256

    x509 = certificate.original.to_cryptography()
    return Certificate(
        host=host,
        fingerprint=x509.fingerprint(SHA256()).hex(),
        issuer=x509.issuer.rfc4514_string(),
        expires_at=timestamp(x509.not_valid_after_utc),
        seen_at=now,
    )
