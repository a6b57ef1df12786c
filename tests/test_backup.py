"""A backup is one state of the archive with all that belongs to it, or it is not made at all."""

import gzip
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from archive.errors import ArchiveError, BusyError
from archive.operations.backup import Backup, backup
from archive.operations.check import check
from archive.operations.takedown import remove
from archive.storage import online_backup
from archive.storage.connection import transaction, warc_folder
from archive.storage.database import open_archive
from archive.storage.exclusions import Exclusion
from archive.storage.lock import hold
from archive.storage.redaction import redact_pending
from tests.commands import HEALTHNEWS, environment, run
from tests.kept import NOW, WHEN, alter, crawl, damage, rows, url_of

ARTICLES = "select count(*) from articles"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "healthnews.db"
    crawl(path, 0, 1, 2)
    return path


@pytest.fixture
def archive(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made.parent, tmp_path / "here")
    (tmp_path / "there").mkdir()
    return tmp_path / "here" / made.name


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "there" / "kept.db"


def problems(path: Path) -> list[str]:
    return [example for finding in check(path) for example in finding.examples]


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as db:
        return [line for line in db.iterdump() if "sqlite_stat" not in line]


def copied(made: Backup) -> tuple[int, int]:
    assert made.warc
    return made.warc.copied, made.warc.unchanged


def files(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in warc_folder(path).iterdir()}


def test_it_has_every_row_and_every_raw_page(archive: Path, target: Path) -> None:
    made = backup(archive, target)
    assert (made.articles, made.bytes, copied(made)) == (3, target.stat().st_size, (1, 0))
    assert dump(target) == dump(archive)
    assert files(target) == files(archive)
    assert problems(target) == []
    assert sorted(path.name for path in target.parent.iterdir()) == ["kept-warc", "kept.db", "kept.db.lock"]


def test_what_is_there_already_is_not_copied_again(archive: Path, target: Path) -> None:
    first = crawl(archive, 3)
    assert copied(backup(archive, target)) == (2, 0)
    before = (warc_folder(target) / first.name).stat()
    assert copied(backup(archive, target)) == (0, 2)
    crawl(archive, 4)
    os.utime(first)  # as a copy of the archive, or its move to another disk, would
    assert copied(backup(archive, target)) == (1, 2)
    assert (warc_folder(target) / first.name).stat().st_ino == before.st_ino
    assert copied(backup(archive, target)) == (0, 3)
    assert rows(target, ARTICLES) == [(5,)]
    assert problems(target) == []


def test_a_crawl_that_writes_all_the_time_changes_nothing(
    archive: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(online_backup, "PAGES", 10)
    before, steps = dump(archive), list[Path]()

    def write(_done: int, _all: int) -> None:
        steps.append(crawl(archive, 100 + len(steps)))

    (pages,) = rows(archive, "pragma page_count")[0]
    backup(archive, target, progress=write)
    assert len(steps) == -(-int(str(pages)) // 10) + 1  # none was made twice, and one WARC file was there
    assert dump(target) == before
    assert problems(target) == []


def test_a_file_that_is_being_written_is_cut_at_a_whole_record(archive: Path, target: Path) -> None:
    path = crawl(archive, 3, ended=False)
    whole = path.read_bytes()
    path.write_bytes(whole + gzip.compress(b"WARC/1.1 response")[:-9])
    backup(archive, target)
    assert files(target)[path.name] == whole
    assert rows(target, "select outcome from crawls") == [("finished",), ("died",)]
    assert problems(target) == []
    path.write_bytes(whole + gzip.compress(b"WARC/1.1 response"))
    backup(archive, target)
    assert files(target)[path.name] == path.read_bytes()


@pytest.mark.parametrize("time_kept", [False, True])
def test_what_was_removed_does_not_stay_in_an_older_backup(archive: Path, target: Path, time_kept: bool) -> None:
    backup(archive, target)
    (path,) = warc_folder(archive).glob("*.warc.gz")
    before = path.stat()
    with closing(open_archive(archive)) as db:
        entries = [Exclusion("url", url_of(1))]
        remove(db, warc_folder(archive), entries, reason=None, now=NOW, progress=lambda *_: None)
        redact_pending(db, warc_folder(archive), now=WHEN)
    assert path.stat().st_size == before.st_size
    if time_kept:
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert copied(backup(archive, target)) == (1, 0)
    assert files(target) == files(archive)
    assert rows(target, ARTICLES) == [(2,)]
    assert problems(target) == []


def test_what_is_removed_while_it_is_made_is_not_in_it(archive: Path, target: Path) -> None:
    calls: list[int] = []

    def remove_one(done: int, every: int) -> None:
        calls.append(done)
        if len(calls) == 1:
            alter(archive, f"insert into optouts (kind, pattern, added_at) values ('url', '{url_of(1)}', '{NOW}')")
            alter(archive, f"delete from articles where url = '{url_of(1)}'")

    assert backup(archive, target, progress=remove_one).articles == 2
    assert rows(target, ARTICLES) == [(2,)]


def test_without_raw_pages(archive: Path, target: Path) -> None:
    assert backup(archive, target, warc=False).warc is None
    assert not warc_folder(target).exists()
    assert dump(target) == dump(archive)


def test_a_raw_page_that_the_archive_lost_is_named(archive: Path, target: Path) -> None:
    lost = crawl(archive, 3)
    backup(archive, target)
    lost.unlink()
    made = backup(archive, target)
    assert made.warc
    assert made.warc.missing == ()  # the backup has it still
    shutil.rmtree(warc_folder(target))
    done = run("--archive", archive, "backup", target, cwd=archive.parent)
    assert (done.returncode, done.stderr) == (
        1, f"{lost.name} is missing or too short in the archive: run healthnews check.\n"
    )  # fmt: skip
    assert rows(target, ARTICLES) == [(4,)]


def a_text(path: Path) -> None:
    path.write_text("This is a shopping list, not a database. " * 99)


def a_foreign_database(path: Path) -> None:
    alter(path, "create table photos (id integer)")


def an_archive_of_other_pages(path: Path) -> None:
    crawl(path, 7)
    alter(path, "update crawls set started_at = '2020'")


def a_newer_state(path: Path) -> None:
    crawl(path, 0, 1, 2)
    crawl(path, 3)


@pytest.mark.parametrize("make", [a_text, a_foreign_database, an_archive_of_other_pages, a_newer_state])
def test_what_is_no_older_backup_is_not_replaced(archive: Path, target: Path, make: Callable[[Path], None]) -> None:
    make(target)
    before = target.read_bytes()
    with pytest.raises(ArchiveError, match=r"kept.db is no older backup of this archive and is left as it is"):
        backup(archive, target)
    assert target.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("healthnews.db", "is the archive itself"),
        ("../here/healthnews.db", "is the archive itself"),
        ("link.db", "is the archive itself"),
        ("healthnews.sqlite", "would have the archive's own WARC folder"),
        (".", "is a folder: name a file in it"),
        ("none/kept.db", "does not exist: make it first"),
    ],
)
def test_where_no_backup_may_be(archive: Path, name: str, says: str) -> None:
    (archive.parent / "link.db").hardlink_to(archive)
    before = archive.read_bytes()
    done = run("--archive", archive, "backup", archive.parent / name, cwd=archive.parent)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert says in done.stderr
    assert archive.read_bytes() == before


