"""The public API: `from archive import …`, what it loads, and what it says to wrong arguments."""

import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import archive
from archive import ArchiveError, FilterError, open_archive, search
from archive.retrieval import past_revisions
from archive.retrieval.engine import matching
from archive.retrieval.facets import facets
from tests.commands import run


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive without articles."""
    path = tmp_path_factory.mktemp("archive") / "healthnews.db"
    open_archive(path, create=True).close()
    return path


@pytest.mark.parametrize("name", archive.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(archive, name).__name__ == name
    assert name in dir(archive)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'serach'"):
        archive.serach  # noqa: B018


def test_a_search_loads_neither_scrapy_nor_trafilatura() -> None:
    code = (
        "from archive import open_archive, search; import sys\n"
        "sys.exit(sorted({'scrapy', 'trafilatura', 'lxml', 'datasette', 'rensa'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_search_takes_an_open_archive_or_a_path(file: Path) -> None:
    db = open_archive(str(file))
    assert search(db, "干细胞") == search(file, "干细胞") == search(str(file), "干细胞")
    db.close()


def test_a_search_in_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="There is no archive at"):
        search(str(tmp_path / "none.db"), "干细胞")


WRONG = [
    ({"since": "yesterday"}, "since: 'yesterday' is not a date; write it as YYYY-MM-DD, YYYY-MM or YYYY."),
    ({"until": "2024-02-30"}, "until: '2024-02-30' is not a date"),
    ({"until": "0000"}, "until: '0000' is not a date"),
    ({"since": ""}, "since: '' is not a date"),
    ({"since": 2024}, "since: 2024 is not a date"),
    ({"site": 5}, "site: 5 is not a text"),
    ({"gone": "no"}, "gone: 'no' is neither True nor False"),
    ({"sinse": "2024"}, "There is no filter 'sinse': use one of site, language, since"),
]
WRONG_PAGES = [
    ({"sort": "newest"}, "sort: 'newest' is not an order here; use rank"),
    ({"limit": -1}, "limit: -1 is not a number of hits; give an integer from 0."),
    ({"offset": -5}, "offset: -5 is not a number of hits"),
    ({"limit": "20"}, "limit: '20' is not a number of hits"),
]


@pytest.mark.parametrize(("arguments", "sentence"), WRONG + WRONG_PAGES)
def test_a_wrong_argument_is_a_value_error_with_a_sentence(
    file: Path, arguments: dict[str, Any], sentence: str
) -> None:
    db = open_archive(file)
    for find in (search, past_revisions.search):
        with pytest.raises(ValueError, match=re.escape(sentence)):
            find(db, "干细胞", **arguments)
    db.close()


@pytest.mark.parametrize(("filters", "sentence"), WRONG)
def test_exports_and_facets_check_filters_too(file: Path, filters: dict[str, Any], sentence: str) -> None:
    db = open_archive(file)
    for find in (matching, facets):
        with pytest.raises(FilterError, match=re.escape(sentence)):
            find(db, "", **filters)
    db.close()


def test_right_filters_pass(file: Path) -> None:
    days = ("2024", "2024-02", "2024-02-29", date(2024, 2, 29))
    assert [search(file, "", since=day, until=day, references=False).total for day in days] == [0, 0, 0, 0]


def test_the_command_says_the_same(file: Path) -> None:
    done = run("--archive", file, "search", "干细胞", "--since", "yesterday", cwd=file.parent)
    assert (done.returncode, done.stderr) == (
        2,
        "Error: since: 'yesterday' is not a date; write it as YYYY-MM-DD, YYYY-MM or YYYY.\n",
    )
