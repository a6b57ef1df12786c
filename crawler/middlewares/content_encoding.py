"""Handle a Content-Encoding that does not match the body: Scrapy would lose such a page with an exception."""

import zlib

from scrapy import Request
from scrapy.http import Response
from scrapy.utils.gz import gzip_magic_number

CUT_SHORT = "cut short"  # in Response.flags: the gzip body ends too early; what was received is used


class ContentEncodingMiddleware:
    """Removes a wrong Content-Encoding before Scrapy decompresses, and flags gzip bodies that are cut short."""

    def process_response(self, request: Request, response: Response) -> Response:  # noqa: ARG002 (Scrapy's signature)
        encoding = b", ".join(response.headers.getlist("Content-Encoding")).strip().lower()
        if not encoding or not response.body:
            return response
        if encoding in (b"gzip", b"x-gzip"):
            if not gzip_magic_number(response):
                return _without_encoding(response)
            if _is_cut_short(response.body):
                response.flags.append(CUT_SHORT)
        elif encoding == b"br" and not _is_brotli(response.body):
            return _without_encoding(response)
        return response


def _without_encoding(response: Response) -> Response:
    headers = response.headers.copy()
    del headers["Content-Encoding"]
    return response.replace(headers=headers)


def _is_cut_short(body: bytes) -> bool:
    decompressor = zlib.decompressobj(zlib.MAX_WBITS + 16)
    limit = 1 << 20
    try:
        while body and not decompressor.eof:
            decompressor.decompress(body, limit)  # in pieces: a decompression bomb never is in memory
            body = decompressor.unconsumed_tail
    except zlib.error:
        return True
    return not decompressor.eof


def _is_brotli(body: bytes) -> bool:
    import brotli

    decompressor = brotli.Decompressor()
    try:
        decompressor.process(body[:65536], output_buffer_limit=65536)
    except brotli.error:
        return False
    return True
