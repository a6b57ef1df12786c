"""Jobs on an archive that are killed, against ones that are not: reprocess, remove, compact, backup, merge, upgrade."""

import json
import random
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sqlite_utils import Database

from archive.storage.migrations import migrations
from archive.storage.online_backup import is_sound
from archive.storage.steps import APPLICATION_ID
from tests import takedowns
from tests.commands import run
from tests.kept import alter
from tests.kills.compare import check, contents, differences
from tests.kills.jobs import Job
from tests.kills.site import HOSTS, address, marker

ARCHIVE, BACKUP, OLDER, SHARD = "healthnews.db", "backup", "older", "shard"
BACK_UP = ("backup", f"{BACKUP}/{ARCHIVE}")
LONGEST = 600.0  # seconds for a job that is not killed
RAW_PAGES = "WARC records"  # the check of them
LOOK = 0.001  # seconds between two looks at the files
OTHER_TITLES = """
update articles set title = 'Another title ' || id where page_id in (select id from pages where state = 'stored')
"""
TRIES = 8  # of a kill: a job may end before it
TABLES = "select name from sqlite_master where type = 'table' and name not like '%fts%' and name not like '%sqlite_%'"

Problems = Iterable[str]


@dataclass(frozen=True)
class Command:
    """A command and what has to be so before it, after each kill, and at its end. All get the archive's folder."""

    arguments: Sequence[str]
    prepare: Callable[[Path], object]
    after_kill: Callable[[Path], Problems] = lambda _: ()
    at_end: Callable[[Path], Problems] = lambda _: ()


def commands(source: Path, pages: int) -> dict[str, Command]:
    """Return the commands by name; `source` is the archive's folder before anything was prepared."""
    remove = ["remove", address(1), "--reason", "On request", "--yes"]
    removed = [marker(number) for number in range(1, pages, HOSTS)]
    return {
        "reprocess": Command(
            ["reprocess", "--sites", "../sites"],
            _change_titles,
            at_end=lambda folder: differences(contents(source / ARCHIVE), contents(folder / ARCHIVE)),
        ),
        "remove": Command(
            remove,
            lambda _: None,
            at_end=lambda folder: _found(folder / ARCHIVE, removed),
        ),
        "compact": Command(["compact"], lambda _: None),
        "backup": Command(
            BACK_UP,
            lambda folder: _back_up_then(folder, remove),
            _bad_backup,
            lambda folder: [*_other_backup(folder), *_found(folder / BACKUP / ARCHIVE, removed)],
        ),
        "merge": Command(
            ["merge", f"{SHARD}/{ARCHIVE}", "--warc", "move"],
            _put_aside,
            at_end=lambda folder: differences(contents(source / ARCHIVE), contents(folder / ARCHIVE)),
        ),
        "upgrade": Command(["check"], _make_older, _bad_copies, _bad_copies),
    }


def run_commands(
    source: Path,
    work: Path,
    *,
    pages: int,
    kills: int,
    seed: int,
    say: Callable[[str], None] = lambda _: None,
) -> tuple[Counter[str], list[str]]:
    """Run each command on copies of the archive folder `source`: left alone, and killed `kills` times, then again.

    The copies are made in `work`, which lies beside the folder `sites`. Returns the kills by command, and the problems.
    """
    chance, done, problems = random.Random(seed), Counter[str](), list[str]()
    for name, command in commands(source, pages).items():
        prepared, alone, killed = (work / f"{name}-{state}" for state in ("prepared", "alone", "killed"))
        shutil.copytree(source, prepared)
        command.prepare(prepared)
        for folder in (alone, killed):
            shutil.copytree(prepared, folder)
        changes = _run(alone, command, None)
        for _ in range(TRIES * kills):
            at = chance.randint(1, max(1, changes))
            seen = _run(killed, command, at)
            if seen < 0:
                done[name] += 1
                problems += [f"{name} killed at change {at}: {found}" for found in command.after_kill(killed)]
                if done[name] == kills:
                    break
            else:  # it is done, so that a further run would have nothing to do
                changes = min(changes, seen)  # of those that follow one another quickly a busy machine sees one
                shutil.rmtree(killed)
                shutil.copytree(prepared, killed)
        _run(killed, command, None)
        archive = killed / ARCHIVE
        found = [*differences(contents(alone / ARCHIVE), contents(archive)), *check(archive), *command.at_end(killed)]
        problems += [f"{name}: {problem}" for problem in found]
        say(f"{name}: {done[name]} kills among {changes} changes of files")
    return done, problems


