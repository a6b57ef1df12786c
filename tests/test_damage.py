"""Damage to the files of an archive: it is named, what is whole can still be used, no command ends in a traceback."""

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from archive.storage.connection import warc_folder
from tests import damages
from tests.damages import ARTICLES, PAGE, READING, WRITING, command
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


def with_wal(archive: Path, folder: Path) -> Path:
    """A copy of the archive as a killed job leaves it: its last changes are in the WAL file."""
    with closing(sqlite3.connect(archive)) as db:
        db.execute("pragma wal_autocheckpoint = 0")
        db.execute("update articles set section = 'changed'")
        db.commit()
        copied = damages.copy(archive, folder)
    copied.with_name("healthnews.db-shm").unlink()
    return copied


@pytest.mark.parametrize("at", ["lost", "cut", "header", "first frame", "last frame"])
def test_a_lost_or_damaged_wal_costs_no_more_than_its_changes(archive: Path, tmp_path: Path, at: str) -> None:
    killed = with_wal(archive, tmp_path / "killed")
    wal = killed.with_name("healthnews.db-wal")
    if at == "lost":
        wal.unlink()
    elif at == "cut":
        wal.write_bytes(wal.read_bytes()[: wal.stat().st_size // 2])
    else:
        offset = {"header": 8, "first frame": 500, "last frame": wal.stat().st_size - 500}[at]
        damages.overwrite(wal, offset, b"\x55" * 16)
    for words in READING:
        command(killed, *words)
    assert command(killed, "export").stdout.count("\n") == ARTICLES
    assert command(killed, "check").returncode == 0


def flipped(path: Path) -> None:
    """Turn over a bit of the third response."""
    with closing(sqlite3.connect(path.parent.with_name("healthnews.db"))) as db:
        (offset,) = db.execute("select warc_offset from fetches where id = 3").fetchone()
    content = bytearray(path.read_bytes())
    content[offset + 100] ^= 4
    path.write_bytes(content)


WARC_DAMAGE: dict[str, Callable[[Path], object]] = {
    "lost": lambda path: path.unlink(),
    "emptied": lambda path: path.write_bytes(b""),
    "truncated": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "overwritten": lambda path: damages.overwrite(path, path.stat().st_size // 2, b"\x55" * 600),
    "bit flipped": flipped,
    "folder lost": lambda path: shutil.rmtree(path.parent),
}


@pytest.mark.parametrize("kind", WARC_DAMAGE)
def test_a_damaged_warc_file_is_named_and_every_article_stays(archive: Path, kind: str) -> None:
    (path,) = warc_folder(archive).glob("*.warc.gz")
    before = command(archive, "export").stdout
    WARC_DAMAGE[kind](path)
    for words in READING:
        command(archive, *words)
    found = command(archive, "check")
    assert found.returncode == 1
    assert (path.name if kind != "folder lost" else warc_folder(archive).name) in found.stdout.replace("\n", "")
    assert command(archive, "export").stdout == before
    command(archive, "check", "--repair")
    assert command(archive, "export").stdout == before


@pytest.mark.parametrize("words", WRITING, ids=lambda words: words[0])
@pytest.mark.parametrize("kind", ["overwritten", "bit flipped", "lost"])
def test_commands_that_write_live_with_a_damaged_warc_file(archive: Path, kind: str, words: tuple[str, ...]) -> None:
    (path,) = warc_folder(archive).glob("*.warc.gz")
    WARC_DAMAGE[kind](path)
    command(archive, *words)
    rest = ARTICLES - (words[0] == "remove")
    assert command(archive, "export").stdout.count("\n") == rest


def random_damage(archive: Path, rng: random.Random) -> None:
    """A byte, a run of bytes or a whole database page of the file becomes something else."""
    size = archive.stat().st_size
    page = rng.randrange(size // PAGE) * PAGE
    kind = rng.choice(["byte", "run", "zeros", "other page"])
    if kind == "byte":
        damages.overwrite(archive, rng.randrange(size), rng.randbytes(1))
    elif kind == "run":
        damages.overwrite(archive, rng.randrange(size - 200), rng.randbytes(200))
    elif kind == "zeros":
        damages.overwrite(archive, page, bytes(PAGE))
    else:
        other = rng.randrange(size // PAGE) * PAGE
        damages.overwrite(archive, page, archive.read_bytes()[other : other + PAGE])


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(120))
def test_no_damage_ends_a_command_in_a_traceback_or_goes_unsaid(archive: Path, tmp_path: Path, seed: int) -> None:
    before = command(archive, "export").stdout.splitlines()
    random_damage(archive, random.Random(seed))
    for words in (*READING, ("backup", str(tmp_path / "copy.db"))):
        command(archive, *words)
    for number in range(1, ARTICLES + 1):
        command(archive, "show", str(number))
    named = command(archive, "check").returncode != 0
    exported = command(archive, "export").stdout.splitlines()
    assert named or exported == before
    for words in WRITING:
        if words[0] != "reprocess":
            command(damages.copy(archive, tmp_path / words[0]), *words)
    command(archive, "check", "--repair")
    command(archive, "check")
    command(archive, "export")
