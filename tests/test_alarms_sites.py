"""Sites that have gone quiet or yield less, and how seldom one is named in error."""

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

from archive.monitoring.alerts import alarms
from archive.monitoring.alerts.fisher_exact import chance_of_fewer
from archive.monitoring.alerts.no_new_articles import GAPS, is_quiet
from archive.monitoring.alerts.yield_drop import BEFORE, ENOUGH, RECENT, Share, has_fallen
from archive.storage.connection import timestamp, transaction
from archive.storage.frontier import NewPage, add_pages
from tests.archives import new_archive

NOW = datetime(2024, 6, 30, 12, tzinfo=UTC)
DAY = timedelta(days=1)

counts = st.integers(1, 40).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


@given(counts, counts)
def test_the_chance_is_that_of_all_tables_with_these_sums(now: tuple[int, int], before: tuple[int, int]) -> None:
    yes, asked = now[0] + before[0], now[1] + before[1]
    ways = sum(comb(yes, k) * comb(asked - yes, now[1] - k) for k in range(now[0] + 1))
    assert chance_of_fewer(*now, *before) == pytest.approx(ways / comb(asked, now[1]))


@given(counts, counts)
def test_one_more_is_no_less_likely(now: tuple[int, int], before: tuple[int, int]) -> None:
    assert chance_of_fewer(min(now[0] + 1, now[1]), now[1], *before) >= chance_of_fewer(*now, *before) - 1e-9


@pytest.mark.parametrize(
    ("before", "least"), [(196, 23), (180, 18), (120, 7), (60, 0)]
)  # as the module's documentation says of 98 % and 60 %
def test_when_a_share_has_fallen(before: int, least: int) -> None:
    fallen = [now for now in range(RECENT + 1) if has_fallen(Share(now, RECENT, before, BEFORE), tests=3)]
    assert fallen == list(range(least + 1))


@pytest.mark.parametrize("share", [0.99, 0.95, 0.9, 0.6, 0.3])
def test_a_site_that_does_not_change_is_seldom_said_to(share: float) -> None:
    chance = random.Random(2)
    pages = [chance.random() < share for _ in range(10_000)]
    alarms = 0
    for end in range(RECENT + ENOUGH, len(pages), 5):
        now, before = pages[end - RECENT : end], pages[max(0, end - RECENT - BEFORE) : end - RECENT]
        alarms += has_fallen(Share(sum(now), len(now), sum(before), len(before)), tests=3)
    assert alarms <= 2


Gap = Callable[[random.Random], float]
RHYTHMS: dict[str, tuple[Gap, float]] = {  # days to the next article, false alarms a year that are tolerated
    "daily": (lambda chance: 0.3 + chance.expovariate(1 / 0.7), 0.01),
    "weekly": (lambda chance: chance.expovariate(1 / 7), 0.02),
    "monthly": (lambda chance: chance.gauss(30, 4), 0.0),
    "in bursts": (lambda chance: chance.lognormvariate(1, 1), 0.2),
}


@pytest.mark.parametrize("rhythm", RHYTHMS)
def test_a_site_that_goes_on_is_seldom_called_quiet(rhythm: str) -> None:
    years = 150
    next_gap, tolerated = RHYTHMS[rhythm]
    chance = random.Random(1)
    moment, days, alarms = 0.0, [0], 0
    while moment < years * 365:
        moment += next_gap(chance)
        if int(moment) > days[-1]:
            recent = days[-GAPS - 1 :]
            gaps = [DAY * (later - earlier) for earlier, later in pairwise(recent)]
            alarms += is_quiet(DAY * (int(moment) - days[-1]), gaps)
            days.append(int(moment))
    assert alarms / years <= tolerated


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
    """So many pages of the site that were found so many days ago."""
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
    [(12, 0, ["quiet"]), (9, 0, []), (12, 8, [])],  # the last: nobody has looked since
)
def test_a_daily_site_that_stops(db: Database, newest: int, read: float, expected: list[str]) -> None:
    a_list(db, read=read)
    for day in range(newest + 20, newest - 1, -1):
        pages(db, 3, day)
    assert [alarm.kind for alarm in alarms(db, NOW)] == expected


def test_a_quiet_site_is_named_with_its_figures(db: Database) -> None:
    a_list(db, read=0.5)
    for day in range(40, 14, -2):
        pages(db, 1, day)
    [alarm] = alarms(db, NOW)
    assert (alarm.site, alarm.before, alarm.now) == ("demo", 2.0, 15.5)
    assert alarm.sentence == (
        "demo: no new article for 16 days, before that for 2 days at most: see whether 2024-06-14 is the date of the "
        "newest on the site, and else mend its site file."
    )


def test_a_list_that_fails_makes_nobody_quiet(db: Database) -> None:
    a_list(db, read=0, state="failed")
    for day in range(40, 14, -1):
        pages(db, 1, day)
    assert alarms(db, NOW) == ()


def test_a_redesign_costs_articles(db: Database) -> None:
    pages(db, 1, 60)
    for day in range(50, 20, -1):
        pages(db, 3, day)
    pages(db, 10, 3)
    pages(db, 20, 2, state="no article")
    [alarm] = alarms(db, NOW)
    assert (alarm.kind, alarm.before, alarm.now) == ("fewer articles", 1.0, 0.333)
    assert alarm.sentence == (
        "demo: 10 of the last 30 new pages yield an article, before 100% did: the site may have been redesigned; "
        "`healthnews sites try demo URL` shows what is made of a page."
    )


@pytest.mark.parametrize(("what", "kind"), [("date", "fewer dates"), ("cites", "fewer references")])
def test_a_redesign_costs_dates_or_references(db: Database, what: str, kind: str) -> None:
    pages(db, 1, 60)
    pages(db, 80, 20)
    pages(db, RECENT, 2, **{what: False})  # type: ignore[arg-type]
    assert [alarm.kind for alarm in alarms(db, NOW)] == [kind]


def test_what_the_first_crawl_finds_is_no_measure(db: Database) -> None:
    pages(db, 150, 20)
    pages(db, RECENT, 19.5, date=False, cites=False)
    assert alarms(db, NOW) == ()
