"""Records overwritten in place: the file stays a valid WARC file, and all others stay where they are."""

import gzip
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database
from warcio.archiveiterator import ArchiveIterator

from archive.storage.redaction import DATABASE, RedactionError, overwrite_records, redact_pending
from archive.storage.warc import cdxj
from archive.storage.warc.files import Exchange, Location, WarcError, WarcWriter, read_page, trim
from archive.storage.warc.locate import find_records
from archive.storage.warc.members import START, members
from archive.storage.warc.tombstone import length_of, tombstone
from tests.archives import new_archive
from tests.kept import warcio_check

WHEN = datetime(2024, 5, 21, 8, 0, tzinfo=UTC)
DATE = "2024-06-01T00:00:00Z"
NAME = "test-00000.warc.gz"
SHORTEST = (
    "WARC/1.0\r\nWARC-Type: request\r\nWARC-Record-ID: <urn:uuid:{}>\r\nWARC-Date: 2024-05-21T08:00:00Z\r\n"
    "WARC-Target-URI: http://a.io/\r\nContent-Type: application/http;msgtype=request\r\nContent-Length: 18\r\n\r\n"
    "GET / HTTP/1.1\r\n\r\n\r\n\r\n"
).format("2c4fb3f0-6f6b-4b8e-9d0a-5b1f5b0d7c11")


def write(folder: Path, exchanges: Sequence[tuple[str, bytes, dict[str, Any]]]) -> list[int]:
    """A WARC file of exchanges: URL, body, and what differs. Returns their offsets."""
    writer = WarcWriter(folder, "test")
    offsets = []
    for url, body, changes in exchanges:
        values: dict[str, Any] = {
            "url": url, "fetched_at": WHEN, "method": "GET", "request_headers": [("User-Agent", "test")],
            "status": 200, "reason": "OK", "headers": [("Content-Type", "text/html")], "body": body,
        }  # fmt: skip
        offsets.append(writer.write(Exchange(**(values | changes))).offset)
    writer.close()
    return offsets


def moved(target: str) -> dict[str, Any]:
    return {"status": 302, "headers": [("Location", target)]}


def kinds(path: Path) -> list[str]:
    """The types of the records that warcio finds."""
    with path.open("rb") as file:
        return [record.rec_type for record in ArchiveIterator(file)]


@given(length=st.one_of(st.integers(len(gzip.compress(SHORTEST.encode())), 400), st.integers(400, 300_000)))
def test_a_tombstone_is_one_valid_record_of_any_length(length: int) -> None:
    made = tombstone(length, NAME, 7, DATE)
    assert len(made) == length
    assert [(member.offset, member.length) for member in members(io.BytesIO(made))] == [(0, length)]
    [record] = ArchiveIterator(io.BytesIO(made))
    assert (record.rec_type, record.rec_headers.get_header("WARC-Date")) == ("metadata", DATE)
    begun = io.BytesIO(made[:START] + b"x" * (length - START))
    assert length_of(io.BytesIO(made), 0) == length_of(begun, 0) == length


def test_what_is_too_short_for_a_record_is_left() -> None:
    with pytest.raises(ValueError, match="the record at 7 has only 100 bytes"):
        tombstone(100, NAME, 7, DATE)


@given(data=st.data(), bodies=st.lists(st.binary(max_size=2_000), min_size=1, max_size=4))
def test_the_others_stay_as_they_are(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, bodies: list[bytes]
) -> None:
    folder = tmp_path_factory.mktemp("warc")
    offsets = write(folder, [("https://a.example/", body, {}) for body in bodies])
    gone = data.draw(st.sets(st.sampled_from(offsets), min_size=1))
    size, number = (folder / NAME).stat().st_size, len(kinds(folder / NAME))
    overwrite_records(folder / NAME, gone, DATE)
    assert ((folder / NAME).stat().st_size, len(kinds(folder / NAME))) == (size, number)
    for offset, body in zip(offsets, bodies, strict=True):
        if offset not in gone:
            assert read_page(folder, Location(NAME, offset)).body == body
        else:
            with pytest.raises(WarcError, match="has no response"):
                read_page(folder, Location(NAME, offset))


def test_the_file_passes_the_check_of_warcio(tmp_path: Path) -> None:
    offsets = write(tmp_path, [(f"https://a.example/{number}", b"text" * 99, {}) for number in range(3)])
    overwrite_records(tmp_path / NAME, offsets[1:], DATE)
    assert warcio_check(tmp_path / NAME) == 0
    assert kinds(tmp_path / NAME) == ["warcinfo", "response", "request", *["metadata", "request"] * 2]


@pytest.mark.parametrize("written", [0, START, START + 1, 300], ids=["nothing", "its start", "more", "half"])
def test_a_killed_erasure_is_finished(tmp_path: Path, written: int) -> None:
    db, folder = noted(tmp_path, [0, 1])
    (offset,) = db.execute("select min(warc_offset) from erasures").fetchone()
    with (folder / NAME).open("r+b") as file:
        begun = tombstone(length_of(file, offset), NAME, offset, DATE)[:written]
        file.seek(offset)
        file.write(begun)
    assert trim(folder / NAME) == 0  # no torn end of a killed crawl
    assert redact_pending(db, folder) == 2
    assert warcio_check(folder / NAME) == 0
    assert kinds(folder / NAME) == ["warcinfo", *["metadata", "request"] * 2]
    assert redact_pending(db, folder) == 0
    db.close()


