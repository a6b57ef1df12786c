"""The input of extraction."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A URL and the bytes of its response, after content decoding (gzip, br). `url` and `body` are enough to extract.

    `url` is an absolute http(s) URL; NUL in it becomes %00. `content_type` is the HTTP header as sent, charset
    included, "" if unknown. `status` is the HTTP status. `fetched_at` is an aware datetime in UTC, None if unknown.
    `site` is the name of a configured site, "" for single URLs. `language` is the language of the site's pages, a BCP
    47 code, None if unknown: a hint for pages that declare no encoding.
    """

    url: str
    body: bytes
    content_type: str = ""
    status: int = 200
    fetched_at: datetime | None = None
    site: str = ""
    language: str | None = None

    def __post_init__(self) -> None:
        """Escape the URL: it goes into articles and rows."""
        if "\0" in self.url:
            object.__setattr__(self, "url", escape_nul(self.url))


def escape_nul(url: str) -> str:
    """Return a URL with NUL, at which SQLite ends a text, as %00, as canonical URLs have it."""
    return url.replace("\0", "%00")
