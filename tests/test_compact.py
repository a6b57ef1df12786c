"""Compacting gives space back and loses nothing."""

import json
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from archive.errors import BusyError
from archive.operations.check import check
from archive.operations.compact import STEPS, compact
from archive.storage.database import open_archive
from archive.storage.fulltext import index
from archive.storage.lock import hold
from tests.commands import HEALTHNEWS, environment, run
from tests.kept import alter, crawl, damage, rows


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive from which most was deleted."""
    path = tmp_path_factory.mktemp("made") / "healthnews.db"
    crawl(path, *range(30))
    alter(path, "update revisions set content = content || hex(randomblob(20000)); delete from articles where id > 3")
    return path


@pytest.fixture
def archive(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path / made.name


def test_space_is_given_back_and_nothing_lost(archive: Path) -> None:
    kept = rows(archive, "select * from articles")
    steps: list[tuple[int, int]] = []
    done = compact(archive, progress=lambda *step: steps.append(step))
    assert done.before > done.after + 900_000
    assert (done.after, done.read) == (archive.stat().st_size, False)
    assert rows(archive, "select * from articles") == kept
    assert steps[-1] == (len(STEPS), len(STEPS))
    with closing(open_archive(archive)) as db:
        assert index.check(db)
        assert db.execute("pragma freelist_count").fetchone() == (0,)
        assert db.execute("pragma journal_mode").fetchone() == ("wal",)
        assert db.execute("select count(*) from sqlite_stat1").fetchone() > (0,)


def test_a_reader_goes_on_and_space_comes_later(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.storage.connection.BUSY_TIMEOUT", 0.1)
    with closing(sqlite3.connect(archive)) as reader:
        reader.execute("begin")
        before = reader.execute("select count(*) from pages").fetchone()
        done = run("--archive", archive, "compact", cwd=archive.parent)
        assert (done.returncode, done.stderr.count("\n")) == (0, 1)
        assert "A reader has the archive open" in done.stderr
        assert reader.execute("select count(*) from pages").fetchone() == before
    assert compact(archive).after < 1_000_000
    assert not [finding for finding in check(archive) if finding.check == "database" and finding.problems]


def test_no_job_may_run(archive: Path) -> None:
    with hold(archive), pytest.raises(BusyError):
        compact(archive)
    with hold(archive):
        assert run("--archive", archive, "compact", cwd=archive.parent).returncode == 3


def test_a_full_disk_is_one_sentence_and_nothing_lost(archive: Path) -> None:
    kept = rows(archive, "select * from articles")
    command = ["bash", "-c", 'ulimit -f 300; exec "$0" "$@"', *HEALTHNEWS, "--archive", str(archive), "compact"]
    done = subprocess.run(command, env=environment(), cwd=archive.parent, capture_output=True, text=True)
    assert (done.returncode, done.stderr.count("\n"), "Traceback" in done.stderr) == (1, 1, False)
    assert "of free space" in done.stderr
    assert rows(archive, "select * from articles") == kept
    assert rows(archive, "pragma integrity_check") == [("ok",)]


def test_the_command_says_what_came_of_it(archive: Path) -> None:
    objects = json.loads(run("--archive", archive, "compact", "--json", cwd=archive.parent).stdout)
    assert objects["before"] > objects["after"] > 0
    again = run("--archive", archive, "compact", cwd=archive.parent)
    assert again.stdout.endswith("MB after\n")


@pytest.mark.parametrize("table", ["images", "articles_fts_data"])
def test_a_damaged_archive_is_named(archive: Path, table: str) -> None:
    alter(archive, "vacuum; pragma wal_checkpoint(truncate)")
    ((root,),) = rows(archive, f"select rootpage from sqlite_master where name = '{table}'")
    damage(archive, (int(str(root)) - 1) * 4096, 200)
    done = run("--archive", archive, "compact", cwd=archive.parent)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert f"{archive} is damaged (" in done.stderr
    assert "healthnews check says more" in done.stderr
    assert "free space" not in done.stderr
