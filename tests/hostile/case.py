"""A case: what a site does, and the outcome of each of its pages that is recorded.

An article's page is `/a/…`; the listing of each site leads to it.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from tests.hostile.server import Send

STORED = ("stored", None)
TOO_LARGE = ("refused", "too large")
TIMED_OUT = ("failed", "timed out")
BROKEN = ("failed", "broken connection")
CUT_SHORT = ("failed", "cut short")
PRIVATE = ("refused", "private address")
BAD_ADDRESS = ("refused", "bad address")
LOOP = ("refused", "redirect loop")
READ = ("read", None)
Pages = Mapping[str, Callable[[], Send]]
Outcomes = Mapping[str, tuple[str, str | None]]


class Case(NamedTuple):
    """A site: its pages, the last recorded outcome of each, further keys of its file, and its robots.txt.

    In keys, `{url}` stands for the site's address.
    """

    name: str
    pages: Pages
    outcomes: Outcomes
    keys: Mapping[str, str] = {}
    robots: Callable[[], Send] | None = None


def article(name: str, send: Callable[[], Send], outcome: tuple[str, str | None]) -> Case:
    """A case of one article's page."""
    path = f"/a/{name.replace(' ', '-')}"
    return Case(name, {path: send}, {path: outcome})


def listed(name: str, kind: str, send: Callable[[], Send], outcome: tuple[str, str | None] = READ) -> Case:
    """A case of a feed, sitemap or listing."""
    path = "/list/1" if kind == "listings" else f"/{kind}.xml"
    keys = {"listings": "[]", kind: f'["{{url}}{path}"]'}
    return Case(name, {path: send}, {path: outcome}, keys)
