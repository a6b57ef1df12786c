"""TDMRep's file of a site: read as specified, fetched once a day at most, and kept with its pages' other signals."""

import gzip
import json
import time
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.articles.tdmrep import PATH, MalformedError, file_rights, read_rules
from crawler.politeness.tdmrep_files import LARGEST
from crawler.scheduler import TDMREP_AFTER
from tests.clocks import VirtualClock
from tests.loopback import Asked, Loopback, Reply
from tests.recrawl import Page, World, page

RESERVED = ["tdm-reservation: 1"]
SITE = "https://site.example"
LONG = 120  # seconds after which a crawl is no longer waited for


def rule(location: object, reservation: object = 1, **more: object) -> dict[str, object]:
    return {"location": location, "tdm-reservation": reservation, **more}


def body(*rules: object) -> bytes:
    return json.dumps(rules).encode()


def said(file: bytes, path: str, *of_page: str) -> list[str]:
    return file_rights(json.loads(json.dumps(read_rules(file))), SITE + path, of_page)


@pytest.mark.parametrize(
    ("location", "path", "matches"),
    [
        ("/", "/news/1", True), ("/", "", True), ("/news", "/news/1", True), ("/news/", "/news", False),
        ("/News/", "/news/1", False), ("news/", "/news/1", False), ("", "/news/1", False),
        ("*", "/news/1", True), ("/*.html", "/a/b.html", True), ("/*.html", "/a/b.html?c=1", True),
        ("/*.html$", "/a/b.html", True), ("/*.html$", "/a/b.html?c=1", False), ("/*.html$", "/a.html/b.html", True),
        ("/a$", "/a", True), ("/a$", "/a/b", False), ("/a*$", "/a/b", True), ("/$", "", True),
        ("/a*b*c", "/a1b2c3", True), ("/a*b*c", "/a1c2b3", False), ("/ab*b$", "/ab", False), ("/a**b", "/ab", True),
        ("/a$b", "/a$b/c", True), ("/a$b", "/a%24b", True), ("/a%2A", "/a*", True), ("/a%2A", "/ab", False),
        ("/a%24", "/a$", True), ("/a%24", "/a", False), ("/%7Ejoe/", "/~joe/1", True), ("/~joe/", "/%7ejoe/1", True),
        ("/a%2fb", "/a%2Fb", True), ("/a%2Fb", "/a/b", False), ("/é", "/%C3%A9/1", True), ("/%e7%a7%91", "/科", True),
        ("/list?page=", "/list?page=2", True), ("/a b", "/a%20b", True), ("/100%", "/100%/x", True),
    ],
)  # fmt: skip
def test_which_paths_a_location_matches(location: str, path: str, matches: bool) -> None:
    assert said(body(rule(location)), path) == (RESERVED if matches else [])


@pytest.mark.parametrize(
    ("rules", "of_page", "expected"),
    [
        ([], [], []),
        ([rule("/a/", 0), rule("/", 1)], [], ["tdm-reservation: 0"]),  # the first that matches decides …
        ([rule("/", 1), rule("/a/", 0)], [], RESERVED),  # … not the longest
        ([rule("/a/", 2), rule("/")], [], []),
        ([{"location": "/a/"}, rule("/")], [], []),
        *[([rule("/", value)], [], []) for value in ("1", True, 1.5, None, [1], 10**30)],
        ([rule("/", 1, **{"tdm-policy": "https://x.example/p"})], [], [*RESERVED, "tdm-policy: https://x.example/p"]),
        ([rule("/", 1, **{"tdm-policy": ["x"]})], [], RESERVED),
        ([rule("/", 1, **{"tdm-policy": "a\n \ud800b"})], [], [*RESERVED, "tdm-policy: a ?b"]),
        (["x", None, rule(3), {}, rule("/")], [], RESERVED),
        ([rule("/")], ["header tdm-reservation: 0"], []),
        ([rule("/")], ["meta tdm-reservation: 1"], []),
        ([rule("/")], ["header tdm-reservation: maybe", "meta robots: noai"], RESERVED),
    ],
)  # fmt: skip
def test_what_a_file_says_of_a_page(rules: list[object], of_page: list[str], expected: list[str]) -> None:
    assert said(body(*rules), "/a/1", *of_page) == expected


@pytest.mark.parametrize(
    "file", [b"", b"<html>", b'{"location": "/"}', b"null", b"\xff\xfe\xff", b"[" * 100_000, b"[" + b"1" * 5000 + b"]"]
)
def test_what_is_no_array_is_malformed(file: bytes) -> None:
    with pytest.raises(MalformedError):
        read_rules(file)


def test_a_byte_order_mark_is_no_part_of_the_file() -> None:
    assert said(b"\xef\xbb\xbf" + body(rule("/")), "/a/1") == RESERVED


@given(st.text(), st.text(), st.integers(0, 3))
def test_a_path_matches_itself_and_its_beginnings(start: str, end: str, stars: int) -> None:
    location = "/" + start.replace("%", "").replace("?", "").replace("#", "")
    if location.endswith("$") or not location.isprintable():
        return
    assert said(body(rule(location + "*" * stars)), location + end.replace("#", "")) == RESERVED


