"""What the spiders hand to the pipeline."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from archive.page import Page
from archive.storage.frontier import DuePage, NewPage
from archive.storage.warc.files import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What the site answered where there is nothing: a `page`, or an error, as it should be (`honest`); neither: it
    could not be asked."""

    page: Page | None = None
    honest: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a page answered, or why it did not. `outcome` None: the page is to be understood as an article.

    `moved`: every redirect on the way to `url` was a permanent one, and there was one; `total` is how many articles a
    feed, sitemap or listing leads to, `dates` are those it gives them; `not_before` is until when the host asked to be
    left alone. `probe` is set when the site was asked for nothing to compare with.
    """

    page: DuePage
    url: str  # that answered, after redirects, canonical
    outcome: str | None = None
    reason: str | None = None
    detail: str | None = None
    status: int | None = None
    content_type: str = ""
    etag: str | None = None
    last_modified: str | None = None
    body: bytes = field(default=b"", repr=False)  # not for logs
    seconds: float | None = None
    record: Location | None = None
    payload: str | None = None
    directives: str | None = None
    moved: bool = False
    found: tuple[NewPage, ...] = ()
    total: int = 0
    dates: tuple[datetime, ...] = ()
    not_before: datetime | None = None
    probe: Probe | None = None

    @property
    def digest(self) -> str | None:
        """SHA-1 of the body, content codings undone; None where there is none."""
        return hashlib.sha1(self.body, usedforsecurity=False).hexdigest() if self.body else None

    def as_page(self) -> Page:
        """The seam to extraction."""
        return Page(
            url=self.url, body=self.body, content_type=self.content_type, status=self.status or 200, site=self.page.site
        )
