"""`healthnews search` and `export`: pages of hits, counts, filters, copies."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from archive.console.lines import as_text
from archive.console.search import hit_lines, position_text, total_text
from archive.retrieval.engine import Results, search
from archive.retrieval.hits import Hit
from archive.storage.database import open_archive
from archive.web.wording import query_syntax
from archive.works.retraction_watch import load_table
from tests.archives import NOW, URL, a_reference, an_article, new_archive, store
from tests.commands import run
from tests.retraction_table import a_row, a_table

PRESS_RELEASE = "The university said that the skin of both patients had become softer within a year of treatment. " * 9


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of three copies of an article that cites a retracted work, and of two that cite nothing or another."""
    made = tmp_path_factory.mktemp("search")
    db = new_archive(made)
    for number in range(3):
        store(db, an_article(title="Softer skin", text=PRESS_RELEASE), url=f"{URL}/{number}")
    store(db, an_article(title="Skin deep", text="Nothing is cited of skin.", references=()), url=f"{URL}/3")
    sound = a_reference(doi="10.5555/sound", pmid=None, title="Quite another work")
    store(db, an_article(title="Skin care", text="A sound work on skin.", references=(sound,)), url=f"{URL}/4")
    load_table(db, a_table(made, a_row()), NOW)
    db.close()
    return made


def found(folder: Path, *arguments: str) -> list[str]:
    return sorted(hit["title"] for hit in json.loads(run("search", *arguments, "--json", cwd=folder).stdout))


@pytest.mark.parametrize(
    ("arguments", "titles"),
    [
        (["skin"], ["Skin care", "Skin deep", "Softer skin"]),
        (["skin", "--copies"], ["Skin care", "Skin deep", *["Softer skin"] * 3]),
        (["skin", "--references"], ["Skin care", "Softer skin"]),
        (["skin", "--no-references"], ["Skin deep"]),
        (["skin has:references"], ["Skin care", "Softer skin"]),
        (["skin", "--retracted"], ["Softer skin"]),
        (["skin cites:retracted", "--copies"], ["Softer skin"] * 3),
        (["skin", "--cites", "10.5555/sound"], ["Skin care"]),
        (["skin site:who"], []),
        (["skin", "-nothing"], ["Skin care", "Softer skin"]),
        (["skin", "-nothing", "-sound", "--copies"], ["Softer skin"] * 3),
        (["-has:references", "skin"], ["Skin deep"]),
        (["--sort", "date", "-title:deep", "skin"], ["Skin care", "Softer skin"]),
    ],
)
def test_searches_are_narrowed(folder: Path, arguments: list[str], titles: list[str]) -> None:
    assert found(folder, *arguments) == titles


def test_pages_of_hits_make_up_the_whole(folder: Path) -> None:
    def ids(*arguments: str) -> list[int]:
        return [hit["id"] for hit in json.loads(run("search", "skin", "--json", *arguments, cwd=folder).stdout)]

    assert [number for offset in range(4) for number in ids("--limit", "1", "--offset", str(offset))] == ids()


def test_hits_hold_what_scripts_need(folder: Path) -> None:
    hits = json.loads(run("search", "skin", "--json", cwd=folder).stdout)
    kept = {hit["title"]: (hit["references"], hit["copies"], hit["group"]) for hit in hits}
    assert kept == {"Softer skin": (1, 2, 1), "Skin deep": (0, 0, None), "Skin care": (1, 0, None)}


def test_counts_are_printed(folder: Path) -> None:
    assert run("search", "skin", "--count", cwd=folder).stdout == "3 articles\n"
    assert run("search", "skin", "--count", "--copies", cwd=folder).stdout == "5 articles\n"
    counted = json.loads(run("search", "skin", "--count", "--json", "--limit", "1", cwd=folder).stdout)
    assert counted == {"total": 3, "more": False, "note": None}


def test_copies_and_the_next_page_are_named(folder: Path) -> None:
    shown = run("search", "softer skin", "--limit", "1", cwd=folder).stdout
    assert re.search(r"^ +\d  Softer skin  \+2 copies$", shown, re.MULTILINE)
    assert "1 reference  " in shown
    assert run("search", "skin", "--limit", "2", cwd=folder).stdout.endswith(
        "2 of 3 articles; for the next: --offset 2\n"
    )
    assert run("search", "skin", "--offset", "2", cwd=folder).stdout.endswith("\n3 to 3 of 3 articles\n")
    assert run("search", "skin", "--offset", "9", cwd=folder).stdout == "no more hits: 3 articles in all\n"


