"""A merge that is killed goes on where it was, and ends as one that was left alone."""

import shutil
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from archive.operations.merge import merge
from archive.storage.connection import warc_folder
from archive.storage.database import open_archive
from archive.storage.frontier import NewPage, add_pages
from tests.commands import environment, run
from tests.kept import NOW, crawl, rows
from tests.merges import lines

PAGES = 900  # in four transactions
KILLED = """
import os, signal, sys
from pathlib import Path
from archive.operations.merge import merge
into, other, way, number = sys.argv[1:]
def progress(done, total):
    if done >= int(number):
        os.kill(os.getpid(), signal.SIGKILL)
merge(Path(into), [Path(other)], warc=way, progress=progress)
"""


def shard(folder: Path) -> Path:
    """An archive of many pages, and some articles among the first and the last of them."""
    path = folder / "healthnews.db"
    folder.mkdir()
    crawl(path, 1, 2, 3)
    with closing(open_archive(path)) as db:
        add_pages(db, [NewPage(url=f"https://news.example/{n}", host="news.example") for n in range(PAGES)], NOW)
    crawl(path, 4, 5)
    return path


@pytest.mark.parametrize("way", ["copy", "move", "keep"])
def test_a_killed_merge_goes_on(tmp_path: Path, way: str) -> None:
    one = shard(tmp_path / "one")
    shutil.copytree(tmp_path / "one", tmp_path / "same")
    into = tmp_path / "all.db"
    for number, last in ((1, 250), (300, 500), (600, 750)):
        command = [sys.executable, "-c", KILLED, str(into), str(one), way, str(number)]
        done = subprocess.run(command, capture_output=True, env=environment())
        assert done.returncode == -signal.SIGKILL, done.stderr
        assert rows(into, "select last_page, finished_at from merges") == [(last, None)]
    run("--archive", into, "merge", one, "--warc", way, cwd=tmp_path)
    merge(tmp_path / "left.db", [tmp_path / "same" / "healthnews.db"])
    assert lines(into) == lines(tmp_path / "left.db") == lines(one)
    assert len(list(warc_folder(into).glob("*.warc.gz"))) == 2
    assert run("--archive", into, "check", cwd=tmp_path).returncode == 0
