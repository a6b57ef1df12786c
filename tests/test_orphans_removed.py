"""A removal finds what a killed crawl received and did not store, and leaves no byte of it anywhere."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from archive.operations.check import check
from archive.storage.warc import cdxj
from tests.commands import run
from tests.kept import warcio_check
from tests.loopback import Loopback, Reply
from tests.recrawl import HTML, Page, World, page, to
from tests.takedowns import contents
from tests.test_orphans import kill_after_receiving

FAILED = Reply(500)
MARKERS = (
    "Xylocopa beside the river",
    "硬皮病的秘密记录",
    "Quagga in the first version",
    "Okapi behind a redirect",
    "Axolotl by date",
    "Ibex behind a refresh",
)

PAGES: Mapping[str, Sequence[Page]] = {
    "/a/first": [FAILED, page("first", MARKERS[0], MARKERS[1])],
    "/a/revised": [page("revised", MARKERS[2]), page("revised anew", MARKERS[0])],
    "/a/moved": [FAILED, to(302, "/hop/1")],
    "/hop/1": [to(302, "/hop/2")],
    "/hop/2": [page("hop", MARKERS[3])],
    "/a/forward": [FAILED, Reply(body=b'<meta http-equiv="refresh" content="0; url=/hop/3">', headers=HTML)],
    "/hop/3": [page("forwarded", MARKERS[5])],
    "/a/other": [FAILED, page("other", "This stays.")],
    "/a/tracked": [FAILED, to(301, "/b/target?utm_source=feed")],
    "/b/target?utm_source=feed": [page("target", MARKERS[4])],
}
REMOVED = ("/a/first", "/a/forward", "/a/revised", "/a/moved", "/b/target")


@pytest.fixture
def killed(tmp_path: Path) -> Iterator[tuple[World, Loopback]]:
    """An archive whose last crawl was killed when all was received and nothing stored; the site stays up."""
    world = World(folder=tmp_path, pages=PAGES)
    with Loopback(respond=world.respond) as site:
        world.configure(site)
        world.crawl()
        kill_after_receiving(world)
        yield world, site


def found(archive: Path) -> list[tuple[str, str]]:
    """The markers in all files of an archive, WARC records unpacked, and where each is."""
    return [(name, marker) for name, data in contents(archive).items() for marker in MARKERS if marker.encode() in data]


def remove(world: World) -> None:
    (world.folder / "remove.txt").write_text("".join(f"{world.base}{path}\n" for path in REMOVED))
    done = run("remove", "--from", "remove.txt", "--yes", cwd=world.folder)
    assert done.returncode == 0, done.stderr
    (world.folder / "remove.txt").unlink()


def warc_files(world: World) -> list[Path]:
    return sorted((world.folder / "healthnews-warc").glob("*.warc.gz"))


def as_left(_: World) -> None:
    """Leave the journal."""


def without_journal(world: World) -> None:
    for file in warc_files(world):
        cdxj.journal_path(file.parent, file.name).unlink(missing_ok=True)
        cdxj.index_path(file.parent, file.name).unlink(missing_ok=True)


def closed(world: World) -> None:
    for file in warc_files(world):
        cdxj.write_index(file.parent, file.name)


@pytest.mark.parametrize("state", [as_left, without_journal, closed])
def test_no_byte_is_left_anywhere(killed: tuple[World, Loopback], state: Callable[[World], None]) -> None:
    world, _ = killed
    archive = world.folder / "healthnews.db"
    state(world)
    assert {marker for _, marker in found(archive)} == set(MARKERS)
    remove(world)
    assert found(archive) == []
    lines = b"".join(path.read_bytes() for path in (world.folder / "healthnews-warc").glob("*.cdxj*"))
    assert all(f'{path}"'.encode() not in lines for path in REMOVED)
    assert all(warcio_check(file) == 0 for file in warc_files(world))
    world.crawl()
    assert world.state("/a/other") == ("stored", None)
    assert found(archive) == []
    assert [each for each in check(archive) if each.problems] == []
    (world.folder / "kept").mkdir()
    assert run("backup", "kept/copy.db", cwd=world.folder).returncode == 0
    assert found(world.folder / "kept" / "copy.db") == []
    assert [each for each in check(world.folder / "kept" / "copy.db") if each.problems] == []
    exported = run("export", "--format", "jsonl", cwd=world.folder).stdout
    assert "This stays." in exported
    assert all(marker not in exported for marker in MARKERS)


def test_what_a_restored_file_has_of_removed_pages_is_found_and_overwritten(killed: tuple[World, Loopback]) -> None:
    world, _ = killed
    archive = world.folder / "healthnews.db"
    before = world.folder / "before"
    shutil.copytree(world.folder / "healthnews-warc", before)
    remove(world)
    world.crawl()
    for file in before.iterdir():
        shutil.copy(file, world.folder / "healthnews-warc" / file.name)
    named = {each.check: each.problems for each in check(archive) if each.problems}
    assert named["records of removed pages"] >= len(REMOVED)
    done = run("check", "--repair", cwd=world.folder)
    assert "Traceback" not in done.stderr
    assert found(archive) == []
    assert [each.check for each in check(archive) if each.problems] == []


def test_what_no_crawl_would_look_at_is_named_and_left_to_the_next(killed: tuple[World, Loopback]) -> None:
    world, site = killed
    archive = world.folder / "healthnews.db"
    closed(world)
    assert run("check", "--repair", cwd=world.folder).returncode in (0, 1)
    names = [path.name for path in (world.folder / "healthnews-warc").glob(f"*{cdxj.JOURNAL}")]
    assert len(names) == 1
    asked = len(site.paths)
    world.crawl()
    assert [path for path in site.paths[asked:] if path in PAGES] == []
    assert [each for each in check(archive) if each.problems] == []
