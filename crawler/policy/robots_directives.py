"""What a page asks of archives and search engines: noarchive and noindex, in its header or its head. Pure.

https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag has both forms.
"""

import re
import zlib
from collections.abc import Iterable, Iterator

from crawler.policy.robots import PRODUCT

HEAD = 1 << 16  # bytes of a page in which its head is looked for
ASKED = frozenset({"noarchive", "noindex"})
_MEANS = {"none": "noindex", "nocache": "noarchive"}
_NAMES = frozenset({"robots", PRODUCT})
# Directives whose value follows a colon, so that what stands before it is no crawler's name.
_VALUED = frozenset({"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"})
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_META = re.compile(r"<meta\s([^>]{1,1000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")


def directives(headers: Iterable[str], head: bytes) -> frozenset[str]:
    """noarchive and noindex, as far as `headers` (values of X-Robots-Tag) or the page's first bytes say so to all
    crawlers or to this one."""
    text = _COMMENT.sub("", head.decode("latin-1"))
    said = [*_of_headers(headers), *_of_metas(text)]
    return ASKED.intersection(_MEANS.get(word, word) for word in said)


def unpacked_head(body: bytes, coding: str, size: int = HEAD) -> bytes:
    """The first `size` bytes of a body with its content coding undone, as far as that goes; never raises."""
    import brotli

    try:
        if coding in ("gzip", "x-gzip", "deflate"):
            return zlib.decompressobj(zlib.MAX_WBITS + 32).decompress(body, size)
        if coding == "br":
            head = brotli.Decompressor().process(body[:size], output_buffer_limit=size)
            return bytes(head[:size])  # the limit is no strict one
    except (zlib.error, brotli.error):  # labelled wrongly
        return body[:size]
    return body[:size]


def _of_headers(headers: Iterable[str]) -> Iterator[str]:
    for header in headers:
        ours = True
        for part in header.lower().split(","):
            name, colon, rest = part.partition(":")
            if colon and name.strip() not in _VALUED:  # from here on for that crawler alone
                ours, part = name.strip() in _NAMES, rest
            if ours:
                yield part.strip()


def _of_metas(text: str) -> Iterator[str]:
    for meta in _META.finditer(text):
        values = {name.lower(): "".join(rest) for name, *rest in _ATTRIBUTE.findall(meta[1])}
        if values.get("name", "").strip().lower() in _NAMES:
            yield from (word.strip() for word in values.get("content", "").lower().split(","))
