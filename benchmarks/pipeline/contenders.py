"""What is measured: each contender runs once a round and returns its figures by name."""

import json
import shutil
import sqlite3
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import linear_regression, median

from sqlite_utils import Database

from archive.storage.connection import close, transaction
from archive.storage.database import open_archive
from archive.storage.frontier import NewPage, add_pages
from benchmarks import search_speed
from benchmarks.pipeline import extractors, frontier, large_archive
from benchmarks.pipeline.measured import Usage, run
from benchmarks.pipeline.pages import PageSet
from benchmarks.pipeline.served import serving
from tests.loopback import site_file

Figures = dict[str, float]

MB = 1 << 20
CONCURRENCY = 8  # requests at once, of the crawl and of bare Scrapy
HERE = Path(__file__).parent
FETCHED = """select count(distinct page_id) from fetches join pages on pages.id = page_id
where kind = 'article' and fetches.outcome <> 'failed'"""
STARTS = 3  # of a command that only starts and ends, in a round
WARM_UP = 0.2  # part of the time of a long crawl after which memory is taken to be steady


@dataclass(slots=True)
class Bench:
    """What contenders share: the pages, a folder to work in, the cores, and where large archives are kept.

    `first` and `second` are cores; the server is on the second. `versions` fills while contenders run.
    """

    pages: PageSet
    work: Path
    archives: Path
    first: int
    second: int
    side: Path | None
    small: int
    articles: int
    urls: int
    hosts: int
    long: int
    search: Path | None
    versions: dict[str, str] = field(default_factory=dict)

    def archive(self, articles: int) -> Path:
        """Return an archive of so many generated articles."""
        return large_archive.built(self.archives / self.pages.kind, self.pages.corpus, articles)

    def measure(self, *arguments: str | Path, cores: Sequence[int] = ()) -> tuple[Usage, str]:
        """Run this Python with arguments, on the first core unless told; return the usage and what was printed."""
        output = self.work / "output.txt"
        usage = run([sys.executable, *map(str, arguments)], cores=cores or [self.first], output=output)
        return usage, output.read_text(encoding="utf-8", errors="replace")


Contender = Callable[[Bench], Figures]


def extraction(name: str) -> Contender:
    """Return the contender that runs one of the EXTRACTORS alone."""

    def measure(bench: Bench) -> Figures:
        if name in ("trafilatura", "own"):
            usage, printed = bench.measure("-m", extractors.__name__, name, bench.pages.folder)
        else:
            program = [str(bench.side), "-I", str(HERE / "extractors.py"), name, str(bench.pages.folder)]
            output = bench.work / "output.txt"
            usage = run(program, cores=[bench.first], output=output)
            printed = output.read_text(encoding="utf-8", errors="replace")
        found = json.loads(printed.splitlines()[-1])
        bench.versions[name] = found["version"]
        each = {"cpu ms": 1000 * found["cpu"] / found["pages"], "pages/s": found["pages"] / found["seconds"]}
        return {"pages": found["pages"], **each, **_memory(usage)}

    return measure


def scrapy(bench: Bench) -> Figures:
    """Scrapy with an empty callback, on one core."""
    with serving(str(bench.pages.folder), bench.second) as port:
        usage, printed = bench.measure("-m", "benchmarks.pipeline.empty_spider", str(port), str(CONCURRENCY))
    return _of_pages(usage, int(printed.split()[-1]))


def crawl(cores: int) -> Contender:
    """Return the contender that crawls the pages with all defaults; the archive is kept for `reprocess`."""

    def measure(bench: Bench) -> Figures:
        return crawl_site(bench, str(bench.pages.folder), cores)[0]

    return measure


def crawl_site(bench: Bench, what: str, cores: int) -> tuple[Figures, Usage]:
    """Crawl what a server process serves; leave the archive in the folder `crawled`."""
    folder = bench.work / "crawled"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "sites").mkdir(parents=True)
    with serving(what, bench.second) as port:
        base = f"http://127.0.0.1:{port}"
        keys = {"listings": "[]", "sitemaps": f'["{base}/sitemap.xml"]', "articles": "['/p/']"}
        more = {"concurrency": str(CONCURRENCY), "daily_requests": "10000000"}
        (folder / "sites" / "loop.toml").write_text(site_file(base, **keys, **more), encoding="utf-8")
        usage = _healthnews(bench, folder, "crawl", cores)
    return _of_pages(usage, _count(folder / "a.db")), usage


