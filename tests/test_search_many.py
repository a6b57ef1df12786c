"""Searching where there are too many hits to rank or sort them all: 21,000 short articles."""

from collections.abc import Callable
from itertools import islice
from typing import Any

import pytest
from sqlite_utils import Database

from archive.retrieval import plan, ranking
from archive.retrieval.date_order import newest_first
from archive.retrieval.engine import matching, search
from archive.retrieval.facets import facets
from archive.retrieval.query import parse
from tests.search_archive import bare_archive

NUMBER = 21_000


def article(number: int) -> dict[str, Any]:
    """Every article has 的 and `the`, every third `cell`, every seventh 患者, every hundredth 癌, one in a thousand
    `rare`; in the titles all of them are rarer by ten."""
    words = ["的", "the"]
    for every, word in ((3, "cell"), (7, "患者"), (100, "肝癌症"), (1000, "rare")):
        if number % every == 0:
            words += [word] * (1 + number % 3)
    day = f"{2000 + number % 20}-{1 + number % 12:02}-{1 + number % 28:02}"
    return {
        "id": number,
        "url": f"https://example.org/{number}",
        "site": f"site{number % 4}",
        "language": "zh-Hans" if number % 2 else "en",
        "published": None if number % 50 == 0 else day,
        "text": " ".join(words),
        "title": " ".join(word for word in words if number % 10 == 0),
    }


@pytest.fixture(scope="module")
def many() -> Database:
    """The archive."""
    db = bare_archive()
    db.table("articles").insert_all((article(number) for number in range(1, NUMBER + 1)), batch_size=1000)
    for number in range(30, 61, 10):
        db.execute("insert into copies values (?, 30, 1.0)", [number])
    db.conn.commit()
    return db


def ids_of(holds: Callable[[dict[str, Any]], bool]) -> list[int]:
    """The articles for which `holds` holds, newest first, undated last."""
    found = [row for row in map(article, range(1, NUMBER + 1)) if holds(row)]
    return [row["id"] for row in sorted(found, key=lambda row: (row["published"] or "", row["id"]), reverse=True)]


def _has(*words: str) -> Callable[[dict[str, Any]], bool]:
    return lambda row: all(word in row["text"] for word in words)


QUERIES = {
    "the": _has("the"),
    "cell": _has("cell"),
    "rare": _has("rare"),
    "的": _has("的"),
    "癌": _has("癌"),
    "的 患者": _has("的", "患者"),
    "的 -患者": lambda row: "患者" not in row["text"],
    "cell -的": lambda row: False,
    "的 -cell": lambda row: "cell" not in row["text"],
    "的 OR rare": _has("的"),
    "cell site:site1": lambda row: "cell" in row["text"] and row["site"] == "site1",
    "的 site:site1": lambda row: row["site"] == "site1",
    "language:zh the": lambda row: row["language"] == "zh-Hans",
    "-language:zh": lambda row: row["language"] == "en",
    "-language:zh 的": lambda row: row["language"] == "en",
    "since:2004 until:2004-06 cell": lambda row: (
        "cell" in row["text"] and "2004" <= (row["published"] or "") < "2004-07"
    ),
    "since:2019-12-05": lambda row: (row["published"] or "") >= "2019-12-05",
    "until:1999 cell": lambda row: False,
    "since:2030 cell": lambda row: False,
}


@pytest.mark.parametrize("query", QUERIES)
def test_newest_first_is_by_date_whatever_the_number(many: Database, query: str) -> None:
    expected = ids_of(QUERIES[query])
    assert matching(many, query) == expected
    page = search(many, query, sort="date", limit=7, offset=3, copies=True)
    assert [hit.id for hit in page.hits] == expected[3:10]
    later = search(many, query, sort="date", limit=5, offset=700, copies=True)
    assert [hit.id for hit in later.hits] == expected[700:705]
    assert (page.total, page.more) == (min(len(expected), 10_000), len(expected) > 10_000)
    assert page.note is None


