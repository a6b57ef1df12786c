"""Read the first 500 KiB of a robots.txt and no more, however long it is (RFC 9309, 2.5)."""

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import StopDownload
from scrapy.http import Response

from archive.storage.warc.content_encoding import decode_head
from crawler.policy.robots import LARGEST
from crawler.request_state import state_of


class RobotsSizeMiddleware:
    """Stops the download after LARGEST bytes, and cuts the decompressed body there."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "RobotsSizeMiddleware":
        middleware = cls()
        crawler.signals.connect(middleware.received, signals.bytes_received)
        return middleware

    def process_request(self, request: Request) -> None:
        state = state_of(request)
        if state.robots_origin:
            request.meta["download_maxsize"] = 0  # beyond Scrapy's limit there would be no response at all
            state.received = 0

    def received(self, data: bytes, request: Request) -> None:
        state = state_of(request)
        if state.robots_origin:
            state.received += len(data)
            if state.received > LARGEST:
                raise StopDownload(fail=False)

    def process_response(self, request: Request, response: Response) -> Response:
        encoding = response.headers.get("Content-Encoding")
        if not state_of(request).robots_origin or not encoding:
            return response
        headers = response.headers.copy()
        del headers["Content-Encoding"]
        body = decode_head(response.body, encoding.decode("latin-1"), LARGEST + 1)
        return response.replace(headers=headers, body=body)
