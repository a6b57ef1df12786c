"""The page that searches all archives that are served together."""

from contextlib import closing
from pathlib import Path

import pytest
from datasette.app import Datasette

from archive.storage.database import open_archive
from archive.web.server import database_names
from archive.web.server import datasette as serve
from tests.archives import an_article, make_archive, store
from tests.web import get, links

TEXTS = {
    "2023": ("Marrow in 2023", "Marrow cells were given to two patients with hard skin, who felt better."),
    "2024": ("Marrow in 2024", "A trial of marrow cells: the skin of nobody became softer within a year."),
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Datasette:
    """Datasette on two archives of an article each."""
    folder = tmp_path_factory.mktemp("joint")
    for name, (title, text) in TEXTS.items():
        path = folder / f"{name}.db"
        make_archive(path)
        with closing(open_archive(path)) as db:
            url = f"https://news.example/{name}"
            store(db, an_article(url=url, title=title, text=text, language="en"), url=url, site=f"site{name}")
    return serve(*(folder / f"{name}.db" for name in TEXTS))


def hrefs(html: str) -> set[str]:
    return set(links(html).values())


def test_hits_of_all_archives_lead_to_their_articles(served: Datasette) -> None:
    answer = get(served, "/-/search?q=marrow")
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    found = hrefs(answer.text)
    assert "/2023/-/article/1?q=marrow" in found
    assert "/2024/-/article/1?q=marrow" in found
    assert "2 results" in answer.text
    assert "/-/search?q=marrow&site=site2023" in found


def test_json_names_the_archives(served: Datasette) -> None:
    answer = get(served, "/-/search.json?q=trial").json()
    (hit,) = answer["hits"]
    assert (hit["archive"], hit["title"]) == ("2024", "Marrow in 2024")
    assert hit["archive_url"].endswith("/2024/-/article/1")
    assert answer["facets"]["site"] == {"site2024": 1}


def test_one_archive_leads_to_the_search_in_all(served: Datasette) -> None:
    assert "/-/search?q=skin" in hrefs(get(served, "/2023/-/search?q=skin").text)
    assert "/-/search" in hrefs(get(served, "/2023/-/start").text)


def test_past_revisions_are_searched_one_by_one(served: Datasette) -> None:
    assert "one archive at a time" in get(served, "/-/search?q=skin&revisions=yes").text


def test_nothing_found(served: Datasette) -> None:
    assert "Nothing found" in get(served, "/-/search?q=zzz").text


def test_a_single_archive_has_its_own_search_only(tmp_path: Path) -> None:
    make_archive(tmp_path / "one.db")
    alone = serve(tmp_path / "one.db")
    answer = get(alone, "/-/search?q=skin")
    assert (answer.status_code, answer.headers["location"]) == (302, "/one/-/search?q=skin")
    assert "/-/search" not in hrefs(get(alone, "/one/-/search?q=skin").text)


def test_files_of_one_name_are_numbered() -> None:
    paths = [Path("a/n.db"), Path("b/n.db"), Path("a/n.db"), Path("c/n.db")]
    assert database_names(paths) == {"n": Path("a/n.db"), "n-2": Path("b/n.db"), "n-3": Path("c/n.db")}
