"""The page of what changed lately, and its feed."""

from dataclasses import replace
from pathlib import Path

import feedparser
import pytest
from datasette.app import Datasette

from archive.articles.change_log import latest_changes
from archive.web.change_params import parse_change_params
from archive.web.server import datasette as serve
from tests.archives import NOW, an_article, new_archive, store
from tests.web import HOSTILE, get, links, page

CHANGES = "/healthnews/-/changes"
LATER = "2024-07-01T00:00:00.000000Z"
LATEST = "2024-08-01T00:00:00.000000Z"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Datasette:
    """1: a claim that is turned round in July; 2: of another site, with a hostile title and text, gone in August."""
    folder = tmp_path_factory.mktemp("changes")
    db = new_archive(folder)
    plain = an_article(citations=(), references=())
    for text, now in (("疗效没有达到预期。", NOW), ("疗效明显超过了预期。", LATER)):
        store(db, replace(plain, text=text), now=now)
    for text, now in (("Of marrow.", NOW), (f"Of {HOSTILE} marrow.", LATER)):
        store(db, replace(plain, title=HOSTILE, text=text, language="en"), url="https://b.example/", now=now, site="b")
    db.execute("update pages set state = 'gone', missing_since = ?, gone_since = ? where id = 2", [LATEST, LATEST])
    db.close()
    return serve(folder / "healthnews.db")


def test_the_page_lists_passages_and_hints(served: Datasette) -> None:
    shown = page(served, CHANGES)
    assert "疗效<del>没有达到</del><ins>明显超过了</ins>预期。" in shown
    assert "3 changes" in shown
    assert links(shown)["干细胞治疗硬皮病"] == "/healthnews/-/article/1/changes?from=1&to=2"
    assert "page gone" in shown
    assert "<img" not in shown
    assert '<span class="hn-muted">negation</span><span lang="zh-Hans"> <del>没有</del></span>' in shown
    assert '<a href="/healthnews/-/changes" aria-current="page">Changes</a>' in shown


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("?q=没有达到", 1), ("?q=明显超过了", 1), ("?q=达到+超过", 0), ("?site=b", 2), ("?since=2024-08", 1),
        ("?until=2024-07", 2), ("?claims=yes", 2), ("?min_size=10", 2), ("?year=1999", 0), ("?page=2", 0),
        ("?sort=size&site=b", 2), ("?q=cell&min_size=x", 0),
    ],
)  # fmt: skip
def test_filters(served: Datasette, query: str, titles: int) -> None:
    assert page(served, CHANGES + query).count('<li class="hn-hit">') == titles
    assert len(get(served, f"{CHANGES}.json{query}").json()["changes"]) == titles


def test_earlier_changes_are_compared_by_a_link(served: Datasette, monkeypatch: pytest.MonkeyPatch) -> None:
    assert latest_changes.__kwdefaults__
    monkeypatch.setitem(latest_changes.__kwdefaults__, "most", 1)
    first = page(served, f"{CHANGES}?sort=size&site=b")
    assert "Only the 1 latest of 2 changes were compared, back to 2024-08-01." in first
    assert links(first)["Compare earlier ones"] == f"{CHANGES}?site=b&until=2024-08-01&sort=size"
    assert "Compare earlier ones" not in page(served, f"{CHANGES}?sort=size&site=b&until=2024-08-01")


def test_chips_take_filters_away(served: Datasette) -> None:
    shown = links(page(served, f"{CHANGES}?q=达到&since=2024&claims=yes&min_size=3"))
    assert shown["Changed since 2024 ×, remove this filter"] == f"{CHANGES}?q=达到&min_size=3&claims=yes".replace(
        "达到", "%E8%BE%BE%E5%88%B0"
    )
    assert shown["Claims touched ×, remove this filter"].endswith("&since=2024&min_size=3")


def test_the_feed(served: Datasette) -> None:
    answer = get(served, f"{CHANGES}.atom")
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    read = feedparser.parse(answer.content)
    assert not read.bozo
    gone, hostile, claim = read.entries
    assert gone.title.startswith("Page gone: ")
    assert claim.content[0].value == "<p>疗效<del>没有达到</del><ins>明显超过了</ins>预期。</p>"
    assert "<img" not in hostile.content[0].value
    assert claim.link == "http://localhost/healthnews/-/article/1/changes?from=1&to=2"
    assert len({entry.id for entry in read.entries}) == 3
    found = feedparser.parse(get(served, f"{CHANGES}.atom?q=没有达到").content)
    assert [entry.id for entry in found.entries] == [claim.id]
    assert get(served, f"{CHANGES}.atom?since=yesterday").status_code == 400


def test_an_archive_without_changes(tmp_path: Path) -> None:
    new_archive(tmp_path).close()
    empty = serve(tmp_path / "healthnews.db")
    assert "No change yet" in page(empty, CHANGES)
    assert not feedparser.parse(get(empty, f"{CHANGES}.atom").content).bozo


@pytest.mark.parametrize(
    ("typed", "query", "complaints"),
    [
        ({}, {}, 0),
        ({"q": " 达到 ", "page": "2"}, {"q": "达到", "page": "2"}, 0),
        ({"min_size": "10", "claims": "yes", "sort": "size"}, {"min_size": "10", "claims": "yes", "sort": "size"}, 0),
        ({"min_size": "-1", "claims": "no", "sort": "rank", "since": "x"}, {}, 4),
        ({"min_size": "9" * 40}, {}, 1),
        ({"revisions": "yes", "copies": "yes", "size": "3"}, {}, 0),
    ],
)
def test_parameters(typed: dict[str, str], query: dict[str, str], complaints: int) -> None:
    params = parse_change_params(typed)
    assert params.query(page=params.search.page) == query
    assert len(params.search.complaints) == complaints
