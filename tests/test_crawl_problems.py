"""The problems that a crawl reports at its end."""

from pathlib import Path

import pytest
from sqlite_utils import Database

from archive.monitoring.crawl_problems import crawl_problems
from archive.storage.frontier import Selection
from archive.storage.hosts import RobotsFile, save
from tests.archives import new_archive
from tests.crawl_rows import LATER, TOMORROW, Fetch, a_crawl, hold


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return new_archive(tmp_path)


def test_problems_of_a_crawl(db: Database) -> None:
    made = [Fetch("failed", reason="timed out", kind="feed"), Fetch("failed", reason="http 500")]
    crawl_id = a_crawl(db, [*made, Fetch("gone", kind="listing", path="1"), Fetch("no article", reason="error")])
    hold(db, "held.example", "robots http 503", TOMORROW, 2)
    for host in ("held", "closed"):
        save(db, RobotsFile(origin=f"https://{host}.example", fetched_at=LATER, reason="robots http 503"))
    save(db, RobotsFile(origin="https://earlier.example", fetched_at="2024-05-01T00:00:00Z", reason="timed out"))
    assert crawl_problems(db, crawl_id, every_page=False, now=LATER) == [
        "https://demo.example/listing/1 (listing): gone",
        "https://demo.example/feed/a (feed): failed, timed out",
        "https://demo.example/article/a (article): no article, error",
        "held.example is held until 2024-06-02 00:00:00 UTC, robots http 503; pages due: 2",
        "closed.example: closed, since https://closed.example/robots.txt cannot be read (robots http 503)",
    ]
    assert len(crawl_problems(db, crawl_id, every_page=True, now=LATER)) == 6


def articles(outcome: str, reason: str | None, number: int, start: int = 0) -> list[Fetch]:
    """Return fetches of so many articles with that outcome and reason."""
    return [Fetch(outcome, reason=reason, path=f"{n:02}") for n in range(start, start + number)]


@pytest.mark.parametrize(
    ("fetches", "expected"),
    [
        (articles("failed", "http 500", 40), ["demo: 40 of 40 articles failed, http 500"]),
        (
            [*articles("refused", "http 403", 30), *articles("stored", None, 21, 50)],
            ["demo: 30 of 51 articles were refused, http 403"],
        ),
        (
            [
                *articles("failed", "timed out", 2),
                *articles("refused", "http 403", 4, 10),
                *articles("alias", "moved", 9, 20),
            ],
            ["demo: 6 of 6 articles failed or were refused: http 403 (4), timed out (2)"],
        ),
        (articles("failed", "http 500", 4), []),
        ([*articles("failed", "http 500", 5), *articles("stored", None, 5, 10)], []),
        ([*articles("failed", "http 500", 5), *articles("refused", "noindex", 5, 10)], []),
        (
            [*articles("failed", "http 500", 5), *articles("refused", "robots", 40, 10)],
            ["demo: 5 of 5 articles failed, http 500"],
        ),
        (articles("refused", "robots", 9), []),
        (articles("failed", "robots http 503", 9), []),
        (articles("refused", "removed", 9), []),
        (articles("refused", "noarchive", 9), []),
        (articles("refused", "trap: repeating path", 9), []),
        (articles("gone", "http 404", 9), []),
    ],
)
def test_site_most_of_whose_articles_fail(db: Database, fetches: list[Fetch], expected: list[str]) -> None:
    assert crawl_problems(db, a_crawl(db, fetches), every_page=False, now=LATER) == expected


@pytest.mark.parametrize("reason", ["lost", "doubtful", "error"])
def test_errors_of_the_crawler_are_listed_up_to_a_limit(db: Database, reason: str) -> None:
    made = [*articles("failed", reason, 4), *articles("unchanged", None, 10, 10)]
    assert crawl_problems(db, a_crawl(db, made), every_page=False, now=LATER) == [
        *(f"https://demo.example/article/0{n} (article): failed, {reason}" for n in range(3)),
        f"demo: 1 more failed, {reason}",
    ]


def test_discovery_page_of_a_closed_host_is_not_listed(db: Database) -> None:
    made = [Fetch("failed", reason="no connection", kind="feed"), Fetch("gone", reason="http 404", kind="listing")]
    crawl_id = a_crawl(db, made)
    save(db, RobotsFile(origin="https://demo.example", fetched_at=LATER, reason="no connection"))
    assert crawl_problems(db, crawl_id, every_page=False, now=LATER) == [
        "https://demo.example/listing/a (listing): gone, http 404",
        "demo.example: closed, since https://demo.example/robots.txt cannot be read (no connection)",
    ]
    assert len(crawl_problems(db, crawl_id, every_page=True, now=LATER)) == 3


def test_limits_of_the_site_file_are_no_problems(db: Database) -> None:
    hold(db, "night.example", "quiet hours", TOMORROW, 2)
    hold(db, "many.example", "daily requests", TOMORROW, 2)
    hold(db, "busy.example", "http 429", TOMORROW, 2)
    crawl_id = a_crawl(db)
    [line] = crawl_problems(db, crawl_id, every_page=False, now=LATER)
    assert line.startswith("busy.example is held")
    assert (
        crawl_problems(db, crawl_id, every_page=False, now=LATER, selection=Selection(sites=frozenset({"who"}))) == []
    )