def _run(folder: Path, command: Command, kill_at: int | None) -> int:
    """Run the command, to its end or up to that change of a file; return how many changes were seen, -1 if killed."""
    changes, last = 0, _files(folder)
    with Job(folder, *command.arguments) as job:
        while not job.ended(LOOK):
            now = _files(folder)
            changes, last = changes + (now != last), now
            if kill_at and changes >= kill_at:
                job.kill()
        job.finish(LONGEST)
        return -1 if job.killed else changes


def _files(folder: Path) -> frozenset[tuple[Path, int, int]]:
    """Return the files of an archive and its backups with size and time."""
    found = set()
    for path in folder.rglob("*"):
        try:
            status = path.stat()
        except FileNotFoundError:  # it has gone meanwhile
            continue
        if path.name != "job.log":
            found.add((path, status.st_size, status.st_mtime_ns))
    return frozenset(found)


def _change_titles(folder: Path) -> None:
    alter(folder / ARCHIVE, OTHER_TITLES)


def _put_aside(folder: Path) -> None:
    """Make a shard of the archive, which is merged into a new one in its place."""
    (folder / SHARD).mkdir()
    for path in list(folder.glob("healthnews*")):
        path.rename(folder / SHARD / path.name)


def _back_up_then(folder: Path, arguments: Sequence[str]) -> None:
    """Make a backup, keep a copy of it, and run a command that changes the archive."""
    (folder / BACKUP).mkdir()
    for command in (BACK_UP, arguments):
        with Job(folder, *command) as job:
            job.finish(LONGEST)
        if command is BACK_UP:
            shutil.copytree(folder / BACKUP, folder / OLDER)


def _bad_backup(folder: Path) -> Problems:
    """Yield what is wrong with a backup that is neither the older nor the newer archive."""
    there = contents(folder / BACKUP / ARCHIVE)
    if there not in (contents(folder / OLDER / ARCHIVE), contents(folder / ARCHIVE)):
        yield "the backup is neither the older nor the newer one"
    findings = json.loads(run("--archive", folder / BACKUP / ARCHIVE, "check", "--json", cwd=folder).stdout)
    yield from (f"backup: {found}" for found in findings if found["problems"] and found["check"] != RAW_PAGES)
    # Raw pages go before the database is replaced: the older one may point to erased records, of removed pages only.
    mended = folder / "mended"
    shutil.copytree(folder / BACKUP, mended)
    run("--archive", mended / ARCHIVE, "check", "--repair", cwd=folder)
    lost = _with_raw_page(folder / BACKUP / ARCHIVE) - _with_raw_page(mended / ARCHIVE)
    yield from (f"backup: the raw page of {url} is lost" for _, url in lost if urlsplit(url).hostname != address(1))
    shutil.rmtree(mended)


def _with_raw_page(archive: Path) -> set[tuple[int, str]]:
    with closing(sqlite3.connect(archive)) as db:
        return set(db.execute("select id, url from fetches where warc_file is not null"))


def _other_backup(folder: Path) -> Problems:
    backup = folder / BACKUP / ARCHIVE
    return [*differences(contents(folder / ARCHIVE), contents(backup)), *check(backup)]


def _found(archive: Path, removed: Sequence[str]) -> Problems:
    """Yield where something of the removed pages is still readable."""
    for name, data in takedowns.contents(archive).items():
        left = [text for text in removed if text.encode() in data]
        if left:
            yield f"{name} has {len(left)} of {len(removed)} removed pages"


def _make_older(folder: Path) -> None:
    """Put in the archive's place one of the first released version, with the rows that it could have."""
    current, older = folder / ARCHIVE, folder / "older.db"
    with closing(Database(sqlite3.connect(older, isolation_level=None))) as db:
        migrations.apply(db, stop_before=[step.name for step in migrations.pending(db)[1:]])
        db.execute(f"pragma application_id = {APPLICATION_ID}")
        db.execute("pragma journal_mode = wal")
        db.execute("attach ? as current", [str(current)])
        db.execute("begin")
        for (table,) in db.execute(f"{TABLES} order by name <> 'articles', name").fetchall():
            columns = set(_columns(db, "main", table)) & set(_columns(db, "current", table))
            names = ", ".join(f'"{name}"' for name in sorted(columns))
            db.execute(f'delete from main."{table}"')  # triggers fill some of them
            db.execute(f'insert into main."{table}" ({names}) select {names} from current."{table}"')
        db.execute("commit")
    older.replace(current)


def _columns(db: Database, schema: str, table: str) -> list[str]:
    return [name for (name,) in db.execute(f"select name from pragma_table_info('{table}', '{schema}')")]


def _bad_copies(folder: Path) -> Problems:
    """Yield the copies from before the upgrade that cannot be read."""
    for path in folder.glob("healthnews-before-*.db"):
        if not is_sound(path):
            yield f"{path.name} cannot be read"
