"""A crawl of pages that are all gone, out of very many known ones: `python -m benchmarks.pipeline.frontier ARCHIVE`.

Hosts are addresses of loopback, which the server process answers with 404. Their robots.txt is known. So what is
measured is the frontier: handing out requests and recording outcomes.
"""

import json
import resource
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles

from scrapy import Request, signals
from scrapy.crawler import Crawler

from archive.storage.connection import close, timestamp, transaction
from archive.storage.database import open_archive
from crawler.clock import SystemClock
from crawler.run import crawl, settings
from crawler.scheduler import Scheduler
from tests.loopback import site_file

DUE = 10  # of each hundred known URLs; the others are due next year
REQUESTS = 3000  # after which the crawl ends
LATER = "2099-01-01T00:00:00.000000Z"
PAGE = """insert into pages (url, host, site, kind, state, discovered_at, due_at)
values (?, ?, 'loop', 'article', 'new', ?, ?)"""
ROBOTS = "insert into robots (origin, fetched_at, status) values (?, ?, 404)"


class TimedScheduler(Scheduler):
    """The scheduler, which takes the time of each call of `next_request` that returns a request."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.times: list[float] = []
        self.first = 0.0  # CPU seconds of the process up to the first request
        self.idle = 0.0  # CPU seconds of the calls that returned none
        crawler.signals.connect(self._print, signals.spider_closed)

    def next_request(self) -> Request | None:
        start = time.thread_time()
        request = super().next_request()
        spent = time.thread_time() - start
        if request is None:
            self.idle += spent
            return None
        self.first = self.first or time.process_time()
        self.times.append(spent)
        if len(self.times) == REQUESTS:
            self.status.end_early("All requests that are measured were sent.")
        return request

    def _print(self) -> None:
        ordered = sorted(self.times)
        figures = {
            "requests": len(ordered),
            "next ms": 1000 * (sum(ordered) + self.idle) / len(ordered),
            "next ms p95": 1000 * quantiles(ordered, n=20)[-1],
            "start s": self.first,
            "MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
        print(json.dumps(figures))


def built(work: Path, urls: int, hosts: int, port: int) -> Path:
    """Return an archive with so many known URLs on so many hosts, made anew."""
    folder = work / "frontier"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "sites").mkdir(parents=True)
    keys = {"listings": "[]", "feeds": f'["http://127.0.0.1:{port}/feed.xml"]', "daily_requests": "10000000"}
    (folder / "sites" / "loop.toml").write_text(site_file(f"http://127.0.0.1:{port}", **keys), encoding="utf-8")
    db = open_archive(folder / "a.db", create=True)
    now = timestamp(SystemClock().now())
    with transaction(db):
        db.conn.executemany(ROBOTS, ((f"http://{host}:{port}", now) for host in _hosts(hosts)))
        db.conn.executemany(PAGE, _pages(urls, hosts, port, now))
    close(db)
    return folder / "a.db"


def _hosts(number: int) -> Iterator[str]:
    return (f"127.1.{at // 250}.{at % 250 + 1}" for at in range(number))


def _pages(urls: int, hosts: int, port: int, now: str) -> Iterator[tuple[str, str, str, str]]:
    each = urls // hosts
    for host in _hosts(hosts):
        for at in range(each):
            yield f"http://{host}:{port}/a/{at}", host, now, now if at < max(1, each * DUE // 100) else LATER


def main() -> None:
    """Crawl and print the figures."""
    path = Path(sys.argv[1])
    values = {"HEALTHNEWS_SITES": path.parent / "sites", "SCHEDULER": f"{__name__}.TimedScheduler"}
    crawl("sites", settings(path, **values))


if __name__ == "__main__":
    main()
