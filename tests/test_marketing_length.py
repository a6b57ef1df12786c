"""How commercial a page is: the number and the length of the blocks that advertise."""

import sqlite3
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from sqlite_utils import Database

from archive.article import ADVERTISING, Removal
from archive.articles.lookup import load
from archive.console.article import article_text
from archive.storage.migrations import migrations
from tests.archives import an_article, new_archive, store

STEP = "m009_marketing_length"
FIGURES = "select marketing, marketing_length from articles order by id"
CUT = (
    Removal(text="咨询热线 400-555-0100", reason="phone number", kind="phone"),
    Removal(text="分享到", reason="share bar", kind="share"),
    Removal(text="\U00020bb7立即预约", reason="call to action", kind="call to action"),
    Removal(text="责任编辑：王", reason="credits"),
)


def test_clutter_is_not_counted(tmp_path: Path) -> None:
    db = new_archive(tmp_path)
    store(db, an_article(removals=CUT))
    assert db.execute(FIGURES).fetchall() == [(2, 22)]
    store(db, an_article(removals=CUT[1:2]))
    assert db.execute(FIGURES).fetchall() == [(0, 0)]


@pytest.mark.parametrize(
    ("removals", "shown"),
    [
        (CUT, "marketing  2 blocks of 22 characters cut away (--removed shows them)"),
        (CUT[:1], "marketing  1 block of 17 characters cut away (--removed shows them)"),
        (CUT[1:2], None),
    ],
)
def test_show_prints_both_figures(tmp_path: Path, removals: tuple[Removal, ...], shown: str | None) -> None:
    db = new_archive(tmp_path)
    store(db, an_article(removals=removals))
    console = Console(width=100, file=StringIO())
    console.print(article_text(load(db, 1)))
    assert isinstance(console.file, StringIO)
    lines = [line.rstrip() for line in console.file.getvalue().splitlines() if line.startswith("marketing")]
    assert lines == ([shown] if shown else [])


def before_the_step() -> Database:
    """An archive of the step before, in which two pages have removals and one of them counts a share bar."""
    db = Database(sqlite3.connect(":memory:", isolation_level=None))
    migrations.apply(db, stop_before=STEP)
    for number, counted, removals in ((1, 3, CUT), (2, 0, ()), (3, 1, CUT[1:2])):
        db.execute(
            "insert into pages (id, url, host, kind, discovered_at) values (?1, ?2, 'h', 'article', '2024')",
            [number, f"https://h.example/{number}"],
        )
        db.execute(
            "insert into articles (id, page_id, url, site, title, encoding, encoding_source, removed, marketing, "
            "content_hash, extractor, first_seen, last_changed, text, markdown) "
            "values (?1, ?1, ?2, 's', 't', '', '', ?3, ?4, '', '', '', '', '', '')",
            [number, f"https://h.example/{number}", len(removals), counted],
        )
        for cut in removals:
            row = [number, cut.text, cut.reason, cut.kind]
            db.execute("insert into removals (article_id, text, reason, kind) values (?, ?, ?, ?)", row)
    return db


def test_the_step_counts_stored_removals() -> None:
    db = before_the_step()
    migrations.apply(db)
    assert db.execute(FIGURES).fetchall() == [(2, 22), (0, 0), (0, 0)]


@pytest.mark.parametrize("kind", sorted(ADVERTISING))
def test_the_step_knows_every_kind(kind: str) -> None:
    db = before_the_step()
    db.execute("insert into removals (article_id, text, reason, kind) values (2, 'abc', 'rule', ?)", [kind])
    migrations.apply(db)
    assert db.execute(FIGURES).fetchall()[1] == (1, 3)


def test_an_index_lists_the_most_commercial_articles(tmp_path: Path) -> None:
    db = new_archive(tmp_path)
    plan = db.execute(
        "explain query plan select id from articles where marketing_length > 0 order by marketing_length desc"
    ).fetchall()
    assert "articles_marketing_length" in plan[0][3]
    assert len(plan) == 1
