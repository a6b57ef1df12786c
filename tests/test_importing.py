"""Importing the files of other web archives."""

import gzip
import json
import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import brotli
import pytest

from archive.errors import ArchiveError
from archive.operations.check import check
from archive.operations.importing import import_files
from archive.operations.importing.selection import Selection
from archive.operations.takedown import remove
from archive.storage.connection import transaction, warc_folder
from archive.storage.database import open_archive
from archive.storage.exclusions import Exclusion
from archive.storage.frontier import NewPage, add_pages
from archive.storage.warc.files import Location, read_page
from crawler.policy.robots_directives import directives
from tests import kept
from tests.archives import NOW, make_archive
from tests.commands import run
from tests.foreign_archives import HTML, OFF_TOPIC, Sample, a_page, a_revisit, digest, write
from tests.merges import lines

FORMATS = ("a.warc", "a.warc.gz", "a.warc.zst", "a.arc", "a.arc.gz", "a.wacz")


def bring(archive: Path, *files: Path, **options: Any) -> dict[str, int]:
    """Import the files, and return what became of their records."""
    chosen = {name: options.pop(name) for name in ("hosts", "languages", "url", "everything") if name in options}
    done = import_files(archive, files, Selection(**chosen), directives=directives, workers=1, **options)
    names = {name for each in done for name in each.counts}
    return {name: sum(each.counts.get(name, 0) for each in done) for name in sorted(names)}


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return tmp_path / "healthnews.db"


def rows(archive: Path, sql: str) -> list[tuple[Any, ...]]:
    """What another program reads."""
    return list(kept.rows(archive, sql))


def texts(archive: Path) -> list[tuple[str, int, str]]:
    return rows(archive, "select url, revision, title from articles order by url")


@pytest.mark.parametrize("name", FORMATS)
def test_every_format(archive: Path, tmp_path: Path, name: str) -> None:
    samples = [
        Sample(url="https://news.example/a/1?utm_source=x", body=a_page(1)),
        Sample(url="https://news.example/a/2", body=a_page(2, text=OFF_TOPIC, title="A new bridge")),
        Sample(url="https://news.example/a/3", status="404 Not Found"),
        Sample(url="https://news.example/a/4", headers=(("Content-Type", "image/png"),)),
    ]
    file = write(tmp_path / name, samples)
    expected = {"imported": 1, "no HTML": 1, "no success": 1, "no web page": 1, "not about health": 1}
    assert bring(archive, file) == expected
    assert texts(archive) == [("https://news.example/a/1", 1, "Vaccine study 1 finds fewer symptoms")]
    ((fetched_at, origin, warc_file, offset),) = rows(
        archive, "select fetched_at, origin, warc_file, warc_offset from fetches"
    )
    assert fetched_at == "2024-05-21T08:00:00.000000Z"
    from_where = json.loads(origin)
    assert from_where["file"] == str(file.resolve()) + ("#archive/data.warc.gz" if name.endswith("wacz") else "")
    assert from_where["payload"] == digest(a_page(1))
    assert from_where["offset"] > 0
    assert read_page(warc_folder(archive), Location(warc_file, offset)).body == a_page(1)
    assert not any(finding.problems for finding in check(archive))
    assert bring(archive, file) == expected  # it was imported before, with these counts
    assert bring(archive, file, again=True)["unchanged"] == 1


@pytest.mark.parametrize("name", ["a.warc", "a.arc"])
def test_no_text_that_is_stored_has_a_nul(archive: Path, tmp_path: Path, name: str) -> None:
    odd = (("Content-Type", "text/html; charset=utf-8;\0"),)
    about = (("WARC-Record-ID", "<urn:uuid:\0>"), ("WARC-Payload-Digest", "sha1:\0"))
    linking = a_page(1).replace(b"</h1>", b"</h1><p>See <a href='b\0c'>the other page</a> of this site.</p>")
    write(tmp_path / name, [Sample(url="https://news.example/a/1\0b", body=linking, headers=odd, about=about)])
    assert bring(archive, tmp_path / name)["imported"] == 1
    with closing(sqlite3.connect(archive)) as db:
        tables = [table for (table,) in db.execute("select name from sqlite_schema where type = 'table'")]
        texts = {str(cell) for table in tables for row in db.execute(f"select * from [{table}]") for cell in row}
    assert "https://news.example/a/1%00b" in texts
    assert [text for text in texts if "\0" in text or "\\u0000" in text] == []
    ((file, offset),) = rows(archive, "select warc_file, warc_offset from fetches")
    assert read_page(warc_folder(archive), Location(file, offset)).url == "https://news.example/a/1%00b"