def reprocess(cores: int) -> Contender:
    """Return the contender that extracts the pages of the last crawl again."""

    def measure(bench: Bench) -> Figures:
        folder = bench.work / "crawled"
        if not folder.exists():
            crawl(2)(bench)
        usage = _healthnews(bench, folder, "reprocess", cores)
        return _of_pages(usage, _count(folder / "a.db"))

    return measure


def long_crawl(bench: Bench) -> Figures:
    """Crawl very many generated pages; the slope is that of the memory of all processes after the warm-up."""
    figures, usage = crawl_site(bench, str(bench.long), 2)
    samples = [each for each in usage.samples[:-1] if each[0] > WARM_UP * usage.seconds]
    rate = figures["pages"] / usage.seconds
    growth = linear_regression(*zip(*samples, strict=True)).slope if len(samples) > 1 else 0.0  # bytes a second
    return figures | {"MB a 1000 pages": growth / MB * 1000 / rate}


def insert(number: Callable[[Bench], int]) -> Contender:
    """Return the contender that stores articles in an archive of so many others."""

    def measure(bench: Bench) -> Figures:
        path = bench.archive(number(bench))
        _, printed = bench.measure("-m", "benchmarks.pipeline.inserts", path, bench.pages.folder)
        found: Figures = json.loads(printed.splitlines()[-1])
        return found

    return measure


def urls_on(hosts: Callable[[Bench], int]) -> Contender:
    """Return the contender that crawls due pages among very many known ones on so many hosts."""

    def measure(bench: Bench) -> Figures:
        with serving("0", bench.second) as port:
            path = frontier.built(bench.work, bench.urls, hosts(bench), port)
            usage, printed = bench.measure("-m", "benchmarks.pipeline.frontier", path)
        found: Figures = json.loads(printed.splitlines()[-1])
        return found | {"cpu ms": 1000 * usage.main / found["requests"]}

    return measure


def help_text(bench: Bench) -> Figures:
    """`healthnews --help`."""
    return _started(bench, "--help")


def first_hit(bench: Bench) -> Figures:
    """`healthnews search` in a small archive, to the first hit."""
    path = bench.archive(bench.small)
    return _started(bench, "--archive", path, "search", "health", "--limit", "1")


def nothing_due(bench: Bench) -> Figures:
    """`healthnews crawl` of a site of which nothing is due."""
    folder, feed = bench.work / "nothing-due", "http://127.0.0.1/feed.xml"
    if not folder.exists():
        folder.mkdir()
        (folder / "loop.toml").write_text(site_file("http://127.0.0.1", listings="[]", feeds=f'["{feed}"]'))
        db = open_archive(folder / "a.db", create=True)
        page = NewPage(url=feed, host="127.0.0.1", site="loop", kind="feed", due_at=frontier.LATER)
        with transaction(db):
            add_pages(db, [page], frontier.LATER)
        close(db)
    return _started(bench, "--archive", folder / "a.db", "crawl", "--sites", folder)


def _started(bench: Bench, *arguments: str | Path) -> Figures:
    """Run a `healthnews` command some times; return the medians."""
    found = [bench.measure("-m", "crawler", *arguments)[0] for _ in range(STARTS)]
    figures = {
        "cpu s": [one.cpu for one in found],
        "main s": [one.main for one in found],
        "seconds": [one.seconds for one in found],
    }
    return {name: median(values) for name, values in figures.items()} | {"MB": max(one.memory for one in found) / MB}


def search(bench: Bench) -> Figures:
    """Search in an archive of `benchmarks.search speed`; return the 95th percentile of each kind, in milliseconds."""
    assert bench.search
    with closing(sqlite3.connect(bench.search, isolation_level=None)) as connection:
        return {speed.kind: speed.p95 for speed in search_speed.measure(Database(connection))}


def _healthnews(bench: Bench, folder: Path, command: str, cores: int) -> Usage:
    """Run a command on the archive and the sites of a folder."""
    options = ("--sites", folder / "sites", "--json")
    on = [bench.first, bench.second][:cores]
    return bench.measure("-m", "crawler", "--archive", folder / "a.db", command, *options, cores=on)[0]


def _count(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute(FETCHED).fetchone()[0])


def _of_pages(usage: Usage, pages: int) -> Figures:
    rest = usage.cpu - usage.main
    each = {"cpu ms": usage.cpu, "main ms": usage.main, "workers ms": rest}
    return {
        "pages": pages,
        **{name: 1000 * spent / pages for name, spent in each.items()},
        "pages/s": pages / usage.seconds,
        **_memory(usage),
    }


def _memory(usage: Usage) -> Figures:
    return {"MB": usage.memory / MB, "MB resident": usage.resident / MB}