def world_of(folder: Path, file: Page, clock: VirtualClock | None = None, **pages: Page) -> World:
    stories = {f"/a/{name}": [reply] for name, reply in pages.items()}
    return World(folder=folder, pages={PATH: [file], **stories}, clock=clock)


def asked(site: Loopback) -> list[Asked]:
    return [request for request in site.asked if request.path == PATH]


ROW = "select status, reason, rules from tdmrep"


def test_the_file_is_kept_with_the_pages_that_it_speaks_of(tmp_path: Path) -> None:
    file = Reply(body=body(rule("/a/open", 0), rule("/a/", 1, **{"tdm-policy": "https://x.example/p"})))
    world = world_of(tmp_path, file, open=page("open"), other=page("other"), own=page("own", tdm_reservation="0"))
    with Loopback(respond=world.respond) as site:
        world.configure(site)
        world.crawl()
        assert site.paths[-1] == PATH
        assert len(asked(site)) == 1
    assert world.shown("/a/open")["rights"] == ["tdmrep.json tdm-reservation: 0"]
    assert world.shown("/a/other")["rights"] == [
        "tdmrep.json tdm-reservation: 1", "tdmrep.json tdm-policy: https://x.example/p"
    ]  # fmt: skip
    assert world.shown("/a/own")["rights"] == ["header tdm-reservation: 0"]


@pytest.mark.parametrize(
    ("file", "days", "row"),
    [
        (Reply(404), 7, (404, "http 404", "[]")),
        (Reply(body=b"<html>not found"), 1, (200, "malformed", "[]")),
        (Reply(301, headers={"Location": "/elsewhere"}), 1, (301, "http 301", "[]")),
        (Reply(body=b"[" + b" " * LARGEST + b"]"), 1, (None, "too large", "[]")),
        (
            Reply(body=gzip.compress(body(rule("/")))[:-9], headers={"Content-Encoding": "gzip"}),
            1,
            (200, "cut short", "[]"),
        ),
    ],
)
def test_why_there_is_nothing_is_remembered(tmp_path: Path, file: Reply, days: int, row: tuple[object, ...]) -> None:
    clock = VirtualClock()
    world = world_of(tmp_path, file, clock, one=lambda asked: page(f"one {clock.moment:%j%H%M%S}"))
    with Loopback(respond=world.respond) as site:
        world.configure(site)
        world.crawl("--all")
        clock.moment += timedelta(days=days, hours=-1)
        world.crawl("--all")
        assert len(asked(site)) == 1
        clock.moment += timedelta(hours=1)
        world.crawl("--all")
        assert len(asked(site)) == 2
    assert world.rows(ROW) == [row]
    assert world.shown("/a/one")["rights"] == []


def test_a_file_is_asked_for_again_with_its_validators(tmp_path: Path) -> None:
    clock = VirtualClock()
    file = Reply(body=body(rule("/")), headers={"ETag": '"v1"'})
    stories = {PATH: [file, file, Reply(503), Reply(404)], "/a/one": [page(f"one {number}") for number in range(4)]}
    world, found = World(folder=tmp_path, pages=stories, clock=clock), []
    with Loopback(respond=world.respond) as site:
        world.configure(site)
        for world.stage in range(4):
            world.crawl("--all")
            found.append((*world.rows("select status, reason from tdmrep"), world.shown("/a/one")["rights"]))
            clock.moment += timedelta(days=2)
        assert [request.headers["If-None-Match"] for request in asked(site)] == [None, '"v1"', '"v1"', None]
    kept = ["tdmrep.json tdm-reservation: 1"]
    assert found == [((200, None), kept), ((304, None), kept), ((503, "http 503"), kept), ((404, "http 404"), [])]


def test_a_site_without_new_articles_is_not_asked(tmp_path: Path) -> None:
    clock = VirtualClock()
    world = world_of(tmp_path, Reply(404), clock, one=page("one"))
    with Loopback(respond=world.respond) as site:
        world.configure(site)
        world.crawl()
        clock.moment += timedelta(days=3)
        world.crawl("--all")
        assert site.paths.count("/a/one") == 2
        assert len(asked(site)) == 1


def test_robots_txt_holds(tmp_path: Path) -> None:
    world = world_of(tmp_path, Reply(body=body(rule("/"))), one=page("one"))
    world.pages = {**world.pages, "/robots.txt": [Reply(body=b"User-agent: *\nDisallow: /.well-known/\n")]}
    with Loopback(respond=world.respond) as site:
        world.configure(site)
        world.crawl()
        assert asked(site) == []
    assert world.rows(ROW) == [(None, "robots", "[]")]


def test_a_long_crawl_asks_before_its_end(tmp_path: Path) -> None:
    """The site answers the second half of the requests only once enough articles of the first half are stored."""
    stories = {f"/a/{number}": [page(f"number {number}")] for number in range(4 * TDMREP_AFTER)}
    world = World(folder=tmp_path, pages=stories)

    def respond(asked: Asked) -> Reply:
        if len(site.asked) > 2 * TDMREP_AFTER:
            deadline = time.monotonic() + LONG
            while world.rows("select count(*) from articles")[0][0] < TDMREP_AFTER and time.monotonic() < deadline:
                time.sleep(0.1)
        return world.respond(asked)

    with Loopback(respond=respond) as site:
        world.configure(site)
        world.crawl()
        assert len(asked(site)) == 1
        assert site.paths[-1] != PATH
