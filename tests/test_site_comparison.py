"""Sites compared: their figures, the table of the page, and the command."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from datasette.app import Datasette

from archive.article import Removal
from archive.errors import FilterError
from archive.monitoring.site_comparison import SORTS, SiteComparison, compare_sites
from archive.storage.database import open_archive
from archive.web.server import datasette as serve
from archive.works.retraction_watch import load_table
from crawler.cli.sites import COMPARISONS
from tests.archives import NOW, an_article, new_archive, store
from tests.commands import run
from tests.retraction_table import a_row, a_table
from tests.web import links, page

LATER = "2024-07-01T00:00:00.000000Z"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Site demo: an article that cites a retracted work, of which one changed, and a plain one; site other: one that
    advertises and is gone."""
    made = tmp_path_factory.mktemp("comparison")
    db = new_archive(made)
    plain = an_article(text="Of marrow.", citations=(), references=(), removals=())
    cites = replace(an_article(citations=(), removals=()), text="It may help.")
    for article, now in ((cites, NOW), (replace(cites, text="It helps."), LATER)):
        store(db, article, url="https://news.example/1", now=now)
    store(db, plain, url="https://news.example/2")
    advert = replace(plain, removals=(Removal(text="电话 400-555-0100", reason="marketing", kind="phone"),))
    store(db, replace(advert, text="Of bone."), url="https://other.example/3", site="other")
    db.execute("update pages set gone_since = ? where site = 'other'", [LATER])
    load_table(db, a_table(made, a_row()), NOW)
    db.close()
    return made


@pytest.fixture(scope="module")
def served(folder: Path) -> Datasette:
    return serve(folder / "healthnews.db")


DEMO = SiteComparison(
    site="demo", articles=2, with_references=1, changed=1, changes=1, citing_retracted=1, retracted_works=1
)
OTHER = SiteComparison(site="other", articles=1, commercial=1, marketing_length=15, gone=1)


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("articles", [DEMO, OTHER]),
        ("references", [DEMO, OTHER]),
        ("commercial", [OTHER, DEMO]),
        ("gone", [OTHER, DEMO]),
    ],
)
def test_figures(folder: Path, sort: str, expected: list[SiteComparison]) -> None:
    assert compare_sites(open_archive(folder / "healthnews.db", reading=True), sort) == expected


def test_orders(folder: Path) -> None:
    assert list(SORTS) == COMPARISONS
    with pytest.raises(FilterError):
        compare_sites(open_archive(folder / "healthnews.db", reading=True), "beauty")


def test_the_page_can_be_sorted(served: Datasette) -> None:
    shown = page(served, "/healthnews/-/sites?sort=gone")
    compared = shown.partition('id="compared"')[2]
    assert re.findall(r'-/site/(\w+)"', compared) == ["other", "demo"]
    assert 'aria-sort="descending"><a href="/healthnews/-/sites?sort=gone#compared">Gone' in compared
    assert "100.0%" in compared
    assert links(compared)["With references"] == "/healthnews/-/sites?sort=references#compared"
    assert "is not a valid value of sort" in page(served, "/healthnews/-/sites?sort=beauty")


def test_the_command(folder: Path) -> None:
    lines = run("sites", "--compare", "--sort", "gone", cwd=folder).stdout.splitlines()
    assert [line.split() for line in lines[1:3]] == [
        ["other", "1", "-", "100.0%", "15", "-", "100.0%", "-"],
        ["demo", "2", "50.0%", "-", "-", "50.0%", "-", "50.0%"],
    ]
    first, _ = json.loads(run("sites", "--compare", "--json", cwd=folder).stdout)
    assert (first["site"], first["changes"]) == ("demo", 1)
