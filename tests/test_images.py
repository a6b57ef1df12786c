"""Images of articles: fetched where the site's file says so, each with its fate, and kept with its article."""

import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.extraction.image_files import ImageFormat, image_format
from archive.operations.check import check
from archive.storage.warc.members import content_of, members
from tests.commands import run
from tests.images import AVIF, SVG, gif, illustrated, image, jpeg, png, webp
from tests.loopback import Loopback, Reply
from tests.recrawl import Page, World, to
from tests.year.site import words


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (png(300, 200), ("image/png", 300, 200)),
        (jpeg(640, 480), ("image/jpeg", 640, 480)),
        (gif(90, 70), ("image/gif", 90, 70)),
        (webp(500, 400), ("image/webp", 500, 400)),
        (webp(500, 400, b"VP8L"), ("image/webp", 500, 400)),
        (webp(500, 400, b"VP8 "), ("image/webp", 500, 400)),
        (AVIF, ("image/avif", None, None)),
        (png()[:20], ("image/png", None, None)),
        (b"\xff\xd8\xff\xe0\xff\xff", ("image/jpeg", None, None)),
        (SVG, None),
        (b"<!doctype html><title>Not found</title>", None),
        (b"", None),
    ],
)
def test_images_are_known_by_their_first_bytes(body: bytes, expected: tuple[object, ...] | None) -> None:
    assert image_format(body) == expected


@given(st.sampled_from([png(), jpeg(), gif(), webp(), webp(form=b"VP8L"), webp(form=b"VP8 ")]), st.data())
def test_a_damaged_image_is_no_error(body: bytes, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(body)))
    noise = data.draw(st.binary(max_size=12))
    form = image_format(body[:cut] + noise + body[cut + len(noise) :])
    assert form is None or isinstance(form, ImageFormat)


KINDS: dict[str, Reply] = {
    "/i/a.png": image(png(200, 100), ETag='"a"'),
    "/i/b.jpg": image(jpeg(), "image/jpeg"),
    "/i/c.gif": image(gif(), "text/html"),
    "/i/d.webp": image(webp(), "application/octet-stream"),
    "/i/html.png": Reply(body=b"<html><body>A page on stem cells</body></html>", headers={"Content-Type": "image/png"}),
    "/i/drawing.svg": image(SVG, "image/svg+xml"),
    "/i/large.png": image(png(padding=600_000)),
    "/i/moved.png": to(301, "/i/target.png"),
    "/i/target.png": image(png(seed=3)),
    "/i/out.png": to(302, "/closed/out.png"),
    "/i/marked.png": image(png(seed=4), X_Robots_Tag="noarchive"),
    "/closed/a.png": image(png(seed=5)),
}
ROBOTS = Reply(body=b"User-agent: *\nDisallow: /closed/\n", headers={"Content-Type": "text/plain"})
NAMES = [*(path for path in KINDS if path != "/i/target.png"), "/i/missing.png"]


class Crawled(NamedTuple):
    """A site after three jobs, what another host was asked for, and how many requests were under way at once."""

    world: World
    far: list[str]
    at_once: int


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    """Three jobs: the second over the same pages, in the third one article has changed."""
    made = World(folder=tmp_path_factory.mktemp("images"), pages={})
    elsewhere = Loopback(lambda path: image(png(seed=9)) if path == "/far.png" else Reply(404), host="127.0.0.2")
    with elsewhere, Loopback(respond=made.respond) as site:
        one = [*NAMES, f"{elsewhere.url}/far.png", "data:image/gif;base64,R0lGODlhAQABAAAAACw="]
        stories: dict[str, list[Page]] = {path: [reply] for path, reply in KINDS.items()}
        stories |= {
            "/robots.txt": [ROBOTS],
            "/a/1": [illustrated("one", *one), illustrated("one", *one),
                     illustrated("one", *one, more=words("more of it", 40))],
            "/a/2": [illustrated("two", "/i/a.png", "/i/own.png")],
            "/a/3": [illustrated("three", *(f"/i/n{n}.png" for n in range(18)))],
            "/a/4": [illustrated("four", "/i/unasked.png", X_Robots_Tag="noarchive")],
            "/i/own.png": [image(png(seed=7))],
            **{f"/i/n{n}.png": [image(png(seed=20 + n))] for n in range(18)},
        }  # fmt: skip
        made.pages = stories
        made.configure(site, images="true", images_per_article="16", image_megabytes="0.5", concurrency="1")
        for stage in range(3):
            made.stage = stage
            made.crawl("--all", "--allow-private")
        made.asked = site.asked
        yield Crawled(made, [each.path for each in elsewhere.asked], site.at_once)


