"""When an address leads to another one."""

from pathlib import Path

import pytest

from archive.articles.fetch_result import FetchResult
from archive.articles.fetches import record
from archive.articles.redirects import is_false_canonical, is_same_article, redirects_to_another
from archive.storage.frontier import NewPage, add_pages
from tests.archives import NOW, URL, an_article, due_page, new_archive, store

OLD = "研究人员在两名患者身上观察到皮肤硬度的改善。随访持续了十二个月。没有出现严重的不良反应。"
OTHER = "本周气温下降，专家提醒老年人注意保暖。流感疫苗接种点已经开放预约。"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"text": OLD}, {"text": OLD, "title": "新的标题"}, True),
        ({"text": OLD}, {"text": OLD + "研究者建议扩大样本。结果发表在本月的期刊上。", "title": "新的标题"}, True),
        ({"text": OLD}, {"text": OTHER}, False),  # the same title, which alone says nothing
        ({"text": OLD * 3}, {"text": OTHER * 3 + OLD}, True),  # with some of the text it does
        ({"text": OLD}, {"text": OTHER, "title": "天冷了"}, False),
        ({"text": "", "title": ""}, {"text": OTHER, "title": ""}, False),
    ],
)
def test_versions_of_one_article(one: dict[str, str], other: dict[str, str], same: bool) -> None:
    assert is_same_article(an_article(**one), an_article(**other)) is same


def test_an_address_that_was_only_named_gives_its_article_back(tmp_path: Path) -> None:
    db = new_archive(tmp_path)
    named = NewPage(url=URL + "-named", host="news.example", site="demo")
    add_pages(db, [NewPage(url=URL, host="news.example", site="demo")], NOW)
    first = {"url": URL, "fetched_at": NOW, "outcome": "stored", "due_at": None, "article": an_article()}
    record(db, None, FetchResult(page=due_page(1), target=named, **first))  # type: ignore[arg-type]
    assert db.execute("select url, page_id from articles").fetchall() == [(named.url, 2)]
    missing = {"fetched_at": "2024-06-02", "outcome": "gone", "reason": "http 404", "due_at": "2024-06-03"}
    record(db, None, FetchResult(page=due_page(2), url=named.url, **missing))  # type: ignore[arg-type]
    assert db.execute("select url, page_id from articles").fetchall() == [(URL, 1)]
    assert db.execute("select state, alias_of, due_at, missing_since from pages").fetchall() == [
        ("stored", None, "2024-06-02", None),
        ("gone", None, "2024-06-03", None),
    ]
    assert is_false_canonical(db, named.url, an_article())


def test_the_twin_of_a_new_article_is_asked_whether_it_moved(tmp_path: Path) -> None:
    db = new_archive(tmp_path)
    due = "select url from pages where due_at is not null"
    for number in range(3):
        store(db, an_article(), url=f"{URL}{number}")
        assert db.execute(due).fetchall() == ([] if number == 0 else [(f"{URL}0",)])  # of several none


def test_what_is_not_stored_is_no_other_article(tmp_path: Path) -> None:
    db = new_archive(tmp_path)
    assert not redirects_to_another(db, 1, an_article())
    assert not is_false_canonical(db, URL, an_article())
    store(db, an_article(text=OLD))
    other = an_article(text=OTHER, title="天冷了")
    assert redirects_to_another(db, 1, other)
    assert is_false_canonical(db, URL, other)
    assert not is_false_canonical(db, URL, an_article(text=OLD))
