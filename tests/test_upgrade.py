"""An archive of an earlier version is backed up, then upgraded; on an error nothing of it changes."""

import hashlib
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from archive.errors import ArchiveError
from archive.storage import steps as known_steps
from archive.storage import upgrade
from archive.storage.database import open_archive
from archive.storage.lock import hold
from archive.storage.migrations import migrations
from archive.storage.steps import APPLICATION_ID, STEPS, UNRELEASED
from tests.archives import new_archive
from tests.schemas import schema_of

OPEN = "import sys, archive.storage.database as d; d.open_archive(sys.argv[1]).close()"
RELEASED = [step.name for step in migrations.pending(Database(memory=True))]
STEP = "m999_next"
ADD_STEP = f"""
from archive.storage import steps
from archive.storage.migrations import migrations

steps.STEPS += ({STEP!r},)

@migrations(name={STEP!r})
def next_step(db):
    db.execute("alter table crawls add column host text")

"""
KEPT = f"healthnews-before-{STEP}.db"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A current archive with a crawl in it."""
    with closing(new_archive(tmp_path)) as db:
        db.execute("insert into crawls (id, started_at, pid, command) values (7, '2024', 1, 'crawl')")
    return tmp_path / "healthnews.db"


@pytest.fixture
def add_step(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Make the program of this test one that has another step at the end."""

    def add(*statements: str) -> None:
        monkeypatch.setattr(migrations, "_migrations", list(migrations._migrations))
        monkeypatch.setattr(known_steps, "STEPS", (*STEPS, STEP))

        @migrations(name=STEP)
        def change(db: Database) -> None:
            for statement in statements:
                db.execute(statement)

    return add


@pytest.fixture
def older(archive: Path, add_step: Callable[..., None]) -> Path:
    """An archive to which this program has to add a column."""
    add_step("alter table crawls add column host text")
    return archive


def steps(path: Path) -> list[str]:
    with closing(Database(path)) as db:
        return [step.name for step in migrations.applied(db)]


def test_the_names_of_the_steps_are_those_of_the_steps() -> None:
    assert list(STEPS) == RELEASED


def mark_unreleased(path: Path, *names: str) -> None:
    """Record those steps as applied, as the program did before the schema was in one file."""
    row = "insert into _sqlite_migrations (migration_set, name, applied_at) values ('health-news-archive', ?, '')"
    with closing(sqlite3.connect(path)) as db:
        db.execute("delete from _sqlite_migrations")
        db.executemany(row, [(name,) for name in names])
        db.commit()


def test_the_first_step_makes_the_schema_of_the_last_unreleased_one() -> None:
    frozen = json.loads(Path(__file__).with_name("schema_m007.json").read_text(encoding="utf-8"))
    db = Database(memory=True)
    migrations.apply(db, stop_before=[step.name for step in migrations.pending(db)[1:]])
    made = {
        f"{kind} {name}": hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
        for (kind, name), parts in schema_of(db.conn).items()
    }
    assert made == frozen


def test_an_archive_with_the_unreleased_steps_is_current(archive: Path) -> None:
    mark_unreleased(archive, *sorted(UNRELEASED), *RELEASED)
    before = archive.read_bytes()
    open_archive(archive).close()
    assert archive.read_bytes() == before
    assert [path.name for path in archive.parent.iterdir()] == ["healthnews.db"]


def test_an_archive_of_an_older_step_is_refused(archive: Path) -> None:
    mark_unreleased(archive, *sorted(UNRELEASED))
    with pytest.raises(
        ArchiveError, match=r"from before the first release, .* cannot be upgraded: start a new archive"
    ):
        open_archive(archive)
    assert steps(archive) == sorted(UNRELEASED)


def crawls(path: Path) -> list[tuple[int]]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute("select id from crawls").fetchall()


def test_the_archive_is_kept_as_it_was(older: Path) -> None:
    open_archive(older).close()
    assert steps(older) == [*RELEASED, STEP]
    assert steps(older.with_name(KEPT)) == RELEASED
    assert crawls(older) == crawls(older.with_name(KEPT)) == [(7,)]
    assert not list(older.parent.glob("*.part*"))


