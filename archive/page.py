"""The seam between whoever has bytes and whoever understands them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A URL and the bytes it answered, content codings (gzip, br) already undone.

    `content_type` is the HTTP header as sent, charset included; `fetched_at` is in UTC; `site` is the name of
    the configured site, empty for single URLs. `url` and `body` alone are enough to extract.
    """

    url: str
    body: bytes
    content_type: str = ""
    status: int = 200
    fetched_at: datetime | None = None
    site: str = ""
