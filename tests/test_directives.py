"""noarchive and noindex, in headers and in a page's head."""

import gzip
import zlib

import brotli
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.storage.warc.content_encoding import decode_head
from crawler.policy.robots_directives import HEAD, directives

BOTH = {"noarchive", "noindex"}


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([], set()),
        (["noarchive"], {"noarchive"}),
        (["NoIndex , NOFOLLOW"], {"noindex"}),
        (["noindex", "noarchive"], BOTH),
        (["none"], {"noindex"}),
        (["nocache"], {"noarchive"}),
        (["all"], set()),
        (["googlebot: noindex"], set()),
        (["googlebot: nofollow, noindex"], set()),
        (["noindex, googlebot: nofollow"], {"noindex"}),
        (["health-news-archive: noarchive"], {"noarchive"}),
        (["googlebot: noindex, health-news-archive: noarchive"], {"noarchive"}),
        (["robots: noindex"], {"noindex"}),
        (["unavailable_after: 25 Jun 2030 15:00:00 PST, noindex"], {"noindex"}),
        (["max-snippet:-1, max-image-preview:large, noarchive"], {"noarchive"}),
        (["noindexing, no archive"], set()),
    ],
)
def test_what_headers_ask(headers: list[str], expected: set[str]) -> None:
    assert directives(headers, b"") == expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('<meta name="robots" content="noarchive">', {"noarchive"}),
        ("<META CONTENT='noindex,NoArchive' NAME='Robots' />", BOTH),
        ("<meta name=robots content=noindex>", {"noindex"}),
        ('<meta\nname = "robots"\n  content = "none"\n>', {"noindex"}),
        ('<meta name="health-news-archive" content="noindex">', {"noindex"}),
        ('<meta name="googlebot" content="noindex">', set()),
        ('<meta name="robots" content="index, follow">', set()),
        ('<meta name="description" content="noindex">', set()),
        ('<!-- <meta name="robots" content="noindex"> -->', set()),
        ('<!-- a --><meta name="robots" content="noindex"><!-- b -->', {"noindex"}),
        ('<meta property="robots"><meta name="robots">', set()),
        ('<metadata name="robots" content="noindex">', set()),
        ("<p>A page about noindex and noarchive</p>", set()),
    ],
)
def test_what_a_head_asks(head: str, expected: set[str]) -> None:
    assert directives([], f"<html><head>{head}</head>".encode()) == expected


@given(st.lists(st.text()), st.binary())
@example([":,:,::"], b"<meta" * 20_000)
@example([], b"<meta " + b"a=" * 30_000 + b"<!--" * 9_000)
def test_nothing_is_too_odd(headers: list[str], head: bytes) -> None:
    assert directives(headers, head) <= BOTH


PAGE = b"<html><head><meta name='robots' content='noarchive'></head>" + bytes(range(256)) * 2000
CODED = {
    "": PAGE,
    "identity": PAGE,
    "gzip": gzip.compress(PAGE),
    "x-gzip": gzip.compress(PAGE),
    "deflate": zlib.compress(PAGE),
    "deflate, gzip": gzip.compress(zlib.compress(PAGE)),
    "br": brotli.compress(PAGE),
}


@pytest.mark.parametrize("coding", CODED)
def test_a_head_is_read_through_its_coding(coding: str) -> None:
    for body in (CODED[coding], CODED[coding][: len(CODED[coding]) // 2]):
        head = decode_head(body, coding, HEAD)
        assert head[:60] == PAGE[:60]
        assert len(head) <= HEAD
        assert directives([], head) == {"noarchive"}


@given(st.binary(), st.sampled_from([*CODED, "zstd", "gzip, br"]))
@example(b"", "br")
@example(PAGE, "gzip")
@example(PAGE, "br")
def test_a_wrong_label_does_no_harm(body: bytes, coding: str) -> None:
    assert len(decode_head(body, coding, HEAD)) <= HEAD
