"""docs/browsing.md says what the pages answer."""

import re
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette

from archive.retrieval.facets import facets
from archive.web.exports import ENDINGS
from archive.web.plugin import PAGES
from archive.web.search_params import FILTERS
from archive.web.server import datasette as serve
from archive.works.retraction_watch import load_table
from tests.archives import NOW, an_article, new_archive, store
from tests.retraction_table import a_row, a_table
from tests.web import get

TEXT = (Path(__file__).parent.parent / "docs" / "browsing.md").read_text(encoding="utf-8")


def documented(heading: str) -> set[str]:
    """The names in the first column of the table under a heading."""
    section = re.split(r"\n#+ ", TEXT.partition(f" {heading}\n")[2])[0]
    return set(re.findall(r"`(\w+)`", "\n".join(re.findall(r"^\|([^|]*)\|", section, re.MULTILINE))))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Datasette:
    """An archive with an article, a copy of it, one that changed, and a retracted work that they cite."""
    folder = tmp_path_factory.mktemp("docs")
    db = new_archive(folder)
    for name in ("one", "two"):
        store(db, an_article(), url=f"https://{name}.example/")
    for text in ("It may help.", "It helps."):
        store(db, an_article(text=text, citations=()), url="https://three.example/")
    load_table(db, a_table(folder, a_row()), NOW)
    db.close()
    return serve(folder / "healthnews.db")


def pick(answer: Any, *steps: str | int) -> Any:
    """A part of an answer."""
    for step in steps:
        answer = answer[step]
    return answer


@pytest.mark.parametrize(
    ("path", "steps", "headings"),
    [
        ("search", (), ["/-/search.json"]),
        ("search", ("hits", 0), ["A hit"]),
        ("changes", (), ["/-/changes.json"]),
        ("changes", ("changes", 0), ["A change"]),
        ("changes", ("changes", 0, "passages", 0), ["A changed passage"]),
        ("changes", ("changes", 0, "hints", 0), ["A hint"]),
        ("trend", (), ["/-/trend.json"]),
        ("trend", ("periods", 0), ["A period of a trend"]),
        ("article/1", (), ["/-/article/<id>.json"]),
        ("article/1", ("references", 0), ["An entry of references"]),
        ("article/1", ("flags", 0), ["A flag"]),
        ("works", (), ["/-/works.json"]),
        ("works", ("works", 0), ["A work"]),
        ("work/1", (), ["A work", "/-/work/<id>.json"]),
        ("work/1", ("cited_by", 0), ["A reference to a work"]),
        ("sites", (0,), ["/-/sites.json"]),
        ("site/demo", (), ["/-/site/<name>.json"]),
        ("copies/1", (), ["/-/copies/<group>.json"]),
        ("copies/1", ("copies", 0), ["A copy"]),
    ],
)
def test_fields(served: Datasette, path: str, steps: tuple[str | int, ...], headings: list[str]) -> None:
    answer = get(served, f"/healthnews/-/{path}.json")
    assert answer.status_code == 200
    assert pick(answer.json(), *steps).keys() == set().union(*map(documented, headings))


def test_every_json_is_documented() -> None:
    routes = [route for page in PAGES for route, _ in page.ROUTES if route.endswith(r"\.json$")]
    found = {re.sub(r"\(\?P<\w+>[^)]*\)", "", route.partition("/-/")[2].replace(r"\.json$", "")) for route in routes}
    assert {kind.strip("/") for kind in found} == {
        heading[1] for heading in re.finditer(r"### /-/(\w+)(?:/<\w+>)?\.json", TEXT)
    }


def test_parameters() -> None:
    assert documented("Searching") == {"q", *FILTERS, "revisions", "copies", "sort", "page", "size"}


def test_facets(tmp_path: Path) -> None:
    row = next(line for line in TEXT.splitlines() if line.startswith("| `facets`"))
    db = new_archive(tmp_path)
    assert set(facets(db, "").counts) == set(re.findall(r"`(\w+)`", row)) - {"facets"}


def test_exports() -> None:
    assert set(re.findall(r"`search\.([a-z.]+)`", TEXT)) == {*ENDINGS, "json", "atom"}


def test_every_kind_of_page_is_named() -> None:
    routes = [route for page in PAGES for route, _ in page.ROUTES if "/-/" in route]
    kinds = {found[1] for route in routes if (found := re.search(r"/-/([a-z-]+)", route))}
    assert len(kinds) > 3
    assert {kind for kind in kinds if f"/-/{kind}" not in TEXT} == set()
