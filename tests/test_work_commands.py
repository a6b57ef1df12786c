"""Works, retractions and exports of works as a user meets them."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import rispy
from pybtex.database import parse_string

from archive.article import Citation
from tests.archives import URL, a_print, a_reference, an_article, new_archive, store, titled
from tests.commands import run
from tests.retraction_table import a_row, a_table

TEXT = "前一句。硬皮病有所改善[1]。后一句。\n\nOne more sentence. Both rose, they say [1]. The end."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An archive of three articles of two sites: all cite one work, one cites another."""
    db = new_archive(tmp_path)
    marks = [TEXT.index("[1]"), TEXT.rindex("[1]")]
    citations = tuple(Citation(marker="[1]", start=start, end=start + 3, references=(0,)) for start in marks)
    first, second = a_reference(), titled("Another title of some length", raw="[2] Wu T. Another title.", label="2")
    store(db, an_article(text=TEXT, citations=citations, references=(first,), published=date(2019, 1, 1)))
    late = an_article(title="Later", citations=(), references=(first, second), published=date(2021, 1, 1))
    store(db, late, url=f"{URL}0", site="other")
    pmid_only = an_article(title="Third", citations=(), references=(a_print(None, "27770001"),), published=None)
    store(db, pmid_only, url=f"{URL}1")
    db.close()
    return tmp_path


def objects(folder: Path, *arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("works", *arguments, "--json", cwd=folder).stdout)
    return found


def test_works_are_listed_most_cited_first(folder: Path) -> None:
    listed = objects(folder)
    assert [(work["title"], work["articles"]) for work in listed] == [
        ("Stem cells for scleroderma", 3),
        ("Another title of some length", 1),
    ]
    assert ["doi", "10.5555/sci.2016", "printed"] in listed[0]["identifiers"]
    assert "10.5555/sci.2016" in run("works", cwd=folder).stdout


@pytest.mark.parametrize(
    ("arguments", "counts"),
    [
        (["--site", "demo"], [2]),
        (["--site", "other"], [1, 1]),
        (["--site", "nobody"], []),
        (["--year", "2016"], [3, 1]),
        (["--year", "2017"], []),
        (["--limit", "1"], [3]),
        (["--limit", "0"], [3, 1]),
    ],
)
def test_works_are_narrowed(folder: Path, arguments: list[str], counts: list[int]) -> None:
    assert [work["articles"] for work in objects(folder, *arguments)] == counts


@pytest.mark.parametrize(
    "wanted",
    ["10.5555/SCI.2016", "doi:10.5555/sci.2016", "https://doi.org/10.5555/sci.2016", "27770001", "PMID: 27770001",
     "PMC5060001", "https://pubmed.ncbi.nlm.nih.gov/27770001/", "stem CELLS for", "NCT00000001"],
)  # fmt: skip
def test_a_work_is_found_in_every_spelling(folder: Path, wanted: str) -> None:
    [work] = objects(folder, wanted)
    assert [article["title"] for article in work["cited_by"]] == ["Later", "干细胞治疗硬皮病", "Third"]
    assert work["cited_by"][1]["sentences"] == ["硬皮病有所改善[1]。", "Both rose, they say [1]."]


@pytest.mark.parametrize(
    "wanted", ["doi: 10.5555/SCI.2016", "https://doi.org/10.5555/sci.2016", "PMCID: PMC5060001", "J Cells 2016;3"]
)
def test_search_takes_every_spelling_of_what_is_cited(folder: Path, wanted: str) -> None:
    hits = json.loads(run("search", "干细胞 OR later OR third", "--cites", wanted, "--json", cwd=folder).stdout)
    assert {hit["url"] for hit in hits} >= {URL, f"{URL}0"}


def test_who_cites_a_work_is_readable(folder: Path) -> None:
    shown = run("works", "stem", "cells", cwd=folder).stdout
    for words in ("Stem cells for scleroderma", "cited by 3 articles", "硬皮病有所改善[1]。", "PMID 27770001", "Later"):
        assert words in shown
    none = run("works", "nothing like it", cwd=folder)
    assert (none.returncode, none.stdout, none.stderr) == (0, "", "The archive has no such work.\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["works", "x", "--site", "demo"], "--site and --year filter the list of works"),
        (["export", "x", "--article", "1"], "Give either one article or a search, not both"),
        (["export", "--site", "demo", "--article", "1"], "Give either one article or a search, not both"),
        (["export", "--article", "99"], "No article has the id 99."),
        (["retractions", "missing.csv"], "missing.csv cannot be read: No such file or directory."),
        (["retractions", "healthnews.db"], "healthnews.db is not a Retraction Watch table: it has no column Record ID"),
        (["works", "--resolve"], "Crossref and NCBI look-ups need a contact"),
    ],
)
def test_a_mistake_gets_one_sentence(folder: Path, arguments: list[str], sentence: str) -> None:
    done = run(*arguments, cwd=folder)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "number"), [([], 2), (["later"], 2), (["--article", "1"], 1), (["--article", f"{URL}0"], 2),
                              (["--cites", "PMC5060001", "--site", "demo"], 1), (["--since", "2022"], 0)],
)  # fmt: skip
def test_works_are_exported(folder: Path, arguments: list[str], number: int) -> None:
    assert (
        len(parse_string(run("export", "--format", "bibtex", *arguments, cwd=folder).stdout, "bibtex").entries)
        == number
    )
    assert len(rispy.loads(run("export", "--format", "ris", *arguments, cwd=folder).stdout)) == number
    assert len(json.loads(run("export", "--format", "csljson", *arguments, cwd=folder).stdout)) == number


def test_exported_works_hold_what_all_references_print(folder: Path) -> None:
    done = run("export", "--format", "bibtex", "--article", "3", "--output", "x.bib", cwd=folder)
    assert done.stderr == "1 works written to x.bib\n"
    [entry] = parse_string((folder / "x.bib").read_text(), "bibtex").entries.values()
    assert (entry.fields["doi"], entry.fields["pages"], entry.fields["year"]) == ("10.5555/sci.2016", "48--50", "2016")


def test_retractions_are_shown_everywhere(folder: Path) -> None:
    done = run("retractions", a_table(folder, a_row(Reason="+Fraud")), cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 records new, 0 replaced" in done.stdout
    for arguments in (["works"], ["works", "27770001"], ["report"], ["show", "1"]):
        assert "2020-06-19" in run(*arguments, cwd=folder).stdout
    assert "RETRACTED 2020-06-19; the article was published after" in run("show", "2", cwd=folder).stdout
    [flag] = json.loads(run("show", "1", "--json", cwd=folder).stdout)["flags"]
    assert (flag["position"], flag["status"], flag["article_came"]) == (0, "retracted", "before")
    [flagged] = json.loads(run("report", "--json", cwd=folder).stdout)["flagged"]
    assert (flagged["before"], flagged["after"], flagged["unknown"]) == (1, 1, 1)


def test_lines_left_out_are_said(folder: Path) -> None:
    table = a_table(folder, a_row(), a_row("x"), a_row(3, RetractionNature="Maybe"))
    done = run("retractions", table, "--json", cwd=folder)
    assert done.returncode == 1
    assert "2 lines were left out: 1 no Record ID; 1 unknown RetractionNature" in done.stderr
    assert (json.loads(done.stdout)["new"], len(json.loads(done.stdout)["flagged"])) == (1, 1)
