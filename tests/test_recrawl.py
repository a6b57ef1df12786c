"""Looking again at pages: what stays the same costs nothing, what changed is a revision, what went is known."""

import gzip
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.commands import run
from tests.loopback import Asked, Reply
from tests.recrawl import HTML, Page, World, crawled, page, to

DATE = "Wed, 01 May 2024 08:00:00 GMT"
REFERENCES = ("References", "[1] Wu T, Li N. Stem cells for scleroderma. J Cells. 2016;3:48-50. doi:10.5555/sci.2016")
NOTICE = Reply(body=b"<html><head><title>Page not found</title></head><body><p>Sorry.</p></body></html>", headers=HTML)
SLOGAN = "Call our friendly nurses at any hour of the day, they know the way to your clinic."


def restless(asked: Asked) -> Reply:
    """A page that has something new in it each time, but not in its article."""
    return page("restless", menu=f"Seen at {asked.at}", head=f"<meta name=visit content='{asked.at}'>")


def counted(asked: Asked) -> Reply:
    reply = page("counted", title="A counted page")
    counter = f"</h1><p>阅读：{int(asked.at * 1000) % 90_000}</p>"
    return reply._replace(body=reply.body.replace(b"</h1>", counter.encode()))


def with_slogan(name: str, menus: str) -> list[Page]:
    return [page(name, SLOGAN, menu=menu) for menu in menus]


