"""The start page: its figures, its charts, and the databases beside it."""

import json
import re
import sqlite3
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from datasette.app import Datasette
from sqlite_utils import Database

from archive.monitoring.crawl_reports import COUNT_NAMES
from archive.web.charts import CHARTS, OUTCOME_COLOURS, SLUG, metadata
from archive.web.pages.start import chart_data, read_holdings
from archive.web.server import datasette as serve
from archive.works.retraction_watch import load_table
from tests.archives import NOW, a_reference, an_article, new_archive, store
from tests.retraction_table import a_row, a_table
from tests.web import get

URL = "https://news.example/{}"


def add(db: Database, number: int, *, site: str = "demo", day: str | None = "2024-05-21", **changes: object) -> None:
    """Stores an article with that number in its address."""
    article = an_article(published=day and date.fromisoformat(day), **changes)
    store(db, article, url=URL.format(number), site=site)


@pytest.fixture
def db(tmp_path: Path) -> Database:
    db = new_archive(tmp_path)
    add(db, 1, day="2024-05-21")
    add(db, 2, day="2024-05-30", language="en", references=())
    add(db, 3, day="2024-06-01", site="", language=None)
    add(db, 4, day=None, title="<script>x</script>", references=(a_reference(title="</script>", doi="10.5555/other"),))
    return db


def figures(db: Database, slug: str) -> list[tuple[object, ...]]:
    (chart,) = (chart for chart in CHARTS if chart.slug == slug)
    return [tuple(row) for row in db.execute(chart.sql).fetchall()]


def test_articles_per_month_and_site(db: Database) -> None:
    assert figures(db, "months") == [("2024-05", "demo", 2, 1), ("2024-06", "single pages", 1, 2)]


@pytest.mark.parametrize("day", ["2999-01-01", "2019-05-31"])
def test_days_to_come_and_long_gone_are_left_out(db: Database, day: str) -> None:
    add(db, 5, day=day)
    assert sum(int(str(row[2])) for row in figures(db, "months")) == 3


def test_sites_beyond_the_largest_are_taken_together(db: Database) -> None:
    for number in range(10, 20):
        add(db, number, site=f"site{number}")
    rows = figures(db, "months")
    assert sum(int(str(row[2])) for row in rows) == 13
    assert len({row[1] for row in rows}) == 9
    assert ("2024-05", "other sites", 4, 9) in rows


def test_languages(db: Database) -> None:
    assert figures(db, "languages") == [("zh-Hans", 2), ("en", 1), ("unknown", 1)]


def test_most_cited_works(db: Database) -> None:
    (first, second) = figures(db, "works")
    assert first[:2] == ("Stem cells for scleroderma", 2)
    assert second[:2] == ("</script>", 1)


def test_works_of_one_title_are_told_apart(db: Database) -> None:
    for number, doi in ((20, "10.5555/a"), (21, "10.5555/b")):
        add(
            db,
            number,
            references=(a_reference(title="Twins", doi=doi, pmid=None, pmcid=None, arxiv=None, year=number),),
        )
    names = [row[0] for row in figures(db, "works") if str(row[0]).startswith("Twins")]
    assert len(set(names)) == 2


def test_outcomes_of_crawls(db: Database) -> None:
    db.execute("insert into crawls (id, started_at, pid, command) values (7, '2024-06-01T08:30:00Z', 1, 'crawl')")
    db.execute("update fetches set crawl_id = 7")
    db.execute("update fetches set content = 'same' where id = 1")
    db.execute("update fetches set content = null where id = 2")
    db.execute("update fetches set outcome = 'unchanged', content = null where id = 3")
    db.execute("update pages set kind = 'feed' where id = (select page_id from fetches where id = 3)")
    started = "#7  2024-06-01 08:30"
    assert figures(db, "crawls") == [(started, name, 1) for name in ("new", "read", "stored", "unchanged")]
    counts = '{"demo": {"new": 2, "failed": 0}, "who": {"new": 3, "gone": 1}, "empty": {}}'
    db.execute("update crawls set finished_at = started_at, counts = ?", [counts])
    assert figures(db, "crawls") == [(started, "gone", 1), (started, "new", 5)]


