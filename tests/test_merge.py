"""`healthnews merge`: raw pages, removed pages, other archives that cannot be read, and what becomes of each table."""

import json
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from archive.errors import ArchiveError, BusyError, DamagedError
from archive.operations.canonical import canonical_lines
from archive.operations.merge import merge
from archive.operations.merge.history import PAGE
from archive.operations.merge.tables import HOW, columns_of
from archive.operations.takedown import remove
from archive.storage.connection import warc_folder
from archive.storage.database import open_archive
from archive.storage.exclusions import Exclusion
from archive.storage.lock import hold
from archive.storage.redaction import redact_pending
from tests import takedowns
from tests.commands import run
from tests.kept import NOW, alter, crawl, damage, rows, url_of
from tests.kills.commands import _make_older
from tests.takedowns import SECRET, crawled_archive

TABLES = "select name from sqlite_master where type = 'table' and name not like '%fts%' and name not like '%sqlite_%'"


@pytest.fixture
def one(tmp_path: Path) -> Path:
    (tmp_path / "one").mkdir()
    return crawl(tmp_path / "one" / "healthnews.db", 1, 2).parent.with_name("healthnews.db")


@pytest.fixture
def two(tmp_path: Path) -> Path:
    (tmp_path / "two").mkdir()
    return crawl(tmp_path / "two" / "healthnews.db", 3).parent.with_name("healthnews.db")


@pytest.fixture
def into(tmp_path: Path) -> Path:
    return tmp_path / "all.db"


def holds(path: Path) -> list[str]:
    with closing(open_archive(path)) as db:
        return canonical_lines(db)


def is_sound(path: Path) -> bool:
    return run("--archive", path, "check", cwd=path.parent).returncode == 0


def test_every_table_of_the_schema_is_said_to_be_merged(one: Path) -> None:
    assert set(HOW) == {str(name) for (name,) in rows(one, TABLES)}


def test_every_column_of_pages_is_joined(one: Path) -> None:
    with closing(open_archive(one)) as db:
        assert {*PAGE, "id", "url", "host", "optout_id"} == set(columns_of(db, "pages"))


@pytest.mark.parametrize("way", ["copy", "move", "keep"])
def test_raw_pages_come_with_their_indexes(one: Path, two: Path, into: Path, way: str) -> None:
    before = {path: path.read_bytes() for path in (*warc_folder(one).iterdir(), *warc_folder(two).iterdir())}
    done = run("--archive", into, "merge", one, two, "--warc", way, cwd=into.parent)
    assert done.returncode == 0, done.stderr
    assert is_sound(into)
    names = sorted(path.name for path in warc_folder(into).iterdir())
    assert len(names) == 4  # two files of the same name, each with an index
    assert sum(name.startswith("2-") for name in names) == 2
    assert [path.exists() for path in before] == [way != "move"] * 4
    assert all(path.is_symlink() == (way == "keep") for path in warc_folder(into).glob("*.warc.gz"))
    again = holds(into)
    assert merge(into, [two, one])[0].pages == {"new": 0, "changed": 0, "same": 1, "removed": 0}
    assert holds(into) == again
    assert sorted(path.name for path in warc_folder(into).iterdir()) == names


def test_files_that_were_kept_in_place_are_copied_later(one: Path, into: Path) -> None:
    merge(into, [one], warc="keep")
    merge(into, [one], warc="move")
    assert not any(warc_folder(one).iterdir())
    assert not any(path.is_symlink() for path in warc_folder(into).iterdir())
    assert is_sound(into)


def test_a_shard_that_was_crawled_again_brings_what_is_new(one: Path, into: Path) -> None:
    merge(into, [one])
    crawl(one, 3)  # another crawl, whose file has another name
    (done,) = merge(into, [one])
    assert done.pages == {"new": 1, "changed": 0, "same": 2, "removed": 0}
    assert (done.articles, done.warc, done.known) == ({"new": 1, "changed": 0}, 1, 1)
    assert is_sound(into)


def test_a_file_that_grew_a_torn_end_is_the_same(one: Path, into: Path) -> None:
    merge(into, [one])
    (file,) = warc_folder(one).glob("*.warc.gz")
    with file.open("ab") as more:
        more.write(b"\x1f\x8b\x08\x00torn")
    assert merge(into, [one])[0].warc == 0


