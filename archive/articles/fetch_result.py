"""What is known of one fetch of a page, on its way from the response to the archive."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from archive.article import Article
from archive.articles.images import ImageLink
from archive.page import Page
from archive.storage.frontier import DuePage, NewPage
from archive.storage.warc.files import Location

if TYPE_CHECKING:
    from archive.extraction.text_keys import TextKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchResult:
    """One fetch of a page. It is made from the response and completed on its way to the archive.

    The spider fills in the facts of the response, interpretation adds the outcome, the article and the target, the
    revisit policy adds the due dates; `record` writes all of it. `outcome` '' means: not interpreted yet.
    """

    page: DuePage  # that was requested

    # The response.
    url: str  # that answered, after redirects, canonical
    fetched_at: str = ""  # '' until it is recorded, but for a response that a killed crawl received
    status: int | None = None
    content_type: str = ""
    etag: str | None = None
    last_modified: str | None = None
    body: bytes = field(default=b"", repr=False)  # content encoding undone
    size: int | None = None  # of `body`, in bytes
    digest: str | None = None  # SHA-1 of `body`
    payload: str | None = None  # SHA-1 of the body as received
    directives: str | None = None  # noarchive, noindex
    rights: tuple[str, ...] = ()  # what the page says of its use by machines, as stated
    canonical: str | None = None  # the target of a Link header with rel=canonical, as stated
    seconds: float | None = None
    warc: Location | None = None
    withheld: bool = False  # the WARC record is without the body, as the page asks
    moved: bool = False  # there were redirects, and all were permanent
    not_before: datetime | None = None  # the host backs off until then (429, 503, blocked)
    retry_after: timedelta | None = None  # the response asked for so much patience

    # The interpretation.
    outcome: str = ""
    reason: str | None = None  # a short fixed word
    detail: str | None = None  # the reason as a sentence
    article: Article | None = None
    keys: "TextKeys | None" = None  # of the article's text
    content: str | None = None  # the article against the stored one: new, changed or same
    reread: Article | None = None  # today's reading of the stored article's bytes, where it differs from what is stored
    target: NewPage | None = None  # the page that the article belongs to, by a redirect or a canonical link
    target_in_flight: bool = False  # the target is being fetched itself, and records its own outcome
    target_is_same: bool = False  # the target has this content under its own URL: its own fetches write it
    variant_id: int | None = None  # the page with this article under a URL that is less plain: it becomes an alias
    images: tuple[ImageLink, ...] = ()  # of the article, where they are to be kept
    media_type: str | None = None  # of an image that is kept: what its bytes are
    width: int | None = None
    height: int | None = None
    discovered: tuple[NewPage, ...] = ()  # pages that this one links to …
    added: int = 0  # … and new articles among those that it links to and that are added already
    total: int = 0  # articles that a feed, sitemap or listing links to
    dates: tuple[datetime, ...] = ()  # that a feed, sitemap or listing gives its articles

    # The next visit.
    due_at: str | None = None  # None: never
    interval: int | None = None  # seconds between two visits of a feed, sitemap or listing
    alias_due_at: str | None = None  # when `page` is due again if it becomes an alias of `target`

    def as_page(self) -> Page:
        """Return the response as the page that is extracted."""
        return Page(
            url=self.url,
            body=self.body,
            content_type=self.content_type,
            status=self.status or 200,
            site=self.page.site,
        )