def test_what_cannot_be_erased_stays_noted(tmp_path: Path) -> None:
    db, folder = noted(tmp_path, [0, 1])
    db.execute("insert into erasures (warc_file, warc_offset) values ('lost.warc.gz', 5)")
    db.execute("insert into erasures (warc_file, warc_offset) values ('other.warc.gz', 5)")
    (folder / "other.warc.gz").write_bytes(b"This is no WARC file.")
    with pytest.raises(
        RedactionError, match=r"other\.warc\.gz still holds removed pages \(it is damaged at 5\): delete"
    ):
        redact_pending(db, folder)
    assert db.execute("select warc_file from erasures").fetchall() == [("other.warc.gz",)]
    assert kinds(folder / NAME) == ["warcinfo", *["metadata", "request"] * 2]
    db.close()


@pytest.mark.parametrize(
    ("begin", "sentence"),
    [
        ("begin", "another program is reading the archive and their bytes are still in the file that ends in -wal"),
        ("begin immediate", r"their bytes are still in the archive's file \(database is locked\)"),
    ],
)
def test_while_another_program_has_the_archive_it_stays_noted(tmp_path: Path, begin: str, sentence: str) -> None:
    db, folder = noted(tmp_path, [0])
    db.execute("insert into erasures (warc_file, warc_offset) values (?, ?)", DATABASE)
    db.execute("pragma busy_timeout = 0")
    other = Database(tmp_path / "healthnews.db")
    other.execute(begin)
    other.execute("select count(*) from pages").fetchone()
    with pytest.raises(RedactionError, match=sentence):
        redact_pending(db, folder)
    other.conn.rollback()
    assert redact_pending(db, folder) == 1
    other.close()
    db.close()


def noted(folder: Path, numbers: Sequence[int]) -> tuple[Database, Path]:
    """An archive and its WARC folder with two exchanges; the responses of those numbers are noted to be erased."""
    db, warc = new_archive(folder), folder / "healthnews-warc"
    offsets = write(warc, [(f"https://a.example/{number}", b"text" * 400, {}) for number in range(2)])
    for number in numbers:
        sql = "insert into erasures (warc_file, warc_offset) values (?, ?)"
        db.execute(sql, [NAME, offsets[number]])
    return db, warc


SITE = [
    ("https://a.example/robots.txt", b"User-agent: *", {}),
    ("https://t.example/hop", b"", moved("https://t.example/hop2#part")),
    ("https://t.example/hop2", b"", moved("//a.example/1")),
    ("https://a.example/1", b"text", {}),
    ("https://b.example/1", b"quotes https://a.example/1", {"headers": [("Link", "<https://a.example/1>")]}),
    ("https://a.example/1?x=1", b"text", {}),
]


@pytest.mark.parametrize(
    ("located", "wanted", "expected"),
    [
        ([3], [], [1, 2, 3]),
        ([], ["https://a.example/1"], [1, 2, 3]),
        ([], ["https://a.example/"], [0, 1, 2, 3, 5]),
        ([4], [], [4]),
        ([], ["https://t.example/hop2"], [1, 2]),
        ([], ["https://c.example/"], []),
    ],
)
def test_requests_and_hops_are_found(
    tmp_path: Path, located: list[int], wanted: list[str], expected: list[int]
) -> None:
    offsets = write(tmp_path, SITE)
    exact = [url for url in wanted if not url.endswith("/")]
    found = find_records(
        tmp_path,
        {NAME: {offsets[number] for number in located}, "lost.warc.gz": {0}},
        lambda url: url in exact or any(url.startswith(each) for each in set(wanted) - set(exact)),
    )
    places = sorted(each.offset for each in found.wanted)
    assert [place for place in places if place in offsets] == [offsets[number] for number in expected]
    assert len(places) == 2 * len(expected)  # each with its request


def test_after_a_damaged_record_it_goes_on_where_a_row_points(tmp_path: Path) -> None:
    offsets = write(tmp_path, SITE)
    with (tmp_path / NAME).open("r+b") as file:
        file.seek(offsets[2] + 30)
        file.write(bytes(40))
    cdxj.index_path(tmp_path, NAME).unlink()
    found = sorted(each.offset for each in find_records(tmp_path, {NAME: {offsets[3]}}, lambda url: False).wanted)
    assert found[0] == offsets[3]
    assert len(found) == 2


def test_a_damaged_record_is_overwritten_by_the_length_in_its_index(tmp_path: Path) -> None:
    db, folder = noted(tmp_path, [0])
    (offset,) = db.execute("select warc_offset from erasures").fetchone()
    with (folder / NAME).open("r+b") as file:
        file.seek(offset + 30)
        file.write(bytes(40))
    assert redact_pending(db, folder) == 1
    assert warcio_check(folder / NAME) == 0
    assert kinds(folder / NAME) == ["warcinfo", "metadata", "request", "response", "request"]
    db.close()


def test_angle_brackets_of_older_files_are_no_part_of_a_url(tmp_path: Path) -> None:
    record = SHORTEST.replace("http://a.io/", "<http://a.io/>").replace("Type: request", "Type: response")
    (tmp_path / NAME).write_bytes(gzip.compress(record.encode()))
    assert find_records(tmp_path, {NAME: set()}, lambda url: url == "http://a.io/").wanted == {Location(NAME, 0)}
