"""Alerts on sites without new articles or with a falling yield, and their rate of false alerts."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import comb
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from archive.monitoring.alerts import current_alerts
from archive.monitoring.alerts.no_new_articles import GAPS, is_quiet
from archive.monitoring.alerts.yield_drop import BEFORE, MIN_BEFORE, RECENT, Share, fisher_p_value, has_fallen
from archive.storage.connection import timestamp, transaction
from archive.storage.frontier import NewPage, add_pages
from tests.archives import new_archive

NOW = datetime(2024, 6, 30, 12, tzinfo=UTC)
DAY = timedelta(days=1)

counts = st.integers(1, 40).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


@given(counts, counts)
def test_p_value_sums_the_tables_with_the_same_margins(now: tuple[int, int], before: tuple[int, int]) -> None:
    yes, asked = now[0] + before[0], now[1] + before[1]
    ways = sum(comb(yes, k) * comb(asked - yes, now[1] - k) for k in range(now[0] + 1))
    assert fisher_p_value(*now, *before) == pytest.approx(ways / comb(asked, now[1]))


@given(counts, counts)
def test_p_value_does_not_fall_with_one_more_hit(now: tuple[int, int], before: tuple[int, int]) -> None:
    assert fisher_p_value(min(now[0] + 1, now[1]), now[1], *before) >= fisher_p_value(*now, *before) - 1e-9


@pytest.mark.parametrize(
    ("before", "least"), [(196, 23), (180, 18), (120, 7), (60, 0)]
)  # as the module's documentation says of 98 % and 60 %
def test_when_a_share_has_fallen(before: int, least: int) -> None:
    fallen = [now for now in range(RECENT + 1) if has_fallen(Share(now, RECENT, before, BEFORE), tests=3)]
    assert fallen == list(range(least + 1))


@pytest.mark.parametrize("share", [0.99, 0.95, 0.9, 0.6, 0.3])
def test_false_alerts_on_a_steady_yield_are_rare(share: float) -> None:
    chance = random.Random(2)
    pages = [chance.random() < share for _ in range(10_000)]
    alerts = 0
    for end in range(RECENT + MIN_BEFORE, len(pages), 5):
        now, before = pages[end - RECENT : end], pages[max(0, end - RECENT - BEFORE) : end - RECENT]
        alerts += has_fallen(Share(sum(now), len(now), sum(before), len(before)), tests=3)
    assert alerts <= 2


Gap = Callable[[random.Random], float]
RHYTHMS: dict[str, tuple[Gap, float]] = {  # days to the next article, false alerts a year that are tolerated
    "daily": (lambda chance: 0.3 + chance.expovariate(1 / 0.7), 0.01),
    "weekly": (lambda chance: chance.expovariate(1 / 7), 0.02),
    "monthly": (lambda chance: chance.gauss(30, 4), 0.0),
    "in bursts": (lambda chance: chance.lognormvariate(1, 1), 0.2),
}


@pytest.mark.parametrize("rhythm", RHYTHMS)
def test_false_alerts_on_a_steady_rhythm_are_rare(rhythm: str) -> None:
    years = 150
    next_gap, tolerated = RHYTHMS[rhythm]
    chance = random.Random(1)
    moment, days, alerts = 0.0, [0], 0
    while moment < years * 365:
        moment += next_gap(chance)
        if int(moment) > days[-1]:
            recent = days[-GAPS - 1 :]
            gaps = [DAY * (later - earlier) for earlier, later in pairwise(recent)]
            alerts += is_quiet(DAY * (int(moment) - days[-1]), gaps)
            days.append(int(moment))
    assert alerts / years <= tolerated


@pytest.mark.parametrize(
    ("gaps", "days", "quiet"),
    [
        ([1] * 20, 11, True),
        ([1] * 20, 10, False),  # a holiday
        ([1] * 7, 90, False),  # too little is known
        ([7] * 20, 17, False),
        ([7] * 20, 18, True),
        ([1] * 19 + [30], 70, False),
    ],
)
def test_how_long_is_quiet(gaps: list[int], days: int, quiet: bool) -> None:
    assert is_quiet(DAY * days, [DAY * gap for gap in gaps]) == quiet


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return new_archive(tmp_path)


def a_list(db: Database, *, read: float, state: str = "read") -> None:
    """The site's feed, last looked at so many days ago."""
    at = timestamp(NOW - DAY * read)
    add_pages(db, [NewPage(url="https://demo.example/feed", host="demo.example", site="demo", kind="feed")], at)
    db.execute("update pages set fetched_at = ?, state = ?, due_at = ? where kind = 'feed'", [at, state, at])


