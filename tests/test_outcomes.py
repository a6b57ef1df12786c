"""Outcomes of fetches by status, redirect and error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
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

from crawler.politeness.outcomes import Outcome, RefusedError, of_error, of_redirect, of_status

SITE = "https://news.example"


def reason_of(url: str, target: str, indexes: set[str]) -> str | None:
    found = of_redirect(url, target, indexes)
    assert found is None or (found.outcome, found.detail) == ("gone", f"Redirected to {target}")
    return found.reason if found else None


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, None), (203, None), (299, None), (304, ("unchanged", None)), (404, ("gone", "http 404")),
        (410, ("gone", "http 410")), (401, ("refused", "http 401")), (403, ("refused", "http 403")),
        (451, ("refused", "http 451")), (100, ("failed", "http 100")), (300, ("failed", "http 300")),
        (400, ("failed", "http 400")), (429, ("failed", "http 429")), (500, ("failed", "http 500")),
        (503, ("failed", "http 503")), (999, ("failed", "http 999")),
    ],
)  # fmt: skip
def test_outcome_by_status(status: int, expected: tuple[str, str | None] | None) -> None:
    assert of_status(status) == (expected and Outcome(*expected))


@given(st.integers(0, 9999))
def test_every_status_has_an_outcome(status: int) -> None:
    found = of_status(status)
    assert found is None or found.outcome in ("unchanged", "gone", "refused", "failed")
    assert (found is None) == (200 <= status < 300)


@pytest.mark.parametrize(
    ("to", "reason"),
    [
        ("/", "redirect to home page"),
        ("/en/", "redirect to home page"),
        ("/zh-hans", "redirect to home page"),
        ("/zh_CN/", "redirect to home page"),
        ("/?p=123", None),
        ("/404", "redirect to error page"),
        ("/404.html", "redirect to error page"),
        ("/error.aspx", "redirect to error page"),
        ("/zh/errors/not-found/", "redirect to error page"),
        ("/page-not-found.html", "redirect to error page"),
        ("/ErrorPage.jsp", "redirect to error page"),
        ("/news/404-patients-treated.html", None),
        ("/news/error", "redirect to error page"),
        ("/news/terror.html", None),
        ("/list/1", "redirect to listing"),
        ("/list/2", None),
        ("/b/1", None),
        ("/a/1", None),
    ],
)
def test_where_an_article_leads_that_is_gone(to: str, reason: str | None) -> None:
    assert reason_of(f"{SITE}/a/1", SITE + to, {f"{SITE}/list/1"}) == reason


@pytest.mark.parametrize(
    ("to", "reason"),
    [("https://www.news.example/", "redirect to home page"), ("https://other.example/", None)],
)
def test_a_home_page_is_that_of_the_same_host(to: str, reason: str | None) -> None:
    assert reason_of(f"{SITE}/a/1", to, set()) == reason


@pytest.mark.parametrize(
    ("asked", "to"),
    [("/", "/en/"), ("/404.html", "/errors/404.html"), ("/list/1", "/list/2")],
)
def test_what_is_such_a_page_itself_may_lead_to_another(asked: str, to: str) -> None:
    assert of_redirect(SITE + asked, SITE + to, {f"{SITE}/list/1", f"{SITE}/list/2"}) is None


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (CannotResolveHostError("x"), ("failed", "no such host")),
        (DownloadConnectionRefusedError("x"), ("failed", "no connection")),
        (DownloadTimeoutError("x"), ("failed", "timed out")),
        (DownloadCancelledError("x"), ("refused", "too large")),
        (ResponseDataLossError("x"), ("failed", "cut short")),
        (UnsupportedURLSchemeError("x"), ("refused", "bad address")),
        (NotSupported("x"), ("refused", "bad address")),
        (IgnoreRequest("max redirections reached"), ("refused", "redirect loop")),
        (IgnoreRequest("DOWNLOAD_MAXSIZE"), ("refused", "too large")),
        (IgnoreRequest("whatever"), ("refused", "ignored")),
        (DownloadFailedError("SSL: certificate verify failed"), ("failed", "bad certificate")),
        (DownloadFailedError("gone in the middle"), ("failed", "broken connection")),
        (RefusedError(Outcome("refused", "robots", "Forbidden")), ("refused", "robots")),
        (ValueError("x"), ("failed", "error")),
        (KeyboardInterrupt(), ("failed", "error")),
    ],
)
def test_outcome_by_error(error: BaseException, expected: tuple[str, str]) -> None:
    found = of_error(error, "news.example")
    assert (found.outcome, found.reason) == expected
    assert found.detail
