"""Whatever is wrong with an archive is found, named and mended where that can be; what is right is left alone."""

import gzip
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from archive.cli.maintenance import check as command
from archive.errors import ArchiveError, BusyError
from archive.operations.check import CHECKS, EXAMPLES, Finding, check
from archive.storage.connection import warc_folder
from archive.storage.database import open_archive
from archive.storage.fulltext import index
from archive.storage.lock import hold, lock_path
from archive.storage.redaction import overwrite_records
from tests.checked import files, problems, repaired, two_crawls
from tests.commands import run
from tests.kept import NOW, alter, crawl, damage, rows

INDEXED = "select count(*) from articles_fts where articles_fts match 'patients'"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return two_crawls(tmp_path_factory.mktemp("made"))


@pytest.fixture
def archive(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path / made.name


def test_a_whole_archive_has_no_problems_and_is_not_touched(archive: Path) -> None:
    before = archive.read_bytes()
    well = [Finding(check=each.name, problems=0, mendable=0, examples=(), mended="", left=0) for each in CHECKS]
    assert list(check(archive)) == well
    assert list(check(archive, repair=True)) == well
    assert archive.read_bytes() == before


ROWS: dict[str, tuple[str, str]] = {  # the fault, and where nothing is to be left
    "works that nobody cites": ("insert into works (key) values ('doi:10.1/x')", "works where doi is null"),
    "signatures without references": ("insert into signatures (keys) values ('[]')", "signatures where keys = '[]'"),
    "texts of no article": (
        "insert into distinct_texts (digest, units) values (7, 1)",
        "distinct_texts where digest = 7",
    ),
    "bands of no text": ("insert into text_bands values (7, 999)", "text_bands where text_id = 999"),
    "pairs of no text": ("insert into text_pairs values (1, 999)", "text_pairs where copy_id = 999"),
    "blocks of unknown sites": (
        "insert into blocks (site, fingerprint, pages) values ('none', 'x', 1)",
        "blocks where site = 'none'",
    ),
    "aliases of nothing": ("update pages set state = 'alias' where id = 1", "pages where due_at is null and id = 1"),
    "crawls without a job": ("update crawls set outcome = 'running' where id = 2", "crawls where outcome = 'running'"),
    "removals that are not finished": (
        "insert into erasures (warc_file, warc_offset) values ('gone.warc.gz', 5)",
        "erasures",
    ),
    "articles without a page": ("delete from pages where id = 5", "articles where id = 5"),
    "references between rows": ("delete from articles where id = 5", "bibliography where article_id = 5"),
}


@pytest.mark.parametrize("name", ROWS)
def test_rows_that_something_left_behind(archive: Path, name: str) -> None:
    fault, left = ROWS[name]
    alter(archive, fault, keys=False)
    assert problems(archive)[name] > 0
    found = repaired(archive, name)
    assert (found.left, bool(found.mended)) == (0, True)
    assert rows(archive, f"select 1 from {left}") == []
    assert problems(archive) == {}


def test_a_group_whose_first_article_went(archive: Path) -> None:
    first = rows(archive, "select distinct group_id from copies")
    assert len(first) == 1
    alter(archive, f"delete from articles where id = {first[0][0]}")
    assert problems(archive)["groups of copies"] == 4
    assert repaired(archive, "groups of copies").left == 0
    assert problems(archive) == {}
    assert rows(archive, "select count(*), count(distinct group_id) from copies") == [(4, 1)]


@pytest.mark.parametrize(
    "fault",
    [
        "delete from articles_fts_docsize where id = 2",
        "delete from articles_fts_data where id > 10",
        "delete from articles_fts_data where id = 10",
        "delete from articles_fts_characters_data",
        "insert into articles_fts (articles_fts) values ('delete-all')",
        "drop trigger articles_fts_update; update articles set text = 'other'",
    ],
)
def test_an_index_out_of_step_is_made_anew(archive: Path, fault: str) -> None:
    alter(archive, fault)
    assert problems(archive)["full-text index"] > 0
    assert repaired(archive, "full-text index").left == 0
    with closing(open_archive(archive)) as db:
        assert index.check(db)


def test_a_dropped_trigger_is_missed(archive: Path) -> None:
    alter(archive, "drop trigger articles_fts_update")
    assert [finding.examples for finding in check(archive) if finding.problems] == [
        ("the trigger articles_fts_update is not there",)
    ]


@pytest.mark.parametrize("table", ["articles_fts", "superseded_fts", "copies", "blocks", "signatures", "erasures"])
def test_a_dropped_table_is_missed_and_nothing_made_worse(archive: Path, table: str) -> None:
    alter(archive, f"drop table {table}")
    found = {finding.check: finding for finding in check(archive, repair=True)}
    assert f"the table {table} is not there" in found["schema"].examples
    assert found["schema"].left > 0
    assert all(
        "restore a backup" in each.examples[0] for each in found.values() if each.left and each.check != "schema"
    )


def test_a_damaged_page_of_the_database_is_named_and_the_rest_written_anew(archive: Path) -> None:
    alter(archive, "vacuum; pragma wal_checkpoint(truncate)")
    root = rows(archive, "select rootpage from sqlite_master where name = 'bibliography'")[0][0]
    damage(archive, (int(str(root)) - 1) * 4096, 200)
    before = archive.read_bytes()
    done = run("--archive", archive, "check", "--repair", "--json", cwd=archive.parent)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    found = {each["check"]: each for each in json.loads(done.stdout)}
    assert found["database"]["left"] == 1
    assert "rows of bibliography are lost" in found["database"]["mended"]
    assert archive.with_name("healthnews.db.damaged-1").read_bytes() == before
    assert problems(archive) == {}


def test_a_damaged_page_is_a_few_lines_for_each_check(archive: Path) -> None:
    alter(archive, "vacuum; pragma wal_checkpoint(truncate)")
    root = rows(archive, "select rootpage from sqlite_master where name = 'sqlite_autoindex_pages_1'")[0][0]
    damage(archive, (int(str(root)) - 1) * 4096, 300)
    done = run("--archive", archive, "check", cwd=archive.parent)
    assert (done.returncode, done.stderr.count("\n"), "--repair" in done.stderr) == (1, 1, True)
    assert all(done.stdout.count(f"\n{each.name}: ") <= EXAMPLES + 1 for each in CHECKS)
    assert done.stdout.count("\n") < 3 * len(CHECKS)
    assert "*** in database" not in done.stdout


def test_an_index_of_a_table_is_made_anew(archive: Path) -> None:
    other = "replace(sql, 'gone_since is not null', 'gone_since is null')"
    alter(archive, f"pragma writable_schema = on; update sqlite_master set sql = {other} where name = 'pages_gone'")
    found = repaired(archive, "database")
    assert (found.problems, found.mendable, found.left) == (6, 6, 0)  # each page is missing from it, and their number
    assert problems(archive) == {}


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (lambda path: damage(path, 0, 100), "restore a backup"),
        (lambda path: path.write_bytes(path.read_bytes()[:2000]), "restore a backup"),
        (lambda path: damage(path, 100, 3000), "restore a backup"),
    ],
    ids=["header", "truncated", "schema"],
)
def test_a_database_that_cannot_be_read_is_one_sentence(
    archive: Path, fault: Callable[[Path], object], says: str
) -> None:
    alter(archive, "pragma wal_checkpoint(truncate)")
    fault(archive)
    done = run("--archive", archive, "check", cwd=archive.parent)
    assert done.returncode == (2 if "no SQLite file" in done.stderr else 1)
    assert done.stderr.count("\n") == 1
    assert says in done.stderr


