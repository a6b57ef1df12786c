"""An archive of an earlier version is kept as it was, then brought up to this one; or nothing happens to it."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from archive.errors import ArchiveError
from archive.storage import database as archive_db
from archive.storage import migrations as archive_migrations
from archive.storage import upgrade
from archive.storage.database import open_archive
from archive.storage.lock import hold
from archive.storage.migrations import APPLICATION_ID, migrations

OPEN = "import sys, pathlib, archive.storage.database as d; d.open_archive(pathlib.Path(sys.argv[1])).close()"
STEP = "m006_jobs"
KEPT = f"healthnews-before-{STEP}.db"


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """An archive as the program made it before STEP, with a crawl in it."""
    path = tmp_path / "healthnews.db"
    with closing(Database(path)) as db:
        db.execute("pragma journal_mode = wal")
        db.execute(f"pragma application_id = {APPLICATION_ID}")
        migrations.apply(db, stop_before=STEP)
        db.execute("insert into crawls (id, started_at, pid, command) values (7, '2024', 1, 'crawl')")
        db.conn.commit()
    return path


def steps(path: Path) -> list[str]:
    with closing(Database(path)) as db:
        return [step.name for step in migrations.applied(db)]


def crawls(path: Path) -> list[tuple[int]]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute("select id from crawls").fetchall()


def test_the_archive_is_kept_as_it_was(older: Path) -> None:
    open_archive(older).close()
    assert steps(older)[-1] >= STEP
    assert steps(older.with_name(KEPT))[-1] == "m005_many_articles"
    assert crawls(older) == crawls(older.with_name(KEPT)) == [(7,)]
    assert not list(older.parent.glob("*.part*"))


def test_a_new_archive_needs_no_backup(tmp_path: Path) -> None:
    open_archive(tmp_path / "healthnews.db", create=True).close()
    assert [path.name for path in tmp_path.iterdir()] == ["healthnews.db"]


def test_many_that_open_it_at_once_upgrade_it_once(older: Path) -> None:
    kept = older.with_name(KEPT)
    openers = [subprocess.Popen([sys.executable, "-c", OPEN, str(older)], stderr=subprocess.PIPE) for _ in range(5)]
    said = [opener.communicate()[1].decode() for opener in openers]
    assert sorted(said)[:4] == [""] * 4  # only one has to say what it does
    assert max(said) == f"{older} is of an earlier version: it is copied to {kept} and brought up to date.\n"
    assert len(steps(older)) == len(set(steps(older)))
    assert [path.name for path in older.parent.glob("*before*")] == [KEPT]


def test_nothing_changes_where_no_backup_can_be_made(older: Path) -> None:
    (older.parent / f"{KEPT}.part").mkdir()  # in the way
    with pytest.raises(ArchiveError, match=r"earlier version, and the backup .* cannot be made .*nothing was changed"):
        open_archive(older)
    assert steps(older)[-1] == "m005_many_articles"


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Migrations:
    """A last step that changes something and fails."""
    broken = Migrations(migrations.name)
    for step in migrations._migrations:
        broken(name=step.name)(step.fn)

    @broken(name="m999_broken")
    def fail(db: Database) -> None:
        db.execute("delete from crawls")
        db.execute("insert into nowhere values (1)")

    for module in (archive_db, archive_migrations, upgrade):
        monkeypatch.setattr(module, "migrations", broken)
    return broken


def test_a_step_that_fails_leaves_the_archive_and_one_backup(older: Path, failing: Migrations) -> None:
    for _ in range(3):
        with pytest.raises(ArchiveError, match="nowhere"):
            open_archive(older)
    assert steps(older)[-1] == "m005_many_articles"
    assert crawls(older) == [(7,)]
    assert [path.name for path in older.parent.glob("*before*")] == [KEPT]


def test_a_backup_of_another_state_stays(older: Path, failing: Migrations) -> None:
    for command in ("first", "second"):
        with closing(sqlite3.connect(older)) as db:
            db.execute("update crawls set command = ?", [command])
            db.commit()
        with pytest.raises(ArchiveError):
            open_archive(older)
    kept = [older.with_name(KEPT), older.with_name(KEPT.replace(".db", "-2.db"))]
    assert sorted(older.parent.glob("*before*")) == sorted(kept)
    commands = []
    for path in kept:
        with closing(sqlite3.connect(path)) as db:
            commands += db.execute("select command from crawls").fetchone()
    assert commands == ["first", "second"]


def test_half_a_backup_is_replaced(older: Path) -> None:
    older.with_name(KEPT).write_bytes(older.read_bytes()[:5000])
    open_archive(older).close()
    assert crawls(older.with_name(KEPT)) == [(7,)]


def test_a_job_of_the_earlier_program_is_waited_for(older: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upgrade, "WAIT", 0)
    hold_it = OPEN.replace("d.open_archive(pathlib.Path(sys.argv[1])).close()", "") + (
        "import archive.storage.lock as l; k = l.hold(pathlib.Path(sys.argv[1])); print('held', flush=True); input()"
    )
    command = [sys.executable, "-uc", hold_it, str(older)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as job:
        assert job.stdout is not None
        assert job.stdout.readline() == "held\n"
        with pytest.raises(ArchiveError, match=rf"earlier version .*\(process {job.pid}, .*: wait for it to end"):
            open_archive(older)
        assert steps(older)[-1] == "m005_many_articles"
        job.communicate("\n")
    open_archive(older).close()
    assert steps(older)[-1] >= STEP


def test_a_crawl_upgrades_under_its_own_lock(older: Path) -> None:
    with hold(older):
        open_archive(older).close()
    assert steps(older)[-1] >= STEP


def test_another_writer_is_waited_for(older: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.storage.connection.BUSY_TIMEOUT", 0)
    with closing(sqlite3.connect(older, isolation_level=None)) as writer:
        writer.execute("begin immediate")
        with pytest.raises(ArchiveError, match="is being changed by another process: try again"):
            open_archive(older)
    open_archive(older).close()