def test_what_an_archive_removed_goes_and_stays_away(tmp_path: Path, into: Path) -> None:
    with crawled_archive(tmp_path):
        pass
    source = tmp_path / "healthnews.db"
    shutil.copytree(warc_folder(source), tmp_path / "asks-warc")
    shutil.copy(source, tmp_path / "asks.db")
    with closing(open_archive(tmp_path / "asks.db")) as db:
        entry = Exclusion("url", "https://old.example/1")  # an alias: the article it leads to goes too
        remove(db, warc_folder(tmp_path / "asks.db"), [entry], reason=None, now=NOW, progress=lambda *_: None)
        redact_pending(db, warc_folder(tmp_path / "asks.db"))
    found = []
    for name, others in (("late", ["healthnews.db", "asks.db"]), ("early", ["asks.db", "healthnews.db"])):
        made = tmp_path / name / "all.db"
        made.parent.mkdir()
        merge(made, [tmp_path / other for other in others])
        merge(made, [source])
        assert not any(SECRET.encode() in data for data in takedowns.contents(made).values()), name
        findings = json.loads(run("--archive", made, "check", "--json", cwd=made.parent).stdout)
        problems = [says for finding in findings if finding["problems"] for says in finding["examples"]]
        assert all("another digest" in says for says in problems)  # that of the test is none
        found.append(holds(made))
    assert found[0] == found[1]
    assert any(SECRET.encode() in data for data in takedowns.contents(source).values())  # it is only read


def test_an_archive_of_an_earlier_version_is_upgraded_as_a_copy(one: Path, into: Path) -> None:
    expected = holds(one)
    shutil.copy(one, one.with_name("kept.db"))
    _make_older(one.parent)
    before = one.read_bytes()
    merge(into, [one])
    assert one.read_bytes() == before
    assert not list(into.parent.glob("*.merging*"))
    kinds = ("revision", "fetch", "page")  # what the earlier version had of articles is less
    assert [line for line in holds(into) if line.startswith(kinds)] == [
        line for line in expected if line.startswith(kinds)
    ]


def test_other_archives_that_cannot_be_merged(one: Path, two: Path, into: Path, tmp_path: Path) -> None:
    merge(into, [one])
    before = holds(into)
    (tmp_path / "text.db").write_text("no archive" * 100)
    alter(tmp_path / "foreign.db", "create table a (b)")
    (tmp_path / "empty.db").write_bytes(b"")
    newer = Path(shutil.copy(two, tmp_path / "newer.db"))
    alter(newer, "insert into _sqlite_migrations (migration_set, name, applied_at) "
          "values ('health-news-archive', 'm999_later', '')")  # fmt: skip
    broken = Path(shutil.copy(two, tmp_path / "broken.db"))
    damage(broken, 3 * 4096, 4096)
    for other, kind, says in (
        (tmp_path / "missing.db", ArchiveError, "There is no archive at"),
        (tmp_path, ArchiveError, "is no file"),
        (into, ArchiveError, "is the archive itself"),
        (tmp_path / "text.db", ArchiveError, "is no SQLite file"),
        (tmp_path / "foreign.db", ArchiveError, "no health-news archive"),
        (tmp_path / "empty.db", ArchiveError, "is empty"),
        (newer, ArchiveError, "newer version"),
        (broken, DamagedError, "is damaged"),
    ):
        with pytest.raises(kind, match=says):
            merge(into, [other])
    with hold(two), pytest.raises(BusyError, match="is writing to"):
        merge(into, [two])
    with hold(into), pytest.raises(BusyError, match="is writing to"):
        merge(into, [two])
    assert holds(into) == before


@pytest.mark.parametrize(("other", "code"), [("missing.db", 2), ("broken.db", 1)])
def test_exit_codes(one: Path, into: Path, other: str, code: int) -> None:
    broken = Path(shutil.copy(one, into.with_name("broken.db")))
    damage(broken, 3 * 4096, 4096)
    done = run("--archive", into, "merge", other, cwd=into.parent)
    assert done.returncode == code
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_missing_raw_file_is_named(one: Path, into: Path) -> None:
    shutil.rmtree(warc_folder(one))
    done = run("--archive", into, "merge", one, "--json", cwd=into.parent)
    assert done.returncode == 1
    (found,) = json.loads(done.stdout)["merged"]
    assert found["articles"] == {"new": 2, "changed": 0}
    assert len(found["missing"]) == 1
    assert is_sound(into)
    assert rows(into, "select count(*) from fetches where warc_file is not null") == [(0,)]


def test_a_link_that_leads_to_an_article_finds_it(one: Path, into: Path) -> None:
    merge(into, [one])
    assert f'"url": "{url_of(1)}"' in run("--archive", into, "show", url_of(1), "--json", cwd=into.parent).stdout
    assert run("--archive", into, "search", "IL-10", cwd=into.parent).returncode == 0
