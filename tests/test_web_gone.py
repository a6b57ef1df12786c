"""What is no longer there, in the browser: articles whose page is gone, and text of earlier versions."""

import json
from pathlib import Path

import pytest
from datasette.app import Datasette

from archive.web.server import datasette as serve
from tests.archives import NOW, an_article, new_archive, store
from tests.web import get, links

SEARCH = "/healthnews/-/search"
LATER = "2024-07-01T00:00:00.000000Z"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Datasette:
    """1 claimed a cure <b>once</b>, and its page is gone; 2 never changed."""
    folder = tmp_path_factory.mktemp("gone")
    db = new_archive(folder)
    for text, now in (("A <b>sure</b> cure of marrow.", NOW), ("A cautious story of marrow.", LATER)):
        store(db, an_article(title="Cells", text=text, citations=(), language="en"), now=now)
    store(db, an_article(title="Bone", text="Of marrow.", citations=()), url="https://news.example/2", site="other")
    db.execute("update pages set state = 'gone', missing_since = ?, gone_since = ? where id = 1", [LATER, LATER])
    db.close()
    return serve(folder / "healthnews.db")


def page(served: Datasette, query: str) -> str:
    answer = get(served, SEARCH + query)
    assert answer.status_code == 200
    return str(answer.text)


def test_a_hit_of_an_earlier_version_leads_to_it(served: Datasette) -> None:
    shown = page(served, "?q=sure&revisions=yes")
    assert links(shown)["Cells"] == "/healthnews/-/article/1/revision/1?q=sure"
    assert "A &lt;b&gt;<mark>sure</mark>&lt;/b&gt; cure of marrow." in shown
    dates = [f'<time datetime="{moment}">{moment[:10]}</time>' for moment in (NOW, LATER)]
    assert f"revision 1, from {dates[0]} until {dates[1]}" in shown
    assert "1 result<" in shown
    assert 'name="revisions" value="yes" checked' in shown
    assert "Last there" in links(shown)
    assert "<mark>sure</mark>" in get(served, links(shown)["Cells"]).text


def test_where_nothing_is_found_earlier_versions_are_offered(served: Datasette) -> None:
    shown = page(served, "?q=sure&site=demo")
    assert "Nothing found" in shown
    assert links(shown)["In past revisions"] == f"{SEARCH}?q=sure&site=demo&revisions=yes"
    assert links(page(served, "?q=marrow"))["Text of earlier versions"] == f"{SEARCH}?q=marrow&revisions=yes"
    without = page(served, "?revisions=yes")
    assert "Give at least one word" in without
    assert links(without)["Earlier versions text no longer there ×, remove this filter"] == SEARCH


def test_facets_are_of_what_is_no_longer_there(served: Datasette) -> None:
    shown = page(served, "?q=cure&revisions=yes")
    assert links(shown)["demo"] == f"{SEARCH}?q=cure&site=demo&revisions=yes"
    assert "other" not in links(shown)
    assert "Nothing found" in page(served, "?q=cure&revisions=yes&site=other")


def test_no_file_and_no_feed_is_offered_or_made(served: Datasette) -> None:
    shown = page(served, "?q=cure&revisions=yes")
    assert {"JSON"} == {"JSON", "CSV", "Atom feed"} & links(shown).keys()
    assert "application/atom+xml" not in shown
    for ending in ("csv", "bib", "atom"):
        answer = get(served, f"{SEARCH}.{ending}?q=cure&revisions=yes")
        assert (answer.status_code, answer.text[:15]) == (400, "Files and feeds")


def test_gone_pages_are_marked_and_can_be_listed(served: Datasette) -> None:
    every = page(served, "?q=marrow")
    assert every.count('<span class="hn-badge">gone since <time') == 1
    assert links(every)["Articles whose page is gone"] == f"{SEARCH}?q=marrow&gone=yes"
    shown = page(served, "?gone=yes")
    assert "1 result<" in shown
    assert "Last gone" in links(shown)
    assert 'name="gone" value="yes" checked' in shown
    assert links(shown)["Page gone ×, remove this filter"] == SEARCH
    assert "1 result<" in page(served, "?q=is:gone")


def test_where_nothing_is_gone_nothing_is_offered(tmp_path: Path) -> None:
    db = new_archive(tmp_path)
    store(db, an_article())
    db.close()
    assert "whose page is gone</a>" not in page(serve(tmp_path / "healthnews.db"), "")


def test_json_answers_the_same(served: Datasette) -> None:
    answer = get(served, f"{SEARCH}.json?q=cure&revisions=yes").json()
    (hit,) = answer["hits"]
    assert (answer["revisions"], answer["total"], answer["facets"]["site"]) == (True, 1, {"demo": 1})
    assert (hit["revision"], hit["seen_at"], hit["until"], hit["gone_since"]) == (1, NOW, LATER, LATER)
    assert hit["archive_url"].endswith("/healthnews/-/article/1/revision/1")
    plain = get(served, f"{SEARCH}.json?q=marrow&gone=yes").json()
    assert [(hit["id"], hit["revision"], hit["gone_since"]) for hit in plain["hits"]] == [(1, None, LATER)]
    assert plain["filters"] == {"gone": "yes"}


def test_exports_of_what_is_gone(served: Datasette) -> None:
    lines = get(served, f"{SEARCH}.jsonl?gone=yes").text.splitlines()
    assert [(article["id"], article["state"], article["gone_since"]) for article in map(json.loads, lines)] == [
        (1, "gone", LATER)
    ]