def test_every_outcome_has_a_colour() -> None:
    assert set(OUTCOME_COLOURS) == {*COUNT_NAMES, "stored"}


def test_sites_with_their_newest_article(db: Database) -> None:
    assert read_holdings(db).sites == [("demo", 3, "2024-05-30"), ("", 1, "2024-06-01")]


def test_articles_that_cite_a_retracted_work_are_counted(db: Database, tmp_path: Path) -> None:
    assert read_holdings(db).retracted.total == 0
    load_table(db, a_table(tmp_path, a_row()), NOW)
    db.close()
    page = get(serve(tmp_path / "healthnews.db"), "/").text
    assert "<strong>2</strong> cite a retracted work" in page


def test_the_page_shows_numbers_tables_and_no_script_of_others(db: Database, tmp_path: Path) -> None:
    db.close()
    page = get(serve(tmp_path / "healthnews.db"), "/")
    assert page.status_code == 200
    assert "script-src 'self';" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    assert page.text.count("<table") == 4  # no crawl yet, no chart of crawls
    assert "published from 2024-05-21 to 2024-06-01" in page.text
    assert "&lt;script&gt;x&lt;/script&gt;" in page.text
    assert "<script>x" not in page.text
    assert "https://" not in "".join(re.findall(r'src="([^"]*)"', page.text))


def test_data_for_charts_cannot_end_the_script_element(db: Database) -> None:
    (chart,) = (chart for chart in CHARTS if chart.slug == "works")
    data = chart_data(chart, [{"work": "</script><b>", "articles": 1}])
    assert "<" not in data
    assert json.loads(data)["rows"][0]["work"] == "</script><b>"


def test_an_empty_archive_has_a_start_page(tmp_path: Path) -> None:
    new_archive(tmp_path).close()
    page = get(serve(tmp_path / "healthnews.db"), "/")
    assert page.status_code == 200
    assert "healthnews crawl" in page.text


def test_the_dashboard_of_the_same_charts(db: Database, tmp_path: Path) -> None:
    db.close()
    served = serve(tmp_path / "healthnews.db")
    page = get(served, f"/-/dashboards/{SLUG}")
    assert page.status_code == 200
    for chart in CHARTS:
        assert chart.title in page.text
    charts = metadata("x")["plugins"]["datasette-dashboards"][SLUG]["charts"].values()
    assert {(chart["db"], chart["library"]) for chart in charts} == {("x", "vega-lite")}


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A database of another kind."""
    path = tmp_path / "other.db"
    sqlite3.connect(path).executescript("create table notes (id integer primary key)").close()
    return path


def test_other_databases_are_named_and_datasettes_list_is_kept(db: Database, tmp_path: Path, other: Path) -> None:
    db.close()
    served = Datasette([str(other), str(tmp_path / "healthnews.db")])
    start = get(served, "/")
    assert 'href="/other"' in start.text
    assert 'href="/-/databases-and-tables"' in start.text
    own = get(served, "/-/databases-and-tables").text
    assert "notes" in own
    assert 'href="/healthnews"' in own
    assert get(served, "/.json").json().keys() == {"other", "healthnews"}


def test_without_an_archive_the_first_page_is_datasettes_own(other: Path) -> None:
    page = get(Datasette([str(other)]), "/")
    assert page.status_code == 200
    assert "notes" in page.text
    assert "content-security-policy" not in page.headers


@pytest.mark.parametrize("prefix", ["/", "/archive/"])
def test_links_follow_base_url(db: Database, tmp_path: Path, prefix: str) -> None:
    db.close()
    served = Datasette([str(tmp_path / "healthnews.db")], settings={"base_url": prefix})
    page = get(served, "/healthnews/-/start").text
    links: Callable[[str], list[str]] = re.compile(r'(?:href|src|action)="([^"#]*)').findall
    assert [
        link for link in links(page) if link and not link.startswith((prefix, "?lang=", "https://datasette.io"))
    ] == []
