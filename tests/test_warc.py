"""Raw pages: what goes in comes out, whatever the body; a torn end costs the torn record only."""

import gzip
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.storage.warc import cdxj
from archive.storage.warc.files import (
    Exchange,
    Location,
    WarcError,
    WarcWriter,
    read_original,
    read_page,
    trim,
    trim_torn,
)
from archive.storage.warc.records import read_answer, read_record
from tests.kept import warcio_check

WHEN = datetime(2024, 5, 21, 8, 0, tzinfo=UTC)


def exchange(body: bytes, **headers: str) -> Exchange:
    return Exchange(
        url="https://news.example/a/1?x=1",
        fetched_at=WHEN,
        method="GET",
        request_headers=[("User-Agent", "test")],
        status=200,
        reason="OK",
        headers=[("Content-Type", "text/html; charset=gbk"), *headers.items()],
        body=body,
        ip_address="127.0.0.1",
    )


@given(bodies=st.lists(st.binary(max_size=300), min_size=1, max_size=4))
@settings(max_examples=25)
def test_bodies_come_back(tmp_path_factory: pytest.TempPathFactory, bodies: list[bytes]) -> None:
    folder = tmp_path_factory.mktemp("warc")
    writer = WarcWriter(folder, "test")
    locations = [writer.write(exchange(body)) for body in bodies]
    assert [read_page(folder, location).body for location in locations] == bodies
    writer.close()


def test_a_page_comes_back_with_its_facts(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "test")
    page = read_page(tmp_path, writer.write(exchange(b"<p>\xd6\xd0</p>")))
    assert (page.url, page.content_type, page.status) == ("https://news.example/a/1?x=1", "text/html; charset=gbk", 200)
    assert page.fetched_at == WHEN
    writer.close()
    assert warcio_check(tmp_path / "test-00000.warc.gz") == 0


@pytest.mark.parametrize("body", [gzip.compress(b"text"), b"text"], ids=["compressed", "mislabelled"])
def test_content_codings_are_kept_and_undone_when_read(tmp_path: Path, body: bytes) -> None:
    writer = WarcWriter(tmp_path, "test")
    location = writer.write(exchange(body, **{"Content-Encoding": "gzip"}))
    assert read_page(tmp_path, location).body == b"text"
    writer.close()


def test_a_new_file_is_begun_at_the_limit(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "test", file_size=1)
    assert [writer.write(exchange(b"x")).file for _ in range(2)] == ["test-00000.warc.gz", "test-00001.warc.gz"]
    writer.close()


def written(folder: Path, body: bytes = b"x", **values: Any) -> str:
    """Write an exchange by a writer of its own, as a job does; return the file's name."""
    writer = WarcWriter(folder, "test", **values)
    location = writer.write(exchange(body))
    assert read_page(folder, location).body == body
    writer.close()
    return location.file


def test_a_job_goes_on_with_the_file_of_the_last_one(tmp_path: Path) -> None:
    assert {written(tmp_path, body) for body in (b"a", b"b", b"c")} == {"test-00000.warc.gz"}
    assert warcio_check(tmp_path / "test-00000.warc.gz") == 0
    assert len(cdxj.entries(tmp_path, "test-00000.warc.gz")) == 3
    assert cdxj.is_right(tmp_path, "test-00000.warc.gz")


def test_a_job_without_an_answer_changes_nothing(tmp_path: Path) -> None:
    written(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    writer = WarcWriter(tmp_path, "test")
    writer.open()
    writer.close()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def torn(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-5])


def longer(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"no record")


def without_index(path: Path) -> None:
    cdxj.index_path(path.parent, path.name).unlink()


def with_journal(path: Path) -> None:
    cdxj.journal_path(path.parent, path.name).touch()


def unlike_its_index(path: Path) -> None:
    damaged = bytearray(path.read_bytes())
    damaged[cdxj.entries(path.parent, path.name)[-1].offset] ^= 1
    path.write_bytes(damaged)


@pytest.mark.parametrize("fault", [torn, longer, without_index, with_journal, unlike_its_index])
def test_a_file_that_is_not_whole_is_not_continued(tmp_path: Path, fault: Callable[[Path], None]) -> None:
    path = tmp_path / written(tmp_path)
    fault(path)
    before = path.read_bytes()
    assert written(tmp_path) == "test-00001.warc.gz"
    assert path.read_bytes() == before


def test_a_place_that_a_row_points_to_is_not_written_again(tmp_path: Path) -> None:
    name = written(tmp_path)
    size = (tmp_path / name).stat().st_size
    assert written(tmp_path, pointed_to={name: size - 1}) == name
    assert written(tmp_path, pointed_to={name: 10 * size}) == "test-00001.warc.gz"  # the file is an older copy
    assert written(tmp_path, pointed_to={"test-00007.warc.gz": 0}) == "test-00008.warc.gz"  # it is lost


