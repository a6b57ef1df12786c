"""Half a body is no revision, however it was coded and sent."""

import gzip
import zlib
from collections.abc import Callable, Iterator

import brotli
import pytest

from tests.loopback import Loopback, Reply
from tests.recrawl import HTML, Page, World, crawled, page


def _zstd(data: bytes) -> bytes:
    from backports import zstd

    return bytes(zstd.compress(data))


def _raw_deflate(data: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(data) + compressor.flush()


CODINGS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress), "deflate": ("deflate", zlib.compress), "raw": ("deflate", _raw_deflate),
    "br": ("br", brotli.compress), "zstd": ("zstd", _zstd),
}  # fmt: skip
CLOSED = {"Content-Length": "", "Connection": "close"}
CHUNKED = {**CLOSED, "Transfer-Encoding": "chunked"}
PARTS = (0.02, 0.6, 0.99)


def coded(body: bytes, coding: str, part: float = 1.0, **headers: str) -> Reply:
    """The first part of a body that is compressed as a whole."""
    name, encode = CODINGS[coding]
    whole = encode(body)
    return Reply(body=whole[: int(len(whole) * part)], headers=HTML | {"Content-Encoding": name} | headers)


def chunks(body: bytes, *, ended: bool) -> bytes:
    return b"%x\r\n%b\r\n" % (len(body), body) + (b"0\r\n\r\n" if ended else b"")


def story(name: str, half: Callable[[bytes], Reply], whole: Callable[[bytes], Reply]) -> list[Page]:
    """An article, half of its new version, and all of it."""
    old, new = page(name).body, page(name, f"Later the editors of {name} added a paragraph.").body
    return [whole(old), half(new), whole(new)]


def stories() -> Iterator[tuple[str, list[Page]]]:
    for coding in CODINGS:
        for part in PARTS:
            for sent, headers in (("length", {}), ("close", CLOSED)):
                name = f"{coding} {sent} {part}"
                yield (
                    f"/a/{coding}-{sent}-{part}",
                    story(
                        name,
                        lambda body, c=coding, p=part, h=headers: coded(body, c, p, **h),  # type: ignore[misc]
                        lambda body, c=coding: coded(body, c),  # type: ignore[misc]
                    ),
                )
    yield (
        "/a/chunks",
        story(
            "chunks",
            lambda body: Reply(body=chunks(body[:1500], ended=False), headers=HTML | CHUNKED),
            lambda body: Reply(body=chunks(body, ended=True), headers=HTML | CHUNKED),
        ),
    )
    yield (
        "/a/in-a-chunk",
        story(
            "in a chunk",
            lambda body: Reply(body=chunks(body, ended=True)[:900], headers=HTML | CHUNKED),
            lambda body: Reply(body=chunks(body, ended=True), headers=HTML | CHUNKED),
        ),
    )
    yield (
        "/a/length",
        story(
            "length",
            lambda body: Reply(
                body=body[:900], headers=HTML | {"Content-Length": str(len(body)), "Connection": "close"}
            ),
            lambda body: Reply(body=body, headers=HTML),
        ),
    )


STORIES = dict(stories())


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Three jobs: the whole articles, halves of their new versions, the whole new versions."""
    with crawled(tmp_path_factory.mktemp("short"), STORIES, 3, concurrency=1) as made:
        yield made


@pytest.mark.parametrize("path", STORIES)
def test_half_a_body_replaces_nothing(world: World, path: str) -> None:
    assert world.fates(path) == [
        ("stored", None, "new"),
        ("failed", "cut short", None),
        ("stored", None, "changed"),
    ]


def test_each_article_has_its_two_whole_versions(world: World) -> None:
    assert world.rows("select distinct revision, failures from articles a join pages p on p.id = a.page_id") == [(2, 0)]


@pytest.mark.parametrize("coding", CODINGS)
def test_half_a_page_seen_first_is_no_article(world: World, coding: str) -> None:
    world.stage = 0
    pages: dict[str, list[Page]] = {"/b/first": [coded(page("first").body, coding, 0.7)]}
    made = World(folder=world.folder, pages=pages)
    with Loopback(respond=made.respond) as site:
        made.base = site.url
        made.crawl(f"{site.url}/b/first", "--allow-private")
    assert made.state("/b/first") == ("failed", "cut short")