ARTICLE = """
insert into articles (page_id, url, site, title, encoding, encoding_source, removed, marketing, content_hash, extractor,
  first_seen, last_changed, text, markdown, published)
values (:page, :url, 'demo', 't', '', '', 0, 0, '', '', :at, :at, '', '', :published)
"""
REFERENCE = "insert into bibliography (article_id, position, raw, kind) values (?, 0, 'x', 'list')"


def pages(
    db: Database, number: int, day: float, *, state: str = "stored", date: bool = True, cites: bool = True
) -> None:
    """Store so many pages of the site that were discovered so many days ago."""
    at = timestamp(NOW - DAY * day)
    with transaction(db):
        for _ in range(number):
            (known,) = db.execute("select count(*) from pages").fetchone()
            url = f"https://demo.example/{known}"
            add_pages(db, [NewPage(url=url, host="demo.example", site="demo")], at)
            db.execute("update pages set state = ? where url = ?", [state, url])
            if state == "stored":
                row = {"page": known + 1, "url": url, "at": at, "published": "2024-06-01" if date else None}
                article = db.execute(ARTICLE, row).lastrowid
                if cites:
                    db.execute(REFERENCE, [article])


@pytest.mark.parametrize(
    ("newest", "read", "expected"),
    [(12, 0, ["quiet"]), (9, 0, []), (12, 8, [])],  # the last: not read since
)
def test_a_daily_site_that_stops(db: Database, newest: int, read: float, expected: list[str]) -> None:
    a_list(db, read=read)
    for day in range(newest + 20, newest - 1, -1):
        pages(db, 3, day)
    assert [alert.kind for alert in current_alerts(db, NOW)] == expected


def test_sentence_for_a_site_without_new_articles(db: Database) -> None:
    a_list(db, read=0.5)
    for day in range(40, 14, -2):
        pages(db, 1, day)
    [alert] = current_alerts(db, NOW)
    assert (alert.site, alert.before, alert.now) == ("demo", 2.0, 15.5)
    assert alert.sentence == (
        "demo: no new article for 16 days, the longest gap before was 2 days: check whether the site has articles "
        "newer than 2024-06-14; if so, correct its site file."
    )


def test_failing_discovery_page_is_not_a_silent_site(db: Database) -> None:
    a_list(db, read=0, state="failed")
    for day in range(40, 14, -1):
        pages(db, 1, day)
    assert current_alerts(db, NOW) == ()


def test_a_redesign_costs_articles(db: Database) -> None:
    pages(db, 1, 60)
    for day in range(50, 20, -1):
        pages(db, 3, day)
    pages(db, 10, 3)
    pages(db, 20, 2, state="no article")
    [alert] = current_alerts(db, NOW)
    assert (alert.kind, alert.before, alert.now) == ("fewer articles", 1.0, 0.333)
    assert alert.sentence == (
        "demo: 10 of the last 30 new pages yield an article, 100% before: the site may have been redesigned; "
        "`healthnews sites try demo URL` shows what is extracted from a page."
    )


@pytest.mark.parametrize(("what", "kind"), [("date", "fewer dates"), ("cites", "fewer references")])
def test_a_redesign_costs_dates_or_references(db: Database, what: str, kind: str) -> None:
    pages(db, 1, 60)
    pages(db, 80, 20)
    pages(db, RECENT, 2, **{what: False})  # type: ignore[arg-type]
    assert [alert.kind for alert in current_alerts(db, NOW)] == [kind]


def test_pages_of_the_first_crawl_are_not_compared(db: Database) -> None:
    pages(db, 150, 20)
    pages(db, RECENT, 19.5, date=False, cites=False)
    assert current_alerts(db, NOW) == ()
