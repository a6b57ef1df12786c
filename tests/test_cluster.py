"""A crawl on a cluster leaves what one on a single machine leaves."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.articles.fetch_result import FetchResult
from archive.articles.fetches import record
from archive.articles.reprocess import reprocess
from archive.errors import BusyError
from archive.operations.canonical import canonical_lines
from archive.storage.connection import warc_folder
from archive.storage.crawls import finish_crawl, start_crawl
from archive.storage.database import open_archive
from archive.storage.frontier import NewPage, add_pages
from archive.storage.warc.files import WarcWriter
from crawler.cluster.driver import crawl
from crawler.cluster.extraction import ClusterExtraction
from crawler.cluster.plan import Plan, Result
from crawler.cluster.shard_task import DRIVER, Order, _wait, crawl_shard, stop_name
from crawler.shards import leases
from crawler.shards.folder_store import FolderStore
from crawler.shards.leases import acquire
from crawler.shards.places import open_store
from crawler.shards.snapshots import current, load
from crawler.shards.store import Record, StoreFaultError
from tests.archives import an_article, due_page, make_archive
from tests.cluster_processes import descendants, is_crawl
from tests.cluster_web import ClusterWeb, served_web
from tests.commands import run
from tests.kept import NOW, alter, damage, exchange, rows, url_of
from tests.loopback import Asked, Loopback, Reply, article_html, site_file
from tests.merges import differences
from tests.object_storage import served_bucket
from tests.year.site import words

SECONDS = 120.0  # of a lease: no request gets more time with a longer one


@contextmanager
def threads(number: int = 2) -> Iterator[Any]:
    """Workers in threads of this process: the crawls themselves are processes."""
    from distributed import Client, LocalCluster

    with (
        LocalCluster(
            n_workers=1, threads_per_worker=number, processes=False, dashboard_address="127.0.0.1:0"
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


def plan(folder: Path, place: str | None = None, **more: Any) -> Plan:
    """A plan to crawl the sites of the folder into its archive."""
    values = {"shards": 2, "seconds": SECONDS, "workers": 1, "allow_private": True, "command": "crawl"}
    return Plan(
        archive=folder / "cluster.db",
        place=place or str(folder / "shards"),
        sites_folder=folder / "sites",
        **{**values, **more},
    )


def lines(archive: Path) -> list[str]:
    """What two crawls of the same pages have in common."""
    with closing(open_archive(archive)) as db:
        return canonical_lines(db, moments=False)


def assert_same(folder: Path, web: ClusterWeb, result: Result) -> None:
    """Assert that the cluster's archive is that of one machine, and that each host was asked as it wants."""
    assert web.problems() == []
    assert result.problems == []
    assert not result.is_unfinished
    done = run("--archive", folder / "single.db", "crawl", "--sites", folder / "sites", cwd=folder)
    assert done.returncode == 0, done.stderr
    found = differences(lines(folder / "single.db"), lines(folder / "cluster.db"))
    assert found == [], "\n".join(line[:2000] for line in found[:6])


def test_a_crawl_in_shards_is_that_of_one_machine(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    with served_web(3, 9, tmp_path / "sites") as web, threads() as client:
        result = crawl(plan(tmp_path), client)
        assert result.articles["new"] == 9
        assert web.often(1) == []
        assert_same(tmp_path, web, result)
    with sqlite3.connect(tmp_path / "cluster.db") as db:
        names = {name for (name,) in db.execute("select distinct warc_file from fetches")}
    assert {path.name for path in (tmp_path / "cluster-warc").glob("*.warc.gz")} == names


@pytest.mark.slow
def test_pages_that_redirect_to_hosts_of_other_shards(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    with served_web(2, 2, tmp_path / "sites", leads=1) as web, threads() as client:
        result = crawl(plan(tmp_path), client)
        assert result.warnings == []
        assert result.articles["new"] == 4
        assert_same(tmp_path, web, result)


def test_a_second_driver_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "LOOKS", 20 * SECONDS)  # the second one looks soon, the lease outlasts any pause
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "loop.toml").write_text(site_file("http://127.0.0.1:9"))
    store = open_store(str(tmp_path / "shards"))
    held = acquire(store, "driver", owner="another one", seconds=SECONDS)
    ended = threading.Event()

    def renew() -> None:
        while not ended.wait(0.05):
            held.renew()

    with ThreadPoolExecutor(1) as pool:
        renewing = pool.submit(renew)
        try:
            with pytest.raises(BusyError, match="another one"):
                crawl(plan(tmp_path), None)
        finally:
            ended.set()
        renewing.result()


def test_a_worker_without_the_shards_of_the_driver_crawls_nothing(tmp_path: Path) -> None:
    order = Order(
        place=str(tmp_path / "elsewhere"), shard=0, driver=1, seconds=SECONDS, settle=0, minutes=1, sites=None,
        only=None, urls=(), borrowed=(), refetch=False, contact=None, allow_private=False, workers=1, removed=(),
        merged=frozenset(), command="crawl",
    )  # fmt: skip
    result = crawl_shard(order)
    assert result.state == "failed"
    assert "mount it by one path" in str(result.problem)
    held = acquire(open_store(order.place), DRIVER, owner="a later driver", seconds=SECONDS)
    assert held.epoch == 1
    held.release()
    acquire(open_store(order.place), DRIVER, owner="one after it", seconds=SECONDS)
    assert crawl_shard(order).state == "failed"