def test_the_file_of_another_archive_is_not_continued(tmp_path: Path) -> None:
    """A merge can leave files in their place, with links to them."""
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for folder in (ours, theirs):
        folder.mkdir()
    name = written(theirs)
    (ours / name).symlink_to(theirs / name)
    cdxj.bring_index(theirs, name, ours, name)
    before = (theirs / name).read_bytes()
    assert written(ours) == "test-00001.warc.gz"
    assert (theirs / name).read_bytes() == before


def test_files_of_other_names_are_not_continued(tmp_path: Path) -> None:
    for name in ("test-20240521080000-000001-00000", "other-00000", "test-00000.warc"):
        (tmp_path / f"{name}.warc.gz").write_bytes(b"")
    assert written(tmp_path) == "test-00000.warc.gz"


def test_a_torn_end_with_whole_records_behind_it_stays(tmp_path: Path) -> None:
    name = written(tmp_path)
    path = tmp_path / name
    path.write_bytes(path.read_bytes() + b"\x1f\x8b\x08 torn" + path.read_bytes())
    assert trim_torn(path, 0) == 0
    path.write_bytes(path.read_bytes()[: -path.stat().st_size // 2])
    assert trim_torn(path, 0) > 0
    assert warcio_check(path) == 0


@pytest.mark.parametrize("cut", [1, 9, 200])
def test_a_torn_end_is_trimmed(tmp_path: Path, cut: int) -> None:
    writer = WarcWriter(tmp_path, "test")
    first = writer.write(exchange(b"first" * 50))
    writer.write(exchange(b"second" * 50))
    writer.close()
    path = tmp_path / first.file
    path.write_bytes(path.read_bytes()[:-cut])
    assert trim(path, first.offset) > 0
    assert warcio_check(path) == 0
    assert read_page(tmp_path, first).body == b"first" * 50


def test_a_whole_file_is_left_as_it_is(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, "test")
    path = tmp_path / writer.write(exchange(b"x" * 100_000)).file
    writer.close()
    assert trim(path) == 0


@pytest.mark.parametrize(
    ("file", "offset"), [("no.warc.gz", 0), ("test-00000.warc.gz", 3), ("test-00000.warc.gz", 10**9)]
)
def test_a_record_that_is_not_there_is_named(tmp_path: Path, file: str, offset: int) -> None:
    writer = WarcWriter(tmp_path, "test")
    writer.write(exchange(b"x"))
    writer.close()
    with pytest.raises(WarcError, match=r"warc\.gz"):
        read_page(tmp_path, Location(file, offset))


HTTP = "HTTP/1.1 200 OK\r\n\r\nA page"
ABOUT = {"WARC-Type": "response", "WARC-Target-URI": "https://news.example/a", "WARC-Date": "2024-05-21T08:00:00Z"}


def foreign(folder: Path, http: str = HTTP, **changes: str | None) -> Location:
    """Write a record whose headers differ in these, or lack them, as another program or damage leaves it."""
    headers = ABOUT | {name.replace("_", "-"): value for name, value in changes.items()}
    about = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value is not None)
    record = f"WARC/1.1\r\n{about}Content-Length: {len(http)}\r\n\r\n{http}\r\n\r\n"
    (folder / "x.warc.gz").write_bytes(gzip.compress(record.encode()))
    return Location("x.warc.gz", 0)


@pytest.mark.parametrize(
    "where",
    [
        {"WARC_Target_URI": None},
        {"WARC_Date": None},
        {"WARC_Date": "2024-05p21"},
        {"http": HTTP.replace("200 ", "")},
        {"http": HTTP.replace("200 OK", "")},
    ],
)
def test_a_damaged_header_is_a_record_that_cannot_be_read(tmp_path: Path, where: dict[str, str | None]) -> None:
    location = foreign(tmp_path, **where)  # type: ignore[arg-type]
    with pytest.raises(WarcError):
        read_page(tmp_path, location)
    assert read_answer(tmp_path, location) is None


@pytest.mark.parametrize("digest", ["sha1:A", "sha1:0189", "md5:A"])
def test_a_damaged_digest_leaves_no_original(tmp_path: Path, digest: str) -> None:
    location = foreign(tmp_path, WARC_Payload_Digest=digest)
    assert read_original(tmp_path, location) is None
    assert read_page(tmp_path, location).body == b"A page"


def test_a_record_without_a_url_is_named(tmp_path: Path) -> None:
    location = foreign(tmp_path, WARC_Target_URI=None)
    with (tmp_path / location.file).open("rb") as file, pytest.raises(WarcError, match="it has no WARC-Target-URI"):
        read_record(file, 0)


def test_a_date_without_a_zone_is_in_utc(tmp_path: Path) -> None:
    assert read_page(tmp_path, foreign(tmp_path, WARC_Date="2024-05-21T08:00:00")).fetched_at == WHEN
