"""What is wrong with WARC files is found and mended where that can be; nothing that is right is cut off."""

import gzip
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest

from archive.operations.check import check
from archive.storage.connection import warc_folder
from archive.storage.warc.files import WarcWriter
from tests.checked import files, problems, repaired, two_crawls
from tests.commands import run
from tests.kept import NOW, alter, damage, exchange, rows
from tests.loopback import Loopback, Reply, article_html, site_file


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return two_crawls(tmp_path_factory.mktemp("made"))


@pytest.fixture
def archive(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path / made.name


def second_offset(archive: Path) -> int:
    return int(str(rows(archive, "select warc_offset from fetches order by id limit 1 offset 1")[0][0]))


def flipped(archive: Path) -> None:
    damage(files(archive)[0], second_offset(archive) + 60)


def overwritten_by_another(archive: Path) -> None:
    alter(archive, "update fetches set warc_offset = (select warc_offset from fetches where id = 1) where id = 2")


def no_response(archive: Path) -> None:
    alter(archive, "update fetches set warc_offset = 0 where id = 2")


def no_offset_of_a_record(archive: Path) -> None:
    alter(archive, "update fetches set warc_offset = warc_offset + 3 where id = 2")


def beyond_the_end(archive: Path) -> None:
    alter(archive, "update fetches set warc_offset = 999999999 where id = 2")


def wrong_digest(archive: Path) -> None:
    alter(archive, "update fetches set digest = 'abc' where id = 2")


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (flipped, "it is damaged"),
        (overwritten_by_another, "another digest"),
        (no_response, "is a warcinfo, no response"),
        (no_offset_of_a_record, "no record|damaged"),
        (beyond_the_end, "damaged|no record"),
        (wrong_digest, "another digest"),
    ],
)
def test_a_row_without_its_record_is_found_and_lets_go_of_it(
    archive: Path, fault: Callable[[Path], None], says: str
) -> None:
    fault(archive)
    assert problems(archive) == {"WARC records": 1}
    found = repaired(archive, "WARC records")
    assert (found.problems, found.left) == (1, 0)
    assert found.examples[0].startswith("fetch 2 of https://")
    assert any(word in found.examples[0] for word in says.split("|"))
    assert "1 fetch has no record any more" in found.mended
    located = "select id from fetches where warc_file is not null and warc_offset is not null"
    assert rows(archive, located) == [(1,), (3,), (4,), (5,)]
    assert problems(archive) == {}


def test_a_file_that_is_gone(archive: Path) -> None:
    files(archive)[0].unlink()
    assert problems(archive) == {"WARC records": 3}
    assert repaired(archive, "WARC records").left == 0
    assert rows(archive, "select count(*) from fetches where warc_file is not null") == [(2,)]


def test_a_folder_that_is_gone_is_not_taken_for_lost(archive: Path) -> None:
    warc_folder(archive).rename(archive.with_name("elsewhere"))
    found = repaired(archive, "WARC records")
    assert (found.problems, found.left) == (1, 1)
    assert "mount it" in found.examples[0]
    assert rows(archive, "select count(*) from fetches where warc_file is not null") == [(5,)]


@pytest.mark.parametrize("left", [1, 40, 200])
def test_a_torn_record_is_cut_off(archive: Path, left: int) -> None:
    path = files(archive)[1]
    whole = path.stat().st_size
    torn = gzip.compress(b"WARC/1.1" * 999 + bytes(range(256)) * 9)[: left % 190 + 10]
    path.write_bytes(path.read_bytes() + torn)
    assert problems(archive) == {"ends of WARC files": 1}
    assert repaired(archive, "ends of WARC files").mended == f"{len(torn)} bytes cut off 1 file"
    assert path.stat().st_size == whole


def test_a_file_cut_within_its_last_record(archive: Path) -> None:
    path = files(archive)[1]
    last = rows(archive, "select max(warc_offset) from fetches where warc_file = '" + path.name + "'")[0][0]
    path.write_bytes(path.read_bytes()[: int(str(last)) + 50])
    assert problems(archive) == {"WARC records": 1, "ends of WARC files": 1, "WARC indexes": 1}
    assert all(finding.left == 0 for finding in check(archive, repair=True))
    assert problems(archive) == {}


@pytest.mark.parametrize(
    "name",
    ["mine.warc.gz", "healthnews-20240601000000-000099-00000.warc.gz", "healthnews-20240601000000-000001.warc.gz"],
)
@pytest.mark.parametrize("content", [b"mine\n", gzip.compress(b"WARC/1.1", mtime=0) + b"mine\n"])
def test_what_is_not_of_a_crawl_is_never_cut(archive: Path, name: str, content: bytes) -> None:
    foreign = warc_folder(archive) / name
    foreign.write_bytes(content)
    done = run("--archive", archive, "check", cwd=archive.parent)
    assert (done.returncode, "--repair" in done.stderr) == (1, False)
    found = [finding for finding in check(archive, repair=True) if finding.problems]
    assert [(each.check, each.problems, each.mendable, each.left) for each in found] == [("WARC files", 1, 0, 1)]
    assert foreign.read_bytes() == content