def chunked(body: bytes) -> bytes:
    half = len(body) // 2
    return b"".join(b"%x;a=b\r\n%s\r\n" % (len(part), part) for part in (body[:half], body[half:])) + b"0\r\n\r\n"


PACKED = gzip.compress(a_page(1))
ENCODED: list[tuple[bytes, tuple[tuple[str, str], ...]]] = [
    (chunked(a_page(1)), (("Transfer-Encoding", "chunked"),)),
    (a_page(1), (("Transfer-Encoding", "chunked"),)),  # undone already, as most tools do
    (PACKED, (("Content-Encoding", "gzip"),)),
    (a_page(1), (("Content-Encoding", "gzip"),)),
    (brotli.compress(a_page(1)), (("Content-Encoding", "br"),)),
    (chunked(PACKED), (("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked"))),
]


@pytest.mark.parametrize(("body", "headers"), ENCODED)
def test_encodings_are_undone(archive: Path, tmp_path: Path, body: bytes, headers: tuple[tuple[str, str], ...]) -> None:
    file = write(tmp_path / "a.warc.gz", [Sample(body=body, headers=(*HTML, *headers))])
    assert bring(archive, file)["imported"] == 1
    ((name, offset),) = rows(archive, "select warc_file, warc_offset from fetches")
    assert read_page(warc_folder(archive), Location(name, offset)).body == a_page(1)


def damaged(file: Path, number: int, at: int = 40) -> None:
    """Overwrite some bytes of a member of a compressed file."""
    content = bytearray(file.read_bytes())
    starts = [index for index in range(len(content)) if content[index : index + 3] == b"\x1f\x8b\x08"]
    content[starts[number] + at : starts[number] + at + 8] = b"\xff" * 8
    file.write_bytes(bytes(content))


@pytest.mark.parametrize("name", ["a.warc.gz", "a.arc.gz"])
def test_the_import_goes_on_behind_a_damaged_member(archive: Path, tmp_path: Path, name: str) -> None:
    file = write(tmp_path / name, [Sample(url=f"https://news.example/a/{n}", body=a_page(n)) for n in range(5)])
    damaged(file, 2)
    assert bring(archive, file) == {"damaged": 1, "imported": 4, "no web page": 1}


def test_a_torn_end_is_damaged(archive: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "a.warc.gz", [Sample(url=f"https://news.example/a/{n}", body=a_page(n)) for n in range(3)])
    file.write_bytes(file.read_bytes()[:-20])
    assert bring(archive, file) == {"damaged": 1, "imported": 2, "no web page": 1}


@pytest.mark.parametrize("name", ["a.warc", "a.arc"])
def test_an_uncompressed_file_that_is_damaged(archive: Path, tmp_path: Path, name: str) -> None:
    samples = [Sample(url=f"https://news.example/a/{n}", body=a_page(n)) for n in range(4)]
    file = write(tmp_path / name, samples)
    content = file.read_bytes()
    start = (
        content.index(b"WARC/1.0", content.index(b"/a/0"))
        if name == "a.warc"
        else content.index(samples[1].url.encode())
    )
    file.write_bytes(content[:start] + b"\0\1\2" + content[start + 5 :])
    assert bring(archive, file) == {"damaged": 1, "imported": 3, "no web page": 1}


def test_a_block_that_is_not_what_its_digest_says(archive: Path, tmp_path: Path) -> None:
    sample = Sample()
    good = Sample(url="https://news.example/a/2", about=(("WARC-Block-Digest", digest(sample.http)),))
    bad = Sample(url="https://news.example/a/3", about=(("WARC-Block-Digest", digest(b"other")),))
    assert bring(archive, write(tmp_path / "a.warc", [good, bad])) == {"damaged": 1, "imported": 1, "no web page": 1}


def test_a_file_that_was_compressed_as_a_whole(archive: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "a.warc", [Sample(url=f"https://news.example/a/{n}", body=a_page(n)) for n in range(3)])
    packed = tmp_path / "b.warc.gz"
    packed.write_bytes(gzip.compress(file.read_bytes()))
    assert bring(archive, packed) == {"imported": 3, "no web page": 1}


OLD = Sample(date="20200101000000", body=a_page(1, text="The old patients had the old disease and its symptoms. " * 6))
NEWER = Sample(
    date="20230101000000", body=a_page(1, text="The new patients had a new disease and other symptoms. " * 6)
)


