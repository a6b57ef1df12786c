"""`healthnews report` as an operator runs it."""

import json
from pathlib import Path

import pytest

from archive.articles.fetch_result import FetchResult
from archive.articles.fetches import record
from archive.storage.hosts import notice
from tests.archives import NOW, an_article, due_page, new_archive, store
from tests.commands import run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A site with an article, a crawl that failed on a page of another site, and rules that were changed in 2999."""
    db = new_archive(tmp_path)
    store(db, an_article())
    store(db, an_article(text="另一篇。"), url="https://news.example/2", site="who")
    db.execute(
        "insert into crawls (started_at, finished_at, pid, command, outcome, counts) "
        "values (?, ?, 1, '', 'finished', ?)",
        [NOW, NOW, json.dumps({"demo": {"new": 3, "read": 1}})],
    )
    record(
        db, 1, FetchResult(page=due_page(1), url="", fetched_at=NOW, outcome="failed", reason="timed out", due_at=NOW)
    )
    notice(db, 1, at="2999-01-01T00:00:00Z", host="news.example", kind="robots", detail="It now says Disallow: /.")
    db.close()
    return tmp_path


WARNING = "news.example, 2999-01-01: It now says Disallow: /; check whether the site still permits crawling."


def test_what_needs_a_look_comes_first(folder: Path) -> None:
    done = run("report", cwd=folder, COLUMNS="40")  # in a pipe a paragraph is a line
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines()[:2] == ["Needs a look", f"! {WARNING}"]
    assert "Crawl 1, 2024-06-01 00:00:00 UTC, finished" in done.stdout


def test_warnings_as_json(folder: Path) -> None:
    done = run("report", "--json", cwd=folder)
    report = json.loads(done.stdout)
    assert done.returncode == 1
    assert report["warnings"] == [
        {
            "kind": "robots changed", "site": "demo", "host": "news.example", "before": None,
            "now": "2999-01-01T00:00:00Z", "sentence": WARNING,
        }
    ]  # fmt: skip
    assert report["holdings"]["articles"] == 2


def test_a_site_of_its_own(folder: Path) -> None:
    done = run("report", "--site", "demo", cwd=folder)
    assert done.returncode == 1
    assert WARNING in done.stdout
    assert "the archive holds of demo" in done.stdout
    assert "1  2024-06-01 00:00:00  finished    3           1" in done.stdout
    assert "1 failed, timed out\n  https://news.example/a/1" in done.stdout
    other = run("report", "--site", "who", "--json", cwd=folder)
    assert other.returncode == 0
    report = json.loads(other.stdout)
    assert (report["warnings"], report["site"]["articles"]) == ([], 1)


def test_an_unknown_site_is_said_in_a_sentence(folder: Path) -> None:
    done = run("report", "--site", "nobody", cwd=folder)
    assert (done.returncode, done.stderr) == (2, "Error: No page of a site “nobody” is known.\n")


def test_an_archive_in_order_is_well(tmp_path: Path) -> None:
    db = new_archive(tmp_path)
    store(db, an_article())
    db.close()
    done = run("report", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Needs a look" not in done.stdout
