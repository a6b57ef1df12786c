"""How an input is read, and the laws for whatever a parser returns."""

import json
from datetime import UTC
from typing import Any

from archive.urls.canonical import canonical_url
from crawler.discovery.models import DiscoveryResult

SITE = "https://news.example"


def text_of_input(data: bytes) -> str:
    """Decode an input; what is no UTF-8 becomes lone surrogates, which pages and shells can bring about."""
    return data.decode("utf-8", "surrogateescape")


def first_lines(data: bytes, number: int) -> Any:
    """Return that many first lines as text, and the rest as bytes."""
    *lines, rest = [*data.split(b"\n", number), *[b""] * number][: number + 1]
    return (*(line.decode("utf-8", "replace") for line in lines), rest)


def check_storable(value: Any) -> None:
    """Fail where SQLite does not take the text whole: it is no valid UTF-8, or has a NUL."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    text.encode()
    assert "\\u0000" not in text.replace("\\\\", "")  # JSON escapes NUL, and a backslash by another one


def check_canonical(url: str | None) -> None:
    """Fail where the canonical form of a canonical URL is another."""
    if url is not None:
        assert canonical_url(url) == url, url
        url.encode()


def check_links(result: DiscoveryResult) -> None:
    """Fail where a link cannot be stored."""
    for link in result.links:
        check_canonical(link.url)
        check_storable(link.title)
        assert link.published is None or link.published.tzinfo is UTC
    check_storable(result.warnings)
