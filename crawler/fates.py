"""What became of a page, as an outcome and a short fixed reason: of HTTP statuses and of failures."""

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

from crawler.resolver import refused

Fate = tuple[str, str]  # outcome, reason

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
    ("robots.txt", ("refused", "robots")),
    ("max redirections", ("refused", "redirect loop")),
    ("DOWNLOAD_MAXSIZE", ("refused", "too large")),
)


def of_status(status: int) -> Fate | None:
    """The fate of a page that answered with an HTTP error; None for a success."""
    if status in (404, 410):
        return "gone", f"http {status}"
    if status in (401, 403, 451):
        return "refused", f"http {status}"
    if not 200 <= status < 300:
        return "failed", f"http {status}"
    return None


def in_words(error: BaseException, host: str) -> str:
    """What happened, in a sentence for the record."""
    if isinstance(error, CannotResolveHostError) and host in refused:
        return f"{host} has the private address {refused[host]}: permit it with allow_private or --allow-private"
    return str(error).rstrip(".") or repr(error)


def of_error(error: BaseException, host: str) -> Fate:
    """The fate of a page that brought an exception instead of an answer; `host` is the one that was dialled."""
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
