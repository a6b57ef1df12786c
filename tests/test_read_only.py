"""An archive where nothing can be written, as a backup on a disk that is mounted read-only: it can be read."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from archive.storage.lock import hold
from tests.commands import HEALTHNEWS, environment
from tests.kept import crawl, rows

MOUNT = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'
# How a command is started that cannot write to the folder, which follows; root can write in spite of its rights.
WAYS = {
    "read-only disk": ("unshare", "--map-root-user", "--mount", "sh", "-c", MOUNT),
    "missing rights": ("sh", "-c", 'exec "$@"')
    if os.geteuid()
    else ("setpriv", "--bounding-set=-dac_override", "sh", "-c", 'exec "$@"'),
}


NEXT_STEP = (
    "from archive.storage import steps; steps.STEPS += ('m009_next',); "
    "from archive.storage.migrations import migrations; migrations(name='m009_next')(print)"
)


class ReadOnly:
    """An archive in a folder that commands cannot write to."""

    def __init__(self, archive: Path, way: str) -> None:
        self.archive, self.start = archive, (*WAYS[way], str(archive.parent))
        self.by_rights = way == "missing rights"

    def run(self, *command: str | Path, program: Sequence[str] = HEALTHNEWS) -> subprocess.CompletedProcess[str]:
        """What the command says when the folder, as it is by now, cannot be written."""
        if self.by_rights:
            self.archive.parent.chmod(0o555)
        try:
            return self._run(*program, "--archive", str(self.archive), *map(str, command))
        finally:
            self.archive.parent.chmod(0o755)

    def can_be_made(self) -> bool:
        """Whether this machine lets a command be started like that."""
        return shutil.which(self.start[0]) is not None and self._run("true").returncode == 0

    def _run(self, *command: str) -> subprocess.CompletedProcess[str]:
        cwd = self.archive.parent.parent
        return subprocess.run([*self.start, *command], cwd=cwd, env=environment(), capture_output=True, text=True)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "healthnews.db"
    crawl(path, 0, 1, 2)
    hold(path).release()  # which leaves a file
    return path


@pytest.fixture(params=WAYS)
def fixed(made: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[ReadOnly]:
    shutil.copytree(made.parent, tmp_path / "an archive")
    there = ReadOnly(tmp_path / "an archive" / made.name, request.param)
    if not there.can_be_made():
        pytest.skip(f"no {request.param} can be had here")
    yield there
    there.archive.parent.chmod(0o755)


@pytest.mark.parametrize("command", ["check", "report", "search patients", "show 1"])
def test_what_only_reads_works(fixed: ReadOnly, command: str) -> None:
    done = fixed.run(*command.split())
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


def test_a_backup_can_be_made_of_it(fixed: ReadOnly, tmp_path: Path) -> None:
    done = fixed.run("backup", tmp_path / "copy.db")
    assert (done.returncode, done.stderr) == (0, "")
    assert rows(tmp_path / "copy.db", "select count(*) from articles") == [(3,)]


@pytest.mark.parametrize("command", ["check --repair", "compact", "reprocess"])
def test_what_writes_says_that_it_cannot(fixed: ReadOnly, command: str) -> None:
    done = fixed.run(*command.split())
    assert (done.returncode, done.stderr.count("\n"), "Traceback" in done.stderr) == (1, 1, False)
    assert "healthnews.db cannot be written (" in done.stderr


def test_an_older_archive_would_have_to_be_copied(fixed: ReadOnly) -> None:
    program = f"{NEXT_STEP}; from crawler.cli.main import main; main()"
    done = fixed.run("check", program=(sys.executable, "-c", program))
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "is of an earlier version" in done.stderr
    assert "copy it and what is beside it" in done.stderr


def test_changes_that_are_not_in_the_database_are_not_passed_over(fixed: ReadOnly) -> None:
    """A killed job leaves them; SQLite can read them only where it may make a file."""
    with closing(sqlite3.connect(fixed.archive)) as db:
        db.execute("update articles set title = 'Changed' where id = 1")
        db.commit()
        shutil.copytree(fixed.archive.parent, fixed.archive.parent.with_name("killed"))
    killed = fixed.archive.parent.with_name("killed")
    (killed / "healthnews.db-shm").unlink()
    fixed.archive.parent.rename(killed.with_name("before"))
    killed.rename(fixed.archive.parent)
    done = fixed.run("show", "1")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "with the changes in healthnews.db-wal: its folder cannot be written, so copy it" in done.stderr
