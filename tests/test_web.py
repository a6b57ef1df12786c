"""The Datasette plugin, through Datasette's own client."""

import sqlite3
from pathlib import Path

import pytest
from datasette.app import Datasette

from archive.storage.database import open_archive
from archive.web.formatting import identifier_links
from archive.works.retraction_watch import load_table
from tests.archives import NOW, a_reference, an_article, new_archive, store
from tests.retraction_table import a_row, a_table
from tests.web import get


@pytest.fixture
def datasette(tmp_path: Path) -> Datasette:
    """Datasette on an archive with one article and on a database of another kind."""
    db = new_archive(tmp_path)
    store(db, an_article(title="干细胞 <b>治疗</b>"))
    db.close()
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.executescript(
            "create table articles (id integer primary key, title text, page_id);"
            "insert into articles values (1, 'plain title', 2)"
        )
    other.close()
    return Datasette([str(tmp_path / "healthnews.db"), str(tmp_path / "other.db")])


@pytest.mark.parametrize(
    ("query", "hits"), [("干细胞", 1), ("幹細胞", 1), ("IL10", 1), ("胞干", 0), ('"', 0), ("AND", 0), ("*", 0)]
)
def test_the_search_box_finds_chinese(datasette: Datasette, query: str, hits: int) -> None:
    answer = get(datasette, f"/healthnews/articles.json?_search={query}&_shape=objects")
    assert answer.status_code == 200
    assert len(answer.json()["rows"]) == hits


def test_an_article_page_shows_text_metadata_and_links(datasette: Datasette) -> None:
    page = get(datasette, "/healthnews/-/article/1")
    assert page.status_code == 200
    for words in (
        "IL-10 rose in both patients.",
        "2024-05-21",
        "晨光",
        'href="https://doi.org/10.5555/sci.2016"',
        'href="https://pubmed.ncbi.nlm.nih.gov/27770001/"',
        "/PMC5060001/",
        '<a href="#reference-0">[1]</a>',
    ):
        assert words in page.text
    assert "&lt;b&gt;治疗&lt;/b&gt;" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("nature", "words"),
    [
        ("Retraction", "This work has been retracted (2020-06-19): Fraud. The article was published after that."),
        ("Expression of concern", "An expression of concern has been published on this work (2020-06-19): Fraud."),
        ("Reinstatement", None),
        ("Correction", None),
    ],
)
def test_an_article_page_warns_of_retracted_works(
    datasette: Datasette, tmp_path: Path, nature: str, words: str | None
) -> None:
    db = open_archive(tmp_path / "healthnews.db")
    load_table(db, a_table(tmp_path, a_row(RetractionNature=nature, Reason="+Fraud")), NOW)
    db.close()
    page = get(datasette, "/healthnews/-/article/1").text
    assert (words in page and "https://doi.org/10.5555/notice" in page) if words else 'hn-caution">' not in page


@pytest.mark.parametrize("path", ["/healthnews/-/article/99", "/other/-/article/1", "/nothing/-/article/1"])
def test_what_is_not_there_is_not_found(datasette: Datasette, path: str) -> None:
    assert get(datasette, path).status_code == 404


def test_titles_lead_to_articles_and_other_databases_are_left_alone(datasette: Datasette) -> None:
    assert '<a href="/healthnews/-/article/1">' in get(datasette, "/healthnews/articles").text
    other = get(datasette, "/other/articles").text
    assert "plain title" in other
    assert "/-/article/" not in other


def test_other_databases_keep_datasettes_own_search_function(datasette: Datasette) -> None:
    answer = get(datasette, "/other.json?sql=select+escape_fts('a-b')+as+x&_shape=objects")
    assert answer.json()["rows"] == [{"x": '"a-b"'}]


@pytest.mark.parametrize(
    "path", ["/other/articles", "/healthnews/articles.csv?_stream=on", "/other.json?sql=x", "/nothing"]
)
def test_no_answer_is_taken_for_another_type(datasette: Datasette, path: str) -> None:
    assert get(datasette, path).headers.get_list("x-content-type-options") == ["nosniff"]


def test_identifiers_lead_to_their_registries() -> None:
    links = {link.name: link.url for link in identifier_links(a_reference())}
    assert links["DOI"] == "https://doi.org/10.5555/sci.2016"
    assert "PMID" in links
    assert "NCT" in links
