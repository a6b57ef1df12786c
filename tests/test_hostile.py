"""A crawl of hostile sites: each case has its recorded outcome, memory is bounded, and good pages are not starved."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hostile.case import Case
from tests.hostile.cases import GROUPS
from tests.hostile.crawl import GOOD, Result, crawl

MOST = 600  # MB of all processes of a crawl
QUICK = ("transfer", "redirects")  # the others take half a minute each


def groups() -> Iterator[object]:
    for name in GROUPS:
        yield pytest.param(name, id=name, marks=[] if name in QUICK else pytest.mark.slow)
    yield pytest.param("all at once", id="all", marks=pytest.mark.slow)


@pytest.fixture(scope="module", params=groups())
def hostile(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Case], Result]:
    """Crawl a group of cases beside the good site. What never ends is soon given up."""
    name = request.param
    ending = [case for group, cases in GROUPS.items() for case in cases if group != "slow"]
    cases = list(GROUPS.get(name, ending))
    return cases, crawl(tmp_path_factory.mktemp("hostile"), cases, endless=name == "slow")


def test_each_case_has_its_outcome(hostile: tuple[list[Case], Result]) -> None:
    cases, result = hostile
    found = {(case.name, path): result.outcome(case.name, path) for case in cases for path in case.outcomes}
    assert found == {(case.name, path): outcome for case in cases for path, outcome in case.outcomes.items()}


def test_no_traceback_and_no_warning_is_printed(hostile: tuple[list[Case], Result]) -> None:
    problem = re.compile(r"^(?:\[?Traceback|.*(?:Error|Exception|Warning)\b)")
    assert [line for line in hostile[1].output.splitlines() if problem.match(line)] == []


def test_all_good_pages_are_stored_and_none_waits_for_the_others(hostile: tuple[list[Case], Result]) -> None:
    result = hostile[1]
    good = "from fetches f join pages p on p.id = f.page_id where p.site = 'good'"
    assert result.rows(f"select f.outcome, count(distinct p.url) {good} and p.kind = 'article' group by 1") == [
        ("stored", GOOD)
    ]
    [(visits,)] = result.rows(f"select count(*) {good}")
    files = {"/robots.txt", "/.well-known/tdmrep.json"}
    assert visits == len([path for path in result.sites["good"].paths if path not in files])  # none was asked for twice


def test_memory_is_bounded(hostile: tuple[list[Case], Result]) -> None:
    assert hostile[1].peak < MOST


def test_nothing_of_this_machine_and_of_victims_is_in_the_archive(hostile: tuple[list[Case], Result]) -> None:
    result = hostile[1]
    secret = Path("/etc/hostname").read_text().strip()
    texts = "select url from articles where instr(text || coalesce(title, '') || markdown, ?)"
    assert result.rows(texts, secret) == []
    assert result.rows("select url from pages where url like '%victim.example%' and state <> 'new'") == []