@pytest.mark.parametrize("samples", [[OLD, NEWER], [NEWER, OLD]])
def test_the_time_of_the_record_counts(archive: Path, tmp_path: Path, samples: list[Sample]) -> None:
    counts = [bring(archive, write(tmp_path / f"{n}.warc.gz", [each])) for n, each in enumerate(samples)]
    assert [each["imported"] for each in counts] == [1, 1]
    found = rows(archive, "select number, seen_at, json_extract(content, '$.text') like '%new disease%' from revisions")
    assert found == [(1, "2020-01-01T00:00:00.000000Z", 0), (2, "2023-01-01T00:00:00.000000Z", 1)]
    assert rows(archive, "select first_seen, last_changed from articles") == [
        ("2020-01-01T00:00:00.000000Z", "2023-01-01T00:00:00.000000Z")
    ]


def test_a_known_page_stays_due(archive: Path, tmp_path: Path) -> None:
    make_archive(archive)
    with closing(open_archive(archive)) as db, transaction(db):
        add_pages(db, [NewPage(url=OLD.url, host="news.example", site="demo", due_at=NOW)], NOW)
    assert bring(archive, write(tmp_path / "a.warc", [OLD]))["imported"] == 1
    assert rows(archive, "select site, state, due_at from pages") == [("demo", "stored", NOW)]
    assert rows(archive, "select site from articles") == [("demo",)]


def test_importing_again_changes_nothing(archive: Path, tmp_path: Path) -> None:
    samples = [OLD, NEWER, Sample(url="https://news.example/a/2", body=a_page(2))]
    file = write(tmp_path / "a.warc.gz", samples)
    bring(archive, file)
    before = lines(archive)
    assert bring(archive, file, again=True) == {"no web page": 1, "unchanged": 3}
    copy = write(tmp_path / "b.warc", samples)
    assert bring(archive, copy) == {"no web page": 1, "unchanged": 3}
    assert without_origin(lines(archive)) == without_origin(before)


def without_origin(found: Iterable[str]) -> list[str]:
    return [line for line in found if not line.startswith("fetch")]


REPEATED = a_revisit(Sample(date="20240601000000"), of=OLD)
ELSEWHERE = a_revisit(Sample(url="https://mirror.example/a", date="20240602000000"), of=OLD)
UNKNOWN = a_revisit(Sample(date="20240603000000"), of=Sample(url="https://never.example/", body=b"never"))


def test_a_revisit_record_repeats_its_original(archive: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "a.warc.gz", [REPEATED, ELSEWHERE, UNKNOWN, NEWER, OLD])
    counts = bring(archive, file)
    assert counts == {"imported": 4, "no web page": 1, "revisit of an unknown page": 1}
    found = rows(archive, "select a.url, number, r.seen_at from revisions r join articles a on a.id = r.article_id "
                          "order by 1, 2")  # fmt: skip
    assert found == [
        ("https://mirror.example/a", 1, "2024-06-02T00:00:00.000000Z"),
        ("https://news.example/a/1", 1, "2020-01-01T00:00:00.000000Z"),
        ("https://news.example/a/1", 2, "2023-01-01T00:00:00.000000Z"),
        ("https://news.example/a/1", 3, "2024-06-01T00:00:00.000000Z"),
    ]
    assert not any(finding.problems for finding in check(archive))


def test_the_selection(archive: Path, tmp_path: Path) -> None:
    samples = [
        Sample(url="https://www.news.example/health/1"),
        Sample(url="https://other.example/health/1"),
        Sample(url="https://news.example/sports/1"),
        Sample(url="https://news.example/health/2", body=a_page(2, text=OFF_TOPIC, title="A new bridge")),
    ]
    file = write(tmp_path / "a.warc.gz", samples)
    chosen = {"hosts": frozenset({"news.example"}), "url": re.compile("/health/")}
    expected = {"no web page": 1, "not about health": 1, "other URL": 1, "other host": 1}
    assert bring(archive, file, **chosen, languages=frozenset({"zh"})) == expected | {"other language": 1}
    assert bring(archive, file, **chosen, dry_run=True) == expected | {"imported": 1}
    assert rows(archive, "select count(*) from pages") == [(0,)]
    assert bring(archive, file, **chosen) == expected | {"imported": 1}
    everything = bring(archive, file, everything=True)
    assert everything == {"imported": 3, "no web page": 1, "unchanged": 1}


def test_what_was_removed_stays_away(archive: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "a.warc.gz", [Sample(), Sample(url="https://away.example/1", body=a_page(2))])
    bring(archive, file)
    with closing(open_archive(archive)) as db:
        remove(db, warc_folder(archive), [Exclusion("host", "away.example")], reason=None, now=NOW,
               progress=lambda *_: None)  # fmt: skip
    assert bring(archive, file, again=True) == {"excluded": 1, "no web page": 1, "unchanged": 1}
    assert [url for url, *_ in texts(archive)] == [Sample().url]


