"""When a page is fetched again, by the outcomes of its fetches."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from archive.articles.fetch_result import FetchResult
from archive.articles.fetches import record
from archive.storage.connection import timestamp
from archive.storage.frontier import DuePage, Frontier, NewPage, Selection, add_pages, make_due
from crawler.policy.revisit import DAY, HOUR
from crawler.sites.site import Site
from crawler.visit.next_visit import next_alias_visit, next_visit
from tests.archives import URL, an_article, new_archive, store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SITE = Site(name="loop", home="https://news.example/")
FIRST_FAILURES = [1 * HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 16 * HOUR, 32 * HOUR, 64 * HOUR, 128 * HOUR, 7 * DAY, 7 * DAY]


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    made = new_archive(tmp_path)
    yield made
    made.close()


def due(db: Database, kind: str = "article") -> DuePage:
    """The page at URL, as the frontier hands it out."""
    add_pages(db, [NewPage(url=URL, host="news.example", site="loop", kind=kind)], timestamp(NOW))
    make_due(db, [URL], "2000")
    page = Frontier(db, Selection(), "2000").take("news.example", [])
    assert page
    return page


def fetch(db: Database, now: datetime, outcome: str, status: int = 200, kind: str = "article") -> timedelta:
    """Record a fetch of the page; return how long it is to the next one.

    Its article is new or changed where `outcome` is stored or changed.
    """
    page = due(db, kind)
    content = None if outcome not in ("stored", "changed") else "new" if page.article_id is None else outcome
    result = FetchResult(
        page=page,
        url=URL,
        fetched_at=timestamp(now),
        status=status,
        outcome="stored" if content else outcome,
        content=content,
        article=an_article(title=f"As of {now}") if content else None,
    )
    due_at, _ = next_visit(result, SITE, db, now)
    assert due_at
    record(db, None, replace(result, due_at=timestamp(due_at)))
    return due_at - now


def distances(db: Database, outcomes: list[tuple[str, int]], kind: str = "article") -> list[timedelta]:
    """Return the distances between punctual fetches with these outcomes."""
    now, found = NOW, []
    for outcome, status in outcomes:
        found.append(fetch(db, now, outcome, status, kind))
        now += found[-1]
    return found


@pytest.mark.parametrize("kind", ["feed", "sitemap", "listing"])
@pytest.mark.parametrize(("outcome", "status"), [("gone", 404), ("gone", 410), ("refused", 403), ("failed", 500)])
def test_failing_feeds_are_soon_fetched_again(db: Database, kind: str, outcome: str, status: int) -> None:
    assert distances(db, [(outcome, status)] * 10, kind) == FIRST_FAILURES


def test_failures_of_a_feed_count_until_it_is_read(db: Database) -> None:
    outcomes = [("read", 200), ("gone", 404), ("failed", 503), ("refused", 403), ("unchanged", 304), ("gone", 404)]
    found = distances(db, outcomes, "feed")
    assert [found[1], found[2], found[3], found[5]] == [HOUR, 2 * HOUR, 4 * HOUR, HOUR]


@pytest.mark.parametrize("status", [401, 403, 451])
@pytest.mark.parametrize("before", [[], [("stored", 200)]])
def test_refused_articles_are_fetched_ever_later(db: Database, status: int, before: list[tuple[str, int]]) -> None:
    found = distances(db, [*before, *[("refused", status)] * 4])
    assert found[len(before) :] == [DAY, 7 * DAY, 30 * DAY, 30 * DAY]


def test_pages_that_robots_forbid_wait_a_month(db: Database) -> None:
    assert distances(db, [("refused", 0)] * 2) == [30 * DAY] * 2


def test_gone_pages_that_are_refused_are_fetched_as_gone(db: Database) -> None:
    found = distances(db, [("stored", 200), ("gone", 404), ("gone", 404), ("refused", 403), ("refused", 403)])
    assert found == [DAY, DAY, 6 * DAY, 23 * DAY, 60 * DAY]


def test_stored_articles_without_text_are_fetched_a_day_later(db: Database) -> None:
    found = distances(db, [("stored", 200), *[("no article", 200)] * 7])
    assert found[1:] == [n * DAY for n in (1, 2, 4, 8, 16, 30, 30)]


def test_articles_that_always_change_are_fetched_ever_later(db: Database) -> None:
    found = distances(db, [("stored", 200), *[("changed", 200)] * 10])
    assert found == [n * DAY for n in (1, 1, 1, 2, 4, 8, 16, 32, 64, 90, 90)]


def test_articles_that_change_now_and_then_are_fetched_as_documented(db: Database) -> None:
    outcomes = ["stored", "changed", "failed", "changed", "unchanged", "unchanged", "changed", "unchanged"]
    found = distances(db, [(outcome, 200) for outcome in outcomes])
    assert found == [DAY, DAY, HOUR, DAY, 6 * DAY, 23 * DAY, DAY, 6 * DAY]


def test_aliases_are_fetched_now_and_then() -> None:
    page = DuePage(
        id=1, url=URL, host="news.example", site="loop", kind="article", depth=0, state="stored", digest=None,
        payload=None, etag=None, last_modified=None, failures=0, interval=None, discovered_at=timestamp(NOW),
        fetched_at=timestamp(NOW - 99 * DAY), missing_since=None,
    )  # fmt: skip
    now, days = NOW, []
    for _ in range(5):
        due = next_alias_visit(page, now)
        page, now = replace(page, state="alias", fetched_at=timestamp(now)), due
        days.append((due - NOW) / DAY)
    assert days == [30, 90, 180, 270, 360]


@pytest.mark.parametrize(("answered", "days"), [(URL + "-new", 60), (URL, 1)])
def test_a_redirecting_alias_keeps_the_visits_of_its_article(db: Database, answered: str, days: int) -> None:
    store(db, an_article(), url=URL + "-new", now=timestamp(NOW))
    page = due(db)
    sql = "update pages set state = 'alias', alias_of = (select page_id from articles) where id = ?"
    db.execute(sql, [page.id])
    result = FetchResult(page=replace(page, state="alias"), url=answered, status=200, outcome="stored", content="new")
    now = NOW + 30 * DAY
    assert next_visit(result, SITE, db, now)[0] == now + days * DAY
