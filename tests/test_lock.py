"""One job at a time."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.errors import ArchiveError, BusyError
from archive.storage.lock import hold, is_held, is_held_by_this_process, lock_path

HOLD = (
    "import sys, pathlib, archive.storage.lock as l; k = l.hold(pathlib.Path(sys.argv[1])); "
    "print('held', flush=True); input()"
)


def test_the_lock_says_whose_it_is(tmp_path: Path) -> None:
    archive = tmp_path / "a.db"
    with hold(archive, now=datetime(2026, 1, 2, 3, 4, tzinfo=UTC)):
        assert json.loads(lock_path(archive).read_text())["pid"] == os.getpid()
        with pytest.raises(BusyError) as busy:
            hold(archive)
    assert str(busy.value) == (
        f"Another job (process {os.getpid()}, since 2026-01-02 03:04 UTC) is writing to {archive}: "
        "wait for it to end, or name another archive."
    )
    hold(archive).release()


def test_the_lock_of_a_killed_job_is_taken_over(tmp_path: Path) -> None:
    archive = tmp_path / "a.db"
    command = [sys.executable, "-uc", HOLD, str(archive)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as job:
        assert job.stdout is not None
        assert job.stdout.readline() == "held\n"
        with pytest.raises(BusyError, match=f"process {job.pid}, since"):
            hold(archive)
        job.kill()
    hold(archive).release()


def test_who_holds_the_lock_can_be_asked(tmp_path: Path) -> None:
    archive = tmp_path / "a.db"
    assert (is_held(archive), is_held_by_this_process(archive)) == (False, False)
    assert not lock_path(archive).exists()
    with hold(archive):
        assert (is_held(archive), is_held_by_this_process(archive)) == (True, True)
    assert (is_held(archive), is_held_by_this_process(archive)) == (False, False)
    command = [sys.executable, "-uc", HOLD, str(archive)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as job:
        assert job.stdout is not None
        assert job.stdout.readline() == "held\n"
        assert (is_held(archive), is_held_by_this_process(archive)) == (True, False)
        job.communicate("\n")
    hold(archive, wait=10).release()


@pytest.mark.parametrize("left", ["", "{", "[]", '{"pid": "x"}', '{"pid": 1, "started_at": 5}'])
def test_whatever_a_lock_file_says_it_is_one_sentence(tmp_path: Path, left: str) -> None:
    archive = tmp_path / "a.db"
    with hold(archive):
        lock_path(archive).write_text(left)
        with pytest.raises(BusyError, match=r"^Another job is writing to "):
            hold(archive)


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="does not exist"):
        hold(tmp_path / "none" / "a.db")
    assert not (tmp_path / "none").exists()
