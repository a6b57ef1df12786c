"""Undo the Content-Encoding of a response and flag a body that is cut short, which Scrapy takes for a whole one."""

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from archive.storage.warc.content_encoding import OversizeError, decode_body
from crawler.request_state import CUT_SHORT, state_of
from crawler.turns import in_turn


class ContentEncodingMiddleware:
    """Replaces a compressed body by the decompressed one, and flags it where the compressed one is not whole.

    A body that does not have the encoding of its header stays as it is.
    """

    def __init__(self, max_size: int) -> None:
        self.max_size = max_size

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "ContentEncodingMiddleware":
        return cls(crawler.settings.getint("DOWNLOAD_MAXSIZE"))

    async def process_response(self, request: Request, response: Response) -> Response:
        encodings = b", ".join(response.headers.getlist("Content-Encoding")).decode("latin-1")
        if not encodings or not response.body:
            return response
        limit = request.meta.get("download_maxsize", self.max_size)
        try:
            decoded = await in_turn(len(response.body), lambda: decode_body(response.body, encodings, limit))
        except OversizeError as error:
            raise IgnoreRequest(f"The decompressed body exceeds DOWNLOAD_MAXSIZE: {error}") from error
        if decoded.body is not response.body:
            state_of(request).digest = None
        headers = response.headers.copy()
        del headers["Content-Encoding"]
        flags = response.flags if decoded.complete else [*response.flags, CUT_SHORT]
        return response.replace(headers=headers, body=decoded.body, flags=flags)