def test_a_backup_that_is_open_elsewhere_is_not_replaced(archive: Path, target: Path) -> None:
    backup(archive, target)
    with closing(open_archive(target)) as reader:
        with transaction(reader):
            reader.execute("update pages set reason = null")
        with pytest.raises(ArchiveError, match=r"Another process has .*kept\.db open"):
            backup(archive, target)
    backup(archive, target)


def test_two_backups_to_one_file_do_not_mix(archive: Path, target: Path) -> None:
    with hold(target), pytest.raises(BusyError):
        backup(archive, target)


@pytest.mark.parametrize("limit", [100_000, 400_000, 1_300_000])
def test_a_full_disk_leaves_the_older_backup(archive: Path, target: Path, limit: int) -> None:
    backup(archive, target)
    before = (target.read_bytes(), files(target))
    path = crawl(archive, 3)
    path.write_bytes(path.read_bytes() + gzip.compress(os.urandom(1_500_000)))
    command = ["bash", "-c", f'ulimit -f {limit // 1024}; exec "$0" "$@"', *HEALTHNEWS]
    command += ["--archive", str(archive), "backup", str(target)]
    done = subprocess.run(command, env=environment(), cwd=archive.parent, capture_output=True, text=True)
    assert (done.returncode, done.stderr.count("\n"), "Traceback" in done.stderr) == (1, 1, False)
    assert "kept.db cannot be made (" in done.stderr
    assert (target.read_bytes(), files(target)) == before
    assert not list(target.parent.rglob("*.part*"))


@pytest.mark.parametrize("step", [1, 2, 3])
def test_an_interrupted_backup_leaves_the_older_one(archive: Path, target: Path, step: int) -> None:
    backup(archive, target)
    before = target.read_bytes()
    crawl(archive, 3)
    steps: list[int] = []

    def interrupt(done: int, _all: int) -> None:
        steps.append(done)
        if len(steps) == step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        backup(archive, target, progress=interrupt)
    assert target.read_bytes() == before
    assert problems(target) in (
        [],
        [f"{path.name}: no row points to it" for path in warc_folder(target).glob("*2-0*.gz")],
    )
    assert not list(target.parent.rglob("*.part*"))


def test_what_a_killed_backup_left_is_cleared_away(archive: Path, target: Path) -> None:
    warc_folder(target).mkdir()
    for left in (target, *(warc_folder(target) / path.name for path in warc_folder(archive).glob("*.warc.gz"))):
        for ending in (".part", ".part-wal", ".part-journal"):
            left.with_name(left.name + ending).write_bytes(b"half of it" * 500)
    backup(archive, target)
    assert problems(target) == []
    assert not list(target.parent.rglob("*.part*"))


def test_a_damaged_archive_does_not_replace_a_good_backup(archive: Path, target: Path) -> None:
    backup(archive, target)
    before = target.read_bytes()
    alter(archive, "pragma wal_checkpoint(truncate)")
    (root,) = rows(archive, "select rootpage from sqlite_master where name = 'images'")[0]
    damage(archive, (int(str(root)) - 1) * 4096, 100)
    with pytest.raises(ArchiveError, match=r"healthnews\.db is damaged \(.*healthnews check says more") as raised:
        backup(archive, target)
    assert "\n" not in str(raised.value)
    assert target.read_bytes() == before


def test_the_command_says_what_it_did(archive: Path, target: Path) -> None:
    done = run("--archive", archive, "backup", target, cwd=archive.parent)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{target}: 3 articles, ")
    assert "WARC files: 1 copied" in done.stdout
    made = json.loads(run("--archive", archive, "backup", target, "--json", cwd=archive.parent).stdout)
    assert set(made) == {"file", "bytes", "articles", "warc", "seconds"}
    assert (made["articles"], made["warc"]["unchanged"]) == (3, 1)
    again = run("--archive", target, "search", "patients", "--count", cwd=archive.parent)
    assert again.stdout.startswith("1 article") or "3" in again.stdout