def test_pages_that_ask_not_to_be_kept(archive: Path, tmp_path: Path) -> None:
    samples = [
        Sample(url="https://news.example/1", headers=(*HTML, ("X-Robots-Tag", "noindex"))),
        Sample(url="https://news.example/2", headers=(*HTML, ("X-Robots-Tag", "noarchive"))),
    ]
    assert bring(archive, write(tmp_path / "a.warc", samples)) == {"imported": 1, "noindex": 1, "no web page": 1}
    assert rows(archive, "select withheld, directives, noarchive from fetches f join pages p on p.id = f.page_id "
                         "join articles a on a.fetch_id = f.id") == [(1, "noarchive", 1)]  # fmt: skip
    assert a_page(1) not in b"".join(gzip.decompress(file.read_bytes()) for file in warc_folder(archive).glob("*.gz"))


def test_the_command(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    write(folder / "a.warc.gz", [OLD, NEWER])
    write(folder / "b.arc", [Sample(url="https://news.example/2", body=a_page(2))])
    done = run("import", folder, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert [line.split() for line in done.stdout.splitlines()[1:]] == [
        ["imported", "3"], ["no", "web", "page", "2"], ["all", "5"], ["2", "files"],
    ]  # fmt: skip
    assert "was imported before" in run("import", folder, cwd=tmp_path).stderr


@pytest.mark.parametrize(
    ("argument", "says"),
    [
        ("missing.warc.gz", "There is no file"),
        ("empty", "There is no WARC, ARC or WACZ file in the folder"),
        ("no.wacz", "is no WACZ"),
    ],
)
def test_what_cannot_be_imported(tmp_path: Path, argument: str, says: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "no.wacz").write_bytes(b"no ZIP file")
    done = run("import", argument, cwd=tmp_path)
    assert (done.returncode, says in done.stderr) == (2, True)
    assert not (tmp_path / "healthnews.db").exists()


def test_a_file_without_records_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz").write_bytes(b"this is no web archive" * 100)
    done = run("import", "a.warc.gz", "--json", cwd=tmp_path)
    assert done.returncode == 1
    assert json.loads(done.stdout)["counts"] == {"damaged": 1}


def test_a_timestamp_without_seconds(archive: Path, tmp_path: Path) -> None:
    assert bring(archive, write(tmp_path / "a.arc", [Sample(date="199912312359")]))["imported"] == 1
    assert rows(archive, "select fetched_at from fetches") == [("1999-12-31T23:59:00.000000Z",)]


@pytest.mark.parametrize("way", ["copy", "keep"])
def test_whole_files(archive: Path, tmp_path: Path, way: str) -> None:
    samples = [
        Sample(body=chunked(a_page(1)), headers=(*HTML, ("Transfer-Encoding", "chunked"))),
        a_revisit(Sample(date="20240601000000"), of=Sample(body=chunked(a_page(1)))),
        Sample(url="https://news.example/b", body=a_page(2)),
        Sample(url="https://news.example/c", body=a_page(3), headers=(*HTML, ("X-Robots-Tag", "noarchive"))),
    ]
    file = write(tmp_path / "a.warc.gz", samples)
    counts = bring(archive, file, warc=way)
    assert counts == {"imported": 3, "no web page": 1, "unchanged": 1}
    places = rows(archive, "select url, warc_file from fetches order by fetched_at, url")
    assert places == [
        ("https://news.example/a/1", "a.warc.gz"), ("https://news.example/b", "a.warc.gz"),
        ("https://news.example/c", "imported-00000.warc.gz"), ("https://news.example/a/1", "imported-00000.warc.gz"),
    ]  # fmt: skip
    assert (warc_folder(archive) / "a.warc.gz").is_symlink() == (way == "keep")
    ((offset,),) = rows(archive, "select warc_offset from fetches where warc_file = 'a.warc.gz' and url like '%/1'")
    assert read_page(warc_folder(archive), Location("a.warc.gz", offset)).body == a_page(1)
    assert not any(finding.problems for finding in check(archive))
    before = lines(archive)
    assert bring(archive, file, warc=way, again=True)["unchanged"] == 4
    assert lines(archive) == before


def test_what_cannot_be_kept_whole(archive: Path, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=r"is no \.warc\.gz file"):
        bring(archive, write(tmp_path / "a.warc", [Sample()]), warc="copy")
    bring(archive, write(tmp_path / "a.warc.gz", [Sample()]))
    with closing(open_archive(archive)) as db:
        remove(db, warc_folder(archive), [Exclusion("host", "news.example")], reason=None, now=NOW,
               progress=lambda *_: None)  # fmt: skip
    with pytest.raises(ArchiveError, match="excludes pages"):
        bring(archive, tmp_path / "a.warc.gz", warc="keep", again=True)