@pytest.fixture
def world(crawled: Crawled) -> World:
    return crawled.world


def fate(world: World, path: str, article: str = "/a/1") -> tuple[object, ...]:
    sql = "select fate, fate_reason from article_image_fates where article_url = ? and image_url like ?"
    [found] = world.rows(sql, world.base + article, f"%{path}")
    return found


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/i/a.png", ("kept", None)),
        ("/i/b.jpg", ("kept", None)),
        ("/i/c.gif", ("kept", None)),
        ("/i/d.webp", ("kept", None)),
        ("/i/moved.png", ("kept", None)),
        ("/far.png", ("kept", None)),
        ("/i/html.png", ("refused", "not an image")),
        ("/i/drawing.svg", ("refused", "not an image")),
        ("/i/large.png", ("refused", "too large")),
        ("/i/out.png", ("refused", "robots")),
        ("/closed/a.png", ("refused", "robots")),
        ("/i/marked.png", ("refused", "noarchive")),
        ("/i/missing.png", ("gone", "http 404")),
    ],
)
def test_every_image_has_a_fate(world: World, path: str, expected: tuple[object, ...]) -> None:
    assert fate(world, path) == expected


def test_too_many_images_are_not_fetched(world: World) -> None:
    fates = [fate(world, f"/i/n{n}.png", "/a/3") for n in range(18)]
    assert fates == [("kept", None)] * 16 + [("not fetched", "too many")] * 2
    assert not {"/i/n16.png", "/i/n17.png"} & {asked.path for asked in world.asked}


def test_what_is_forbidden_is_not_asked_for(crawled: Crawled, world: World) -> None:
    asked = {each.path for each in world.asked}
    assert not any(path.startswith("/closed/") for path in asked)
    assert "/i/unasked.png" not in asked  # its page asks for no archived copy
    assert crawled.at_once == 1
    assert crawled.far[0] == "/robots.txt"


def test_an_image_is_fetched_once(crawled: Crawled, world: World) -> None:
    asked = [each.path for each in world.asked]
    assert {path: asked.count(path) for path in ("/i/a.png", "/i/b.jpg", "/i/own.png", "/i/html.png")} == {
        "/i/a.png": 1, "/i/b.jpg": 1, "/i/own.png": 1, "/i/html.png": 1,
    }  # fmt: skip
    assert crawled.far.count("/far.png") == 1


def test_the_bytes_are_in_the_warc_file(world: World) -> None:
    [(kind, _, body)] = world.records("/i/a.png")
    assert (kind, body) == ("response", KINDS["/i/a.png"].body)
    assert world.records("/i/marked.png")[0][2] == b""
    sql = "select media_type, width, height, bytes from article_image_fates where image_url like '%/i/a.png'"
    assert world.rows(sql) == [("image/png", 200, 100, len(body))] * 2


def test_the_article_shows_its_images(world: World) -> None:
    shown = world.shown("/a/1")
    files = {each["url"].removeprefix(world.base): each for each in shown["image_files"]}
    assert len(files) == len(shown["images"]) == 13
    assert (files["/i/a.png"]["fate"], files["/i/a.png"]["media_type"]) == ("kept", "image/png")
    assert (files["/i/html.png"]["fate"], files["/i/html.png"]["reason"]) == ("refused", "not an image")
    exported = run("export", "--format", "jsonl", cwd=world.folder).stdout.splitlines()
    assert sum(len(json.loads(line)["image_files"]) for line in exported) == 13 + 2 + 18


def test_parquet_has_the_images(world: World) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    exported = run("export", "--format", "jsonl", cwd=world.folder).stdout.splitlines()
    done = run("export", "--format", "parquet", "--output", "articles.parquet", cwd=world.folder)
    assert done.returncode == 0, done.stderr
    rows = parquet.read_table(world.folder / "articles.parquet").to_pylist()
    assert [each for row in rows for each in row["image_files"] if each["url"] == world.base + "/i/own.png"] == [
        each
        for line in exported
        for each in json.loads(line)["image_files"]
        if each["url"] == world.base + "/i/own.png"
    ]


def test_images_are_counted_apart(world: World) -> None:
    [counts] = world.rows("select counts from crawls order by id limit 1")
    named = json.loads(counts[0])["loop"]
    assert (named["new"], named["images"], named["images not kept"]) == (4, 23, 7)
    assert world.done[0].returncode == 0  # an image that is not kept is no problem of the crawl


