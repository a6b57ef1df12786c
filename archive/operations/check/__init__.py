"""Check the integrity of an archive, and repair what can be rebuilt.

A check reads a snapshot of the archive and blocks no writer; what a crawl adds meanwhile is not checked. A repair holds
the archive's lock, and each check sees the repairs of those before it.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from archive.errors import FaultError
from archive.operations.check import articles, database, fulltext, orphans, texts, warc
from archive.operations.check.context import Check, Context, Unmendable
from archive.operations.salvage import Salvaged, is_damaged, salvage
from archive.storage.connection import snapshot, warc_folder
from archive.storage.damage import is_damage
from archive.storage.database import open_archive
from archive.storage.lock import hold, is_held
from archive.storage.warc.cdxj import open_files
from archive.storage.warc.records import file_names

EXAMPLES = 5  # problems that are listed for each check

CHECKS: tuple[Check, ...] = (
    *database.CHECKS, *articles.CHECKS, *texts.CHECKS, *warc.CHECKS, *orphans.CHECKS, *fulltext.CHECKS
)  # fmt: skip

Progress = Callable[[int, int], None]  # steps done, total


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The result of a check: the numbers of all problems and of those that a repair may mend, and the first problems.

    `mended` describes the repair, `left` is the number of problems after it.
    """

    check: str
    problems: int
    mendable: int
    examples: tuple[str, ...]
    mended: str
    left: int


def check(archive: Path, *, repair: bool = False, progress: Progress = lambda _done, _all: None) -> tuple[Finding, ...]:
    """Run all checks, and with `repair` repair what can be rebuilt. Returns one finding for each of CHECKS.

    Raises ArchiveError, with one sentence, when the archive cannot be read, and with `repair` BusyError when a job
    holds it.
    """
    with hold(archive) if repair else nullcontext():
        salvaged = salvage(archive) if repair and archive.exists() and is_damaged(archive) else None
        busy = not repair and is_held(archive)
        folder = warc_folder(archive)
        files = {name: (folder / name).stat().st_size for name in file_names(folder)}
        journals = open_files(folder)
        with closing(open_archive(archive, reading=not repair)) as db, nullcontext() if repair else snapshot(db):
            try:
                steps = _counter(_steps(db), progress)
                context = Context(
                    db=db,
                    archive=archive,
                    files=files,
                    journals=journals,
                    busy=busy or (not repair and is_held(archive)),  # a job that started before the snapshot
                    repair=repair,
                    advance=lambda: next(steps),
                )
                return tuple(_findings(context, repair, salvaged))
            except sqlite3.Error as error:
                raise FaultError(f"{archive} cannot be checked to the end: {error}.") from error


def _findings(context: Context, repair: bool, salvaged: Salvaged | None) -> Iterator[Finding]:
    safe = True  # writing to a damaged file may destroy what could be saved
    for each in CHECKS:
        found, lost, examples = _run(each, context)
        mended, left = "", found
        if repair and safe and found and each.mend:
            mended = _mend(each.mend, context)
            left = _run(each, context)[0] if mended else found
        if each is database.STRUCTURE:
            safe = not (left if repair else lost)
        if each is database.STRUCTURE and salvaged:
            found, examples = max(found, 1), examples or ("it cannot be read whole",)
            mended, left = salvaged.sentence, left + len(salvaged.incomplete)
        context.advance()
        mendable = found - lost if each.mend and safe else 0
        yield Finding(check=each.name, problems=found, mendable=mendable, examples=examples, mended=mended, left=left)


def _run(each: Check, context: Context) -> tuple[int, int, tuple[str, ...]]:
    """Return the numbers of all problems and of those that cannot be mended, and the first problems."""
    number, lost, examples = 0, 0, list[str]()
    try:
        for problem in each.find(context):
            number, lost = number + 1, lost + isinstance(problem, Unmendable)
            if number <= EXAMPLES:
                examples.append(problem)
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
        number, lost = number + 1, lost + 1
        examples.append(
            f"the database is too damaged to tell ({error}): --repair writes anew what can be read; or restore a backup"
        )
    return number, lost, tuple(examples)


def _mend(mend: Callable[[Context], str], context: Context) -> str:
    try:
        return mend(context)
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
        return ""  # the problems are left and counted again


def _steps(db: Database) -> int:
    """Return how often the checks call `advance`, about."""
    try:
        (records,) = db.execute("select count(*) from fetches where warc_file is not null").fetchone()
        return int(records) + fulltext.steps(db) + len(CHECKS)
    except sqlite3.Error as error:
        if not is_damage(error):
            raise
        return len(CHECKS)


def _counter(total: int, progress: Progress) -> Iterator[None]:
    for done in range(1, total + 1):
        progress(done, total)
        yield
    while True:  # a check runs again after its repair
        yield
