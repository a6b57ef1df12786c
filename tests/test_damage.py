"""Damage to the files of an archive: it is named, what is whole can still be used, no command ends in a traceback."""

from pathlib import Path

import pytest

from tests import damages
from tests.damages import ARTICLES, READING, command
from tests.kept import url_of


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return damages.make(tmp_path_factory.mktemp("made") / "healthnews.db")


@pytest.fixture
def archive(made: Path, tmp_path: Path) -> Path:
    return damages.copy(made, tmp_path / "archive")


NO_PAGE = ("works", "signatures", "crawls")
TEXTS = [
    ("articles", "text", 3),
    ("articles", "title", 3),
    ("articles", "authors", 3),
    ("articles", "published", 3),
    ("articles", "url", 3),
    ("articles", "markdown", 3),
    ("bibliography", "raw", 3),
    ("bibliography", "confidence", 3),
    ("removals", "text", 1),
    ("images", "url", 1),
    ("revisions", "content", 3),
    ("pages", "url", 3),
    ("pages", "rights", 3),
    ("works", "title", 3),
    ("works", "key", 3),
    ("signatures", "keys", 3),
    ("fetches", "url", 3),
    ("crawls", "counts", 1),
    ("crawls", "command", 1),
    ("superseded", "text", 2),
]


@pytest.mark.parametrize(("table", "column", "row_id"), TEXTS)
def test_a_byte_that_is_no_text_stops_no_command_and_is_mended(
    archive: Path, table: str, column: str, row_id: int
) -> None:
    before = command(archive, "export").stdout
    damages.put_byte(archive, table, column, row_id)
    for words in READING:
        command(archive, *words)
    for number in range(1, ARTICLES + 1):
        done = command(archive, "show", str(number))
        assert number == row_id or done.returncode == 0, done.stderr
        assert done.returncode == 0 or "is damaged (" in done.stderr
    assert command(archive, "export").stdout.count("\n") >= ARTICLES - 1
    found = command(archive, "check")
    assert found.returncode == 1
    assert f"{table}.{column}, row {row_id}" in found.stdout
    assert table in NO_PAGE or url_of(row_id - 1) in found.stdout or column == "url" or table == "superseded"
    assert command(archive, "check", "--repair").returncode == 0
    assert command(archive, "check").returncode == 0
    assert command(archive, "export").stdout == before


def test_the_damaged_text_is_shown_with_a_mark(archive: Path) -> None:
    damages.put_byte(archive, "articles", "text", 3, at=10)
    assert "\ufffd" in command(archive, "show", "3").stdout
    assert "\ufffd" in command(archive, "export").stdout


def test_a_damaged_article_is_named_by_its_url_and_can_be_removed(archive: Path) -> None:
    damages.put_byte(archive, "articles", "authors", 3, at=0)
    done = command(archive, "show", "3")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert f"article 3 ({url_of(2)}) is damaged" in done.stderr
    exported = command(archive, "export")
    assert (exported.returncode, exported.stdout.count("\n")) == (1, ARTICLES - 1)
    assert url_of(2) in exported.stderr
    assert command(archive, "remove", url_of(2), "--yes").returncode == 0
    assert command(archive, "export").returncode == 0