def test_most_references_first_is_said_to_be_partial(many: Database) -> None:
    found = search(many, "the", sort="references", limit=3, copies=True)
    assert found.note == "Only 10,000 of the results are in this order; the others follow, newest first."
    every = search(many, "the", sort="advertising", limit=0, copies=True)
    assert sorted(hit.id for hit in every.hits) == sorted(matching(many, "the"))


@pytest.mark.parametrize("query", ["rare", "癌", "患者 rare", "患者 rare -癌"])
def test_ordinary_words_are_ranked_by_the_book(many: Database, query: str) -> None:
    made = plan.make_plan(many, parse(query))
    sql = "select rowid from articles_fts where articles_fts match ? order by rank, rowid desc limit 50"
    expected = [row[0] for row in many.execute(sql, [made.expression])]
    found = search(many, query, limit=50, copies=True)
    assert [hit.id for hit in found.hits] == expected
    assert found.note is None


@pytest.mark.parametrize("query", ["the", "的", "cell", "的 the", "the -rare", "cell site:site2", "的 site:site2"])
def test_of_common_words_the_titles_come_first_and_it_is_said(many: Database, query: str) -> None:
    found = search(many, query, limit=20, copies=True)
    assert found.note
    assert len(found.hits) == 20
    assert all(hit.title for hit in found.hits)
    assert {hit.id for hit in found.hits} <= set(matching(many, query))


def test_words_too_common_to_weigh_leave_the_order_to_the_others(many: Database) -> None:
    with_the, without = (search(many, query, limit=30, copies=True) for query in ("the rare", "rare"))
    assert [hit.id for hit in with_the.hits] == [hit.id for hit in without.hits]
    assert with_the.note
    assert not without.note


def test_pages_hold_every_hit_once(many: Database) -> None:
    pages = [search(many, "的", offset=at, limit=50, copies=True).hits for at in (0, 9_960, 10_010, NUMBER - 30)]
    assert [len(page) for page in pages] == [50, 50, 50, 30]
    assert len({hit.id for page in pages for hit in page}) == 180


def test_a_long_query_is_weighed_by_its_rarest_words(many: Database) -> None:
    made = plan.make_plan(many, parse("the cell 患者 rare 的"))
    found = plan.matches(many, made, -1)
    assert ranking.rank(many, made, found).ids[:3] == [hit.id for hit in search(many, "rare 患者 cell", limit=3).hits]


def test_the_first_of_many_costs_one_step(many: Database) -> None:
    steps: list[str] = []
    many.conn.set_trace_callback(steps.append)
    first = list(islice(newest_first(many, plan.make_plan(many, parse("the"))), 5))
    many.conn.set_trace_callback(None)
    assert first == ids_of(_has("the"))[:5]
    assert sum("match" in step for step in steps) <= 10, "a year, a month, days: not all of them"


def test_copies_are_one_hit(many: Database) -> None:
    shown = search(many, "cell", limit=0).hits
    assert {30, 60} & {hit.id for hit in search(many, "cell", limit=0, copies=True).hits} == {30, 60}
    (standing,) = [hit for hit in shown if hit.id in {30, 60}]
    assert (standing.copies, standing.group) == (1, 30)
    assert search(many, "rare").total == 21
    everything = search(many, "患者", limit=1)
    assert (everything.total, everything.more) == (3000, False)


def test_facets_count_a_bounded_number(many: Database) -> None:
    found = facets(many, "the")
    assert (found.counted, found.more) == (10_000, True)
    assert sum(number for _, number in found.counts["site"]) == 10_000
    assert found.counts["references"] == (("no", 10_000),)
    rare = facets(many, "rare", language="en")
    assert (rare.counted, rare.more) == (21, False)
    assert rare.counts["site"] == (("site0", 21),)
    assert rare.counts["retracted"] == ()
