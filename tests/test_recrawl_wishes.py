"""Pages that do not want to be kept, by what they say themselves or by a request, are not."""

import gzip
from collections.abc import Iterator

import pytest

from tests.commands import run
from tests.loopback import Loopback, Reply
from tests.recrawl import Page, World, page, prose, to
from tests.year.site import words

NOARCHIVE = '<meta content="noarchive" name="robots">'


def zipped(reply: Reply) -> Reply:
    return Reply(body=gzip.compress(reply.body), headers={**reply.headers, "Content-Encoding": "gzip"})


REFUSED: dict[str, tuple[Reply, str]] = {
    "/a/meta": (page("meta", head=NOARCHIVE), "noarchive"),
    "/a/noindex": (page("noindex", head="<META NAME='ROBOTS' CONTENT='NoIndex, follow'>"), "noindex"),
    "/a/ours": (page("ours", head='<meta name="health-news-archive" content="none">'), "noindex"),
    "/a/header": (page("header", X_Robots_Tag="noindex, noarchive"), "noarchive"),
    "/a/zipped-meta": (zipped(page("zipped-meta", head=NOARCHIVE)), "noarchive"),
    "/a/zipped-header": (zipped(page("zipped-header", X_Robots_Tag="noarchive")), "noarchive"),
}
KEPT: dict[str, Reply] = {
    "/a/others": page("others", X_Robots_Tag="otherbot: noindex"),
    "/a/snippet": page("snippet", head='<meta name="robots" content="max-snippet:-1, follow">'),
    "/a/comment": page("comment", head=f"<!-- {NOARCHIVE} -->"),
}
OPTED_OUT = ("/a/no", "/b/no", "/c/no", "/d/no")
STORIES: dict[str, list[Page]] = {
    **{path: [reply] for path, (reply, _) in REFUSED.items()},
    **{path: [reply] for path, reply in KEPT.items()},
    "/a/later": [page("later"), page("later", head=NOARCHIVE)],
    "/a/no": [page("no")],
    "/b/no": [page("no")],
    "/c/no": [page("no")],
    "/a/leads-to-no": [to(301, "/b/no")],
    "/a/leads-on": [to(302, "/b/on")],
    "/b/on": [to(302, "/c/no")],
    "/a/names-no": [page("named", head='<link rel="canonical" href="/d/no">')],
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Two jobs that look at everything, and what was opted out before them."""
    made = World(folder=tmp_path_factory.mktemp("wishes"), pages=STORIES)
    with Loopback(respond=made.respond) as site:
        made.configure(site)
        made.crawl("--minutes", "0.0001")
        done = run("remove", "/no$", "--yes", cwd=made.folder)
        assert done.returncode == 0, done.stderr
        for stage in range(2):
            made.stage = stage
            made.crawl("--all")
        made.asked = site.asked
        yield made


def raw(world: World) -> bytes:
    files = [path.read_bytes() for path in sorted((world.folder / "healthnews-warc").iterdir())]
    return b"".join(gzip.decompress(data) for data in files)


@pytest.mark.parametrize(("path", "reason"), [(path, reason) for path, (_, reason) in REFUSED.items()])
def test_pages_that_ask_not_to_be_kept_are_not(world: World, path: str, reason: str) -> None:
    assert world.state(path) == ("refused", reason)
    assert world.rows("select directives from pages where url = ?", world.base + path)[0][0].startswith(reason)
    assert [(kind, body) for kind, _, body in world.records(path)] == [("response", b"")] * 2
    assert prose(path.removeprefix("/a/"))[0].encode() not in raw(world)


@pytest.mark.parametrize("path", KEPT)
def test_pages_that_ask_others_are_kept(world: World, path: str) -> None:
    assert world.state(path) == ("stored", None)


def test_a_page_may_change_its_mind(world: World) -> None:
    assert [fate[:2] for fate in world.fates("/a/later")] == [("stored", None), ("refused", "noarchive")]
    assert [body != b"" for _, _, body in world.records("/a/later")] == [True, False]


@pytest.mark.parametrize("path", OPTED_OUT)
def test_what_is_opted_out_is_never_asked_for_nor_stored(world: World, path: str) -> None:
    assert path not in [asked.path for asked in world.asked]
    assert world.records(path) == []
    assert {state for (state,) in world.rows("select state from pages where url = ?", world.base + path)} <= {"refused"}
    assert world.rows("select count(*) from articles where url = ?", world.base + path) == [(0,)]


@pytest.mark.parametrize("path", ["/a/leads-to-no", "/a/leads-on", "/a/names-no"])
def test_what_leads_to_what_is_opted_out_is_refused(world: World, path: str) -> None:
    assert world.state(path) == ("refused", "removed")


def test_what_says_that_it_is_opted_out_leaves_nothing(world: World) -> None:
    assert words("named 0", 30).encode() not in raw(world)
    assert words("named", 5).rstrip(".").encode() not in (world.folder / "healthnews.db").read_bytes()
    assert run("check", cwd=world.folder).returncode == 0
