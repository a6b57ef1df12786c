"""What a killed crawl received is stored by the next one, which does not ask for it again."""

import gzip
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive.storage.warc import cdxj
from tests.kept import alter
from tests.loopback import Loopback, Reply
from tests.recrawl import HTML, Page, World, page, to

FAILED = Reply(500)
TITLE = "A title that stays"  # else a missing page is asked for, to see whether it answers the same
NOARCHIVE = '<meta name="robots" content="noarchive">'

PAGES: Mapping[str, Sequence[Page]] = {
    "/a/new": [FAILED, page("new")],
    "/a/changed": [page("old", title=TITLE), page("changed", title=TITLE)],
    "/a/same": [page("same")],
    "/a/tagged": [page("tagged", ETag='"1"')],
    "/a/moved": [FAILED, to(301, "/a2/hop")],
    "/a2/hop": [to(301, "/a2/target")],
    "/a2/target": [page("target")],
    "/a/elsewhere": [FAILED, to(302, "/a2/place")],
    "/a2/place": [page("place")],
    "/a/forward": [FAILED, Reply(body=b'<meta http-equiv="refresh" content="0; url=/a2/forwarded">', headers=HTML)],
    "/a2/forwarded": [page("forwarded")],
    "/a/gone": [page("gone"), Reply(404)],
    "/a/zipped": [
        FAILED,
        Reply(body=gzip.compress(page("zipped").body, mtime=0), headers=HTML | {"Content-Encoding": "gzip"}),
    ],
    "/a/unkept": [FAILED, page("unkept", head=NOARCHIVE)],
}
FETCHES = """
select pages.url, fetches.url, outcome, fetches.reason, content, fetches.status, fetches.digest, warc_file, warc_offset
from fetches join pages on pages.id = page_id where fetches.crawl_id = {crawl} order by 1, 2, outcome
"""
ARTICLES = "select url, title, text, revision, content_hash from articles order by url"


def all_due(world: World) -> None:
    alter(world.folder / "healthnews.db", "update pages set due_at = '2000' where alias_of is null")


def kill_after_receiving(world: World) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """Run a job at the next stage, and put the archive back to where it would be if nothing had been stored of it.

    Returns the fetches and articles that it had stored.
    """
    archive = world.folder / "healthnews.db"
    all_due(world)
    shutil.copy(archive, world.folder / "before.db")
    folder = world.folder / "healthnews-warc"
    [file] = folder.glob("*.warc.gz")
    size = file.stat().st_size
    world.stage += 1
    assert world.crawl().returncode == 0
    stored = world.rows(FETCHES.format(crawl=2)), world.rows(ARTICLES)
    (started, command) = world.rows("select started_at, command from crawls where id = 2")[0]
    (world.folder / "before.db").rename(archive)
    alter(archive, f"insert into crawls (id, started_at, pid, command) values (2, '{started}', 1, '{command}')")
    found = cdxj.entries(folder, file.name)
    for path, begin, end in ((cdxj.index_path, 0, size), (cdxj.journal_path, size, file.stat().st_size)):
        lines = [entry.line() for entry in found if begin <= entry.offset < end]
        path(folder, file.name).write_text("".join(lines if begin else sorted(lines)))
    return stored


def journals(world: World) -> list[str]:
    return [path.name for path in (world.folder / "healthnews-warc").glob(f"*{cdxj.JOURNAL}")]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(folder=tmp_path, pages=PAGES)


def test_what_was_received_is_not_asked_for_again(world: World) -> None:
    with Loopback(respond=world.respond) as site:
        world.configure(site)
        world.crawl()
        fetches, articles = kill_after_receiving(world)
        asked = len(site.paths)
        world.crawl()
        assert site.paths[asked:] == ["/a/unkept"]  # its body is not in the WARC file
    again = world.rows(FETCHES.format(crawl=3))
    assert [row[:7] for row in again] == [row[:7] for row in fetches]
    assert [row[7:] for row in again if row[0] != "/a/unkept"] == [row[7:] for row in fetches if row[0] != "/a/unkept"]
    assert world.rows(ARTICLES) == articles
    assert {outcome for _, _, outcome, *_ in again} >= {"stored", "unchanged", "gone", "alias"}
    assert journals(world) == []


def test_the_time_of_the_fetch_is_that_of_the_record(world: World) -> None:
    with Loopback(respond=world.respond) as site:
        world.configure(site)
        world.crawl()
        kill_after_receiving(world)
        world.crawl()
    sql = "select warc_file, warc_offset, fetched_at from fetches where crawl_id = 3 and warc_file like '%-00000.%'"
    found = world.rows(sql)
    assert found
    for file, offset, fetched_at in found:
        with (world.folder / "healthnews-warc" / file).open("rb") as read:
            read.seek(offset)
            assert next(iter(ArchiveIterator(read))).rec_headers.get_header("WARC-Date") == fetched_at


def test_a_record_that_is_not_whole_is_fetched_again(world: World) -> None:
    with Loopback(respond=world.respond) as site:
        world.configure(site)
        world.crawl()
        kill_after_receiving(world)
        [file] = (world.folder / "healthnews-warc").glob("*-00000.warc.gz")
        journal = cdxj.journal_path(file.parent, file.name)
        last = cdxj.entries(file.parent, file.name)[-1]
        with file.open("r+b") as write:
            write.truncate(last.offset + 40)
        journal.write_bytes(journal.read_bytes()[:-20])  # and its line is torn
        asked = len(site.paths)
        world.crawl()
        assert last.url.removeprefix(world.base) in site.paths[asked:]
        assert len(site.paths[asked:]) <= 2
    assert journals(world) == []


def test_pages_of_another_site_wait_for_their_crawl(world: World) -> None:
    with Loopback(respond=world.respond) as site:
        world.configure(site)
        world.crawl()
        kill_after_receiving(world)
        asked = len(site.paths)
        world.crawl(f"{site.url}/a/new")
        assert len(journals(world)) == 1
        world.crawl()
        assert "/a/changed" not in site.paths[asked:]
    assert journals(world) == []


def test_a_crawl_that_ends_normally_leaves_indexes_only(world: World) -> None:
    with Loopback(respond=world.respond) as site:
        world.configure(site)
        world.crawl()
    folder = world.folder / "healthnews-warc"
    [file] = folder.glob("*.warc.gz")
    assert sorted(path.name for path in folder.iterdir()) == [cdxj.index_path(folder, file.name).name, file.name]
