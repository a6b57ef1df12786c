"""The texts of superseded revisions follow the revisions, whatever program writes, and so does their index."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from archive.articles.redirects import merge_revisions
from archive.articles.writer import forget_article
from archive.storage.connection import transaction
from archive.storage.fulltext import index
from archive.storage.migrations import migrations
from archive.storage.row_mapping import to_json
from tests.archives import NOW, URL, an_article, new_archive, store

LATER, LATEST = NOW.replace("-06-", "-07-"), NOW.replace("-06-", "-08-")
FIRST, SECOND, THIRD = (an_article(text=text, citations=()) for text in ("初次的正文。", "改过的正文。", "末次。"))
KEPT = "select article_id, number, seen_at, until, title, source, site, language, published, text from superseded"


def texts(db: Database) -> list[tuple[int, str]]:
    rows: list[tuple[int, str]] = db.execute(
        "select number, text from superseded order by article_id, number"
    ).fetchall()
    return rows


@pytest.fixture
def db(tmp_path: Path) -> Database:
    """An article with three revisions, and another one with one."""
    made = new_archive(tmp_path)
    for article, now in ((FIRST, NOW), (SECOND, LATER), (THIRD, LATEST)):
        store(made, article, now=now)
    store(made, an_article(), url=f"{URL}0")
    return made


def test_what_is_kept_of_a_superseded_revision(db: Database) -> None:
    facts = ("干细胞治疗硬皮病", "晨光", "demo", "zh-Hans", "2024-05-21")
    assert db.execute(f"{KEPT} order by number").fetchall() == [
        (1, 1, NOW, LATER, *facts, FIRST.text),
        (1, 2, LATER, LATEST, *facts, SECOND.text),
    ]


def test_a_new_reading_of_the_newest_revision_supersedes_nothing(db: Database) -> None:
    db.execute("update revisions set content = ? where number = 3", [to_json(replace(THIRD, text="另读。"))])
    assert texts(db) == [(1, FIRST.text), (2, SECOND.text)]
    db.execute("update revisions set content = ? where number = 1", [to_json(replace(FIRST, text="另读。"))])
    assert texts(db) == [(1, "另读。"), (2, SECOND.text)]
    assert index.check(db)


def test_the_language_a_site_hinted_at_and_its_new_name_hold_for_old_texts(tmp_path: Path) -> None:
    db = new_archive(tmp_path)
    store(db, replace(FIRST, language=None))
    db.execute("update articles set language = 'zh-Hant'")
    store(db, replace(SECOND, language=None), now=LATER)
    db.execute("update articles set site = 'renamed'")
    assert db.execute("select language, site from superseded").fetchall() == [("zh-Hant", "renamed")]
    assert index.check(db)


def test_a_forgotten_article_leaves_no_text_behind(db: Database) -> None:
    forget_article(db, 1)
    assert texts(db) == []
    assert index.check(db)


def test_a_plain_connection_may_delete_revisions(db: Database, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "healthnews.db")) as plain, plain:  # without foreign keys
        plain.execute("delete from revisions where number = 3")
    assert texts(db) == [(1, FIRST.text)]
    assert index.check(db)


def test_two_articles_that_become_one_share_their_history(db: Database) -> None:
    store(db, replace(FIRST, text="另一处的旧文。"), url=f"{URL}1", now=NOW, site="other")
    store(db, replace(FIRST, text="另一处的新文。"), url=f"{URL}1", now=LATEST, site="other")
    with transaction(db):
        merge_revisions(db, 1, 3)
        forget_article(db, 1)
    rows = db.execute("select article_id, number, text, site, until from superseded order by number").fetchall()
    every = [FIRST.text, "另一处的旧文。", "另一处的新文。", SECOND.text]  # what the first one says now is the newest
    assert [(row[0], row[3]) for row in rows] == [(3, "other")] * 4
    assert sorted(row[2] for row in rows) == sorted(every)
    assert [row[1] for row in rows] == [1, 2, 3, 4]
    newest = "select seen_at from revisions where article_id = 3 order by number desc limit 1"
    assert (rows[-1][4],) == db.execute(newest).fetchone()
    assert index.check(db)


KINDS = ["insert", "delete", "update", "move", "renumber", "give"]
EDIT = st.tuples(st.sampled_from(KINDS), st.integers(1, 2), st.integers(1, 5))


@settings(max_examples=60)
@given(st.lists(EDIT, max_size=14))
def test_superseded_is_every_revision_but_the_newest(edits: list[tuple[str, int, int]]) -> None:
    db = Database(sqlite3.connect(":memory:", isolation_level=None))
    TEMPLATE.conn.backup(db.conn)
    db.execute("pragma foreign_keys = on")
    for step, (what, article, number) in enumerate(edits):
        values = {
            "article": article,
            "number": number,
            "at": f"{step:03}",
            "content": json.dumps({"text": f"第{step}次"}),
        }
        db.execute(EDITS[what], values)
    expected = db.execute(
        "select article_id, number, seen_at, lead(seen_at) over later, json_extract(content, '$.text') from revisions "
        "window later as (partition by article_id order by number) order by 1, 2"
    ).fetchall()
    found = db.execute("select article_id, number, seen_at, until, text from superseded order by 1, 2").fetchall()
    assert found == [row for row in expected if row[3]]
    assert index.check(db)


EDITS = {
    "insert": "insert or ignore into revisions (article_id, number, seen_at, content_hash, content) "
    "values (:article, :number, :at, '', :content)",
    "delete": "delete from revisions where article_id = :article and number = :number",
    "update": "update revisions set content = :content where article_id = :article and number = :number",
    "renumber": "update or ignore revisions set number = number * 2 - 5 "
    "where article_id = :article and number = :number",
    "give": "update or ignore revisions set article_id = 3 - article_id "
    "where article_id = :article and number = :number",
    "move": "update revisions set seen_at = :at where article_id = :article and number = :number",
}


def _two_articles() -> Database:
    db = Database(sqlite3.connect(":memory:", isolation_level=None))
    migrations.apply(db)
    for number in (1, 2):
        store(db, an_article(), url=f"{URL}{number}")
    db.execute("delete from revisions")
    return db


TEMPLATE = _two_articles()
