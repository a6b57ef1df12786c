"""How often searches are met, in Python, in the terminal and on the page."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette
from sqlite_utils import Database

from archive.errors import FilterError
from archive.retrieval.trends import TrendRow, trend
from archive.storage.database import open_archive
from archive.web.server import datasette as serve
from tests.archives import an_article, new_archive, store
from tests.commands import run
from tests.web import HOSTILE, get

ARTICLES = [  # text, date of publication, site, month in which it is archived
    ("Marrow and bone.", date(2023, 1, 2), "demo", 1),
    ("Bone.", date(2023, 1, 30), "demo", 1),
    ("Marrow.", date(2024, 5, 1), "other", 2),
    ("Skin.", None, "other", 3),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("trend")
    db = new_archive(made)
    for number, (text, published, site, month) in enumerate(ARTICLES):
        article = an_article(title="Of it", text=text, published=published, citations=(), references=(), language="en")
        now = f"2024-{month:02}-01T00:00:00.000000Z"
        store(db, article, url=f"https://news.example/{number}", now=now, site=site)
    db.close()
    return made


@pytest.fixture
def db(folder: Path) -> Database:
    return open_archive(folder / "healthnews.db", reading=True)


@pytest.fixture(scope="module")
def served(folder: Path) -> Datasette:
    return serve(folder / "healthnews.db")


MARROW_BY_MONTH = [("2023-01", 2, (1,)), ("2024-05", 1, (1,))]


@pytest.mark.parametrize(
    ("queries", "wanted", "periods"),
    [
        (["marrow"], {}, MARROW_BY_MONTH),
        (["marrow"], {"by": "month"}, MARROW_BY_MONTH),
        (["marrow"], {"by": "year"}, [("2023", 2, (1,)), ("2024", 1, (1,))]),
        (["marrow", "bone -marrow"], {"by": "year"}, [("2023", 2, (1, 1)), ("2024", 1, (1, 0))]),
        (["marrow"], {"date": "archived"}, [("2024-01", 2, (1,)), ("2024-02", 1, (1,)), ("2024-03", 1, (0,))]),
        (["marrow"], {"filters": {"site": "other"}}, [("2024-05", 1, (1,))]),
        (["nothing"], {"by": "year"}, [("2023", 2, (0,)), ("2024", 1, (0,))]),
        (["site:demo"], {}, [("2023-01", 2, (2,)), ("2024-05", 1, (0,))]),
        ([], {}, [("2023-01", 2, ()), ("2024-05", 1, ())]),
    ],
)
def test_periods(db: Database, queries: list[str], wanted: dict[str, Any], periods: list[Any]) -> None:
    found = trend(db, queries, **wanted)
    assert [(row.name, row.archived, row.hits) for row in found.periods] == periods


def test_sites_undated_and_all(db: Database) -> None:
    found = trend(db, ["marrow", "skin"])
    assert found.sites == (TrendRow("demo", 2, (1, 0)), TrendRow("other", 2, (1, 1)))
    assert found.undated == TrendRow("", 1, (0, 1))
    assert found.total == TrendRow("", 4, (2, 1))
    assert found.total.shares == (0.5, 0.25)


@pytest.mark.parametrize("wanted", [{"by": "week"}, {"date": "modified"}, {"filters": {"since": "yesterday"}}])
def test_invalid_values(db: Database, wanted: dict[str, Any]) -> None:
    with pytest.raises(FilterError):
        trend(db, ["marrow"], **wanted)


def test_an_empty_archive(tmp_path: Path) -> None:
    found = trend(new_archive(tmp_path), ["marrow"])
    assert (found.periods, found.sites, found.total.shares) == ((), (), (0.0,))
    assert "no articles yet" in get(serve(tmp_path / "healthnews.db"), "/healthnews/-/trend?q=x").text


def test_the_command(folder: Path) -> None:
    printed = run("trend", "marrow", "bone", "--by", "year", cwd=folder).stdout
    assert [line.split()[:6] for line in printed.splitlines() if line.startswith("2023")] == [
        ["2023", "2", "1", "50.0%", "2", "100.0%"]
    ]
    assert [line.split()[:4] for line in printed.splitlines() if line.startswith("other")] == [
        ["other", "2", "1", "50.0%"]
    ]
    assert json.loads(run("trend", "marrow", "--json", cwd=folder).stdout)["total"] == {
        "period": "", "archived": 4, "hits": [2], "shares": [0.5],
    }  # fmt: skip
    for words in ((), ("a", "b", "c")):
        done = run("trend", *words, cwd=folder)
        assert (done.returncode, "one search or two" in done.stderr) == (2, True)


def test_the_page_has_charts_and_the_same_as_tables(served: Datasette) -> None:
    shown = get(served, "/healthnews/-/trend?q=marrow&q2=bone&by=year").text
    time, sites = (
        json.loads(text)
        for text in re.findall(r'<script [^>]*type="application/json"[^>]*>(.*?)</script>', shown, re.DOTALL)
    )
    assert time["rows"][0] == {"name": "2023", "query": "marrow", "hits": 1, "archived": 2, "share": 0.5}
    assert {row["name"] for row in sites["rows"]} == {"demo", "other"}
    assert '<th scope="row">2023</th><td class="hn-number">2</td><td class="hn-number">1</td>' in shown
    assert '<th scope="row">undated</th>' in shown
    assert get(served, "/healthnews/-/trend.json?q=marrow&q2=bone").json()["total"]["hits"] == [2, 2]


def test_a_hostile_query_stays_text(served: Datasette) -> None:
    answer = get(served, f"/healthnews/-/trend?q=marrow {HOSTILE}&by=week&date=x".replace("#", ""))
    assert "<img" not in answer.text
    assert "<script>alert" not in answer.text
    assert answer.text.count("hn-notice-warning") == 2


def test_without_a_query_there_is_a_form_only(served: Datasette) -> None:
    shown = get(served, "/healthnews/-/trend").text
    assert "data-chart" not in shown
    assert "How often a search is met" in shown
