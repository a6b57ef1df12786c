"""The work page and the list of works."""

from datetime import date
from pathlib import Path

import pytest
from datasette.app import Datasette
from sqlite_utils import Database

from archive.article import Citation
from archive.errors import NotStoredError
from archive.web.pages.work import SIZE, by_year
from archive.web.paging import MAX_PAGE, Paging, page_number
from archive.web.server import datasette as serve
from archive.works.citing import cited_works, citing_years, find_work, list_works
from archive.works.queries import citing
from archive.works.retraction_watch import load_table
from tests.archives import NOW, a_reference, an_article, new_archive, store
from tests.retraction_table import a_row, a_table
from tests.web import HOSTILE, get, page

WORK = "/healthnews/-/work/1"
OTHER = {"doi": "10.5555/other", "pmid": None, "pmcid": None, "arxiv": None, "title": f"Other cells, {HOSTILE}"}


def fill(folder: Path) -> Database:
    """45 articles of 2022 to 2024, one undated, that cite work 1; one of them also cites another twice."""
    db = new_archive(folder)
    for number in range(45):
        text = f"Article {number} is like no other one, for its number is {number * 7}. Both rose in it[1]."
        marker = Citation(marker="[1]", start=text.index("[1]"), end=text.index("[1]") + 3, references=(0,))
        cited = (a_reference(), a_reference(**OTHER), a_reference(**OTHER)) if number == 3 else (a_reference(),)
        store(
            db,
            an_article(
                title=f"Title {number}", text=text, citations=(marker,), references=cited, language="en",
                published=date(2022 + number % 3, 1, 1 + number % 28) if number else None,
            ),
            url=f"https://news.example/{number}",
        )  # fmt: skip
    return db


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with the works, the first of which is retracted."""
    made = tmp_path_factory.mktemp("work")
    db = fill(made)
    load_table(db, a_table(made, a_row(Reason="+Fraud")), NOW)
    db.execute(
        "insert into lookups (id, service, kind, value, asked_at, outcome) "
        "values (1, 'crossref', 'doi', '10.5555/other', ?, 'found')",
        [NOW],
    )
    db.execute("insert into resolved values (1, 'container_title', 'Journal of Looking Up')")
    db.execute("update bibliography set container_title = null where doi = '10.5555/other'")
    db.execute("update works set container_title = null where doi = '10.5555/other'")
    db.close()
    return made


@pytest.fixture(scope="module")
def served(folder: Path) -> Datasette:
    return serve(folder / "healthnews.db")


@pytest.fixture(scope="module")
def db(folder: Path) -> Database:
    return Database(folder / "healthnews.db")


@pytest.mark.parametrize(
    "words",
    [
        "Stem cells for scleroderma</h1>",
        'href="https://doi.org/10.5555/sci.2016"',
        "Retraction, 2020-06-19: Fraud.",
        'href="https://doi.org/10.5555/notice" rel="noreferrer">The notice</a>',
        "Cited by 45 articles",
        '<a href="/healthnews/-/work/1?year=2023">2023</a>',
        '<a href="/healthnews/-/work/1?year=undated">undated</a>',
        '<h3 id="year-2024">2024</h3>',
        "Both rose in it[1].</blockquote>",
        "Page 1 of 3",
    ],
)
def test_a_work_page_has(served: Datasette, words: str) -> None:
    assert words in page(served, WORK)


def test_a_work_page_reads_no_more_than_it_shows(served: Datasette) -> None:
    first, last = page(served, WORK), page(served, f"{WORK}?page=3")
    assert first.count("<blockquote") == SIZE
    assert last.count("<blockquote") == 45 - 2 * SIZE
    assert '<h3 id="year-undated">Undated</h3>' in last
    assert "No article on this page." in page(served, f"{WORK}?page=4")


def test_a_year_of_a_work(served: Datasette) -> None:
    undated = page(served, f"{WORK}?year=undated")
    assert undated.count("<blockquote") == 1
    assert "Title 0</a>" in undated
    assert "Page 1 of" not in page(served, f"{WORK}?year=2022")


def test_a_work_that_one_article_cites_twice_is_told_once(served: Datasette) -> None:
    text = page(served, "/healthnews/-/work/2")
    assert "Cited by 1 article<" in text
    assert text.count("Title 3</a>") == 1
    assert text.count("Cited without a marker in the text") == 2
    assert '<cite>Journal of Looking Up</cite> <span class="hn-badge">looked up</span>' in text
    assert "&lt;script&gt;" in text


def test_a_work_as_json(served: Datasette) -> None:
    answer = get(served, f"{WORK}.json?year=2023").json()
    assert answer["years"] == {"2024": 15, "2023": 15, "2022": 14, "": 1}
    assert (answer["total"], answer["page"], len(answer["cited_by"])) == (15, 1, 15)
    assert answer["standing"]["status"] == "retracted"
    assert answer["cited_by"][0]["sentences"] == ["Both rose in it[1]."]


@pytest.mark.parametrize("path", ["/healthnews/-/work/99", "/healthnews/-/work/99.json"])
def test_an_unknown_work_is_said_in_a_sentence(served: Datasette, path: str) -> None:
    answer = get(served, path)
    assert answer.status_code == 404
    assert "No work has the id 99" in answer.text


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["Stem cells for scleroderma", "Other cells"]),
        ("?q=scleroderma+CELLS", ["Stem cells for scleroderma"]),
        ("?q=journal+up", []),
        ("?q=https://doi.org/10.5555/OTHER", ["Other cells"]),
        ("?q=PMID+27770001", ["Stem cells for scleroderma"]),
        ("?retracted=yes", ["Stem cells for scleroderma"]),
        ("?q=other&retracted=yes", []),
        ("?q=%25", []),
        ("?q='%22--%00", []),
    ],
)
def test_works_are_found(served: Datasette, query: str, titles: list[str]) -> None:
    text = page(served, f"/healthnews/-/works{query}")
    found = [title for title in ("Stem cells for scleroderma", "Other cells") if f"{title}" in text.split("<form")[2]]
    assert sorted(found) == sorted(titles)
    assert ("<strong>45</strong> articles" in text) == ("Stem cells for scleroderma" in titles)


def test_works_as_json(served: Datasette) -> None:
    answer = get(served, "/healthnews/-/works.json").json()
    assert [(work["id"], work["articles"]) for work in answer["works"]] == [(1, 45), (2, 1)]
    assert answer["total"] == 2


def test_an_archive_without_works_says_so(tmp_path: Path) -> None:
    new_archive(tmp_path).close()
    assert "No article in this archive cites a work" in page(serve(tmp_path / "healthnews.db"), "/healthnews/-/works")


def test_no_more_texts_are_read_than_asked_for(db: Database) -> None:
    found = citing(db, 1, limit=2, offset=1)
    assert len(found) == 2
    assert found == citing(db, 1)[1:3]
    assert [article.published for article in citing(db, 1, year="")] == [None]


def test_the_citing_articles_are_not_sought_among_all(db: Database) -> None:
    asked: list[str] = []
    db.conn.set_trace_callback(asked.append)
    citing(db, 1, limit=20)
    citing_years(db, 1)
    db.conn.set_trace_callback(None)
    plans = [row[3] for sql in asked for row in db.execute(f"explain query plan {sql}").fetchall()]
    assert any("SEARCH articles USING INTEGER PRIMARY KEY" in step for step in plans)
    assert not any(step.startswith(("SCAN articles", "SCAN a ", "SCAN bibliography", "SCAN b ")) for step in plans)


def test_what_the_references_of_an_article_are(db: Database) -> None:
    found = cited_works(db, 4)
    assert {position: (each.work_id, each.articles, each.more) for position, each in found.items()} == {
        0: (1, 45, False), 1: (2, 1, False), 2: (2, 1, False),
    }  # fmt: skip


def test_lists_of_works_are_paged(db: Database) -> None:
    assert [work.id for work in list_works(db, limit=1, offset=1).works] == [2]
    assert list_works(db, limit=1).total == 2
    assert citing_years(db, 2) == {"2022": 1}
    assert find_work(db, 2).resolved == ("container_title",)
    with pytest.raises(NotStoredError):
        find_work(db, 3)


def test_references_of_one_article_stand_together(db: Database) -> None:
    ((year, (references,)),) = by_year(citing(db, 2))
    assert (year, len(references)) == ("2022", 2)


@pytest.mark.parametrize(
    ("text", "number"),
    [(None, 1), ("", 1), ("3", 3), ("0", 1), ("-1", 1), ("x", 1), ("٣", 1), ("9" * 30, 1), ("99999", MAX_PAGE)],
)
def test_page_numbers(text: str | None, number: int) -> None:
    assert page_number(text) == number


def test_pages_to_turn() -> None:
    assert (Paging(3, 20, 45).offset, Paging(3, 20, 45).last, Paging(1, 20, 0).last) == (40, 3, 1)
