"""Stop a crawl whose lease is over, before its next request goes out.

The process that holds the lease writes the moment at which it is over into a file, again at each renewal. The crawl
reads it in the downloader, right before a request is written to its connection: a crawl that was stopped by a signal,
or cut off from the store, sends nothing when it goes on after that moment. Requests that go out before have so much
time that they end before it (`margin`).
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.internet.defer import Deferred, fail
from twisted.internet.interfaces import IAddress

from archive.storage.atomic_file import write_whole
from crawler.crawl_archive import StorageError
from crawler.politeness.download_handler import BoundedFactory, BoundedProtocol, OneTryHandler
from crawler.shards.leases import Deadline

MARGIN = 0.25  # of a lease's seconds, in which a request ends


class FencedError(StorageError):
    """The lease of the shard is over: the crawl ends, and the page stays due."""


@dataclass(frozen=True, slots=True)
class Fence:
    """The file with the moment until which requests may go out."""

    path: Path

    def move(self, deadline: Deadline, margin: float) -> None:
        """Let requests go out until `margin` seconds before the deadline. Raises OSError."""
        until = Deadline(boot=deadline.boot - margin, wall=deadline.wall - margin)
        write_whole(self.path, json.dumps(asdict(until)))

    def check(self) -> None:
        """Raise FencedError unless a request may go out now."""
        try:
            left = Deadline(**json.loads(self.path.read_text())).left()
        except (OSError, ValueError) as error:
            raise FencedError(f"The lease cannot be read ({error}): the crawl of this shard ends.") from error
        if left <= 0:
            raise FencedError(
                f"The lease of this shard was over {-left:.1f} s ago: the crawl ends, and another worker goes on."
            )


def check_all(fences: Iterable[Fence]) -> None:
    """Raise FencedError unless all of the leases last."""
    for fence in fences:
        fence.check()


class FencedHandler(OneTryHandler):
    """Sends a request only while the lease lasts."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        fences = self._fences = tuple(Fence(Path(path)) for path in crawler.settings.getlist("HEALTHNEWS_FENCES"))

        class Factory(BoundedFactory):
            def buildProtocol(self, addr: IAddress | None) -> "_FencedProtocol":  # noqa: ARG002, N802 (Twisted's)
                return _FencedProtocol(fences, self._quiescentCallback)

        self._pool._factory = Factory

    async def download_request(self, request: Request) -> Response:
        """Return the response. Raises FencedError before a connection is opened, and what OneTryHandler raises."""
        check_all(self._fences)
        return await super().download_request(request)


class _FencedProtocol(BoundedProtocol):
    """Checks the lease when the connection is there, right before the request is written to it."""

    def __init__(self, fences: Sequence[Fence], callback: Any) -> None:
        super().__init__(callback)  # type: ignore[no-untyped-call]
        self._fences = fences

    def request(self, request: Any) -> "Deferred[Any]":
        try:
            check_all(self._fences)
        except FencedError:
            self.abort()  # type: ignore[no-untyped-call]
            return fail()
        return super().request(request)
