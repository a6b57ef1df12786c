"""Map HTTP statuses, redirects and errors to an outcome (unchanged, gone, refused, blocked, failed) and a reason."""

import re
from collections.abc import Collection
from typing import NamedTuple
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

from archive.text.word_lists import read_word_list
from archive.urls.canonical import same_host
from crawler.politeness.resolver import refused


class Outcome(NamedTuple):
    """The outcome of a fetch, the reason as a short fixed word, and the reason as a sentence."""

    outcome: str
    reason: str | None
    detail: str | None = None


class ProxyTunnelError(Exception):
    """A proxy opens no tunnel to the host. Scrapy's own class is in the module of its handler, which comes late."""


class RefusedError(IgnoreRequest):
    """A request that must not be sent or followed, with the outcome to record."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.detail)
        self.outcome = outcome


ERRORS: tuple[tuple[type[Exception], Outcome], ...] = (
    (CannotResolveHostError, Outcome("failed", "no such host")),
    (DownloadConnectionRefusedError, Outcome("failed", "no connection")),
    (DownloadTimeoutError, Outcome("failed", "timed out")),
    (DownloadCancelledError, Outcome("refused", "too large")),
    (ResponseDataLossError, Outcome("failed", "cut short")),
    (UnsupportedURLSchemeError, Outcome("refused", "bad address")),
    (NotSupported, Outcome("refused", "bad address")),
)

# Reasons that say that nothing answers at an origin; a name that does not resolve has no origin at all.
UNREACHABLE = ("no connection", "timed out", "broken connection", "bad certificate")

IGNORED: tuple[tuple[str, Outcome], ...] = (  # by the message of Scrapy's IgnoreRequest
    ("max redirections", Outcome("refused", "redirect loop")),
    ("DOWNLOAD_MAXSIZE", Outcome("refused", "too large")),
)


# Where sites redirect readers of a page that no longer exists.
_HOME = re.compile(r"/(?:[a-z]{2}(?:[-_][a-z]{2,4})?/?)?", re.IGNORECASE)
_ERROR_PAGE = re.compile(
    r"/(?:40[34]|410|error(?:[-_]?(?:pages?|404))?|(?:page[-_]?)?not[-_]?found|file[-_]?not[-_]?found)(?:\.\w{3,5})?/?$",
    re.IGNORECASE,
)


# Of the words in verification.toml, those whose pages are not asked for. A login page may send the reader back.
_NOT_FOLLOWED = ("challenge", "rate limit", "maintenance")
_VERIFICATION = read_word_list("crawler.politeness", "verification")


REFUSING = (401, 403)  # statuses whose page, as servers send it by themselves, says no more than they do


def of_status(status: int) -> Outcome | None:
    """Return the outcome of an HTTP status; None for 2xx: the body decides."""
    if status == 304:
        return Outcome("unchanged", None)
    if status in (404, 410):
        return Outcome("gone", f"http {status}")
    if status in (401, 403, 451):
        return Outcome("refused", f"http {status}")
    if not 200 <= status < 300:
        return Outcome("failed", f"http {status}")
    return None


def of_verification(url: str, target: str) -> Outcome | None:
    """Return the outcome of a page that redirects to a challenge or the like; None when the redirect is to be followed.

    A redirect back from there is followed.
    """
    reason = verification(target)
    if reason not in _NOT_FOLLOWED or verification(url) == reason:
        return None
    return Outcome("blocked", reason, f"Redirected to {target}")


def verification(url: str) -> str | None:
    """Return what a URL is for by the words of its host and path, such as a challenge or a login; None for others."""
    parts = urlsplit(url)
    segments = (part.rpartition(".")[0] or part for part in parts.path.split("/"))
    words = {re.sub(r"[-_]", "", word).lower() for word in (*(parts.hostname or "").split("."), *segments)}
    return next((reason for reason, known in _VERIFICATION.items() if not words.isdisjoint(known)), None)


def of_redirect(url: str, target: str, indexes: Collection[str]) -> Outcome | None:
    """Return the outcome of an article's page that redirects to the home page, an error page or a listing.

    None when the redirect is to be followed. `indexes` are the canonical URLs of the site's feeds and listings.
    """
    reason = _redirect_reason(url, target, indexes)
    return Outcome("gone", reason, f"Redirected to {target}") if reason else None


def _redirect_reason(url: str, target: str, indexes: Collection[str]) -> str | None:
    path = urlsplit(target).path
    home = _HOME.fullmatch(path) and not urlsplit(target).query and same_host(url, target)
    if home and not _HOME.fullmatch(urlsplit(url).path):
        return "redirect to home page"
    if _ERROR_PAGE.search(path) and not _ERROR_PAGE.search(urlsplit(url).path):
        return "redirect to error page"
    return "redirect to listing" if target in indexes and url not in indexes else None


def of_error(error: BaseException, host: str) -> Outcome:
    """Return the outcome of a request that ended in `error` instead of a response; `host` is the one of its URL."""
    if isinstance(error, RefusedError):
        return error.outcome
    if isinstance(error, CannotResolveHostError) and host in refused:
        detail = f"{host} has the private address {refused[host]}: permit it with allow_private or --allow-private"
        return Outcome("refused", "private address", detail)
    return _of_class(error)._replace(detail=str(error).rstrip(".") or repr(error))


def _of_class(error: BaseException) -> Outcome:
    for kind, outcome in ERRORS:
        if isinstance(error, kind):
            return outcome
    if isinstance(error, IgnoreRequest):
        known = (outcome for words, outcome in IGNORED if words in str(error))
        return next(known, Outcome("refused", "ignored"))
    if isinstance(error, DownloadFailedError) and "certificate" in str(error).lower():
        return Outcome("failed", "bad certificate")
    if isinstance(error, DownloadFailedError):
        return Outcome("failed", "broken connection")
    return Outcome("failed", "error")
