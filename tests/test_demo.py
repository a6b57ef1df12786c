"""The main job, end to end, on the bundled sample site: what is stored is what a careful reader says."""

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from archive.articles.lookup import find_article, load
from archive.cli.common import program_name
from archive.storage.database import open_archive
from archive.storage.fulltext import index
from tests.commands import run
from tests.conftest import Demo

PAGES: dict[str, Any] = json.loads(files("crawler.demo").joinpath("expected.json").read_text(encoding="utf-8"))
ARTICLES = [path for path, page in PAGES.items() if "outcome" not in page]
STATES = {"no article": "no article", "not found": "gone", "gone": "gone", "redirect": "alias", "robots": "refused"}


@pytest.fixture(scope="module")
def db(demo: Demo) -> Iterator[Database]:
    opened = open_archive(demo.archive)
    yield opened
    opened.close()


@pytest.mark.parametrize("path", ARTICLES)
def test_an_article_is_stored_as_a_reader_sees_it(db: Database, demo: Demo, path: str) -> None:
    page, article = PAGES[path], load(db, find_article(db, demo.base + path)).article
    found = {
        "title": article.title,
        "source": article.source,
        "published": article.published and article.published.isoformat(),
        "language": article.language,
    }
    assert found == {key: page[key] for key in found}
    assert [line for line in page["body"] if line not in article.text] == []
    assert [words for words in page["absent"] if words in article.text] == []
    for key in {"authors", "editors", "views"} & page.keys():
        value = getattr(article, key)
        assert (list(value) if isinstance(value, tuple) else value) == page[key]


@pytest.mark.parametrize("path", [path for path in ARTICLES if "references" in PAGES[path]])
def test_its_references_and_markers_are_kept(db: Database, demo: Demo, path: str) -> None:
    page, article = PAGES[path], load(db, find_article(db, demo.base + path)).article
    keys = ("label", "doi", "pmid", "pmcid", "year")
    found = [
        {key: getattr(reference, key) for key in keys} for reference in article.references if reference.kind == "list"
    ]
    assert found == [{key: reference.get(key) for key in keys} for reference in page["references"]]
    markers = [(c.marker, [article.references[i].label for i in c.references]) for c in article.citations]
    numbered = [[marker, labels] for marker, labels in markers if not marker.startswith(("(", "（"))]
    assert numbered == page["markers"]
    for citation in article.citations:
        assert article.text[citation.start : citation.end] == citation.marker


@pytest.mark.parametrize(
    ("path", "outcome"), [(path, page["outcome"]) for path, page in PAGES.items() if "outcome" in page]
)
def test_every_other_url_ends_in_its_state(db: Database, demo: Demo, path: str, outcome: str) -> None:
    row = db.execute("select state from pages where url = ?", [demo.base + path]).fetchone()
    if outcome == "excluded":
        assert row is None
    elif outcome == "alias" and "utm_" in path:
        assert row is None  # its canonical form is the article's own URL
    else:
        assert row == (STATES.get(outcome, outcome),)


def test_each_article_is_stored_once(db: Database) -> None:
    assert db.execute("select count(*) from articles").fetchone() == (len(ARTICLES),)
    assert index.check(db)
    assert db.execute("pragma integrity_check").fetchone() == ("ok",)
    assert db.execute("select count(*) from pages where state = 'new'").fetchone() == (0,)


def test_the_demo_shows_tables_and_hits(demo: Demo) -> None:
    assert "finished" in demo.output
    assert "干细胞" in demo.output
    assert "T cell" in demo.output
    assert f"--archive {demo.archive} serve" in demo.output
    assert "[-没有达到统计学差异-]{+明显超过了对照组+}" in demo.output.replace("\n", "")
    assert "$ healthnews cite " in demo.output
    assert "Probably reports on (" in demo.output
    assert "Sample size    48" in demo.output
    assert "Contradicts: DOI 10.5555/" in demo.output
    assert "DOI 10.5555/meridian.2023.0612" in demo.output
    assert "(archived revision 2)" in demo.output


@pytest.mark.parametrize(
    ("called", "shown"),
    [
        ("bin/healthnews", "healthnews"),
        ("other/healthnews", "other/healthnews"),
        ("crawler/__main__.py", " -m crawler"),
    ],
)
def test_the_hints_call_the_program_as_it_was_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, called: str, shown: str
) -> None:
    for name in ("bin/healthnews", "other/healthnews"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr("sys.argv", [called])
    assert program_name().endswith(shown)


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("患者", "患者"),
        ("癌", "癌"),
        ("幹細胞", "干细胞"),
        ("干细胞", "幹細胞"),
        ("IL10", "IL-10"),
        ('"T cell"', "T cell"),
    ],
)
def test_searches_find_what_they_should(demo: Demo, db: Database, query: str, word: str) -> None:
    done = run("--archive", demo.archive, "search", query, "--limit", "0", "--json", cwd=demo.archive.parent)
    found = {hit["id"] for hit in json.loads(done.stdout)}
    have = {row[0] for row in db.execute("select id from articles where instr(title || char(10) || text, ?)", [word])}
    assert have
    assert have <= found


def test_an_identifier_finds_the_article_that_cites_it(demo: Demo, db: Database) -> None:
    doi, article_id = db.execute("select doi, article_id from bibliography where doi is not null").fetchone()
    done = run("--archive", demo.archive, "search", doi, "--json", cwd=demo.archive.parent)
    assert article_id in {hit["id"] for hit in json.loads(done.stdout)}
