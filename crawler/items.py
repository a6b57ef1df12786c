"""What the spiders hand to the pipeline."""

from dataclasses import dataclass

from archive.page import Page
from archive.pages import DuePage, NewPage
from archive.warc import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a page answered, or why it did not. `outcome` None: the page is to be understood as an article."""

    page: DuePage
    url: str  # that answered, after redirects, canonical
    outcome: str | None = None
    reason: str | None = None
    detail: str | None = None
    status: int | None = None
    content_type: str = ""
    etag: str | None = None
    last_modified: str | None = None
    body: bytes = b""
    seconds: float | None = None
    record: Location | None = None
    found: tuple[NewPage, ...] = ()

    def as_page(self) -> Page:
        """The seam to extraction."""
        return Page(
            url=self.url, body=self.body, content_type=self.content_type, status=self.status or 200, site=self.page.site
        )
