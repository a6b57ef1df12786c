"""Send each request once, so that none bypasses the host throttle, and read no endless head of a response."""

from typing import Any

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    TunnelError,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, DownloadFailedError
from scrapy.http import Response
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress
from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS, ResponseFailed

from crawler.politeness.outcomes import ProxyTunnelError

# Bytes of a status line with its headers, and of interim responses before it. Chromium reads 256 KiB; Twisted takes no
# line over 16 KiB, but any number of lines.
LARGEST_HEAD = 128 * 1024


class HeadSizeError(Exception):
    """The head of a response has more than LARGEST_HEAD bytes."""


class OneTryHandler(HTTP11DownloadHandler):
    """Scrapy's handler of http and https without Twisted's own retry, and with a limit on the head of a response.

    Twisted retries at once when a kept-open connection turns out to be closed. Scrapy retries too, after the host's
    delay.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool.retryAutomatically = False  # Scrapy has no setting for it
        self._pool._factory = BoundedFactory

    async def download_request(self, request: Request) -> Response:
        """Return the response. Raises DownloadCancelledError for one that is too large, ProxyTunnelError, and Scrapy's
        other errors."""
        try:
            return await super().download_request(request)
        except DownloadFailedError as error:
            cause = error.__cause__
            if isinstance(cause, ResponseFailed) and any(reason.check(HeadSizeError) for reason in cause.reasons):
                raise DownloadCancelledError(f"The headers have more than {LARGEST_HEAD:,} bytes") from error
            raise
        except TunnelError as error:
            raise ProxyTunnelError(str(error)) from error


class BoundedProtocol(_LenientHTTP11ClientProtocol):
    """Gives up a response whose head does not end within LARGEST_HEAD bytes."""

    _received = 0  # bytes of the current response's head

    def request(self, request: Any) -> "Deferred[Any]":
        self._received = 0
        deferred: Deferred[Any] = super().request(request)
        if self._parser is not None:
            self._parser.MAX_LENGTH = LARGEST_HEAD  # of one line
        return deferred

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 (Twisted's name)
        super().dataReceived(data)  # type: ignore[no-untyped-call]
        if self._parser is not None and self._parser.state in (STATUS, HEADER):
            self._received += len(data)
            if self._received > LARGEST_HEAD:
                self._giveUp(Failure(HeadSizeError()))  # type: ignore[no-untyped-call]


class BoundedFactory(_LenientHTTP11ClientFactory):
    """Builds BoundedProtocol."""

    def buildProtocol(self, addr: IAddress | None) -> BoundedProtocol:  # noqa: ARG002, N802 (Twisted's)
        return BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]