def test_an_article_names_its_copies(folder: Path) -> None:
    shown = run("show", "2", cwd=folder).stdout
    assert "Copies, which was published first is not known" in shown
    assert re.search(r"^ +2  2024-05-21  晨光  this article  Softer skin$", shown, re.MULTILINE)
    assert re.search(r"^ +3  2024-05-21  晨光  100% of the first  Softer skin$", shown, re.MULTILINE)
    members = json.loads(run("show", "2", "--json", cwd=folder).stdout)["copies"]["members"]
    assert [member["article_id"] for member in members] == [1, 2, 3]
    assert json.loads(run("show", "4", "--json", cwd=folder).stdout)["copies"] is None


@pytest.mark.parametrize(
    ("arguments", "number"),
    [([], 5), (["skin"], 5), (["skin", "--no-copies"], 3), (["--no-references"], 1), (["--retracted"], 3),
     (["skin has:references", "--no-copies"], 2)],
)  # fmt: skip
def test_exports_are_narrowed_and_hold_every_copy(folder: Path, arguments: list[str], number: int) -> None:
    assert len(run("export", *arguments, cwd=folder).stdout.splitlines()) == number


def test_a_filter_and_one_article_exclude_each_other(folder: Path) -> None:
    done = run("export", "--article", "1", "--no-references", cwd=folder)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


@pytest.mark.parametrize(
    ("hits", "total_", "more", "offset", "line"),
    [
        (0, 0, False, 0, "0 articles"),
        (1, 1, False, 0, "1 article"),
        (20, 20, False, 0, "20 articles"),
        (20, 1234, False, 0, "20 of 1,234 articles; for the next: --offset 20"),
        (20, 10000, True, 0, "20 of more than 10,000 articles; for the next: --offset 20"),
        (20, 10000, True, 20, "21 to 40 of more than 10,000 articles; for the next: --offset 40"),
        (5, 45, False, 40, "41 to 45 of 45 articles"),
        (0, 45, False, 60, "no more hits: 45 articles in all"),
    ],
)
def test_the_place_of_hits_is_said(hits: int, total_: int, more: bool, offset: int, line: str) -> None:
    hit = Hit(
        id=1, url="", title="", snippet="", site="", source=None, published=None, language=None, references=0, copies=0,
        group=None, segments=(), title_segments=(),
    )  # fmt: skip
    results = Results((hit,) * hits, total_, more)
    assert position_text(results, offset) == line
    assert total_text(results) in line


def test_what_was_not_ranked_is_said(folder: Path) -> None:
    lines = hit_lines(Results((), 10_000, more=True, note="Only some were ranked."))
    assert as_text(lines).splitlines()[-1] == "Only some were ranked."


@pytest.mark.parametrize("typed", [typed for typed, _ in query_syntax()])
def test_every_query_of_the_documentation_can_be_asked(folder: Path, typed: str) -> None:
    db = open_archive(folder / "healthnews.db")
    assert search(db, typed).note is None
    db.close()


def test_the_documented_script_runs(folder: Path) -> None:
    page = (Path(__file__).parent.parent / "docs" / "searching.md").read_text(encoding="utf-8")
    script = page.partition("```python\n")[2].partition("```")[0].replace("干细胞", "skin")
    done = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "2024-05-21 Softer skin" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "offer"),
    [
        (["skin", "kidney"], "3 articles without kidney: healthnews search skin"),
        (["skin", "--language", "en"], "3 articles in all languages: healthnews search skin"),
        (["skin kidney", "--since", "2030"], "3 articles with skin alone: healthnews search skin"),
        (["skin", "--site", "other", "--references"], "2 articles on all sites: healthnews search skin --references"),
    ],
)
def test_a_search_that_finds_nothing_offers_a_wider_one(folder: Path, arguments: list[str], offer: str) -> None:
    shown = run("search", *arguments, cwd=folder)
    assert offer in " ".join(shown.stdout.split())
    assert "Nothing found for skin" in shown.stderr


def test_offered_commands_name_the_archive_where_the_user_did(folder: Path) -> None:
    at = ("--archive", folder / "healthnews.db")
    offer = " ".join(run(*at, "search", "skin kidney", cwd=folder).stdout.split()).partition(
        "without kidney: healthnews "
    )[2]
    again = run(*shlex.split(offer), cwd=folder.parent)
    assert again.stdout.splitlines()[-1] == "3 articles"


def test_a_command_is_offered_only_if_it_runs(folder: Path) -> None:
    assert "healthnews search" not in run("search", "--gone", cwd=folder).stdout


def test_a_site_that_does_not_exist_is_named(folder: Path) -> None:
    shown = run("search", "skin", "--site", "demmo", cwd=folder)
    assert shown.stderr.splitlines()[0] == "The archive has no article of the site “demmo”. Near: demo."
    assert "on all sites: healthnews search skin" in " ".join(shown.stdout.split())
