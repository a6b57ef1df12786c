"""When a page is looked at again, by what it answers, look after look."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.articles.fetches import Visit, record
from archive.storage.connection import timestamp
from archive.storage.frontier import DuePage, NewPage, Selection, add_pages, make_due, next_due
from crawler.items import Answer
from crawler.policy.revisit import DAY, HOUR
from crawler.run import settings
from crawler.session import Session
from crawler.visit.next_visit import alias_look, next_look
from tests.archives import URL, an_article, store
from tests.loopback import site_file

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FIRST_FAILURES = [1 * HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 16 * HOUR, 32 * HOUR, 64 * HOUR, 128 * HOUR, 7 * DAY, 7 * DAY]


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """A crawl's session of one site with the usual times."""
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "loop.toml").write_text(site_file("https://news.example"))
    made = Session(settings(tmp_path / "healthnews.db", HEALTHNEWS_SITES=str(tmp_path / "sites")))
    yield made
    made.close("finished")


def due_page(session: Session, kind: str = "article") -> DuePage:
    """The page at URL, as a job takes it."""
    add_pages(session.db, [NewPage(url=URL, host="news.example", site="loop", kind=kind)], timestamp(NOW))
    make_due(session.db, [URL], "2000")
    page = next_due(session.db, "news.example", Selection(), "2000", [])
    assert page
    return page


def look(session: Session, now: datetime, outcome: str, status: int = 200, kind: str = "article") -> timedelta:
    """Records a look at the page, whose article is new if it is stored or changed; returns how long it is to the next
    one."""
    page = due_page(session, kind)
    answer = Answer(page=page, url=URL, outcome=outcome, status=status)
    content = None if outcome not in ("stored", "changed") else "new" if page.article_id is None else outcome
    outcome = "stored" if content else outcome
    due_at = next_look(answer, outcome, content, session, now).due_at
    assert due_at
    article = an_article(title=f"As of {now}") if content else None
    visit = Visit(
        page_id=page.id, url=URL, fetched_at=timestamp(now), outcome=outcome, due_at=timestamp(due_at), article=article
    )
    record(session.db, session.crawl_id, visit)
    return due_at - now


def looks(session: Session, outcomes: list[tuple[str, int]], kind: str = "article") -> list[timedelta]:
    """The distances between punctual looks that come to these outcomes."""
    now, found = NOW, []
    for outcome, status in outcomes:
        found.append(look(session, now, outcome, status, kind))
        now += found[-1]
    return found


@pytest.mark.parametrize("kind", ["feed", "sitemap", "listing"])
@pytest.mark.parametrize(("outcome", "status"), [("gone", 404), ("gone", 410), ("refused", 403), ("failed", 500)])
def test_a_list_that_is_away_is_soon_asked_again(session: Session, kind: str, outcome: str, status: int) -> None:
    assert looks(session, [(outcome, status)] * 10, kind) == FIRST_FAILURES


def test_whatever_fails_at_a_list_counts_until_it_is_read(session: Session) -> None:
    outcomes = [("read", 200), ("gone", 404), ("failed", 503), ("refused", 403), ("unchanged", 304), ("gone", 404)]
    found = looks(session, outcomes, "feed")
    assert [found[1], found[2], found[3], found[5]] == [HOUR, 2 * HOUR, 4 * HOUR, HOUR]


@pytest.mark.parametrize("status", [401, 403, 451])
@pytest.mark.parametrize("before", [[], [("stored", 200)]])
def test_an_article_that_is_refused_is_asked_for_ever_later(
    session: Session, status: int, before: list[tuple[str, int]]
) -> None:
    found = looks(session, [*before, *[("refused", status)] * 4])
    assert found[len(before) :] == [DAY, 7 * DAY, 30 * DAY, 30 * DAY]


def test_what_robots_forbid_costs_nothing_and_waits(session: Session) -> None:
    assert looks(session, [("refused", 0)] * 2) == [30 * DAY] * 2


def test_what_is_gone_and_refused_is_looked_at_as_gone(session: Session) -> None:
    found = looks(session, [("stored", 200), ("gone", 404), ("gone", 404), ("refused", 403), ("refused", 403)])
    assert found == [DAY, DAY, 6 * DAY, 23 * DAY, 60 * DAY]


def test_a_stored_article_without_text_is_looked_at_a_day_later(session: Session) -> None:
    found = looks(session, [("stored", 200), *[("no article", 200)] * 7])
    assert found[1:] == [n * DAY for n in (1, 2, 4, 8, 16, 30, 30)]


def test_an_article_that_is_never_the_same_is_looked_at_ever_later(session: Session) -> None:
    found = looks(session, [("stored", 200), *[("changed", 200)] * 10])
    assert found == [n * DAY for n in (1, 1, 1, 2, 4, 8, 16, 32, 64, 90, 90)]


def test_an_article_that_changed_and_rests_is_looked_at_as_promised(session: Session) -> None:
    outcomes = ["stored", "changed", "failed", "changed", "unchanged", "unchanged", "changed", "unchanged"]
    found = looks(session, [(outcome, 200) for outcome in outcomes])
    assert found == [DAY, DAY, HOUR, DAY, 6 * DAY, 23 * DAY, DAY, 6 * DAY]


def test_an_alias_is_looked_at_now_and_then() -> None:
    page = DuePage(
        id=1, url=URL, host="news.example", site="loop", kind="article", depth=0, state="stored", digest=None,
        payload=None, etag=None, last_modified=None, failures=0, interval=None, discovered_at=timestamp(NOW),
        fetched_at=timestamp(NOW - 99 * DAY), missing_since=None,
    )  # fmt: skip
    now, days = NOW, []
    for _ in range(5):
        due = alias_look(page, now)
        page, now = replace(page, state="alias", fetched_at=timestamp(now)), due
        days.append((due - NOW) / DAY)
    assert days == [30, 90, 180, 270, 360]


@pytest.mark.parametrize(("answered", "days"), [(URL + "-new", 60), (URL, 1)])
def test_a_look_at_an_alias_keeps_the_articles_own_looks(session: Session, answered: str, days: int) -> None:
    store(session.db, an_article(), url=URL + "-new", now=timestamp(NOW))
    page = due_page(session)
    sql = "update pages set state = 'alias', alias_of = (select page_id from articles) where id = ?"
    session.db.execute(sql, [page.id])
    answer = Answer(page=replace(page, state="alias"), url=answered, status=200)
    now = NOW + 30 * DAY
    assert next_look(answer, "stored", "new", session, now).due_at == now + days * DAY
