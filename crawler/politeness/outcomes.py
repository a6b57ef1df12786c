"""What became of a page, as an outcome and a short fixed reason: of HTTP statuses and of failures."""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    NotSupported,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)

from archive.urls.canonical import same_host
from crawler.politeness.resolver import refused

Fate = tuple[str, str | None]  # outcome, reason


class Refusal(IgnoreRequest):
    """A page must not be asked for: its outcome, the reason as a short fixed word, and in a sentence."""

    def __init__(self, outcome: str, reason: str | None, detail: str) -> None:
        super().__init__(detail)
        self.outcome, self.reason, self.detail = outcome, reason or outcome, detail


FAILURES: tuple[tuple[type[Exception], Fate], ...] = (
    (CannotResolveHostError, ("failed", "no such host")),
    (DownloadConnectionRefusedError, ("failed", "no connection")),
    (DownloadTimeoutError, ("failed", "timed out")),
    (DownloadCancelledError, ("refused", "too large")),
    (ResponseDataLossError, ("failed", "cut short")),
    (UnsupportedURLSchemeError, ("refused", "bad address")),
    (NotSupported, ("refused", "bad address")),
)

IGNORED: tuple[tuple[str, Fate], ...] = (  # words of Scrapy's IgnoreRequest
    ("max redirections", ("refused", "redirect loop")),
    ("DOWNLOAD_MAXSIZE", ("refused", "too large")),
)


# Where sites send readers whose page is not there any more.
_HOME = re.compile(r"/(?:[a-z]{2}(?:[-_][a-z]{2,4})?/?)?", re.IGNORECASE)
_ERROR_PAGE = re.compile(
    r"/(?:40[34]|410|error(?:[-_]?(?:pages?|404))?|(?:page[-_]?)?not[-_]?found|file[-_]?not[-_]?found)(?:\.\w{3,5})?/?$",
    re.IGNORECASE,
)


def of_status(status: int) -> Fate | None:
    """The fate of a page by the HTTP status that answered; None for a page that is to be read."""
    if status == 304:
        return "unchanged", None
    if status in (404, 410):
        return "gone", f"http {status}"
    if status in (401, 403, 451):
        return "refused", f"http {status}"
    if not 200 <= status < 300:
        return "failed", f"http {status}"
    return None


def of_redirect(asked: str, to: str, indexes: Collection[str]) -> str | None:
    """Why an article's page is gone whose URL leads `to` another; None when the way is to be followed.

    `indexes` are the canonical URLs of the site's feeds and listings.
    """
    path = urlsplit(to).path
    home = _HOME.fullmatch(path) and not urlsplit(to).query and same_host(asked, to)
    if home and not _HOME.fullmatch(urlsplit(asked).path):
        return "redirect to home page"
    if _ERROR_PAGE.search(path) and not _ERROR_PAGE.search(urlsplit(asked).path):
        return "redirect to error page"
    return "redirect to listing" if to in indexes and asked not in indexes else None


def in_words(error: BaseException, host: str) -> str:
    """What happened, in a sentence for the record."""
    if isinstance(error, CannotResolveHostError) and host in refused:
        return f"{host} has the private address {refused[host]}: permit it with allow_private or --allow-private"
    return str(error).rstrip(".") or repr(error)


def of_error(error: BaseException, host: str) -> Fate:
    """The fate of a page that brought an exception instead of an answer; `host` is the one that was dialled."""
    if isinstance(error, Refusal):
        return error.outcome, error.reason
    if isinstance(error, CannotResolveHostError) and host in refused:
        return "refused", "private address"
    for kind, fate in FAILURES:
        if isinstance(error, kind):
            return fate
    if isinstance(error, IgnoreRequest):
        return next((fate for words, fate in IGNORED if words in str(error)), ("refused", "ignored"))
    if isinstance(error, DownloadFailedError) and "certificate" in str(error).lower():
        return "failed", "bad certificate"
    if isinstance(error, DownloadFailedError):
        return "failed", "broken connection"
    return "failed", "error"
