"""The site page and the list of sites."""

import html
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from datasette.app import Datasette
from sqlite_utils import Database

from archive.articles.fetch_result import FetchResult
from archive.articles.fetches import record
from archive.monitoring.site_reports import site_report, sites
from archive.storage.crawls import finish_crawl, start_crawl
from archive.storage.frontier import NewPage, add_pages
from archive.storage.hosts import notice
from archive.web.server import datasette as serve
from tests.archives import NOW, an_article, due_page, new_archive, store
from tests.web import HOSTILE, get, page

LATER = "2024-06-02T00:00:00.000000Z"


def visit(db: Database, crawl_id: int, url: str, outcome: str, reason: str | None, **more: object) -> None:
    """A page of the site that was asked for in the crawl."""
    add_pages(db, [NewPage(url=url, host="news.example", site="demo")], NOW)
    (page_id,) = db.execute("select id from pages where url = ?", [url]).fetchone()
    values = {"url": url, "fetched_at": LATER, "outcome": outcome, "reason": reason, "due_at": None} | more
    record(db, crawl_id, FetchResult(page=due_page(page_id), **values))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with two articles and pages that failed in two crawls, one of them killed; and a single page."""
    made = tmp_path_factory.mktemp("site")
    db = new_archive(made)
    store(db, an_article())
    store(
        db,
        an_article(text="另一篇。", published=None, references=(), citations=()),
        url="https://news.example/2",
        now=LATER,
    )
    store(db, an_article(text="单独的一页。"), url="https://single.example/x", site="")
    killed = start_crawl(db, now=NOW, pid=1, command="crawl")
    for number in range(5):
        visit(db, killed, f"https://news.example/slow/{number}", "failed", "timeout", detail=f"{HOSTILE} {number}")
    finished = start_crawl(db, now=LATER, pid=2, command="crawl")
    visit(db, finished, "https://news.example/gone", "gone", "http 410", status=410)
    finish_crawl(db, finished, now=LATER, outcome="finished", counts={"demo": {"gone": 1}})
    db.close()
    return made


@pytest.fixture(scope="module")
def served(folder: Path) -> Datasette:
    return serve(folder / "healthnews.db")


@pytest.mark.parametrize(
    "words",
    [
        "2 articles, published from 2024-05-21 to 2024-05-21; the last new one was stored on 2024-06-02.",
        "<dt>With a date</dt><dd>1 (50%)</dd>",
        "<dt>With references</dt><dd>1 (50%)</dd>",
        "<dt>In Chinese (Simplified)</dt><dd>2 (100%)</dd>",
        "<dt>failed</dt><dd>5</dd>",
        '<span class="hn-badge hn-badge-warning">died</span>',
        "timeout <span",
        '<a href="https://news.example/slow/4" rel="noreferrer nofollow">',
        "HTTP 410",
        "&lt;script&gt;",
        'href="/healthnews/-/search?site=demo"',
    ],
)
def test_a_site_page_has(served: Datasette, words: str) -> None:
    assert words in page(served, "/healthnews/-/site/demo")


def test_only_some_examples_are_shown(served: Datasette) -> None:
    assert page(served, "/healthnews/-/site/demo").count('href="https://news.example/slow/') == 3


def test_single_pages_are_a_site_without_a_name(served: Datasette) -> None:
    assert "<h1>Single pages</h1>" in page(served, "/healthnews/-/site/")
    assert get(served, "/healthnews/-/site/.json").json()["articles"] == 1
    assert '<a href="/healthnews/-/site/">Single pages</a>' in page(served, "/healthnews/-/sites")


def test_a_site_as_json(served: Datasette) -> None:
    answer = get(served, "/healthnews/-/site/demo.json").json()
    assert [(crawl["outcome"], crawl["counts"]) for crawl in answer["crawls"]] == [
        ("finished", {"gone": 1}), ("died", {"failed": 5}),
    ]  # fmt: skip
    assert [(each["state"], each["reason"], each["pages"]) for each in answer["trouble"]] == [
        ("failed", "timeout", 5), ("gone", "http 410", 1),
    ]  # fmt: skip
    assert answer["states"] == {"failed": 5, "stored": 2, "gone": 1}


def test_warnings_are_on_the_page_of_their_site(tmp_path: Path) -> None:
    db = new_archive(tmp_path)
    store(db, an_article())
    store(db, an_article(), url="https://other.example/", site="other")
    crawl_id = start_crawl(db, now=NOW, pid=1, command="crawl")
    notice(db, crawl_id, at="2999-01-01T00:00:00Z", host="news.example", kind="robots", detail=f"It says {HOSTILE}.")
    db.execute("update pages set host = 'other.example', due_at = ? where site = 'other'", [NOW])
    db.execute("update pages set due_at = ? where site = 'demo'", [NOW])
    db.close()
    served = serve(tmp_path / "healthnews.db")
    shown = page(served, "/healthnews/-/site/demo")
    assert ">Alerts</h2>" in shown
    assert "news.example, 2999-01-01: It says &lt;script&gt;" in shown
    assert ">Alerts</h2>" not in page(served, "/healthnews/-/site/other")
    (warning,) = get(served, "/healthnews/-/site/demo.json").json()["warnings"]
    assert (warning["kind"], warning["site"]) == ("robots changed", "demo")


def test_all_sites(served: Datasette) -> None:
    answer = get(served, "/healthnews/-/sites.json").json()
    assert [(site["site"], site["articles"], site["pages"], site["trouble"]) for site in answer] == [
        ("demo", 2, 8, 6), ("", 1, 1, 0),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["nobody", "<b>", "a%20b"])
def test_an_unknown_site_is_said_in_a_sentence(served: Datasette, name: str) -> None:
    answer = get(served, f"/healthnews/-/site/{name}")
    assert answer.status_code == 404
    assert "No page of a site" in answer.text
    assert "<b>" not in answer.text


@pytest.mark.parametrize("name", ["健康 网", "a.b", "x/y", "100%", "é~", "x.json", "<i>"])
def test_a_site_is_found_by_whatever_name(tmp_path: Path, name: str) -> None:
    db = new_archive(tmp_path)
    store(db, an_article(), site=name)
    db.close()
    served = serve(tmp_path / "healthnews.db")
    (address,) = set(re.findall(r'<th scope="row"><a href="([^"]*)"', page(served, "/healthnews/-/sites")))
    assert f"<h1>{html.escape(name)}</h1>" in page(served, address)
    assert get(served, f"{address}.json").json()["site"] == name
    assert f'href="{address}"' in page(served, "/healthnews/-/article/1")


@pytest.mark.parametrize(
    "path", ["site/demo", "sites", "works", "work/1", "copies/1", "article/1/changes", "article/1.json"]
)
def test_other_databases_have_none_of_the_pages(tmp_path: Path, path: str) -> None:
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("create table articles (id integer primary key, title text)")
    answer = get(Datasette([str(tmp_path / "other.db")]), f"/other/-/{path}")
    assert answer.status_code == 404
    assert "This database is no health-news archive." in answer.text


def test_a_site_without_articles(tmp_path: Path) -> None:
    db = new_archive(tmp_path)
    add_pages(db, [NewPage(url="https://new.example/", host="new.example", site="new", kind="listing")], NOW)
    report = site_report(db, "new")
    assert (report.articles, report.newest, report.languages, report.crawls) == (0, None, {}, ())
    assert [(site.site, site.first, site.newest) for site in sites(db)] == [("new", None, None)]
    db.close()
    served = serve(tmp_path / "healthnews.db")
    assert "0 articles" in page(served, "/healthnews/-/site/new")
    assert "every page that was fetched could be read" in page(served, "/healthnews/-/site/new")


def test_an_empty_archive_has_no_sites(tmp_path: Path) -> None:
    new_archive(tmp_path).close()
    assert "Nothing has been crawled yet." in page(serve(tmp_path / "healthnews.db"), "/healthnews/-/sites")