@pytest.mark.parametrize("content", [b"mine\n", gzip.compress(b"WARC/1.1" * 999, mtime=0)[:30]])
def test_a_file_is_never_cut_to_nothing(archive: Path, content: bytes) -> None:
    empty = files(archive)[0].with_name("healthnews-20240601000000-000001-00001.warc.gz")
    empty.write_bytes(content)
    found = repaired(archive, "ends of WARC files")
    assert (found.problems, found.mendable, found.mended, found.left) == (1, 0, "", 1)
    assert "no whole record is in it" in found.examples[0]
    assert empty.read_bytes() == content


def test_whole_records_behind_a_damaged_one_are_not_cut_off(archive: Path) -> None:
    """No row points to a redirect or a robots.txt."""
    path = files(archive)[1]
    whole = path.stat().st_size
    path.write_bytes(
        path.read_bytes() + gzip.compress(b"WARC/1.1" * 99, mtime=0) + gzip.compress(b"WARC/1.1 robots", mtime=0)
    )
    damage(path, whole + 20)
    before = path.read_bytes()
    found = repaired(archive, "ends of WARC files")
    assert (found.mendable, found.left, path.read_bytes()) == (0, 1, before)
    assert f"damaged at byte {whole}, and whole records follow" in found.examples[0]


def test_what_a_torn_record_holds_is_no_record(archive: Path) -> None:
    path = files(archive)[1]
    whole = path.stat().st_size
    stored = gzip.compress(b"WARC/1.1" + gzip.compress(b"a body", mtime=0) + bytes(99), compresslevel=0)
    path.write_bytes(path.read_bytes() + stored[:-50])
    assert repaired(archive, "ends of WARC files").left == 0
    assert path.stat().st_size == whole


def test_a_file_of_unknown_origin_is_named_and_stays(archive: Path) -> None:
    writer = WarcWriter(warc_folder(archive), "healthnews-20240601000000-000099")
    writer.write(exchange("https://x.example/", b"x"))
    writer.close()
    found = repaired(archive, "WARC files")
    assert found.examples == ("healthnews-20240601000000-000099-00000.warc.gz: no row points to it",)
    assert len(files(archive)) == 3


def test_a_crawl_that_got_only_robots_leaves_no_orphan(archive: Path) -> None:
    alter(archive, f"insert into crawls (id, started_at, pid, command, outcome) values (9, '{NOW}', 1, '', 'finished')")
    writer = WarcWriter(warc_folder(archive), "healthnews-20240601000000-000009")
    writer.write(exchange("https://x.example/robots.txt", b""))
    writer.close()
    assert problems(archive) == {}


TEXT = article_html("Coded", *["It says enough about stem cells to be kept as an article. " * 9] * 5)

CODED = {
    "/gzip": Reply(body=gzip.compress(TEXT, mtime=0), headers={"Content-Encoding": "gzip"}),
    "/brotli": Reply(body=brotli.compress(TEXT), headers={"Content-Encoding": "br"}),
    "/mislabelled": Reply(body=TEXT, headers={"Content-Encoding": "gzip"}),
    "/short": Reply(body=gzip.compress(TEXT * 9, mtime=0)[:-12], headers={"Content-Encoding": "gzip"}),
    "/twice": Reply(body=gzip.compress(gzip.compress(TEXT), mtime=0), headers={"Content-Encoding": "gzip, gzip"}),
    "/deflate": Reply(body=zlib.compress(TEXT), headers={"Content-Encoding": "deflate"}),
    "/unknown": Reply(body=TEXT, headers={"Content-Encoding": "aws-chunked"}),
    "/plain": Reply(body=TEXT),
}


def test_every_content_coding_that_a_crawl_stores_checks(tmp_path: Path) -> None:
    with Loopback(lambda path: CODED.get(path, Reply(404))) as site:
        (tmp_path / "sites").mkdir()
        (tmp_path / "sites" / "loop.toml").write_text(site_file(site.url))
        run("crawl", *[site.url + path for path in CODED], "--sites", "sites", cwd=tmp_path)
    stored = rows(tmp_path / "healthnews.db", "select count(*) from fetches where digest is not null")
    assert stored == [(len(CODED) - 1,)]  # all but /short, which is cut short
    assert {f.check: f.examples for f in check(tmp_path / "healthnews.db") if f.problems} == {}