def test_the_archive_is_sound_and_goes_to_a_wacz(world: World, tmp_path: Path) -> None:
    assert [finding for finding in check(world.folder / "healthnews.db") if finding.problems] == []
    done = run("export", "--wacz", str(tmp_path / "x.wacz"), "--article", world.base + "/a/2", cwd=world.folder)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(tmp_path / "x.wacz") as wacz:
        index = wacz.read("indexes/index.cdx").decode()
        pages = wacz.read("pages/pages.jsonl").decode()
    assert [index.count(f'{path}"') > 0 for path in ("/a/2", "/i/a.png", "/i/own.png", "/i/b.jpg")] == [True] * 3 + [
        False
    ]
    assert ".png" not in pages


def test_a_removed_article_takes_its_own_images_along(world: World, tmp_path: Path) -> None:
    shutil.copytree(world.folder, tmp_path / "copy")
    copy = World(folder=tmp_path / "copy", pages={}, base=world.base)
    bodies = [copy.records("/i/own.png")[0][2], copy.records("/i/a.png")[0][2]]
    assert all(bodies)
    done = run("remove", world.base + "/a/2", "--yes", cwd=copy.folder)
    assert done.returncode == 0, done.stderr
    assert copy.state("/i/own.png") == ("refused", "removed")
    assert copy.state("/i/a.png")[0] == "read"
    assert copy.records("/i/own.png") == []
    assert len(copy.records("/i/a.png")) == 1
    assert [finding for finding in check(copy.folder / "healthnews.db") if finding.problems] == []


FATES = "select article_url, image_url, fate, fate_reason, media_type, width, digest from article_image_fates"


def copied(world: World, folder: Path) -> World:
    """A copy of an archive, to be changed."""
    shutil.copytree(world.folder, folder / "copy")
    return World(folder=folder / "copy", pages={}, base=world.base)


def test_a_removed_article_takes_images_of_other_hosts_along(world: World, tmp_path: Path) -> None:
    copy = copied(world, tmp_path)
    done = run("remove", "127.0.0.1", "--yes", cwd=copy.folder)
    assert done.returncode == 0, done.stderr
    assert copy.rows("select count(*) from pages where optout_id is null and kind in ('article', 'image')") == [(0,)]
    assert copy.rows("select count(*) from fetches where warc_file is not null") == [(0,)]
    [path] = (copy.folder / "healthnews-warc").glob("*.warc.gz")
    with path.open("rb") as file:
        heads = [member.head for member in members(file)]
    assert len(heads) > 30
    assert not any(b"\r\nContent-Type: image/" in head or b"\x89PNG" in head for head in heads)
    assert is_sound(copy)


@pytest.mark.parametrize("command", ["compact", "reprocess", "backup"])
def test_upkeep_keeps_the_images(world: World, tmp_path: Path, command: str) -> None:
    copy = copied(world, tmp_path)
    (tmp_path / "saved").mkdir()
    arguments = [str(tmp_path / "saved" / "healthnews.db")] if command == "backup" else []
    done = run(command, *arguments, cwd=copy.folder)
    assert done.returncode == 0, done.stderr
    if command == "backup":
        copy.folder = tmp_path / "saved"
    assert sorted(copy.rows(FATES), key=str) == sorted(world.rows(FATES), key=str)
    assert copy.records("/i/a.png") == world.records("/i/a.png")
    assert is_sound(copy)


def test_an_index_names_the_images_that_are_kept(world: World) -> None:
    done = run("export", "--format", "cdxj", cwd=world.folder)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line.split(" ", 2)[2]) for line in done.stdout.splitlines()]
    types = {line["url"].removeprefix(world.base): line["mime"] for line in lines}
    assert (types["/i/a.png"], types["/i/b.jpg"]) == ("image/png", "image/jpeg")
    [line] = (line for line in lines if line["url"] == world.base + "/i/own.png")
    with (world.folder / "healthnews-warc" / line["filename"]).open("rb") as file:
        file.seek(int(line["offset"]))
        assert png(seed=7) in content_of(file)


def test_a_damaged_image_is_named(world: World, tmp_path: Path) -> None:
    copy = copied(world, tmp_path)
    [(file, offset)] = copy.rows(
        "select warc_file, warc_offset from article_image_fates where image_url like '%/own.png'"
    )
    path = copy.folder / "healthnews-warc" / file
    content = bytearray(path.read_bytes())
    content[offset + 60 : offset + 70] = b"\xff" * 10
    path.write_bytes(bytes(content))
    examples = [example for finding in check(copy.folder / "healthnews.db") for example in finding.examples]
    assert any(copy.base + "/i/own.png" in example for example in examples), examples


