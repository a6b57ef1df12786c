"""Nothing is lost, whenever the process dies."""

import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler.scheduler import IN_FLIGHT, PER_WORKER
from tests.commands import HEALTHNEWS, environment, run
from tests.loopback import Loopback, Reply, linked_site, site_file

ARTICLES = 300
CONCURRENCY = 4
AHEAD = 40  # articles


def stored(path: Path) -> int:
    """Return how many articles the archive holds; 0 while there is no archive."""
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
            return int(db.execute("select count(*) from articles").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


class Withholding:
    """A linked site that answers AHEAD articles more than a job is to store before its kill, which then is not late."""

    def __init__(self) -> None:
        self._answer = linked_site(ARTICLES)
        self.next_job(ARTICLES)

    def next_job(self, articles: int) -> None:
        """Answer so many articles of the next job and AHEAD more."""
        self._left = iter(range(articles + AHEAD))
        self.killed = threading.Event()

    def __call__(self, path: str) -> Reply:
        killed = self.killed
        if path.startswith("/a/") and next(self._left, None) is None:
            killed.wait()
        return self._answer(path)


def kill_after(articles: int, tmp_path: Path, site: Withholding) -> None:
    """Start the crawl and kill it once that many articles are stored."""
    site.next_job(articles - stored(tmp_path / "healthnews.db"))
    command = [*HEALTHNEWS, "crawl", "--sites", "sites"]
    with subprocess.Popen(command, cwd=tmp_path, env=environment(), stderr=subprocess.DEVNULL) as crawl:
        while stored(tmp_path / "healthnews.db") < articles and crawl.poll() is None:
            time.sleep(0.002)
        crawl.send_signal(signal.SIGKILL)
    site.killed.set()


@pytest.mark.slow
def test_killed_crawls_lose_nothing(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    withholding = Withholding()
    with Loopback(withholding) as site:
        (tmp_path / "sites" / "loop.toml").write_text(site_file(site.url, concurrency=CONCURRENCY))
        moments = random.Random(7)
        for share in (0, 0.2, 0.5, 0.8):
            kill_after(int(ARTICLES * share) + moments.randrange(10), tmp_path, withholding)
        withholding.next_job(ARTICLES)
        last = run("crawl", "--sites", "sites", cwd=tmp_path)
        again = len(site.paths) - len(set(site.paths))
    assert again <= 4 * CONCURRENCY  # for each kill the requests in flight
    assert last.returncode == 0, last.stderr
    db = sqlite3.connect(tmp_path / "healthnews.db")
    assert db.execute("select kind, state, count(*) from pages group by 1, 2 order by 1").fetchall() == [
        ("article", "stored", ARTICLES),
        ("listing", "read", ARTICLES // 25),
    ]
    assert db.execute("select count(*), count(distinct url) from articles").fetchone() == (ARTICLES, ARTICLES)
    assert db.execute("pragma integrity_check").fetchall() == [("ok",)]
    assert db.execute("pragma foreign_key_check").fetchall() == []
    outcomes = [outcome for (outcome,) in db.execute("select outcome from crawls order by id")]
    assert outcomes.count("died") >= 3  # the first one may have been killed before it began
    assert outcomes[-1] == "finished"
    for name, offset in db.execute("select warc_file, warc_offset from fetches"):
        with (tmp_path / "healthnews-warc" / name).open("rb") as file:
            file.seek(offset)
            assert next(iter(ArchiveIterator(file))).rec_type == "response"
    db.close()
    for path in (tmp_path / "healthnews-warc").glob("*.warc.gz"):
        assert subprocess.run([sys.executable, "-m", "warcio.cli", "check", path], capture_output=True).returncode == 0


def test_pages_in_flight_are_limited(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    withholding = Withholding()
    with Loopback(withholding) as site:
        (tmp_path / "sites" / "loop.toml").write_text(site_file(site.url, concurrency=32))
        kill_after(ARTICLES // 3, tmp_path, withholding)
        asked = sum(path.startswith("/a/") for path in site.paths)
    assert asked - stored(tmp_path / "healthnews.db") <= IN_FLIGHT + 2 * PER_WORKER + 1
