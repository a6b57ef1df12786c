"""Damage to the files of an archive: it is named, what is whole can still be used, no command ends in a traceback."""

from pathlib import Path

import pytest

from tests import damages
from tests.damages import ARTICLES, PAGE, READING, command
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


PARTS = ["pages", "articles", "bibliography", "citations", "images", "removals", "revisions", "fetches"]
INDEXES = ["pages_due", "sqlite_autoindex_articles_1", "articles_content", "articles_facets", "fetches_page"]
FULLTEXT = ["articles_fts_data", "articles_fts_idx", "articles_fts_docsize", "superseded_fts_data"]
DERIVED = ["works", "signatures", "signature_keys", "work_identifiers", "distinct_texts", "text_bands", "superseded"]


@pytest.mark.parametrize("name", [*PARTS, *INDEXES, *FULLTEXT, *DERIVED])
def test_what_an_overwritten_database_page_held_is_made_anew(archive: Path, name: str) -> None:
    before = command(archive, "export").stdout
    damages.overwrite(archive, (damages.pages_of(archive, name)[0] - 1) * PAGE, b"\x55" * PAGE)
    whole = archive.read_bytes()
    for words in READING:
        command(archive, *words)
    assert command(archive, "check").returncode == 1
    done = command(archive, "check", "--repair")
    assert (done.returncode == 1) == (name in PARTS), done.stdout
    assert archive.with_name("healthnews.db.damaged-1").read_bytes() == whole
    assert command(archive, "check").returncode == 0
    assert command(archive, "export").stdout == before
    assert command(archive, "search", "patients", "--count").stdout.startswith(f"{ARTICLES} ")


def test_the_pages_that_a_damaged_table_hits_are_named(archive: Path) -> None:
    damages.overwrite(archive, (damages.pages_of(archive, "articles")[-1] - 1) * PAGE, bytes(PAGE))
    found = command(archive, "check").stdout
    assert "https://news.example/a/" in found


def test_a_damaged_file_is_kept_when_there_is_one_already(archive: Path) -> None:
    for number in (1, 2):
        damages.overwrite(archive, (damages.pages_of(archive, "hosts")[0] - 1) * PAGE, b"\x55" * PAGE)
        command(archive, "check", "--repair")
        assert archive.with_name(f"healthnews.db.damaged-{number}").exists()


def test_a_truncated_database_is_named_and_never_replaces_a_backup(archive: Path, tmp_path: Path) -> None:
    target = tmp_path / "kept" / "kept.db"
    target.parent.mkdir()
    assert command(archive, "backup", str(target)).returncode == 0
    kept, whole = target.read_bytes(), archive.read_bytes()
    for size in (0, 100, PAGE, len(whole) // 3, len(whole) // 2, len(whole) - PAGE, len(whole) - 100):
        archive.write_bytes(whole[:size])
        for words in READING:
            command(archive, *words)
        assert command(archive, "backup", str(target)).returncode in (1, 2), size
        assert target.read_bytes() == kept


@pytest.mark.parametrize("byte", ["ff", "00"])
def test_a_damaged_text_does_not_replace_a_whole_one_in_a_backup(archive: Path, tmp_path: Path, byte: str) -> None:
    target = tmp_path / "kept.db"
    assert command(archive, "backup", str(target)).returncode == 0
    kept = target.read_bytes()
    damages.put_byte(archive, "articles", "text", 3, at=20, byte=byte)
    done = command(archive, "backup", str(target))
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert url_of(2) in done.stderr
    assert target.read_bytes() == kept
    assert command(archive, "check", "--repair").returncode == 0
    assert command(archive, "backup", str(target)).returncode == 0
