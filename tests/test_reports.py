"""How a crawl is counted and shown: every fetch once, under one name."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console
from sqlite_utils import Database

from archive.console.crawls import crawl_table
from archive.monitoring import crawl_reports
from archive.monitoring.site_reports import site_report
from archive.storage.crawls import finish_crawl
from archive.storage.frontier import Selection
from archive.storage.held_hosts import held_hosts
from tests.archives import NOW, new_archive
from tests.crawl_rows import LATER, TOMORROW, Fetch, a_crawl, hold

OUTCOMES = ("stored", "unchanged", "read", "no article", "gone", "refused", "failed", "alias")


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return new_archive(tmp_path)


@pytest.mark.parametrize(
    ("kind", "outcome", "content", "name"),
    [
        ("article", "stored", "new", "new"),
        ("article", "stored", "changed", "changed"),
        ("article", "stored", "same", "unchanged"),
        ("article", "stored", None, "new"),
        ("article", "unchanged", None, "unchanged"),
        ("feed", "unchanged", None, "read"),
        ("sitemap", "read", None, "read"),
        ("listing", "failed", None, "failed"),
        ("feed", "gone", None, "gone"),
        ("article", "alias", None, "alias"),
        ("article", "no article", None, "no article"),
    ],
)
def test_what_a_fetch_is_counted_as(kind: str, outcome: str, content: str | None, name: str) -> None:
    assert crawl_reports.count_name(kind, outcome, content) == name


fetches = st.builds(
    Fetch,
    outcome=st.sampled_from(OUTCOMES),
    content=st.sampled_from([None, "new", "changed", "same"]),
    reason=st.sampled_from([None, "http 404", "timed out"]),
    path=st.sampled_from("abc"),
    site=st.sampled_from(["", "demo", "who"]),
    kind=st.sampled_from(["article", "feed", "sitemap", "listing"]),
    seconds=st.sampled_from([None, 0.5, 30.0]),
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(fetches, max_size=20))
def test_each_fetch_is_counted_exactly_once(db: Database, made: list[Fetch]) -> None:
    report = crawl_reports.crawl(db, a_crawl(db, made))
    counted = {site: sum(counts.values()) for site, counts in report.counts.items()}
    assert counted == {site: sum(fetch.site == site for fetch in made) for site in {fetch.site for fetch in made}}
    assert {name for counts in report.counts.values() for name in counts} <= set(crawl_reports.COUNT_NAMES)
    assert sum(number for *_, number in report.reasons) == sum(fetch.reason is not None for fetch in made)
    assert report.seconds.keys() == report.counts.keys()


def test_fetches_of_before_are_new_once(db: Database) -> None:
    a_crawl(db, [Fetch("stored", path="known")])
    second = a_crawl(db, [Fetch("stored", path="known"), Fetch("stored", path="other")])
    assert crawl_reports.counts(db, second) == {"demo": {"new": 1, "unchanged": 1}}


@pytest.mark.parametrize(
    ("kind", "earlier", "name"),
    [
        ("article", [], "gone"),
        ("article", ["stored", "failed"], "gone"),
        ("article", ["stored", "gone"], "unchanged"),
        ("article", ["gone", "failed", "refused", "gone"], "unchanged"),
        ("article", ["gone", "stored"], "gone"),
        ("article", ["gone", "unchanged"], "gone"),
        ("article", ["gone", "no article"], "gone"),
        ("feed", ["gone"], "gone"),
    ],
)
def test_what_is_gone_is_counted_once(db: Database, kind: str, earlier: list[str], name: str) -> None:
    for outcome in earlier:
        a_crawl(db, [Fetch(outcome, kind=kind)])
    crawl_id = a_crawl(db, [Fetch("gone", kind=kind, reason="http 404")])
    report = crawl_reports.crawl(db, crawl_id)
    assert report.counts == {"demo": {name: 1}}
    assert report.reasons == (("demo", name, "http 404", 1),)


def test_seconds_go_from_the_first_request_to_the_last_answer(db: Database) -> None:
    crawl_id = a_crawl(db, [Fetch("read", kind="feed", seconds=1.5), Fetch("failed", at=LATER), Fetch("gone", site="")])
    assert crawl_reports.crawl(db, crawl_id).seconds == {"demo": 61.5, "": 0.0}


def test_an_unknown_crawl_is_an_error(db: Database) -> None:
    with pytest.raises(KeyError):
        crawl_reports.counts(db, 7)


def test_hosts_that_wait(db: Database) -> None:
    hold(db, "held.example", "http 429", TOMORROW, 2)
    hold(db, "many.example", "unreachable", TOMORROW, 3)
    hold(db, "idle.example", "http 503", TOMORROW, 0)
    hold(db, "over.example", "http 503", NOW, 1)
    hold(db, "delayed.example", None, TOMORROW, 1)
    waiting = [(host.host, host.held, host.pages, host.since) for host in held_hosts(db, LATER)]
    assert waiting == [("many.example", "unreachable", 3, NOW), ("held.example", "http 429", 2, NOW)]
    assert held_hosts(db, LATER, Selection(sites=frozenset({"who"}))) == ()
    one = Selection(urls=frozenset({"https://many.example/due/1"}))
    assert [(host.host, host.pages) for host in held_hosts(db, LATER, one)] == [("many.example", 1)]


def printed(db: Database, crawl_id: int, due: int | None = None) -> str:
    console = Console(width=100)
    with console.capture() as captured:
        console.print(crawl_table(crawl_reports.crawl(db, crawl_id), held_hosts(db, LATER), due))
    return captured.get()


def test_the_table_of_a_crawl(db: Database) -> None:
    made = [Fetch("stored", "new", path="1"), Fetch("stored", "changed", path="2"), Fetch("unchanged", path="3")]
    made += [Fetch("unchanged", kind="feed", seconds=2.0), Fetch("gone", reason="http 404", path="4", site="")]
    crawl_id = a_crawl(db, made)
    hold(db, "held.example", "http 429", TOMORROW, 2)
    assert " ".join(printed(db, crawl_id).split()) == (
        "Crawl 1, 2024-06-01 00:00:00 UTC, running "
        "site new changed unchanged gone lists read seconds "
        "(single URLs) 0 0 0 1 0 0 demo 1 1 1 0 1 2 "
        "(single URLs): 1 gone, http 404 "
        "held.example is held until 2024-06-02 00:00:00 UTC, http 429; pages due: 2"
    )


def test_a_crawl_that_ended_early_says_why(db: Database) -> None:
    crawl_id = a_crawl(db)
    finish_crawl(db, crawl_id, now=LATER, outcome="stopped", counts={}, reason="The disk is full.")
    assert "stopped\nThe disk is full.\nNothing was fetched.\n" in printed(db, crawl_id)


def test_a_crawl_whose_time_was_over_says_what_is_left(db: Database) -> None:
    crawl_id = a_crawl(db, [Fetch("stored", "new")])
    assert "due" not in printed(db, crawl_id, 1234)
    finish_crawl(db, crawl_id, now=LATER, outcome="finished", counts={}, reason="Its 5 minutes were over.")
    assert "Its 5 minutes were over.\nPages still due: 1,234.\nsite" in printed(db, crawl_id, 1234)
    assert "due" not in printed(db, crawl_id, 0)


@pytest.mark.parametrize(
    ("held", "due", "said"),
    [
        ([], 0, "Nothing was due. To fetch known pages now: healthnews crawl --all, or name their URLs."),
        ([], 1, "Nothing was fetched."),
        ([], None, "Nothing was fetched."),  # of an earlier crawl it is not known
        (["quiet hours"], 1, "Nothing was fetched: 1 page is held (quiet hours)."),
        (["http 429", "quiet hours", "http 429"], 3, "Nothing was fetched: 3 pages are held (http 429, quiet hours)."),
    ],
)
def test_why_nothing_was_asked_for(db: Database, held: list[str], due: int | None, said: str) -> None:
    crawl_id = a_crawl(db)
    for number, why in enumerate(held):
        hold(db, f"{number}.example", why, TOMORROW, 1)
    assert printed(db, crawl_id, due).splitlines()[1] == said


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ({"demo": {"new": 1, "read": 5}}, {"new": 1, "read": 5}),
        ({"demo": {"stored": 2, "read": 1}, "who": {}}, {"changed": 1, "read": 1}),  # as before step m006
    ],
)
def test_counts_of_earlier_versions_are_made_anew(
    db: Database, written: dict[str, dict[str, int]], shown: dict[str, int]
) -> None:
    crawl_id = a_crawl(db, [Fetch("stored", "changed"), Fetch("unchanged", kind="feed")])
    finish_crawl(db, crawl_id, now=LATER, outcome="finished", counts=written)
    assert [crawl.counts for crawl in site_report(db, "demo").crawls] == [shown]


def test_the_report_is_json(db: Database) -> None:
    hold(db, "held.example", "http 429", TOMORROW, 1)
    crawl_id = a_crawl(db, [Fetch("stored", "new")])
    made = json.loads(
        json.dumps(crawl_reports.as_object(crawl_reports.crawl(db, crawl_id), held_hosts(db, LATER), 4, ["Look."]))
    )
    assert (made["counts"], made["due"], made["warnings"]) == ({"demo": {"new": 1}}, 4, ["Look."])
    assert made["waiting"][0]["host"] == "held.example"
