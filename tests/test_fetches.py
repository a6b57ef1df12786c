"""The one writer: all of a page or nothing of it."""

import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database

from archive.articles.fetch_result import FetchResult
from archive.articles.fetches import record
from archive.articles.writer import reinterpret
from archive.storage.crawls import finish_crawl, start_crawl
from archive.storage.frontier import NewPage, add_pages
from archive.storage.row_mapping import load_article
from tests.archives import NOW, URL, a_reference, an_article, due_page, new_archive, store

LATER = "2024-06-02T00:00:00.000000Z"


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return new_archive(tmp_path)


def count(db: Database, table: str) -> int:
    return int(db.execute(f"select count(*) from {table}").fetchone()[0])


def test_the_same_content_makes_no_revision(db: Database) -> None:
    store(db, an_article())
    store(db, an_article(views=99), now=LATER)
    assert db.execute("select revision, views, last_changed from articles").fetchall() == [(1, 99, NOW)]
    assert count(db, "revisions") == 1


def test_new_content_makes_a_revision_and_keeps_the_old(db: Database) -> None:
    store(db, an_article())
    store(db, an_article(text="改过的正文", citations=(), references=()), now=LATER)
    assert db.execute("select number, seen_at from revisions order by 1").fetchall() == [(1, NOW), (2, LATER)]
    assert [count(db, table) for table in ("bibliography", "citations", "works")] == [0, 0, 0]


def test_a_failure_in_the_middle_leaves_nothing(db: Database) -> None:
    add_pages(db, [NewPage(url=URL, host="news.example")], NOW)
    broken = an_article(references=(a_reference(), a_reference(kind=None)))
    visit = FetchResult(page=due_page(1), url=URL, fetched_at=NOW, outcome="stored", due_at=None, article=broken)
    with pytest.raises(sqlite3.IntegrityError):
        record(db, None, visit)
    assert [count(db, table) for table in ("articles", "fetches", "bibliography", "works")] == [0, 0, 0, 0]
    assert db.execute("select state from pages").fetchone() == ("new",)


def test_a_moved_article_keeps_its_id_under_the_new_url(db: Database) -> None:
    store(db, an_article())
    target = NewPage(url=URL + "-new", host="news.example", site="demo")
    visit = FetchResult(
        page=due_page(1),
        url=target.url,
        fetched_at=LATER,
        outcome="stored",
        due_at=None,
        article=an_article(),
        target=target,
    )
    record(db, None, visit)
    assert db.execute("select id, url, page_id from articles").fetchall() == [(1, target.url, 2)]
    assert db.execute("select state, alias_of from pages order by id").fetchall() == [("alias", 2), ("stored", None)]


def test_a_copy_under_two_urls_is_kept_once(db: Database) -> None:
    store(db, an_article())
    store(db, an_article(), url=URL + "-new")
    target = NewPage(url=URL + "-new", host="news.example", site="demo")
    visit = FetchResult(
        page=due_page(1), url=target.url, fetched_at=LATER, outcome="unchanged", due_at=None, target=target
    )
    record(db, None, visit)
    assert db.execute("select url from articles").fetchall() == [(target.url,)]


def test_two_articles_that_become_one_keep_their_history(db: Database) -> None:
    store(db, an_article(text="一。"))
    store(db, an_article(text="一二。"), now=LATER)
    store(db, an_article(text="一二三。"), url=URL + "-new", now="2024-06-01T12:00:00.000000Z")
    target = NewPage(url=URL + "-new", host="news.example", site="demo")
    visit = FetchResult(
        page=due_page(1), url=target.url, fetched_at="2024-06-09T00:00:00.000000Z", outcome="stored", due_at=None,
        article=an_article(text="一二三。"), target=target,
    )  # fmt: skip
    record(db, None, visit)
    assert db.execute("select url, revision, first_seen from articles").fetchall() == [(target.url, 3, NOW)]
    texts = "select number, json_extract(content, '$.text') from revisions order by number"
    assert db.execute(texts).fetchall() == [(1, "一。"), (2, "一二。"), (3, "一二三。")]


def look(db: Database, outcome: str, at: str, **more: object) -> tuple[object, ...]:
    """Records a look at page 1; returns its state, reason, since when it is missing and gone."""
    visit = FetchResult(page=due_page(1), url=URL, fetched_at=at, outcome=outcome, due_at=None, **more)  # type: ignore[arg-type]
    record(db, None, visit)
    sql = "select state, reason, missing_since, gone_since from pages where id = 1"
    found: tuple[object, ...] = db.execute(sql).fetchone()
    return found


def test_an_article_is_gone_after_a_second_look(db: Database) -> None:
    store(db, an_article())
    assert look(db, "gone", "t1", reason="http 404") == ("stored", "http 404", "t1", None)
    assert look(db, "failed", "t2", reason="http 500") == ("failed", "http 500", "t1", None)
    assert look(db, "gone", "t3", reason="http 410") == ("gone", "http 410", "t1", "t1")
    assert look(db, "failed", "t4", reason="http 500") == ("gone", "http 410", "t1", "t1")
    assert look(db, "unchanged", "t5") == ("stored", None, None, None)
    assert look(db, "gone", "t6", reason="soft 404") == ("stored", "soft 404", "t6", None)
    assert look(db, "stored", "t7", article=an_article()) == ("stored", None, None, None)
    assert count(db, "articles") == 1


