"""Crawls and re-extraction on a cluster of worker processes on this machine, compared with those without one:
`python -m benchmarks.cluster crawl` and `python -m benchmarks.cluster extraction`.

The times are those of the clock, so that other work on the machine counts.
"""

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import click

from archive.articles.fetch_result import FetchResult
from archive.articles.fetches import record
from archive.articles.reprocess import reprocess
from archive.operations.canonical import canonical_lines
from archive.storage.connection import warc_folder
from archive.storage.crawls import finish_crawl, start_crawl
from archive.storage.database import open_archive
from archive.storage.frontier import DuePage, NewPage, add_pages
from archive.storage.warc.files import WarcWriter
from archive.urls.canonical import canonical_url, host_of
from benchmarks.__main__ import CORPUS
from crawler.cluster.connect import connected
from crawler.cluster.driver import crawl as crawl_on_cluster
from crawler.cluster.extraction import ClusterExtraction
from crawler.cluster.plan import Plan, Result
from tests.cluster_processes import Fault, crawling
from tests.cluster_web import ClusterWeb, served_web
from tests.kept import exchange

NOW = "2024-06-01T00:00:00.000000Z"
LEASE = 60.0  # seconds, of which a request gets a quarter, also on a busy machine


@click.group()
def main() -> None:
    """Compare a cluster of worker processes with one machine."""


folder_option = click.option(
    "--folder", type=click.Path(path_type=Path), help="Where to leave the archives; they are deleted without it."
)


