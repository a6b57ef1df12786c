"""Pages that only forward to another: by a meta refresh or by a script that sets the location."""

import re

from lxml.html import HtmlElement

from archive.extraction.interstitials import is_forwarding, short_page_lines
from archive.urls.canonical import resolve

MAX_DELAY = 30  # seconds; later refreshes are for readers who leave a page open
_REFRESH = re.compile(
    r"\s*(\d{1,6})(?:\.\d*)?\s*[;,]?\s*(?:url\s*=\s*)?[\"']?\s*([^\"'\s][^\"']{0,2000})?", re.IGNORECASE
)
_LOCATION = re.compile(
    r"\blocation(?:\.href)?\s*(?:=\s*|\.(?:replace|assign)\(\s*)(?:\"([^\"\n]{1,2000})\"|'([^'\n]{1,2000})')"
)


def forward_target(root: HtmlElement, url: str) -> str | None:
    """Return the URL that a page without text of its own forwards to; None for other pages.

    `root` still has its scripts. A page that reloads itself does not forward.
    """
    lines = short_page_lines(root)
    if lines is None or not is_forwarding(lines):
        return None
    for target in (*_refreshes(root), *_locations(root)):
        resolved = resolve(target, url)
        if resolved and resolved != resolve(url, url):
            return resolved
    return None


def _refreshes(root: HtmlElement) -> list[str]:
    found = []
    for meta in root.iter("meta"):
        if (meta.get("http-equiv") or "").strip().lower() == "refresh":
            match = _REFRESH.match(meta.get("content") or "")
            if match and match[2] and int(match[1]) <= MAX_DELAY:
                found.append(match[2].strip())
    return found


def _locations(root: HtmlElement) -> list[str]:
    scripts = (script.text or "" for script in root.iter("script"))
    return [match[1] or match[2] for script in scripts for match in _LOCATION.finditer(script)]
