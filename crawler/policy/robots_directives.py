"""Robots directives of a page: noarchive and noindex, in HTTP header or HTML head. Pure.

Both forms: https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from crawler.policy.robots import PRODUCT

HEAD = 1 << 16  # bytes of a page in which its head is searched
OBEYED = frozenset({"noarchive", "noindex"})
_MEANS = {"none": "noindex", "nocache": "noarchive"}
_NAMES = frozenset({"robots", PRODUCT})
# Directives whose value follows a colon: the word before it is not a crawler's name.
_VALUED = frozenset({"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"})
_META = re.compile(r"<meta\s([^<>]{1,1000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""(?<![\w-])([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")


def directives(headers: Iterable[str], head: bytes) -> frozenset[str]:
    """Return which of noarchive and noindex a page sets for all crawlers or for this one.

    `headers` are the values of X-Robots-Tag, `head` the page's first bytes.
    """
    words = [*header_words(headers), *meta_words(head)]
    return OBEYED.intersection(_MEANS.get(word, word) for word in words)


def _without_comments(text: str) -> str:
    parts, start = [], 0
    while (opening := text.find("<!--", start)) >= 0 and (closing := text.find("-->", opening + 4)) >= 0:
        parts.append(text[start:opening])
        start = closing + 3
    return "".join([*parts, text[start:]])


def header_words(headers: Iterable[str]) -> Iterator[str]:
    """Yield the directives for this crawler, in lower case, from the values of X-Robots-Tag."""
    for header in headers:
        ours = True
        for part in header.lower().split(","):
            name, colon, rest = part.partition(":")
            if colon and name.strip() not in _VALUED:  # from here on for that crawler only
                ours, part = name.strip() in _NAMES, rest
            if ours:
                yield part.strip()


def meta_words(head: bytes) -> Iterator[str]:
    """Yield the directives for this crawler, in lower case, from the meta elements of a page's first bytes."""
    for name, content in metas(head):
        if name in _NAMES:
            yield from (word.strip() for word in content.lower().split(","))


@lru_cache(maxsize=1)  # directives and rights of a page are read one after the other
def metas(head: bytes) -> tuple[tuple[str, str], ...]:
    """Return name, in lower case, and content of the meta elements in a page's first bytes, comments left out."""
    found = []
    for meta in _META.finditer(_without_comments(head.decode("latin-1"))):
        values = {name.lower(): "".join(rest) for name, *rest in _ATTRIBUTE.findall(meta[1])}
        found.append((values.get("name", "").strip().lower(), values.get("content", "")))
    return tuple(found)