class Shared(NamedTuple):
    """Archives of one site: `one` has only the article /a/1 with its images, `two` only /a/2, which shares one."""

    one: World
    two: World

    def copy(self, folder: Path) -> "Shared":
        """Copies of both archives, to be changed."""
        for world in self:
            shutil.copytree(world.folder, folder / world.folder.name)
        return Shared(*(World(folder=folder / each.folder.name, pages={}, base=each.base) for each in self))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Shared:
    pictures: dict[str, list[Page]] = {f"/i/{name}.png": [image(png(seed=len(name)))] for name in ("shared", "own")}
    stories: list[dict[str, list[Page]]] = [
        {"/a/1": [illustrated("one", "/i/shared.png", "/i/own.png")]}, {"/a/2": [illustrated("two", "/i/shared.png")]},
    ]  # fmt: skip
    folder = tmp_path_factory.mktemp("shared")
    worlds = [World(folder=folder / name, pages=story | pictures) for name, story in zip("ab", stories, strict=True)]
    site: Loopback
    with Loopback(respond=lambda asked: worlds[0 if not worlds[0].done else 1].respond(asked)) as site:
        for world in worlds:
            world.folder.mkdir()
            world.configure(site, images="true")
            assert world.crawl("--all").returncode == 0
    return Shared(*worlds)


def bring(world: World, *others: World) -> None:
    """Merge the others into an archive."""
    done = run("merge", *(str(other.folder / "healthnews.db") for other in others), cwd=world.folder)
    assert done.returncode == 0, done.stderr


def remove(world: World, *paths: str) -> None:
    for path in paths:
        done = run("remove", world.base + path, "--yes", cwd=world.folder)
        assert done.returncode == 0, done.stderr


def is_sound(world: World) -> bool:
    return not any(finding.problems for finding in check(world.folder / "healthnews.db"))


@pytest.mark.parametrize("into", ["one", "two"])
@pytest.mark.parametrize("late", [False, True], ids=["removed before", "removed after"])
def test_an_image_that_went_with_one_article_stays_for_another(
    shared: Shared, tmp_path: Path, into: str, late: bool
) -> None:
    one, two = shared.copy(tmp_path)
    target, other = (one, two) if into == "one" else (two, one)
    if late:
        bring(target, other)
    else:
        remove(one, "/a/1")
        assert one.state("/i/shared.png") == ("refused", "removed")
        bring(target, other)
        bring(target, other)
    if late:
        remove(target, "/a/1")
        bring(target, other)
    assert fate(target, "/i/shared.png", "/a/2") == ("kept", None)
    assert target.state("/i/shared.png") == ("read", None)
    assert target.state("/i/own.png") == ("refused", "removed")
    assert target.records("/i/own.png") == []
    assert len(target.records("/i/shared.png")) >= 1
    assert target.records("/a/1") == []
    assert is_sound(target)


@pytest.mark.parametrize("into", ["one", "two"])
def test_an_image_that_was_itself_removed_stays_removed(shared: Shared, tmp_path: Path, into: str) -> None:
    one, two = shared.copy(tmp_path)
    target, other = (one, two) if into == "one" else (two, one)
    remove(one, "/a/1", "/i/shared.png")
    bring(target, other)
    assert target.state("/i/shared.png") == ("refused", "removed")
    assert fate(target, "/i/shared.png", "/a/2") == ("refused", "removed")
    assert target.records("/i/shared.png") == []
    assert is_sound(target)


def test_images_are_merged_with_their_articles(world: World, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    done = run("--archive", str(other), "merge", str(world.folder / "healthnews.db"), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    merged = World(folder=tmp_path, pages={}, base=world.base)
    other.rename(tmp_path / "healthnews.db")
    (tmp_path / "other-warc").rename(tmp_path / "healthnews-warc")
    sql = "select article_url, image_url, fate, fate_reason, media_type, width, digest from article_image_fates"
    assert sorted(merged.rows(sql), key=str) == sorted(world.rows(sql), key=str)
    again = run("merge", str(world.folder / "healthnews.db"), cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert sorted(merged.rows(sql), key=str) == sorted(world.rows(sql), key=str)
    assert [finding for finding in check(tmp_path / "healthnews.db") if finding.problems] == []