def an_order(folder: Path, site: Loopback) -> tuple[FolderStore, Order]:
    """A place of shards with a driver, and what it orders: to crawl a site."""
    store = FolderStore(folder / "shards")
    acquire(store, DRIVER, owner="the driver", seconds=SECONDS)
    order = Order(
        place=store.url, shard=0, driver=1, seconds=SECONDS, settle=40, minutes=5,
        sites={"loop.toml": site_file(site.url)}, only=None, urls=(), borrowed=(), refetch=False, contact="a@b.example",
        allow_private=True, workers=1, removed=(), merged=frozenset(), command="crawl",
    )  # fmt: skip
    return store, order


def test_a_killed_crawl_keeps_the_delay_after_what_it_gave_up(tmp_path: Path) -> None:
    """The server is at work on a request when the crawl is killed: it gets no other one within the delay from then."""
    killed: list[datetime] = []

    def slow(asked: Asked) -> Reply:
        if asked.path != "/robots.txt":
            children = [pid for pid in descendants(os.getpid()) if is_crawl(pid)]
            killed.append(datetime.now(UTC))
            for pid in children:
                os.kill(pid, signal.SIGKILL)
        return Reply(404)

    with Loopback(respond=slow) as site:
        store, order = an_order(tmp_path, site)
        result = crawl_shard(order)
    assert (result.state, result.is_unfinished) == ("crawled", True)
    assert "ended with -9" in result.warnings[0]
    load(store, current(store, 0), tmp_path / "shard.db")
    [(ready_at,)] = rows(tmp_path / "shard.db", "select ready_at from hosts where host = '127.0.0.1'")
    assert datetime.fromisoformat(str(ready_at)) >= killed[0] + timedelta(seconds=order.settle)


class _Away(FolderStore):
    """A store that cannot be reached when it is asked the first times whether the driver has ended the crawl."""

    failures = 2

    def read(self, name: str) -> Record | None:
        if name.startswith("stop/") and self.failures:
            self.failures -= 1
            raise StoreFaultError("It cannot be reached.")
        return super().read(name)


def test_a_crawl_goes_on_while_the_store_is_away(tmp_path: Path) -> None:
    with Loopback() as site:
        order = replace(an_order(tmp_path, site)[1], seconds=0.6)
    store = _Away(tmp_path / "shards")
    store.create(stop_name(order.driver), b"")
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], stdin=subprocess.PIPE) as process:
        _wait(process, order, store, [])
    assert store.failures == 0
    assert process.returncode == -signal.SIGTERM


def test_commands_without_dask_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    for arguments in (["crawl", "--cluster", "local", "--shards", "shards"], ["reprocess", "--cluster", "local"]):
        done = run(*arguments, cwd=tmp_path)
        assert done.returncode == 2
        assert (
            done.stderr.splitlines()[-1] == "Error: --cluster needs Dask: pip install 'health-news-archive[cluster]'."
        )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--cluster", "here"], "here is no cluster"),
        (["--cluster", "local"], "--shards"),
        (["--shards", "x"], "--cluster"),
        (["--cluster", "local", "--shards", "gs://x/y"], "neither a folder nor s3://"),
        (["--cluster", "local", "--shards", "x", "https://news.example/1"], "configured sites"),
    ],
)
def test_what_a_cluster_cannot_do_is_said_in_a_sentence(tmp_path: Path, arguments: list[str], said: str) -> None:
    done = run("crawl", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_extraction_on_a_cluster_is_that_of_one_machine(tmp_path: Path) -> None:
    one, other = tmp_path / "one.db", tmp_path / "other.db"
    file = kept_pages(one, 40)
    poison(file, one, 7)  # a record that cannot be read fails alone
    alter(one, "update articles set title = 'Another title ' || id")
    shutil.copytree(tmp_path / "one-warc", tmp_path / "other-warc")
    shutil.copyfile(one, other)
    counts = []
    with threads() as client:
        for archive in (one, other):
            folder = warc_folder(archive)
            extraction = ClusterExtraction(client, folder) if archive == other else None
            with closing(open_archive(archive)) as db:
                counts.append(
                    reprocess(db, folder, languages={}, workers=1, extraction=extraction, progress=lambda *_: None)
                )
    assert counts[0] == counts[1] == {"changed": 39, "unreadable": 1}
    assert differences(lines(one), lines(other)) == []


def kept_pages(archive: Path, number: int) -> Path:
    """Make an archive of so many real-looking pages with their bytes; return the WARC file."""
    make_archive(archive)
    with closing(open_archive(archive)) as db:
        crawl_id = start_crawl(db, now=NOW, pid=1, command="crawl")
        writer = WarcWriter(warc_folder(archive), archive.stem)
        for at in range(number):
            url = url_of(at)
            text = [words(f"{at} paragraph {part}", 40) for part in range(3)]
            where = writer.write(exchange(url, article_html(words(f"title {at}", 5), *text)))
            add_pages(db, [NewPage(url=url, host="news.example", site="demo")], NOW)
            (page_id,) = db.execute("select id from pages where url = ?", [url]).fetchone()
            result = FetchResult(
                page=due_page(page_id, url), url=url, fetched_at=NOW, outcome="stored", due_at=None, status=200,
                digest=str(at), warc=where, article=an_article(url=url, references=(), citations=()),
            )  # fmt: skip
            record(db, crawl_id, result)
        writer.close()
        finish_crawl(db, crawl_id, now=NOW, outcome="finished", counts={})
    return warc_folder(archive) / where.file


def poison(file: Path, archive: Path, number: int) -> None:
    """Damage the record of a page."""
    ((offset,),) = rows(archive, f"select warc_offset from fetches order by id limit 1 offset {number}")
    damage(file, int(str(offset)) + 40, 200)


@pytest.mark.slow
def test_shards_lie_on_object_storage(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    with served_bucket() as url, served_web(2, 4, tmp_path / "sites") as web, threads() as client:
        assert_same(tmp_path, web, crawl(plan(tmp_path, f"{url}/shards"), client))
