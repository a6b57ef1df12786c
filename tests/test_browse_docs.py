"""docs/browsing.md says what the pages answer."""

import re
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette

from archive.browse.asked import FILTERS
from archive.browse.exports import FORMATS
from archive.browse.plugin import PAGES
from archive.browse.serve import datasette as serve
from archive.facets import facets
from tests.archives import an_article, new_archive, store
from tests.test_browse import get

TEXT = (Path(__file__).parent.parent / "docs" / "browsing.md").read_text(encoding="utf-8")


def documented(heading: str) -> set[str]:
    """The names in the first column of the table under a heading."""
    section = re.split(r"\n#+ ", TEXT.partition(f" {heading}\n")[2])[0]
    return set(re.findall(r"`(\w+)`", "\n".join(re.findall(r"^\|([^|]*)\|", section, re.MULTILINE))))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Datasette:
    folder = tmp_path_factory.mktemp("docs")
    db = new_archive(folder)
    store(db, an_article())
    db.close()
    return serve(folder / "healthnews.db")


def answer(served: Datasette, path: str) -> Any:
    return get(served, f"/healthnews/-/{path}").json()


def test_search(served: Datasette) -> None:
    found = answer(served, "search.json")
    assert found.keys() == documented("/-/search.json")
    assert found["hits"][0].keys() == documented("A hit")


def test_parameters() -> None:
    assert documented("Searching") == {"q", *FILTERS, "copies", "sort", "page", "size"}


def test_facets(tmp_path: Path) -> None:
    row = next(line for line in TEXT.splitlines() if line.startswith("| `facets`"))
    db = new_archive(tmp_path)
    assert set(facets(db, "").counts) == set(re.findall(r"`(\w+)`", row)) - {"facets"}


def test_exports() -> None:
    assert set(re.findall(r"`search\.([a-z.]+)`", TEXT)) == {*FORMATS, "json", "atom"}


def test_every_kind_of_page_is_named() -> None:
    routes = [route for page in PAGES for route, _ in page.ROUTES if "/-/" in route]
    kinds = {found[1] for route in routes if (found := re.search(r"/-/([a-z-]+)", route))}
    assert len(kinds) > 3
    assert {kind for kind in kinds if f"/-/{kind}" not in TEXT} == set()
