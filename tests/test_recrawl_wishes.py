"""Pages that do not want to be kept, by what they say themselves or by a request, are not."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands import run
from tests.loopback import Loopback, Reply
from tests.recrawl import Page, World, page, prose, to
from tests.year.site import words

NOARCHIVE = '<meta content="noarchive" name="robots">'


def zipped(reply: Reply) -> Reply:
    return Reply(body=gzip.compress(reply.body), headers={**reply.headers, "Content-Encoding": "gzip"})


OURS = '<meta name="health-news-archive" content="{}">'
REFUSED: dict[str, Reply] = {
    "/a/noindex": page("noindex", head="<META NAME='ROBOTS' CONTENT='NoIndex, follow'>"),
    "/a/ours": page("ours", head=OURS.format("none")),
    "/a/header": page("header", X_Robots_Tag="noindex, noarchive"),
    "/a/zipped-noindex": zipped(page("zipped-noindex", X_Robots_Tag="noindex")),
}
TEXT_ONLY: dict[str, Reply] = {
    "/a/meta": page("meta", head=NOARCHIVE),
    "/a/named-meta": page("named-meta", head=OURS.format("noarchive")),
    "/a/named-header": page("named-header", X_Robots_Tag="health-news-archive: noarchive"),
    "/a/zipped-meta": zipped(page("zipped-meta", head=NOARCHIVE)),
    "/a/zipped-header": zipped(page("zipped-header", X_Robots_Tag="noarchive")),
}
KEPT: dict[str, Reply] = {
    "/a/others": page("others", X_Robots_Tag="otherbot: noindex"),
    "/a/snippet": page("snippet", head='<meta name="robots" content="max-snippet:-1, follow">'),
    "/a/comment": page("comment", head=f"<!-- {NOARCHIVE} -->"),
}
OPTED_OUT = ("/a/no", "/b/no", "/c/no", "/d/no")
STORIES: dict[str, list[Page]] = {
    **{path: [reply] for path, reply in (REFUSED | TEXT_ONLY | KEPT).items()},
    "/a/later": [page("later"), page("later", head=NOARCHIVE)],
    "/a/header-later": [page("header-later"), page("header-later", X_Robots_Tag="noarchive")],
    "/a/relents": [page("relents", X_Robots_Tag="noarchive"), page("relents")],
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
    files = [path.read_bytes() for path in sorted((world.folder / "healthnews-warc").glob("*.warc.gz"))]
    return b"".join(gzip.decompress(data) for data in files)


@pytest.mark.parametrize("path", REFUSED)
def test_pages_that_ask_not_to_be_indexed_are_not_kept(world: World, path: str) -> None:
    assert world.state(path) == ("refused", "noindex")
    assert "noindex" in world.rows("select directives from pages where url = ?", world.base + path)[0][0]
    assert [(kind, body) for kind, _, body in world.records(path)] == [("response", b"")] * 2
    assert prose(path.removeprefix("/a/"))[0].encode() not in raw(world)


@pytest.mark.parametrize("path", TEXT_ONLY)
def test_the_text_of_pages_that_ask_for_no_copy_is_kept_and_their_bytes_are_not(world: World, path: str) -> None:
    assert [fate[:2] for fate in world.fates(path)] == [("stored", None), ("unchanged", None)]
    assert [(kind, body) for kind, _, body in world.records(path)] == [("response", b"")] * 2
    words_of_it = prose(path.removeprefix("/a/"))[0]
    assert words_of_it.encode() not in raw(world)
    shown = world.shown(path)
    assert words_of_it in shown["text"]
    assert shown["noarchive"] is True
    assert "no archived copy" in run("show", world.base + path, cwd=world.folder).stdout
    exported = run("export", "--article", world.base + path, "--format", "jsonl", cwd=world.folder).stdout
    assert '"noarchive": true' in exported


@pytest.mark.parametrize("path", KEPT)
def test_pages_that_ask_others_are_kept(world: World, path: str) -> None:
    assert world.state(path) == ("stored", None)
    assert world.shown(path)["noarchive"] is False


@pytest.mark.parametrize(("path", "kept", "marked"), [
    ("/a/later", [True, False], True), ("/a/header-later", [True, False], True), ("/a/relents", [False, True], False),
])  # fmt: skip
def test_a_page_may_change_its_mind(world: World, path: str, kept: list[bool], marked: bool) -> None:
    assert world.fates(path) == [("stored", None, "new"), ("stored", None, "same")]
    assert [body != b"" for _, _, body in world.records(path)] == kept
    assert world.shown(path)["noarchive"] is marked


def test_what_has_no_bytes_stays_as_it_is(world: World) -> None:
    before = world.rows("select url, content_hash, noarchive from articles order by id")
    done = run("reprocess", "--sites", "sites", cwd=world.folder)
    assert done.returncode == 0, done.stderr
    assert world.rows("select url, content_hash, noarchive from articles order by id") == before
    assert run("check", cwd=world.folder).returncode == 0


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


@pytest.mark.parametrize(
    ("policy", "state", "has_bytes"),
    [("text", ("stored", None), False), ("refuse", ("refused", "noarchive"), False), ("keep", ("stored", None), True)],
)
def test_a_site_file_may_say_otherwise(
    tmp_path: Path, policy: str, state: tuple[str, str | None], has_bytes: bool
) -> None:
    world = World(folder=tmp_path, pages={"/a/meta": [page("meta", head=NOARCHIVE)]})
    with Loopback(respond=world.respond) as site:
        world.configure(site, noarchive=f'"{policy}"')
        world.crawl()
    assert world.state("/a/meta") == state
    assert [body != b"" for _, _, body in world.records("/a/meta")] == [has_bytes]
