"""Every file that is no archive of ours is refused with one sentence."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.errors import ArchiveError
from archive.storage.connection import warc_folder
from archive.storage.database import open_archive
from tests.archives import new_archive
from tests.commands import run
from tests.kept import crawl
from tests.loopback import site_file


def a_database(path: Path, sql: str) -> None:
    with sqlite3.connect(path) as db:
        db.executescript(sql)
    db.close()


def test_a_missing_archive_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=r"There is no archive at .*x.db"):
        open_archive(tmp_path / "x.db")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=r"folder .*nowhere does not exist"):
        open_archive(tmp_path / "nowhere" / "x.db", create=True)


def test_a_folder_is_no_archive(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=r"cannot be"):
        open_archive(tmp_path)


@pytest.mark.parametrize(("content", "words"), [(b"not a database, but long enough to be one " * 9, "no SQLite file")])
def test_a_file_of_another_kind_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "x.db").write_bytes(content)
    with pytest.raises(ArchiveError, match=words):
        open_archive(tmp_path / "x.db")
    assert (tmp_path / "x.db").read_bytes() == content


def test_a_foreign_database_is_refused_and_untouched(tmp_path: Path) -> None:
    a_database(tmp_path / "x.db", "create table photos (id integer)")
    before = (tmp_path / "x.db").read_bytes()
    with pytest.raises(ArchiveError, match=r"no health-news archive"):
        open_archive(tmp_path / "x.db")
    assert (tmp_path / "x.db").read_bytes() == before


def test_a_newer_archive_is_refused(tmp_path: Path) -> None:
    new_archive(tmp_path).close()
    step = "insert into _sqlite_migrations (migration_set, name, applied_at) values ('health-news-archive', 'm999', '')"
    a_database(tmp_path / "healthnews.db", step)
    with pytest.raises(ArchiveError, match=r"newer version"):
        open_archive(tmp_path / "healthnews.db")


def lost(path: Path) -> None:
    path.unlink()


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def without_tables(path: Path) -> None:
    path.unlink()
    a_database(path, "pragma journal_mode = wal; create table x (y); drop table x")


@pytest.mark.parametrize(
    ("fault", "word"),
    [(lost, "missing"), (emptied, "empty"), (without_tables, "empty")],
    ids=["lost", "emptied", "new"],
)
@pytest.mark.parametrize(
    "command", [["crawl", "--sites", "sites"], ["search", "cell"], ["check"], ["remove", "a.example"]]
)
def test_a_lost_database_is_not_started_anew(
    tmp_path: Path, command: list[str], fault: Callable[[Path], None], word: str
) -> None:
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "loop.toml").write_text(site_file("http://127.0.0.1:9"))
    path = tmp_path / "healthnews.db"
    crawl(path, 1)
    fault(path)
    before = path.read_bytes() if path.exists() else None
    done = run(*command, cwd=tmp_path)
    assert done.returncode == 2
    assert f"healthnews.db is {word}, but its raw pages are in healthnews-warc: restore a backup" in done.stderr
    assert "Traceback" not in done.stderr
    assert (path.read_bytes() if path.exists() else None) == before
    warc_folder(path).rename(tmp_path / "elsewhere")
    open_archive(path, create=True).close()


def test_the_archive_is_in_wal_mode_with_strict_tables_and_keys(tmp_path: Path) -> None:
    db = new_archive(tmp_path)
    assert db.execute("pragma journal_mode").fetchone() == ("wal",)
    assert db.execute("pragma foreign_keys").fetchone() == (1,)
    loose = "select name from pragma_table_list where schema = 'main' and type = 'table' and not strict"
    ours = {
        "articles",
        "pages",
        "fetches",
        "crawls",
        "revisions",
        "bibliography",
        "works",
        "citations",
        "images",
        "removals",
    }
    assert not ours & {name for (name,) in db.execute(loose)}
    assert ours <= set(db.table_names())


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    new_archive(tmp_path).close()
    before = (tmp_path / "healthnews.db").read_bytes()
    open_archive(tmp_path / "healthnews.db").close()
    assert (tmp_path / "healthnews.db").read_bytes() == before


def test_the_warc_folder_lies_beside_the_file() -> None:
    assert warc_folder(Path("/data/healthnews.db")) == Path("/data/healthnews-warc")
