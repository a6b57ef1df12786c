"""Soft-404 probe: request a URL that cannot exist, to tell the site's "not found" page from an article.

Sites that answer 200 for missing pages say so in words of their own. What suddenly stands in an article's place is
compared with what the site answers for a missing URL.
"""

import logging
import random
import re
import sqlite3
import string
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from scrapy import Request
from scrapy.http import Response

from archive.article import Article
from archive.articles.fetch_result import FetchResult
from archive.articles.redirects import is_same_article
from archive.page import Page
from archive.urls.canonical import canonical_url
from crawler.crawl_archive import StorageError
from crawler.request_state import CUT_SHORT, STATE, NotSentError, RequestState

logger = logging.getLogger(__name__)

Fetch = Callable[[Request], Awaitable[Response]]

# A notice in an article's place is at most this long, in characters, and at most this share of the article's length.
NOTICE, SHARE = 300, 1 / 3

MISSING = (404, 410, 301, 302, 303, 307, 308)  # statuses that are right for a missing URL

_NUMBER = re.compile(r"\d{2,}")
_SUFFIX = re.compile(r"\.\w{2,5}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeResult:
    """What the site answers for a missing URL: a page with status 200, or a status that says it is missing
    (`returns_404`). Neither: the probe failed."""

    page: Page | None = None
    returns_404: bool = False


async def probe(fetch: Fetch, result: FetchResult, url: str) -> ProbeResult:
    """Request `url`, a missing one or one of another article, to compare it with `result`.

    Raises NotSentError when the crawl ends before, StorageError and sqlite3.Error when the response cannot be stored.
    """
    request = Request(
        url,
        dont_filter=True,
        # A retry or a redirect would be sent at once, without the host's delay.
        meta={STATE: RequestState(page=result.page, is_probe=True), "dont_redirect": True, "dont_retry": True},
    )
    try:
        response = await fetch(request)
    except (NotSentError, StorageError, sqlite3.Error):
        raise
    except Exception as error:  # whatever Scrapy's downloader raises
        logger.debug("The soft-404 probe %s failed: %r", request.url, error)
        return ProbeResult()
    if response.status != 200:
        return ProbeResult(returns_404=response.status in MISSING)
    if CUT_SHORT in response.flags:  # half a page is like no other
        logger.debug("The answer to the soft-404 probe %s is cut short", request.url)
        return ProbeResult()
    content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
    url, site = canonical_url(response.url), result.page.site
    return ProbeResult(page=Page(url=url, body=response.body, content_type=content_type, site=site))


def missing_url(url: str, rng: random.Random) -> str:
    """Return a URL of the same form as `url` that does not exist on the site.

    It has other numbers in the query, else in the last part of the path, else another last part.
    """
    parts = urlsplit(url)
    query, changed = _renumbered(parts.query, rng)
    if changed:
        return urlunsplit(parts._replace(query=query))
    folder, _, name = parts.path.rstrip("/").rpartition("/")
    suffix = _SUFFIX.search(name)
    stem, changed = _renumbered(name.removesuffix(suffix[0]) if suffix else name, rng)
    made = stem if changed else "".join(rng.choices(string.ascii_lowercase, k=16))
    end = (suffix[0] if suffix else "") + "/" * parts.path.endswith("/")
    return urlunsplit(parts._replace(path=f"{folder}/{made}{end}", query=""))


def _renumbered(text: str, rng: random.Random) -> tuple[str, int]:
    """Return the text with random ten-digit numbers in place of its numbers, and how many there are."""
    return _NUMBER.subn(lambda _: str(rng.randrange(10**9, 10**10)), text)


def is_notice(old: Article, new: Article) -> bool:
    """Whether the new text is so short, beside the old one, that it can only be a notice."""
    return len(new.text) <= min(NOTICE, SHARE * len(old.text))


def is_missing_page(found: Article | None, missing: Article | None) -> bool:
    """Whether a page is the same as the site's page for a missing URL; None: the page has no article."""
    return found is missing is None or (found is not None and missing is not None and is_same_article(found, missing))
