"""How commercial a page is: the number and the length of the blocks that advertise."""

import sqlite3
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from sqlite_utils import Database

from archive import extract
from archive.article import ADVERTISING, Removal
from archive.articles.lookup import load
from archive.console.article import article_text
from archive.page import Page
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


PARAGRAPH = (
    "<p>研究人员在三家医院观察了两百名患者，记录了他们一年内的睡眠、饮食和运动，发现规律散步的人血糖更平稳。</p>" * 6
)
CLINIC = """<p>想了解更多？立即拨打全国热线400-555-0100</p><p>在线咨询</p><p>我要预约</p><p>扫码添加顾问微信</p>
<p>留下您的联系方式，专属顾问将尽快与您联系。</p>"""
NOTICE = """<p>字号：大 中 小</p><p>打印本页</p><p>分享到</p><p>微信</p><p>微博</p><p>相关阅读</p>
<ul><li><a href="/a">关于做好冬季防病工作的通知</a></li><li><a href="/b">关于公布监测结果的公告</a></li></ul>
<p>违法和不良信息举报电话：0123-5550100</p><p>2024-05-21 117</p>"""


@pytest.mark.parametrize(("around", "least", "most"), [(CLINIC, 40, 200), (NOTICE, 0, 0)])
def test_a_clinic_advertises_and_a_notice_does_not(around: str, least: int, most: int) -> None:
    body = (
        f"<html><head><title>散步与血糖</title></head><body><article><h1>散步与血糖</h1>{PARAGRAPH}{around}</article>"
    )
    article = extract(
        Page(url="https://h.example/walks.html", body=body.encode(), content_type="text/html; charset=utf-8")
    )
    assert article.removals
    assert least <= sum(len(removal.text) for removal in article.advertising) <= most
