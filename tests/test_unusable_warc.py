"""A WARC folder that cannot be written is our fault: no host is held for it, no page fails, and the crawl says so."""

import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from archive.errors import ExitCode
from archive.storage.warc.files import WarcWriter, read_page
from tests.commands import HEALTHNEWS, PATIENCE, environment
from tests.kept import warcio_check
from tests.loopback import Asked, Loopback, Reply
from tests.recrawl import World, page
from tests.test_read_only import WAYS
from tests.test_warc import exchange

FOLDER = "healthnews-warc"
NAMES = [f"/a/{n}" for n in range(4)]
ROBOTS = "/robots.txt"


def unharmed(world: World) -> None:
    """No host is held, no fetch blames the site, and what was not stored is due."""
    assert world.rows("select host, held from hosts where held is not null") == []
    assert world.rows("select reason from robots where reason is not null") == []
    assert world.rows("select outcome, reason from fetches where outcome not in ('read', 'stored')") == []
    [(last,)] = world.rows("select max(started_at) from crawls")
    assert world.rows("select url from pages where state <> 'stored' and kind = 'article' and due_at > ?", last) == []


def as_it_is_told(text: str) -> None:
    [line] = text.splitlines()
    assert f"The raw pages cannot be written to {FOLDER} (" in line
    assert line.endswith("): see to the folder and the disk; no page is lost.")


@pytest.mark.parametrize("way", ["file", *WAYS])
def test_an_unusable_folder_ends_the_crawl_before_the_first_request(tmp_path: Path, way: str) -> None:
    world = World(folder=tmp_path, pages={name: [page(name)] for name in NAMES})
    folder = tmp_path / FOLDER
    if way != "file":
        folder.mkdir()
    start = [*WAYS[way], str(folder)] if way in WAYS else []
    if start and (not shutil.which(start[0]) or subprocess.run([*start, "true"], cwd=tmp_path).returncode):
        pytest.skip(f"no {way} can be had here")
    with Loopback(respond=world.respond) as site:
        world.configure(site)
        if way == "file":
            folder.write_text("a file where the folder should be")
        else:
            folder.chmod(0o555)
        command = [*start, *HEALTHNEWS, "crawl", "--sites", "sites"]
        done = subprocess.run(
            command, cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=PATIENCE
        )
        assert site.paths == []
        assert done.returncode == ExitCode.NEEDS_A_LOOK
        as_it_is_told(done.stderr)
        unharmed(world)
        [(outcome, reason)] = world.rows("select outcome, reason from crawls")
        assert outcome == "stopped"
        assert "cannot be written" in reason
        folder.unlink() if way == "file" else folder.rmdir()
        assert world.crawl().returncode == 0
    assert world.rows("select count(*) from articles") == [(len(NAMES),)]


@pytest.mark.parametrize("when", [ROBOTS, "/list/1", "/a/2"])
def test_a_folder_that_vanishes_ends_the_crawl_and_harms_nobody(tmp_path: Path, when: str) -> None:
    world = World(folder=tmp_path, pages={name: [page(name)] for name in NAMES})

    def respond(asked: Asked) -> Reply:
        if asked.path == when and len(world.done) == 0:
            shutil.rmtree(tmp_path / FOLDER)
        return world.respond(asked)

    with Loopback(respond=respond) as site:
        world.configure(site, concurrency=1)
        done = world.crawl()
        assert done.returncode == ExitCode.NEEDS_A_LOOK
        as_it_is_told(done.stderr)
        unharmed(world)
        assert world.crawl().returncode == 0
    assert world.rows("select count(*) from articles") == [(len(NAMES),)]


@contextmanager
def full_after(size: int) -> Iterator[None]:
    """No file of this process may have more bytes, as if the disk were full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_leaves_whole_records(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "test")
    first = writer.write(exchange(b"first"))
    file = tmp_path / first.file
    size = file.stat().st_size
    with full_after(size + 40), pytest.raises(OSError, match="File too large"):
        writer.write(exchange(b"second"))
    assert file.stat().st_size == size
    third = writer.write(exchange(b"third"))
    writer.close()
    assert [read_page(tmp_path, at).body for at in (first, third)] == [b"first", b"third"]
    assert warcio_check(file) == 0


def test_a_disk_without_room_for_a_file_gets_none(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "test")
    with full_after(10), pytest.raises(OSError, match="File too large"):
        writer.open()
    assert list(tmp_path.iterdir()) == []


def test_a_file_without_records_is_removed(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "test")
    writer.open()
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".gz", ".open"], "the file and its index"
    writer.close()
    assert list(tmp_path.iterdir()) == []