def test_it_works_while_a_crawl_runs(archive: Path) -> None:
    """The row and the file of a crawl are no problem while it has the lock, and it can write all the time."""
    written: list[int] = []

    def write(_done: int, _all: int) -> None:
        alter(archive, "update crawls set pid = pid + 1 where id = 3")
        written.append(1)

    path = crawl(archive, 5, ended=False)
    with hold(archive):
        torn = path.read_bytes() + gzip.compress(b"WARC/1.1", mtime=0)[:15]
        path.write_bytes(torn)
        assert [finding for finding in check(archive, progress=write) if finding.problems] == []
        with pytest.raises(BusyError):
            check(archive, repair=True)
    assert len(written) == 6 + 2 * 6 + len(CHECKS)  # WARC records, articles in two indexes
    assert problems(archive) == {"ends of WARC files": 1, "crawls without a job": 1}
    assert all(finding.left == 0 for finding in check(archive, repair=True))


@pytest.mark.parametrize("step", [1, 8, 12, 20, 30])
def test_it_can_be_interrupted(archive: Path, step: int) -> None:
    def interrupt(done: int, _all: int) -> None:
        if done == step:
            raise KeyboardInterrupt

    sqlite3.enable_callback_tracebacks(True)  # as Datasette does
    try:
        with pytest.raises(KeyboardInterrupt):
            check(archive, progress=interrupt)
    finally:
        sqlite3.enable_callback_tracebacks(False)
    assert problems(archive) == {}


def test_what_is_added_or_removed_meanwhile_is_no_problem(archive: Path) -> None:
    def change(done: int, _all: int) -> None:
        if done == 1:
            crawl(archive, 7, 8)
            ((name, offset),) = rows(archive, "select warc_file, warc_offset from fetches where id = 4")
            alter(archive, "update fetches set warc_file = null, warc_offset = null where id = 4")
            overwrite_records(warc_folder(archive) / str(name), [int(str(offset))], NOW)

    assert [finding for finding in check(archive, progress=change) if finding.problems] == []
    assert len(files(archive)) == 3


def test_the_command_prints_a_table_and_exits_with_what_is_left(archive: Path) -> None:
    files(archive)[0].unlink()
    done = run("--archive", archive, "check", cwd=archive.parent)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "3 problems" in done.stdout
    assert "--repair mends what it can" in done.stderr
    mended = run("--archive", archive, "check", "--repair", cwd=archive.parent)
    assert (mended.returncode, mended.stderr) == (0, "")
    assert "3 fetches have no record any more" in mended.stdout
    objects = json.loads(run("--archive", archive, "check", "--json", cwd=archive.parent).stdout)
    assert [each["check"] for each in objects] == [each.name for each in CHECKS]
    assert command.help


def test_a_repair_is_turned_away_while_a_job_runs(archive: Path) -> None:
    with hold(archive):
        busy = run("--archive", archive, "check", "--repair", cwd=archive.parent)
    assert (busy.returncode, "Another job" in busy.stderr) == (3, True)


def test_a_missing_archive_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="no archive"):
        check(tmp_path / "none.db")
    assert not lock_path(tmp_path / "none.db").exists()
