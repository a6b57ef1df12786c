"""The first 500 KiB of a robots.txt, and no more of it, however long it is (RFC 9309, 2.5)."""

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import StopDownload
from scrapy.http import Response

from crawler.policy.robots import LARGEST
from crawler.policy.robots_directives import unpacked_head
from crawler.politeness.robots_cache import ORIGIN

RECEIVED = "received"  # key of Request.meta: bytes of the body that have come so far


class RobotsHead:
    """Stops to read where enough has come, before and after the content coding is undone."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "RobotsHead":
        made = cls()
        crawler.signals.connect(made.received, signals.bytes_received)
        return made

    def process_request(self, request: Request) -> None:
        if ORIGIN in request.meta:
            request.meta["download_maxsize"] = 0  # Scrapy's limit, beyond which there is no answer at all
            request.meta[RECEIVED] = 0

    def received(self, data: bytes, request: Request) -> None:
        if ORIGIN in request.meta:
            request.meta[RECEIVED] += len(data)
            if request.meta[RECEIVED] > LARGEST:
                raise StopDownload(fail=False)

    def process_response(self, request: Request, response: Response) -> Response:
        coding = response.headers.get("Content-Encoding")
        if ORIGIN not in request.meta or not coding:
            return response
        headers = response.headers.copy()
        del headers["Content-Encoding"]
        body = unpacked_head(response.body, coding.strip().lower().decode("latin-1"), LARGEST + 1)
        return response.replace(headers=headers, body=body)
