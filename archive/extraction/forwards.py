"""Pages that only forward to another: by a meta refresh or by a script that sets the location."""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from archive.article import NoArticle
from archive.dom.tree import parse
from archive.extraction.charset import decode
from archive.extraction.file_signatures import binary_format
from archive.extraction.interstitials import is_forwarding, short_page_lines
from archive.extraction.jsonld_body import jsonld_body
from archive.page import Page
from archive.urls.canonical import resolve

LARGEST = 1 << 16  # bytes; stubs that only forward are small, and larger pages take too long to parse in passing

MAX_DELAY = 30  # seconds; later refreshes are for readers who leave a page open
# A page with so few letters that is replaced within so many seconds is not for reading, whatever it says.
UNREAD_LETTERS, UNREAD_DELAY = 300, 5
_REFRESH = re.compile(
    r"\s*(\d{1,6})(?:\.\d*)?\s*[;,]?\s*(?:url\s*=\s*)?[\"']?\s*([^\"'\s][^\"']{0,2000})?", re.IGNORECASE
)
_LOCATION = re.compile(
    r"\blocation(?:\.href)?\s*(?:=\s*|\.(?:replace|assign)\(\s*)(?:\"([^\"\n]{1,2000})\"|'([^'\n]{1,2000})')"
)
# What a refresh and a location that is set look like in the bytes.
_HINT = re.compile(
    rb"http-equiv\s*+=\s*+[\"']?\s*+refresh|\blocation(?:\.href)?\s*+(?:=\s*+|\.(?:replace|assign)\(\s*+)[\"']",
    re.IGNORECASE,
)


def forward_of(page: Page) -> str | None:
    """Return the URL that the page forwards to, as `forward_target`; None for articles and what is no HTML."""
    if len(page.body) > LARGEST or not _HINT.search(page.body) or binary_format(page.body):
        return None
    try:
        root = parse(decode(page.body, page.content_type, page.language, page.url).text)
    except NoArticle:
        return None
    return None if jsonld_body(root) else forward_target(root, page.url)


def forward_target(root: HtmlElement, url: str) -> str | None:
    """Return the URL that a page without text of its own forwards to; None for other pages.

    `root` still has its scripts. A page that reloads itself does not forward.
    """
    lines = short_page_lines(root)
    if lines is None:
        return None
    refreshes = list(_refreshes(root))
    if is_forwarding(lines):
        targets = [target for target, delay, _ in refreshes if delay <= MAX_DELAY] + _locations(root)
    elif sum(map(len, lines)) <= UNREAD_LETTERS:
        targets = [target for target, delay, with_scripts in refreshes if delay <= UNREAD_DELAY and with_scripts]
    else:
        return None
    resolved = (resolve(target, url) for target in targets)
    return next((target for target in resolved if target and target != resolve(url, url)), None)


def _refreshes(root: HtmlElement) -> Iterator[tuple[str, int, bool]]:
    """Yield the target, the delay in seconds, and whether browsers that run scripts follow it."""
    for meta in root.iter("meta"):
        if (meta.get("http-equiv") or "").strip().lower() == "refresh":
            match = _REFRESH.match(meta.get("content") or "")
            if match and match[2]:
                yield match[2].strip(), int(match[1]), next(meta.iterancestors("noscript"), None) is None


def _locations(root: HtmlElement) -> list[str]:
    scripts = (script.text or "" for script in root.iter("script"))
    return [match[1] or match[2] for script in scripts for match in _LOCATION.finditer(script)]
