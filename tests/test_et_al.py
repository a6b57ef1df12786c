"""An entry that prints "et al." says so wherever its authors are shown, and keeps its date of access."""

import json
import sqlite3
from pathlib import Path

import pytest
from pybtex.database import parse_string
from sqlite_utils import Database

from archive.articles.lookup import load
from archive.storage.migrations import migrations
from archive.storage.row_mapping import from_json, load_article, to_json
from archive.web.server import datasette as serve
from archive.works.models import agreed_authors, author_line
from tests.archives import URL, a_reference, an_article, new_archive, store
from tests.commands import run
from tests.web import get, page

STEP = "m010_et_al"


@pytest.mark.parametrize(("et_al", "accessed"), [(True, "2020-03-01"), (True, "2020"), (False, None)])
def test_both_are_read_back(tmp_path: Path, et_al: bool, accessed: str | None) -> None:
    article = an_article(references=(a_reference(et_al=et_al, accessed=accessed),))
    db = new_archive(tmp_path)
    store(db, article)
    (read,) = load_article(db, 1).references
    assert (read.et_al, read.accessed) == (et_al, accessed)
    assert isinstance(read.et_al, bool)
    assert from_json(to_json(article)) == article
    (shown,) = load(db, 1).as_object()["references"]
    assert json.dumps([shown["et_al"], shown["accessed"]]) == json.dumps([et_al, accessed])


A, B, C, D = "Wu T", "Li N", "Xu Q", "Ek O"


@pytest.mark.parametrize(
    ("printed", "authors", "et_al"),
    [
        ([], (), False),
        ([((), True)], (), False),
        ([((A, B), False)], (A, B), False),
        ([((A, B), True)], (A, B), True),
        ([((A, B), True), ((A, B, C, D), False)], (A, B, C, D), False),
        ([((A, B), True), ((A, B), True), ((A,), False)], (A, B), True),  # the first author alone proves nothing
        ([((A, B, C), True), ((A,), True), ((A,), True)], (A,), True),
        ([((A, B), True), ((A, B), False)], (A, B), True),
    ],
)
def test_a_work_has_more_authors_unless_a_reference_names_all(
    printed: list[tuple[tuple[str, ...], bool]], authors: tuple[str, ...], et_al: bool
) -> None:
    assert agreed_authors(printed) == (authors, et_al)
    assert agreed_authors(printed[::-1]) == (authors, et_al)


@pytest.mark.parametrize(
    ("et_al", "most", "line"),
    [
        (False, None, "Wu T, Li N"),
        (True, None, "Wu T, Li N, et al."),
        (False, 1, "Wu T, et al."),
        (True, 2, "Wu T, Li N, et al."),
    ],
)
def test_lines_of_authors(et_al: bool, most: int | None, line: str) -> None:
    assert author_line((A, B), et_al=et_al, most=most) == line
    assert author_line((), et_al=et_al, most=most) == ""


CITED = {"authors": (A, B), "raw": "[1] Wu T, Li N, et al. Cells. J Cells 2016;3:48."}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two articles cite one work with "et al."; a second work is cited with all its authors too."""
    made = tmp_path_factory.mktemp("et_al")
    db = new_archive(made)
    whole = {
        "doi": "10.5555/whole",
        "pmid": None,
        "pmcid": None,
        "arxiv": None,
        "title": "A title with all its authors",
    }
    store(db, an_article(references=(a_reference(**CITED), a_reference(**CITED | whole))))
    named = a_reference(**CITED | whole | {"authors": (A, B, C), "et_al": False, "accessed": "2021-05-06"})
    store(db, an_article(text="Other.", citations=(), references=(a_reference(**CITED), named)), url=f"{URL}0")
    db.close()
    return made


def test_a_terminal_shows_it(folder: Path) -> None:
    assert "Wu T, Li N, et al. Stem cells for scleroderma." in run("show", "1", cwd=folder).stdout
    assert "Wu T, Li N, et al. J Cells. 2016." in run("works", "stem cells", cwd=folder).stdout
    assert "Wu T, Li N, Xu Q. J Cells. 2016." in run("works", "10.5555/whole", cwd=folder).stdout


def test_json_says_it(folder: Path) -> None:
    works = json.loads(run("works", "--json", cwd=folder).stdout)
    assert [(work["authors"], work["et_al"]) for work in works] == [([A, B], True), ([A, B, C], False)]
    lines = run("export", "--format", "jsonl", cwd=folder).stdout.splitlines()
    assert sorted(each["et_al"] for line in lines for each in json.loads(line)["references"]) == [
        False,
        True,
        True,
        True,
    ]


def test_exports_say_it(folder: Path) -> None:
    entries = parse_string(run("export", "--format", "bibtex", cwd=folder).stdout, "bibtex").entries
    assert [str(entry.persons["author"][-1]) for entry in entries.values()] == ["others", "Xu, Q"]
    assert [entry.fields["urldate"] for entry in entries.values()] == ["2020-03", "2021-05-06"]


def test_the_browser_shows_it(folder: Path) -> None:
    served = serve(folder / "healthnews.db")
    assert "Wu T, Li N, et al. Cells." in page(served, "/healthnews/-/article/1")
    assert ">Wu T, Li N, et al.</li>" in page(served, "/healthnews/-/work/1")
    assert ">Wu T, Li N, Xu Q</li>" in page(served, "/healthnews/-/work/2")
    assert ">Wu T, Li N, et al.</li>" in page(served, "/healthnews/-/works")
    assert get(served, "/healthnews/-/article/1.json").json()["references"][0]["et_al"] is True


def test_revisions_of_an_earlier_program_have_neither() -> None:
    values = json.loads(to_json(an_article()))
    for name in ("et_al", "accessed"):
        del values["references"][0][name]
    (reference,) = from_json(json.dumps(values)).references
    assert (reference.et_al, reference.accessed) == (False, None)


def test_an_upgrade_adds_both_columns_empty() -> None:
    db = Database(sqlite3.connect(":memory:", isolation_level=None))
    migrations.apply(db, stop_before=STEP)
    db.execute("pragma foreign_keys = off")
    db.execute("insert into bibliography (article_id, position, raw, kind) values (1, 0, 'Wu T, et al.', 'list')")
    migrations.apply(db)
    assert db.execute("select et_al, accessed from bibliography").fetchall() == [(0, None)]
