"""What a request costs does not grow with the number of hosts."""

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import FrameType

from scrapy.crawler import Crawler

from archive.storage.connection import timestamp, transaction
from archive.storage.database import open_archive
from archive.storage.frontier import NewPage, add_pages
from crawler.clock import utc_now
from crawler.run import settings
from crawler.scheduler import Scheduler
from crawler.spiders.base import PageSpider

REQUESTS = 40  # less than may be in flight
FIRST = 5  # requests that are not counted: they prepare statements and modules


class Everything(PageSpider):
    """Fetches all that is due."""

    name = "everything"

    def seed(self) -> None:
        """Add nothing."""


@contextmanager
def opened(folder: Path, hosts: int) -> Iterator[Scheduler]:
    """The scheduler of a crawl with pages due on so many hosts, whose robots.txt are known."""
    path = folder / f"{hosts}.db"
    now = timestamp(utc_now())
    names = [f"h{number}.example" for number in range(hosts)]
    with closing(open_archive(path, create=True)) as db, transaction(db):
        add_pages(
            db, [NewPage(url=f"https://{name}/{at}", host=name, due_at=now) for name in names for at in range(2)], now
        )
        robots = "insert into robots (origin, fetched_at, status) values (?, ?, 404)"
        db.conn.executemany(robots, [(f"https://{name}", now) for name in names])
    crawler = Crawler(Everything, settings(path, HEALTHNEWS_CONTACT="me@example.org"))
    spider = Everything.from_crawler(crawler)
    try:
        scheduler = Scheduler.from_crawler(crawler)
        scheduler.open(spider)
        yield scheduler
    finally:
        spider.session.close("stopped")


def cost(folder: Path, hosts: int) -> tuple[int, int]:
    """Return how many SQL statements and calls of functions it takes to hand out requests of so many hosts."""
    statements, calls = list[str](), 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    with opened(folder, hosts) as scheduler:
        found = [scheduler.next_request() for _ in range(FIRST)]
        scheduler.archive.db.conn.set_trace_callback(statements.append)
        sys.setprofile(count)
        try:
            found += [scheduler.next_request() for _ in range(REQUESTS - FIRST)]
        finally:
            sys.setprofile(None)
        scheduler.archive.db.conn.set_trace_callback(None)
    assert len({request.url for request in found if request}) == REQUESTS
    return len(statements), calls


def test_a_request_costs_the_same_with_many_hosts(tmp_path: Path) -> None:
    statements, calls = cost(tmp_path, REQUESTS)
    more_statements, more_calls = cost(tmp_path, 2_000)
    assert more_statements == statements
    assert more_calls < 1.2 * calls
