"""Judge in passing what an answer says that stands in the place of another: no worker process, small pages only."""

from lxml.html import HtmlElement

from archive.article import NoArticle
from archive.dom.tree import parse
from archive.extraction.charset import decode
from archive.extraction.file_signatures import binary_format
from archive.extraction.interstitials import interstitial, is_bare_refusal
from archive.page import Page

LARGEST = 1 << 16  # bytes; such answers are small, and larger pages take too long to parse in passing


def blocking_reason(page: Page) -> str | None:
    """Return why an answer blocks the crawler: challenge, rate limit, login or maintenance; None for other answers."""
    parsed = _parsed(page)
    kind, _, reason = ((parsed and interstitial(*parsed)) or "").partition(": ")
    return reason if kind == "blocked" else None


def only_refuses(page: Page) -> bool:
    """Whether an answer with status 401 or 403 says no more than its status, as servers' own pages do."""
    parsed = _parsed(page)
    return parsed is not None and is_bare_refusal(*parsed)


def _parsed(page: Page) -> tuple[HtmlElement, str] | None:
    """Return the tree and the mark-up of a page; None for a large one and for what is no HTML."""
    if len(page.body) > LARGEST or binary_format(page.body):
        return None
    try:
        source = decode(page.body, page.content_type, page.language, page.url).text
        return parse(source), source
    except NoArticle:
        return None
