"""Articles whose page is gone: found, marked, listed."""

import csv
import io
import json
from pathlib import Path

import pytest
from sqlite_utils import Database

from archive.articles.fetch_result import FetchResult
from archive.articles.fetches import record
from archive.articles.lookup import load
from archive.retrieval.engine import matching, search
from archive.storage.database import open_archive
from archive.storage.gone_pages import any_gone, gone_since, latest_gone
from tests.archives import an_article, due_page, new_archive, store
from tests.commands import run

URL = "https://news.example/{}"
MAY, JUNE, JULY = (f"2024-{month}-01T08:00:00.000000Z" for month in ("05", "06", "07"))
GONE = "update pages set state = 'gone', reason = 'http 404', missing_since = ?1, gone_since = ?1 where id = ?2"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages 1 to 3 are gone, in the order 2, 3, 1; 4 was missing once; 5 is there. 2 and 5 are of another site."""
    made = tmp_path_factory.mktemp("gone")
    db = new_archive(made)
    for number, (title, site) in enumerate(
        [("Skin one", "demo"), ("Skin two", "other"), ("Bone", "demo"), ("Skin four", "demo"), ("Skin", "other")],
        start=1,
    ):
        article = an_article(title=title, text=f"Article number {number}.", citations=(), language="en")
        store(db, article, url=URL.format(number), site=site)
    for page, since in ((1, JULY), (2, MAY), (3, JUNE)):
        db.execute(GONE, [since, page])
    db.execute("update pages set missing_since = ?, reason = 'http 404' where id = 4", [JULY])
    db.close()
    return made


@pytest.fixture
def db(folder: Path) -> Database:
    return open_archive(folder / "healthnews.db")


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("", [1, 3, 2]),
        ("site:demo", [1, 3]),
        ("site:other OR site:demo", [1, 3, 2]),
        ("language:en since:2024", [1, 3, 2]),
        ("bone", [3]),
        ("skin -two", [1]),
        ("has:references", [1, 3, 2]),
        ("10.5555/sci.2016", [1, 3, 2]),
        ("nowhere", []),
    ],
)
def test_gone_is_a_filter_and_a_word(db: Database, query: str, ids: list[int]) -> None:
    assert [hit.id for hit in search(db, query, gone=True).hits] == ids
    assert [hit.id for hit in search(db, f"{query} is:gone").hits] == ids
    assert search(db, query, gone=True).total == len(ids)
    assert sorted(matching(db, query, gone=True)) == sorted(ids)


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("skin", {1, 2, 4, 5}),
        ("skin -is:gone", {4, 5}),
        ("-is:gone", {4, 5}),
        ("is:gone OR site:other", {1, 2, 3, 5}),
        ("is:gone OR four", {1, 2, 3, 4}),
        ("is:here", set()),
        ('is:"gone"', {1, 2, 3}),
        ("IS:Gone bone", {3}),
    ],
)
def test_gone_goes_with_other_words(db: Database, query: str, ids: set[int]) -> None:
    assert {hit.id for hit in search(db, query).hits} == ids


def test_the_order_can_be_by_publication_and_pages_make_up_the_whole(db: Database) -> None:
    assert [hit.id for hit in search(db, "", gone=True, sort="date").hits] == [3, 2, 1]
    assert [hit.id for start in range(4) for hit in search(db, "", gone=True, limit=1, offset=start).hits] == [1, 3, 2]


def test_hits_say_since_when(db: Database) -> None:
    assert {hit.id: hit.gone_since for hit in search(db, "skin").hits} == {1: JULY, 2: MAY, 4: None, 5: None}
    assert gone_since(db, [1, 4, 99]) == {1: JULY}
    assert latest_gone(db, [2, 1]) == [1, 2]


def test_whether_any_is_gone(db: Database, tmp_path: Path) -> None:
    assert any_gone(db)
    assert not any_gone(new_archive(tmp_path))


def test_a_second_look_makes_an_article_gone_and_it_may_come_back(tmp_path: Path) -> None:
    db = new_archive(tmp_path)
    store(db, an_article())
    found = []
    for now in (JUNE, JULY):
        looked = FetchResult(
            page=due_page(1), url=URL, fetched_at=now, outcome="gone", reason="http 410", status=410, due_at=None
        )
        record(db, None, looked)
        found.append([(hit.id, hit.gone_since) for hit in search(db, "is:gone").hits])
        assert load(db, 1).missing_since == JUNE
    store(db, an_article(), now="2024-08-01T08:00:00.000000Z")
    assert found == [[], [(1, JUNE)]]
    assert search(db, "is:gone").total == 0
    assert load(db, 1).missing_since is None


def test_the_command_lists_what_is_gone(folder: Path) -> None:
    shown = run("search", "--gone", "--limit", "2", cwd=folder).stdout
    assert [line.split()[1] for line in shown.splitlines() if line.startswith("   ") and line[3].isdigit()] == [
        "Skin",
        "Bone",
    ]
    assert "gone since 2024-07-01" in shown
    assert shown.endswith("2 of 3 articles; for the next: --offset 2\n")
    hits = json.loads(run("search", "--gone", "skin", "--json", cwd=folder).stdout)
    assert {hit["id"]: hit["gone_since"] for hit in hits} == {1: JULY, 2: MAY}
    assert run("search", "--gone", "--count", "--site", "demo", cwd=folder).stdout == "2 articles\n"
    assert run("search", "skin", "--count", cwd=folder).stdout == "4 articles\n"


def test_an_export_of_what_is_gone_says_since_when(folder: Path) -> None:
    lines = run("export", "--gone", "--format", "csv", cwd=folder).stdout
    rows = {row["id"]: (row["state"], row["gone_since"]) for row in csv.DictReader(io.StringIO(lines))}
    assert rows == {"1": ("gone", JULY), "2": ("gone", MAY), "3": ("gone", JUNE)}
    objects = map(json.loads, run("export", "skin", cwd=folder).stdout.splitlines())
    assert {each["id"]: each["state"] for each in objects} == {1: "gone", 2: "gone", 4: "stored", 5: "stored"}
    assert run("export", "--gone", "--article", "1", cwd=folder).returncode == 2


def test_an_article_is_shown_with_what_became_of_its_page(folder: Path) -> None:
    assert "page       gone since 2024-07-01 (http 404)\n" in run("show", "1", cwd=folder).stdout
    missing = "page       missing since 2024-07-01 (http 404), will be fetched again\n"
    assert missing in run("show", "4", cwd=folder).stdout
    assert "\npage " not in run("show", "5", cwd=folder).stdout


def test_json_of_an_article_tells_of_its_page(folder: Path) -> None:
    shown = json.loads(run("show", "1", "--json", cwd=folder).stdout)
    facts = ("state", "reason", "gone_since", "missing_since", "aliases")
    assert [shown[name] for name in facts] == ["gone", "http 404", JULY, JULY, []]
    assert [revision["number"] for revision in shown["revisions"]] == [1]