def test_a_page_that_never_was_an_article_is_gone_at_once(db: Database) -> None:
    add_pages(db, [NewPage(url=URL, host="news.example")], NOW)
    assert look(db, "gone", "t1", reason="http 404") == ("gone", "http 404", None, None)


def test_unchanged_after_a_failure_is_what_it_was(db: Database) -> None:
    add_pages(db, [NewPage(url=URL, host="news.example")], NOW)
    look(db, "no article", "t1", reason="no text")
    look(db, "failed", "t2", reason="http 500")
    assert look(db, "unchanged", "t3") == ("no article", "no text", None, None)


def test_what_changed_is_said_of_each_fetch(db: Database) -> None:
    store(db, an_article())
    store(db, an_article(views=3))
    store(db, an_article(title="别的"))
    assert db.execute("select content from fetches order by id").fetchall() == [("new",), ("same",), ("changed",)]


def test_a_new_reading_of_the_old_bytes_is_no_change(db: Database) -> None:
    store(db, an_article(text="口号。正文。"))
    look(db, "stored", LATER, article=an_article(text="正文。"), reread=an_article(text="正文。"))
    assert db.execute("select revision, text, fetch_id from articles").fetchone() == (1, "正文。", 2)
    look(db, "stored", LATER, article=an_article(text="新。"), reread=an_article(text="旧。"))
    assert db.execute("select number, json_extract(content, '$.text') from revisions").fetchall() == [
        (1, "旧。"),
        (2, "新。"),
    ]


def page_of(url: str, **more: object) -> NewPage:
    return NewPage(url=url, host="h", site="s", due_at=NOW, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "due"),
    [
        (None, None),
        ("2024-05-01T00:00:00.000000Z", None),  # before the last look
        ("2024-06-03T00:00:00.000000Z", LATER),
    ],
)
def test_a_change_that_is_announced_brings_a_page_forward(db: Database, said: str | None, due: str | None) -> None:
    add_pages(db, [page_of(URL, link_modified="2024-04-01T00:00:00.000000Z")], NOW)
    look(db, "stored", "2024-06-01T12:00:00.000000Z", article=an_article())
    add_pages(db, [page_of(URL, link_modified=said)], LATER)
    assert db.execute("select due_at from pages").fetchone() == (due,)
    look(db, "unchanged", LATER)
    add_pages(db, [page_of(URL, link_modified=said)], LATER)  # said again: believed once
    assert db.execute("select due_at from pages").fetchone() == (None,)


def test_a_page_fetched_twice_in_a_crawl_has_one_fate(db: Database) -> None:
    crawl = start_crawl(db, now=NOW, pid=1, command="healthnews crawl")
    target = NewPage(url=URL, host="news.example", site="demo")
    add_pages(db, [target, NewPage(url=URL + "?print", host="news.example", site="demo")], NOW)
    stored = {"url": URL, "fetched_at": NOW, "outcome": "stored", "due_at": None, "article": an_article()}
    record(db, crawl, FetchResult(page=due_page(1), **stored))  # type: ignore[arg-type]
    record(db, crawl, FetchResult(page=due_page(2), target=target, **stored))  # type: ignore[arg-type]
    assert db.execute("select page_id, outcome from fetches").fetchall() == [(1, "stored"), (2, "alias")]


def test_reinterpreting_replaces_without_a_revision(db: Database) -> None:
    store(db, an_article())
    assert reinterpret(db, 1, 1, an_article(text="读得更好"), LATER) == "changed"
    assert db.execute("select revision, text from articles").fetchone() == (1, "读得更好")
    assert "读得更好" in db.execute("select content from revisions").fetchone()[0]
    assert reinterpret(db, 1, 1, "no text", LATER) == "no article"
    assert [count(db, table) for table in ("articles", "bibliography", "works")] == [0, 0, 0]
    assert db.execute("select state, reason from pages").fetchone() == ("no article", "no text")


def test_a_sites_language_hint_survives_reprocessing(db: Database) -> None:
    store(db, an_article(language="zh-Hans"))
    reinterpret(db, 1, 1, an_article(language=None), LATER)
    assert load_article(db, 1).language == "zh-Hans"


def test_references_of_two_articles_share_a_work(db: Database) -> None:
    store(db, an_article())
    other = a_reference(pmid=None, title="Stem cells for Scleroderma.", raw="other")
    store(db, an_article(references=(other,)), url=URL + "0")
    assert db.execute("select doi, pmid, title from works").fetchall() == [
        ("10.5555/sci.2016", "27770001", "Stem cells for scleroderma")
    ]


def test_killed_crawls_are_marked(db: Database) -> None:
    first = start_crawl(db, now=NOW, pid=1, command="healthnews crawl")
    second = start_crawl(db, now=LATER, pid=2, command="healthnews crawl")
    finish_crawl(db, second, now=LATER, outcome="finished", counts={"who": {"stored": 3}})
    rows = db.execute("select id, outcome, counts from crawls order by id").fetchall()
    assert rows == [(first, "died", "{}"), (second, "finished", '{"who": {"stored": 3}}')]
