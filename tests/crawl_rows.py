"""Crawls, fetches and held hosts as rows of an archive, for tests of reports."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlite_utils import Database

from archive.storage.crawls import start_crawl
from archive.storage.frontier import NewPage, add_pages
from archive.storage.hosts import Host, save
from tests.archives import NOW

LATER = "2024-06-01T00:01:00.000000Z"
TOMORROW = "2024-06-02T00:00:00.000000Z"


class Fetch(NamedTuple):
    """A row of `fetches`, and of the page that it is of."""

    outcome: str
    content: str | None = None
    reason: str | None = None
    path: str = "a"
    site: str = "demo"
    kind: str = "article"
    at: str = NOW
    seconds: float | None = None


def a_crawl(db: Database, fetches: Sequence[Fetch] = ()) -> int:
    """A crawl that runs, with those fetches."""
    crawl_id = start_crawl(db, now=NOW, pid=1, command="healthnews crawl")
    for each in fetches:
        url = f"https://{each.site or 'single'}.example/{each.kind}/{each.path}"
        add_pages(db, [NewPage(url=url, host=f"{each.site}.example", site=each.site, kind=each.kind)], NOW)
        db.execute(
            "insert into fetches (page_id, crawl_id, url, fetched_at, outcome, content, reason, seconds) "
            "select id, ?, url, ?, ?, ?, ?, ? from pages where url = ?",
            [crawl_id, each.at, each.outcome, each.content, each.reason, each.seconds, url],
        )
    return crawl_id


def hold(db: Database, host: str, held: str | None, until: str, due: int) -> None:
    save(db, Host(host=host, ready_at=until, held=held))
    pages = [NewPage(url=f"https://{host}/due/{n}", host=host, site="demo", due_at=NOW) for n in range(due)]
    add_pages(db, pages, NOW)