@main.command()
@click.option("--hosts", type=click.IntRange(1, 200), default=40, show_default=True)
@click.option("--pages", type=click.IntRange(1), default=4_000, show_default=True, help="Articles on all hosts.")
@click.option("--workers", type=click.IntRange(1), default=2, show_default=True, help="Worker processes.")
@click.option("--turn", type=float, default=2.0, show_default=True, help="Minutes of a turn.")
@click.option("--kill", is_flag=True, help="Kill a worker after half of the pages.")
@folder_option
def crawl(hosts: int, pages: int, workers: int, turn: float, kill: bool, folder: Path | None) -> None:
    """Crawl hosts on loopback, which check their delay, on one machine and on a cluster.

    Exits with 1 where the archives differ, or a host got two requests at once or one too soon.
    """
    with _folder(folder) as root:
        (root / "sites").mkdir()
        with served_web(hosts, pages, root / "sites") as web:
            started = time.monotonic()
            subprocess.run([*_healthnews(root / "single.db"), "crawl", "--sites", root / "sites"], check=True)  # noqa: S603
            single = _lines(root / "single.db")
            _say("one machine", pages, time.monotonic() - started, web)
            web.forget()
            plan = Plan(
                archive=root / "cluster.db", place=str(root / "shards"), sites_folder=root / "sites", seconds=LEASE,
                turn=turn, workers=1, allow_private=True, command="crawl",
            )  # fmt: skip
            with connected(f"local:{workers}") as client:
                pids = client.run(os.getpid)
                if kill:
                    web.on_request = Fault(pages // 2, lambda: os.kill(crawling(pids), signal.SIGKILL))
                started = time.monotonic()
                result = crawl_on_cluster(plan, client, say=click.echo)
                seconds = time.monotonic() - started
            _say(f"{workers} workers{', one killed' if kill else ''}", pages, seconds, web)
            sys.exit(_judge(result, web, set(single) ^ set(_lines(plan.archive))))


def _judge(result: Result, web: ClusterWeb, different: set[str]) -> bool:
    """Print how a crawl on a cluster went; return whether anything is not as it must be."""
    problems = web.problems()
    click.echo(
        f"  {result.turns} turns in {result.shards} shards; {result.articles['new']:,} new articles; "
        f"{len(web.often(1)):,} addresses asked for twice, {len(web.often(2)):,} more often; "
        f"{len(problems)} requests at once or too soon; {len(different)} lines unlike those of one machine"
    )
    for line in [*result.problems, *result.warnings, *problems[:10], *sorted(different)[:6]]:
        click.echo(f"  {line[:300]}")
    return bool(problems or different or result.problems or result.is_unfinished)


def _say(what: str, pages: int, seconds: float, web: ClusterWeb) -> None:
    click.echo(
        f"{what}: {pages:,} pages, {len(web.asked):,} requests, {seconds:.0f} s, {pages / seconds:.1f} pages a second"
    )


@main.command()
@click.option(
    "--corpus", type=click.Path(path_type=Path, exists=True), default=CORPUS, help="Folder of pages.jsonl and html/."
)
@click.option("--pages", type=click.IntRange(1), default=600, show_default=True, help="Pages of the corpus at most.")
@click.option("--times", type=click.IntRange(1), default=3, show_default=True, help="How often each is measured.")
@folder_option
def extraction(corpus: Path, pages: int, times: int, folder: Path | None) -> None:
    """Extract labelled pages again with one worker process and with two; exits with 1 where the archives differ."""
    with _folder(folder) as root:
        number = _keep(root / "kept.db", corpus, pages)
        seconds: dict[int, list[float]] = {1: [], 2: []}
        lines: list[list[str]] = []
        for at in range(times):
            for workers, measured in seconds.items():
                archive = root / f"with-{workers}.db"
                shutil.copyfile(root / "kept.db", archive)
                measured.append(_extract(archive, warc_folder(root / "kept.db"), workers))
                lines.append(_lines(archive))
                click.echo(f"run {at + 1}, {workers} worker(s): {number} pages in {measured[-1]:.1f} s")
        one, two = (median(measured) for measured in seconds.values())
        click.echo(f"median: {one:.1f} s with one, {two:.1f} s with two, {one / two:.2f} times as fast")
        sys.exit(any(each != lines[0] for each in lines))


def _keep(archive: Path, corpus: Path, most: int) -> int:
    """Make an archive of pages that were fetched and have no article yet; return their number."""
    rows = [json.loads(line) for line in (corpus / "pages.jsonl").open(encoding="utf-8")]
    rows = [row for row in rows if row["url"].startswith("http")][:most]
    with closing(open_archive(archive, create=True)) as db:
        crawl_id = start_crawl(db, now=NOW, pid=1, command="crawl")
        writer = WarcWriter(warc_folder(archive), archive.stem)
        for row in rows:
            url = canonical_url(row["url"])
            body = gzip.decompress((corpus / "html" / f"{row['id']}.html.gz").read_bytes())
            add_pages(db, [NewPage(url=url, host=host_of(url), site="corpus")], NOW)
            (page_id,) = db.execute("select id from pages where url = ?", [url]).fetchone()
            page = DuePage(id=page_id, url=url, host=host_of(url), site="corpus")
            where = writer.write(exchange(url, body))
            record(db, crawl_id, FetchResult(
                page=page, url=url, fetched_at=NOW, outcome="no article", due_at=None, status=200, digest=row["id"],
                warc=where,
            ))  # fmt: skip
        writer.close()
        finish_crawl(db, crawl_id, now=NOW, outcome="finished", counts={})
    return len(rows)


def _extract(archive: Path, folder: Path, workers: int) -> float:
    """Extract the pages on a cluster; return the seconds from when its workers are there."""
    with connected(f"local:{workers}") as client, closing(open_archive(archive)) as db:
        started = time.monotonic()
        reprocess(db, folder, languages={}, extraction=ClusterExtraction(client, folder), progress=lambda *_: None)
        return time.monotonic() - started


@contextmanager
def _folder(folder: Path | None) -> Iterator[Path]:
    if folder is None:
        with TemporaryDirectory() as name:
            yield Path(name)
    else:
        folder.mkdir(parents=True)
        yield folder.resolve()


def _healthnews(archive: Path) -> list[str | Path]:
    return [sys.executable, "-m", "crawler", "--archive", archive]


def _lines(archive: Path) -> list[str]:
    """Return what two crawls of the same pages have in common."""
    with closing(open_archive(archive)) as db:
        return canonical_lines(db, moments=False)


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.cluster")
