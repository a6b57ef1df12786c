"""What Datasette's own pages show of an archive: described tables and views, hidden internals, queries that answer."""

from pathlib import Path

import pytest
from datasette.app import Datasette
from sqlite_utils import Database

from archive.storage.schema_comments import described
from archive.web.server import datasette as serve
from archive.web.tables import EXAMPLE, INTERNAL_VIEWS, QUERIES
from archive.works.retraction_watch import load_table
from tests.archives import NOW, a_reference, an_article, new_archive, store
from tests.retraction_table import a_row, a_table
from tests.web import get

LATER = "2024-07-01T00:00:00.000000Z"
VIEWS = {
    "article_references", "article_changes", "article_citations", "article_image_fates", "site_months",
    "work_citations",
}  # fmt: skip
RESERVED = {"references", "end", "order", "group", "index", "table", "values", "from", "to", "until"}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """1: an article that changed and cites a retracted work; 2: one of another site, without a date."""
    folder = tmp_path_factory.mktemp("tables")
    db = new_archive(folder)
    cited = a_reference(doi="10.5555/sci.1", title="Cells", year=2016)
    store(db, an_article(references=(cited,)))
    store(db, an_article(title="Corrected", text="第一段说明研究[1]。更正", references=(cited,)), now=LATER)
    store(db, an_article(published=None, references=(cited,)), url="https://other.example/", site="other")
    load_table(db, a_table(folder, a_row(OriginalPaperDOI="10.5555/sci.1")), NOW)
    db.close()
    return folder / "healthnews.db"


@pytest.fixture(scope="module")
def served(archive: Path) -> Datasette:
    return serve(archive)


def rows(served: Datasette, view: str) -> list[dict[str, object]]:
    answer = get(served, f"/healthnews/{view}.json?_shape=objects&_size=100")
    assert answer.status_code == 200
    found: list[dict[str, object]] = answer.json()["rows"]
    return found


def test_views_answer(served: Datasette) -> None:
    references = rows(served, "article_references")
    assert [(row["article_id"], row["work_title"], row["notices"]) for row in references] == [
        (1, "Cells", "Retraction"),
        (2, "Cells", "Retraction"),
    ]
    [change] = rows(served, "article_changes")
    assert (change["revision"], change["changed_at"]) == (2, LATER)
    assert (change["title_before"], change["title_after"]) == ("干细胞治疗硬皮病", "Corrected")
    assert str(change["text_after"]).endswith("更正")
    months = {(row["site"], row["published_month"]): row for row in rows(served, "site_months")}
    assert months.keys() == {("demo", "2024-05"), ("other", None)}
    assert months["demo", "2024-05"] == {
        "site": "demo", "published_month": "2024-05", "articles": 1, "with_references": 1, "with_marketing": 1,
        "changed": 1,
    }  # fmt: skip
    [work] = rows(served, "work_citations")
    assert (work["articles"], work["sites"], work["first_cited"]) == (2, 2, "2024-05-21")
    assert {row["reference_position"] for row in rows(served, "article_citations")} == {0}


def test_views_have_no_reserved_names_and_are_described(served: Datasette) -> None:
    for each in described():
        if each.name in VIEWS:
            shown = rows(served, each.name)[0].keys()
            assert [column.name for column in each.columns] == list(shown)
            assert not RESERVED & shown
            assert each.about in get(served, f"/healthnews/{each.name}").text


def test_internals_are_hidden(served: Datasette) -> None:
    answer = get(served, "/healthnews.json").json()
    visible = {table["name"] for table in answer["tables"] if not table["hidden"]}
    assert {"articles", "bibliography", "revisions", "works", "pages", "crawls"} <= visible
    assert not any("fts" in name or "signature" in name for name in visible)
    assert {view["name"] for view in answer["views"]} == VIEWS | {"work_resolved", "work_retractions"}


def test_every_internal_view_is_listed(archive: Path) -> None:
    names = set(Database(archive).view_names())
    assert names - VIEWS - {"work_resolved", "work_retractions"} == set(INTERNAL_VIEWS)


def test_the_first_example_answers_a_question(served: Datasette) -> None:
    assert EXAMPLE in get(served, "/healthnews").text
    answer = get(served, "/healthnews.json?_shape=objects&sql=" + EXAMPLE.replace("\n", "%0A").replace(" ", "+")).json()
    assert [row["work_title"] for row in answer["rows"]] == ["Cells"]


@pytest.mark.parametrize("name", QUERIES)
def test_queries_answer(served: Datasette, name: str) -> None:
    answer = get(served, f"/healthnews/{name}.json?_shape=objects")
    assert answer.status_code == 200
    assert answer.json()["rows"]


def test_without_sql_there_is_no_query(archive: Path) -> None:
    assert get(serve(archive, sql=False), "/healthnews/latest-changes").status_code == 404


@pytest.mark.parametrize(
    "path", ["/healthnews", "/healthnews/articles", "/healthnews/articles/1", "/-/databases-and-tables"]
)
def test_pages_of_datasette_lead_back_and_wear_the_colours(served: Datasette, path: str) -> None:
    text = get(served, path).text
    assert '<a class="hn-brand" href="/healthnews/-/start">' in text
    assert "/datasette.css" in text
    assert '<html lang="en">' in text


def test_other_databases_stay_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    Database(path).execute("create table blocks (id integer)")
    served = Datasette([str(path)])
    assert "datasette.css" not in get(served, "/").text
    text = get(served, "/other").text
    assert "select * from blocks" in text
    assert "hidden table" not in text
    assert "hn-brand" not in text
    assert "datasette.css" not in text
