"""Readers and a running crawl: neither makes the other wait, fail, or see half of anything."""

import json
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

import pytest

from archive.articles.lookup import load
from archive.cli.common import reading
from archive.retrieval.engine import search
from archive.storage.connection import transaction
from archive.storage.database import open_archive
from archive.storage.fulltext import index
from tests.archives import an_article, new_archive, store
from tests.browser import serving
from tests.commands import PATIENCE, run_process, without_progress
from tests.loopback import Loopback, Reply, article_html, linked_site, site_file

Reader = Callable[[Path, str], None]  # the archive, and the address it is served on

ARTICLES = 40
READS = 5  # that each reader makes while crawls write


class Site:
    """A site of ARTICLES articles, all of which say something new in every crawl."""

    def __init__(self) -> None:
        self.crawl = 0

    def __call__(self, path: str) -> Reply:
        kind, _, number = path.strip("/").partition("/")
        if kind != "a":
            return linked_site(ARTICLES)(path)
        return Reply(
            body=article_html(f"Article {number}", f"Crawl {self.crawl} found stem cells, 干细胞, in {number}.")
        )


def a_search(archive: Path, _: str) -> None:
    """What `healthnews search` and a script in Python do."""
    with closing(open_archive(archive)) as db:
        results = search(db, "干细胞", limit=0, sort="date", copies=True)
        assert len(results.hits) == results.total == ARTICLES
        assert all("干细胞" in hit.snippet for hit in results.hits)


def a_whole_article(archive: Path, _: str) -> None:
    """An article and its revisions belong together at every moment."""
    with closing(sqlite3.connect(archive)) as db:
        sql = (
            "select a.id, a.text, json_extract(r.content, '$.text') from articles a "
            "join revisions r on r.article_id = a.id and r.number = a.revision"
        )
        rows = db.execute(sql).fetchall()
        assert rows
        assert [number for number, text, latest in rows if text != latest] == []


def a_command(archive: Path, _: str) -> None:
    done = run_process("--archive", archive, "search", "stem cells", "--json", cwd=archive.parent)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)


def a_request(path: str) -> Reader:
    def read(_: Path, server: str) -> None:
        with urlopen(server + path, timeout=PATIENCE) as answer:
            assert answer.status == 200
            assert b"Article" in answer.read()

    return read


READERS: list[Reader] = [
    *[a_search] * 6,
    *[a_whole_article] * 4,
    *[a_command] * 2,
    *[a_request("/healthnews/-/search?q=%E5%B9%B2%E7%BB%86%E8%83%9E")] * 3,
    *[a_request("/healthnews/-/article/1")] * 3,
    *[a_request("/healthnews/articles.json?_search=stem&_shape=array")] * 2,
]


class Busy(NamedTuple):
    """What came of crawls and readers that were at work at once."""

    archive: Path
    crawls: list["subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Busy:
    """An archive that crawls wrote, one after the other, until each of READERS was content. No read raised."""
    folder = tmp_path_factory.mktemp("busy")
    archive, site = folder / "healthnews.db", Site()
    (folder / "sites").mkdir()
    with Loopback(site) as loopback, ThreadPoolExecutor(len(READERS)) as pool:
        (folder / "sites" / "loop.toml").write_text(site_file(loopback.url))
        crawls = [run_process("crawl", "--sites", "sites", cwd=folder)]
        with serving(archive) as server:
            readers = [pool.submit(keep_reading, read, archive, server) for read in READERS]
            while not all(reader.done() for reader in readers):
                site.crawl += 1
                crawls.append(run_process("crawl", "--all", "--sites", "sites", cwd=folder))
            for reader in readers:
                reader.result()
    return Busy(archive, crawls)


def keep_reading(read: Reader, archive: Path, server: str) -> None:
    """Reads until a crawl has written between two reads, and READS times at least."""
    seen: list[int] = []
    while len(seen) < READS or len(set(seen)) == 1:
        read(archive, server)
        with closing(sqlite3.connect(archive)) as db:
            seen += db.execute("select count(*) from revisions").fetchone()


def test_crawls_go_on_while_twenty_read(busy: Busy) -> None:
    assert [(crawl.returncode, without_progress(crawl.stderr)) for crawl in busy.crawls] == [(0, "")] * len(busy.crawls)
    with closing(open_archive(busy.archive)) as db:
        outcomes = "select outcome, reason, count(*) from fetches where outcome <> 'read' group by 1, 2"
        assert db.execute(outcomes).fetchall() == [("stored", None, ARTICLES * len(busy.crawls))]
        assert db.execute("select count(*) from articles").fetchone() == (ARTICLES,)
        assert db.execute("select count(*) from revisions").fetchone() == (ARTICLES * len(busy.crawls),)


def test_the_archive_is_whole_afterwards(busy: Busy) -> None:
    with closing(open_archive(busy.archive)) as db:
        assert db.execute("pragma integrity_check").fetchall() == [("ok",)]
        assert db.execute("pragma foreign_key_check").fetchall() == []
        assert index.check(db)


@pytest.fixture
def written_to(tmp_path: Path) -> Iterator[Path]:
    """An archive that another connection is in the middle of writing to. Whoever wants to write waits, and fails."""
    db = new_archive(tmp_path)
    store(db, an_article())
    with transaction(db):
        db.conn.execute("update articles set title = 'half done', text = 'half done'")
        db.conn.execute("update works set title = 'half done'")
        yield tmp_path
    db.close()


@pytest.mark.parametrize(
    "arguments",
    [["search", "干细胞 OR half"], ["show", "1"], ["diff", "1"], ["works"], ["works", "10.5555/sci.2016"],
     ["export"], ["export", "--format", "bibtex"], ["report"]],
    ids=" ".join,
)  # fmt: skip
def test_no_command_that_reads_needs_the_lock(written_to: Path, arguments: list[str]) -> None:
    done = run_process(*arguments, cwd=written_to)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout
    assert "half done" not in done.stdout


def test_a_command_reads_one_state(tmp_path: Path) -> None:
    writer = new_archive(tmp_path)
    store(writer, an_article())
    with reading(tmp_path / "healthnews.db") as db:
        before = load(db, 1)
        store(writer, an_article(text="Something new.", citations=(), references=()))
        assert load(db, 1) == before
    with reading(tmp_path / "healthnews.db") as db:
        assert load(db, 1).article.text == "Something new."
    writer.close()


def test_datasette_needs_no_lock(written_to: Path) -> None:
    with serving(written_to / "healthnews.db") as server, urlopen(f"{server}/healthnews/-/article/1") as answer:
        assert "干细胞治疗硬皮病" in answer.read().decode()