def test_a_reader_from_before_the_upgrade_sees_the_altered_check(tmp_path: Path) -> None:
    path = tmp_path / "healthnews.db"
    with closing(Database(sqlite3.connect(path, isolation_level=None))) as db:
        db.execute("pragma journal_mode = wal")
        db.execute(f"pragma application_id = {APPLICATION_ID}")
        migrations.apply(db, stop_before="m014_blocked")
    add = "insert into pages (url, host, kind, discovered_at, state) values (?, 'h', 'article', '2024', 'blocked')"
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
            reader.execute(add, ["https://h.example/1"])
        reader.execute("begin")
        assert reader.execute("select count(*) from pages").fetchone() == (0,)
        open_archive(path).close()
        assert reader.execute("select count(*) from pages").fetchone() == (0,)
        reader.execute("rollback")
        reader.execute(add, ["https://h.example/1"])
        assert reader.execute("pragma integrity_check").fetchone() == ("ok",)


def test_a_new_archive_needs_no_backup(tmp_path: Path) -> None:
    open_archive(tmp_path / "healthnews.db", create=True).close()
    assert [path.name for path in tmp_path.iterdir()] == ["healthnews.db"]


def test_many_that_open_it_at_once_upgrade_it_once(older: Path) -> None:
    kept = older.with_name(KEPT)
    openers = [
        subprocess.Popen([sys.executable, "-c", ADD_STEP + OPEN, str(older)], stderr=subprocess.PIPE) for _ in range(5)
    ]
    said = [opener.communicate()[1].decode() for opener in openers]
    assert sorted(said)[:4] == [""] * 4  # only one has to say what it does
    assert max(said) == f"{older} is of an earlier version: it is copied to {kept} and upgraded.\n"
    assert len(steps(older)) == len(set(steps(older)))
    assert [path.name for path in older.parent.glob("*before*")] == [KEPT]


def test_nothing_changes_where_no_backup_can_be_made(older: Path) -> None:
    (older.parent / f"{KEPT}.part").mkdir()  # in the way
    with pytest.raises(ArchiveError, match=r"earlier version, and the backup .* cannot be made .*nothing was changed"):
        open_archive(older)
    assert steps(older) == RELEASED


@pytest.fixture
def failing(archive: Path, add_step: Callable[..., None]) -> Path:
    """An archive that needs a step which changes something and then fails."""
    add_step("delete from crawls", "insert into nowhere values (1)")
    return archive


def test_a_step_that_fails_leaves_the_archive_and_one_backup(failing: Path) -> None:
    for _ in range(3):
        with pytest.raises(ArchiveError, match="nowhere"):
            open_archive(failing)
    assert steps(failing) == RELEASED
    assert crawls(failing) == [(7,)]
    assert [path.name for path in failing.parent.glob("*before*")] == [KEPT]


def test_a_backup_of_another_state_stays(failing: Path) -> None:
    for command in ("first", "second"):
        with closing(sqlite3.connect(failing)) as db:
            db.execute("update crawls set command = ?", [command])
            db.commit()
        with pytest.raises(ArchiveError):
            open_archive(failing)
    kept = [failing.with_name(KEPT), failing.with_name(KEPT.replace(".db", "-2.db"))]
    assert sorted(failing.parent.glob("*before*")) == sorted(kept)
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
    hold_it = (
        "import sys, pathlib, archive.storage.lock as l; k = l.hold(pathlib.Path(sys.argv[1])); "
        "print('held', flush=True); input()"
    )
    command = [sys.executable, "-uc", hold_it, str(older)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as job:
        assert job.stdout is not None
        assert job.stdout.readline() == "held\n"
        with pytest.raises(ArchiveError, match=rf"earlier version .*\(process {job.pid}, .*: wait for it to end"):
            open_archive(older)
        assert steps(older) == RELEASED
        job.communicate("\n")
    open_archive(older).close()
    assert steps(older) == [*RELEASED, STEP]


def test_a_crawl_upgrades_under_its_own_lock(older: Path) -> None:
    with hold(older):
        open_archive(older).close()
    assert steps(older) == [*RELEASED, STEP]


def test_another_writer_is_waited_for(older: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.storage.connection.BUSY_TIMEOUT", 0)
    with closing(sqlite3.connect(older, isolation_level=None)) as writer:
        writer.execute("begin immediate")
        with pytest.raises(ArchiveError, match="is being changed by another process: try again"):
            open_archive(older)
    open_archive(older).close()