GZIPPED = page("gzipped", Content_Encoding="gzip")
STORIES: dict[str, list[Page]] = {
    "/a/etag": [page("etag", ETag='"one"')],
    "/a/weak": [page("weak", ETag='W/"one"')],
    "/a/latin": [page("latin", ETag='"\xe9t\xe9"')],
    "/a/dated": [page("dated", Last_Modified=DATE)],
    "/a/new-etag": [page("new-etag", ETag=f'"{tag}"') for tag in (1, 2, 2)],
    "/a/bare": [page("bare")],
    "/a/gzipped": [GZIPPED._replace(body=gzip.compress(GZIPPED.body, mtime=0))],
    "/a/restless": [restless],
    "/a/counted": [counted],
    "/a/text": [page("text", "It helps."), page("text", "It does not help."), page("text", "It does not help.")],
    "/a/title": [page("title"), page("title", title="Quite another title")],
    "/a/references": [page("references"), page("references", *REFERENCES)],
    "/a/missing": [page("missing"), Reply(404), Reply(404), page("missing")],
    "/a/removed": [page("removed"), Reply(410)],
    "/a/mishap": [page("mishap"), Reply(404), page("mishap")],
    "/a/soft": [page("soft"), NOTICE],
    "/a/home": [page("home"), to(302, "/")],
    "/a/home-for-good": [page("home-for-good"), to(301, "/")],
    "/a/to-error": [page("to-error"), to(302, "/404.html")],
    "/a/listing": [page("listing"), to(301, "/list/1")],
    "/a/broken": [page("broken"), Reply(500), Reply(500), page("broken")],
    "/a/never": [Reply(404)],
    **{f"/a/slogan-{number}": with_slogan(f"slogan {number}", "abcd") for number in range(6)},
}
SAME = ("/a/etag", "/a/weak", "/a/latin", "/a/dated", "/a/new-etag", "/a/bare", "/a/gzipped")
CHANGED = ("/a/text", "/a/title", "/a/references")
GONE = {
    "/a/removed": "http 410",
    "/a/soft": "soft 404",
    "/a/home": "redirect to home page",
    "/a/home-for-good": "redirect to home page",
    "/a/to-error": "redirect to error page",
    "/a/listing": "redirect to listing",
}
JOBS = 4


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Four jobs, each of which looks at everything."""
    with crawled(tmp_path_factory.mktemp("recrawl"), STORIES, JOBS) as made:
        yield made


def test_jobs_that_find_pages_gone_end_well(world: World) -> None:
    assert [(done.returncode, done.stderr) for done in world.done] == [(0, "")] * JOBS


@pytest.mark.parametrize(
    ("path", "name", "sent"),
    [
        ("/a/etag", "If-None-Match", [None, '"one"', '"one"', '"one"']),
        ("/a/weak", "If-None-Match", [None, 'W/"one"', 'W/"one"', 'W/"one"']),
        ("/a/latin", "If-None-Match", [None, '"été"', '"été"', '"été"']),
        ("/a/dated", "If-Modified-Since", [None, DATE, DATE, DATE]),
        ("/a/new-etag", "If-None-Match", [None, '"1"', '"2"', '"2"']),
        ("/a/bare", "If-None-Match", [None] * JOBS),
        ("/a/bare", "If-Modified-Since", [None] * JOBS),
    ],
)
def test_validators_are_sent_back(world: World, path: str, name: str, sent: list[str | None]) -> None:
    assert [asked.headers.get(name) for asked in world.asked if asked.path == path] == sent


@pytest.mark.parametrize("path", SAME)
def test_what_is_the_same_is_unchanged(world: World, path: str) -> None:
    assert world.fates(path) == [("stored", None, "new"), *[("unchanged", None, None)] * (JOBS - 1)]
    assert world.state(path) == ("stored", None)


@pytest.mark.parametrize(
    ("path", "profile"),
    [
        *((path, "server-not-modified") for path in ("/a/etag", "/a/weak", "/a/dated")),
        *((path, "identical-payload-digest") for path in ("/a/bare", "/a/gzipped")),
    ],
)
def test_what_is_the_same_is_a_revisit_record(world: World, path: str, profile: str) -> None:
    (kind, original, body), *revisits = world.records(path)
    assert kind == "response"
    assert body
    assert [(kind, body) for kind, _, body in revisits] == [("revisit", b"")] * (JOBS - 1)
    for _, headers, _ in revisits:
        assert headers["WARC-Profile"].endswith(f"/revisit/{profile}")
        assert headers["WARC-Refers-To-Target-URI"] == world.base + path
        assert headers["WARC-Payload-Digest"] == original["WARC-Payload-Digest"]
        assert headers["WARC-Refers-To-Date"] == original["WARC-Date"]


def test_the_raw_files_are_sound(world: World) -> None:
    for path in (world.folder / "healthnews-warc").glob("*.warc.gz"):
        checked = subprocess.run([sys.executable, "-m", "warcio.cli", "check", "-v", path], capture_output=True)
        assert checked.returncode == 0, checked.stdout
    assert run("check", cwd=world.folder).returncode == 0


@pytest.mark.parametrize("path", ["/a/restless", "/a/counted", *(f"/a/slogan-{number}" for number in range(6))])
def test_what_changes_beside_the_article_is_no_revision(world: World, path: str) -> None:
    assert world.fates(path) == [("stored", None, "new"), *[("stored", None, "same")] * (JOBS - 1)]
    assert len(world.shown(path)["revisions"]) == 1


@pytest.mark.parametrize("path", CHANGED)
def test_what_changes_in_the_article_is_a_revision(world: World, path: str) -> None:
    assert world.fates(path)[:2] == [("stored", None, "new"), ("stored", None, "changed")]
    assert {content for _, _, content in world.fates(path)[2:]} == {None}
    assert [revision["number"] for revision in world.shown(path)["revisions"]] == [2, 1]


@pytest.mark.parametrize(
    ("path", "says"),
    [("/a/text", "does not"), ("/a/title", "Quite another title"), ("/a/references", "Stem cells for scleroderma")],
)
def test_the_difference_is_shown(world: World, path: str, says: str) -> None:
    assert says in run("diff", world.base + path, cwd=world.folder).stdout


@pytest.mark.parametrize(("path", "reason"), GONE.items())
def test_what_is_missing_twice_is_gone_since_the_first_time(world: World, path: str, reason: str) -> None:
    assert world.fates(path) == [("stored", None, "new"), *[("gone", reason, None)] * (JOBS - 1)]
    shown = world.shown(path)
    assert (shown["state"], shown["reason"]) == ("gone", reason)
    [(first,)] = world.rows("select started_at from crawls where id = 2")
    assert shown["gone_since"] >= first
    assert shown["text"]


def test_gone_articles_are_listed(world: World) -> None:
    listed = run("search", "--gone", "--count", cwd=world.folder).stdout
    assert listed == f"{len(GONE)} articles\n"


@pytest.mark.parametrize(
    ("path", "fates"),
    [
        ("/a/missing", ["stored", "gone", "gone", "unchanged"]),
        ("/a/mishap", ["stored", "gone", "unchanged", "unchanged"]),
        ("/a/broken", ["stored", "failed", "failed", "unchanged"]),
    ],
)
def test_what_comes_back_is_there(world: World, path: str, fates: list[str]) -> None:
    assert [outcome for outcome, _, _ in world.fates(path)] == fates
    shown = world.shown(path)
    assert (shown["state"], shown["gone_since"], shown["missing_since"]) == ("stored", None, None)


def test_a_page_that_never_was_is_gone_without_an_article(world: World) -> None:
    assert world.state("/a/never") == ("gone", "http 404")
    assert world.rows("select 1 from articles where url = ?", world.base + "/a/never") == []
