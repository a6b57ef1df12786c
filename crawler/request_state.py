"""The state of a request, under one key of Request.meta."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from scrapy import Request
from scrapy.http import Response
from scrapy.http.cookies import CookieJar

from archive.storage.frontier import DuePage
from archive.storage.warc.files import Location
from crawler.orphans import Adopted
from crawler.politeness.outcomes import Outcome

STATE = "healthnews"  # the key of Request.meta

CUT_SHORT = "cut short"  # in Response.flags: the compressed body ends too early or is damaged

VALIDATORS = ("If-None-Match", "If-Modified-Since")
MAX_VALIDATOR = 1_024  # characters; servers take heads of 4 to 16 KB in all


class NotSentError(Exception):
    """A request was not sent: its host is left to the next crawl, or the crawl ends."""


@dataclass(slots=True, kw_only=True)
class RequestState:
    """What the crawler knows of a request. Redirects and retries share it, since Scrapy copies `meta` to them."""

    page: DuePage | None = None  # that the request is for; None: a file of its origin
    robots_origin: str | None = None  # the origin whose robots.txt is requested
    tdmrep_origin: str | None = None  # the origin whose tdmrep.json is requested
    is_probe: bool = False  # of a missing URL, see crawler.visit.soft404_probe
    number: int | None = None  # of the request at its host, see HostThrottles.start
    refusal: Outcome | None = None  # why the request must not be sent
    cookies: CookieJar = field(default_factory=CookieJar)
    received: int = 0  # bytes of a robots.txt's body so far

    adopted: Adopted | None = None  # the answer that a killed crawl received, which takes the place of the request

    # The last response.
    warc: Location | None = None
    payload: str | None = None  # SHA-1 of the body as received
    digest: str | None = None  # SHA-1 of the body without its encodings; None: not computed yet, or an empty body
    directives: frozenset[str] = frozenset()  # noarchive, noindex
    rights: tuple[str, ...] = ()  # see crawler.policy.rights
    fetched_at: datetime | None = None  # of a response that a killed crawl received
    canonical: str | None = None  # see crawler.policy.link_header
    withheld: bool = False  # the WARC record is without the body
    not_before: datetime | None = None  # the host backs off until then
    retry_after: timedelta | None = None  # the response asked for so much patience


def state_of(message: Request | Response) -> RequestState:
    """Return the state of a request, or of the request that a response answers."""
    state: RequestState = message.meta[STATE]
    return state


def conditional_headers(etag: str | None, last_modified: str | None) -> dict[str, bytes]:
    """Return the request headers that carry these validators, byte for byte as they were received.

    One that is too long for a server to accept is left out.
    """
    values = zip(VALIDATORS, (etag, last_modified), strict=True)
    return {name: value.encode("latin-1") for name, value in values if value and len(value) <= MAX_VALIDATOR}
