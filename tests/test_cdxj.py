"""CDXJ indexes: what they say of each record, that they agree with their files, and that others read them."""

import base64
import gzip
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.storage.redaction import overwrite_records
from archive.storage.warc import cdxj
from archive.storage.warc.files import WarcWriter
from tests.kept import damage, exchange
from tests.takedowns import exchange as with_changes

NAME = "test-00000.warc.gz"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a closed WARC file of three responses, one of them a redirect."""
    writer = WarcWriter(tmp_path, "test")
    writer.write(exchange("https://b.example/2", b"second"))
    writer.write(exchange("https://a.example/1", b"first"))
    writer.write(with_changes("https://c.example/3", "", status=301, headers=[("Location", "/1#part")]))
    writer.close()
    return tmp_path


def touch(folder: Path) -> None:
    """Make the WARC file newer than its index."""
    after = cdxj.index_path(folder, NAME).stat().st_mtime_ns + 10**9
    os.utime(folder / NAME, ns=(after, after))


def urls(folder: Path) -> list[str]:
    return [entry.url for entry in cdxj.entries(folder, NAME)]


ALL = ["https://b.example/2", "https://a.example/1", "https://c.example/3"]


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.News.example/A", "example,news)/a"),
        ("http://news.example:80/", "example,news)/"),
        ("http://news.example:8080", "example,news:8080)/"),
        ("https://user@news.example/a/", "example,news)/a"),
        ("https://news.example/a?b=2&A=1#part", "example,news)/a?a=1&b=2"),
        ("https://news.example//a%2Db/%E4%B8%AD", "example,news)/a-b/%e4%b8%ad"),
        ("https://192.0.2.1/x", "1,2,0,192)/x"),
        ("https://[2001:db8::1]/x", "2001:db8::1)/x"),
        ("https://[broken", "https://[broken"),
        ("https://[bro ken", "https://[bro%20ken"),
        ("https://news.exa mple/a b", "exa%20mple,news)/a%20b"),
    ],
)
def test_search_keys(url: str, key: str) -> None:
    assert cdxj.search_key(url) == key


def test_a_url_with_a_blank_in_its_host_is_read_back(tmp_path: Path) -> None:
    about = "WARC/1.1\r\nWARC-Type: revisit\r\nWARC-Target-URI: {}\r\n\r\n"
    records = [about.format("https://odd host/a"), about.format("https://news.example/a\0b")]  # without dates
    (tmp_path / NAME).write_bytes(b"".join(gzip.compress(record.encode()) for record in records))
    before = cdxj.entries(tmp_path, NAME)
    cdxj.write_index(tmp_path, NAME)
    assert cdxj.entries(tmp_path, NAME) == before
    assert cdxj.is_right(tmp_path, NAME)
    assert [entry.url for entry in before] == ["https://odd host/a", "https://news.example/a%00b"]


def test_a_line_says_where_and_what_its_record_is(folder: Path) -> None:
    lines = cdxj.index_path(folder, NAME).read_text().splitlines()
    assert lines == sorted(lines)
    key, time, fields = lines[0].split(" ", 2)
    assert (key, time) == ("example,a)/1", "20240601000000")
    found = json.loads(fields)
    assert {name: found[name] for name in ("url", "mime", "status", "filename")} == {
        "url": "https://a.example/1", "mime": "text/html", "status": "200", "filename": NAME,
    }  # fmt: skip
    assert found["digest"] == base64.b32encode(hashlib.sha1(b"first", usedforsecurity=False).digest()).decode()
    record = (folder / NAME).read_bytes()[int(found["offset"]) :][: int(found["length"])]
    assert record.startswith(b"\x1f\x8b")
    assert json.loads(lines[2].split(" ", 2)[2])["redirect"] == "https://c.example/1"


def test_it_is_read_where_it_agrees_with_its_file(folder: Path) -> None:
    assert cdxj.is_current(folder, NAME)
    assert cdxj.is_right(folder, NAME)
    assert urls(folder) == ALL


def missing(folder: Path) -> None:
    cdxj.index_path(folder, NAME).unlink()


def without_a_line(folder: Path) -> None:
    index = cdxj.index_path(folder, NAME)
    index.write_text("".join(index.read_text().splitlines(keepends=True)[1:]))
    touch(folder)


def without_the_last_record(folder: Path) -> None:
    index = cdxj.index_path(folder, NAME)
    index.write_text("".join(index.read_text().splitlines(keepends=True)[:-1]))


def torn(folder: Path) -> None:
    index = cdxj.index_path(folder, NAME)
    index.write_bytes(index.read_bytes()[:-7])


def no_text(folder: Path) -> None:
    cdxj.index_path(folder, NAME).write_bytes(b"\xff\x00" * 99)


def other_offsets(folder: Path) -> None:
    index = cdxj.index_path(folder, NAME)
    index.write_text(index.read_text().replace('"offset": "', '"offset": "1'))


@pytest.mark.parametrize("fault", [missing, without_a_line, without_the_last_record, torn, no_text, other_offsets])
def test_what_does_not_agree_is_made_anew(folder: Path, fault: Callable[[Path], None]) -> None:
    before = cdxj.index_path(folder, NAME).read_bytes()
    fault(folder)
    assert not cdxj.is_current(folder, NAME)
    assert not cdxj.is_right(folder, NAME)
    assert urls(folder) == ALL
    cdxj.write_index(folder, NAME)
    assert cdxj.index_path(folder, NAME).read_bytes() == before


def test_a_newer_file_with_the_same_records_needs_no_other_index(folder: Path) -> None:
    touch(folder)
    assert cdxj.is_current(folder, NAME)


def test_a_record_behind_a_damaged_one_is_found_without_an_index(folder: Path) -> None:
    damage(folder / NAME, cdxj.entries(folder, NAME)[1].offset + 30)
    assert urls(folder) == ALL
    missing(folder)
    assert urls(folder) == [ALL[0], ALL[2]]


def test_overwritten_records_are_left_out(folder: Path) -> None:
    offset = cdxj.entries(folder, NAME)[2].offset
    overwrite_records(folder / NAME, [offset], "2024-06-01T00:00:00Z")
    cdxj.leave_out(folder, NAME, [offset])
    assert cdxj.is_current(folder, NAME)
    assert urls(folder) == ALL[:2]


@pytest.mark.parametrize("cut", [0, 5, 300, 10_000])
def test_a_journal_without_its_end_is_continued_from_the_file(tmp_path: Path, cut: int) -> None:
    writer = WarcWriter(tmp_path, "test")
    for url in ALL:
        writer.write(exchange(url, b"text"))
    writer.suspend()
    journal = cdxj.journal_path(tmp_path, NAME)
    journal.write_bytes(journal.read_bytes()[: max(journal.stat().st_size - cut, 0)])
    assert cdxj.open_files(tmp_path) == [NAME]
    assert urls(tmp_path) == ALL
    cdxj.write_index(tmp_path, NAME)
    assert cdxj.open_files(tmp_path) == []
    assert cdxj.is_right(tmp_path, NAME)


@pytest.mark.parametrize("cut", [0, 5, 300, 10_000])
@pytest.mark.parametrize("merged", [False, True])
def test_a_file_of_two_jobs_has_both_in_its_index(tmp_path: Path, cut: int, *, merged: bool) -> None:
    first = WarcWriter(tmp_path, "test")
    first.write(exchange(ALL[0], b"text"))
    first.close()
    second = WarcWriter(tmp_path, "test")
    for url in ALL[1:]:
        second.write(exchange(url, b"text"))
    second.suspend()
    journal = cdxj.journal_path(tmp_path, NAME)
    assert journal.read_bytes().count(b"\n") == len(ALL) - 1
    journal.write_bytes(journal.read_bytes()[: max(journal.stat().st_size - cut, 0)])
    if merged:  # a kill came before the journal was deleted
        kept = journal.read_bytes()
        cdxj.write_index(tmp_path, NAME)
        journal.write_bytes(kept)
    assert urls(tmp_path) == ALL
    assert {entry.url for entry in cdxj.added_entries(tmp_path, NAME)} <= set(ALL[1:])
    assert merged or [entry.url for entry in cdxj.added_entries(tmp_path, NAME)] == ALL[1:]
    assert cdxj.is_right(tmp_path, NAME)
    cdxj.write_index(tmp_path, NAME)
    assert [path.name for path in sorted(tmp_path.iterdir())] == [cdxj.index_path(tmp_path, NAME).name, NAME]
    assert cdxj.is_right(tmp_path, NAME)
    assert len(cdxj.index_path(tmp_path, NAME).read_bytes().splitlines()) == len(ALL)


def test_records_of_both_jobs_are_taken_out_of_the_index(tmp_path: Path) -> None:
    for url in ALL[:2]:
        writer = WarcWriter(tmp_path, "test")
        writer.write(exchange(url, b"text"))
        writer.close() if url == ALL[0] else writer.suspend()
    offsets = [entry.offset for entry in cdxj.entries(tmp_path, NAME)]
    overwrite_records(tmp_path / NAME, offsets, "2024-06-01T00:00:00Z")
    cdxj.leave_out(tmp_path, NAME, offsets)
    assert urls(tmp_path) == []
