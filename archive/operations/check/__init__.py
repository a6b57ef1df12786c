"""Whether an archive is whole: which checks there are, in which order, and what runs and mends them.

A plain check reads one state of the archive and keeps nobody from writing; what a crawl adds meanwhile is not looked
at. One that mends runs under the archive's lock, and each of its checks sees what those before it mended.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext
from dataclasses import dataclass
from pathlib import Path

from archive.errors import ArchiveError
from archive.operations.check import database, fulltext, orphans, warc
from archive.operations.check.context import Check, Context, Unmendable
from archive.storage.connection import snapshot, warc_folder
from archive.storage.database import open_archive
from archive.storage.lock import hold, is_held
from archive.storage.warc.records import file_names

EXAMPLES = 5  # problems of a check that are named

CHECKS: tuple[Check, ...] = (
    *database.CHECKS, *warc.CHECKS, *orphans.CHECKS, *fulltext.CHECKS
)  # fmt: skip

Progress = Callable[[int, int], None]  # steps that are done, and all


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a check found: the number of problems, of those that a repair may mend, and the first of them; what was
    mended, in words, and how many problems are left."""

    check: str
    problems: int
    mendable: int
    examples: tuple[str, ...]
    mended: str
    left: int


def check(archive: Path, *, repair: bool = False, progress: Progress = lambda _done, _all: None) -> tuple[Finding, ...]:
    """Makes every check, and with `repair` mends what can be rebuilt; one finding for each of CHECKS.

    Raises ArchiveError, with one sentence, when the archive cannot be read at all, and with `repair` BusyError when a
    job holds it.
    """
    with hold(archive) if repair else nullcontext():
        busy = not repair and is_held(archive)
        files = file_names(warc_folder(archive))
        with closing(open_archive(archive, reading=not repair)) as db, nullcontext() if repair else snapshot(db):
            try:
                (records,) = db.execute("select count(*) from fetches where warc_file is not null").fetchone()
                steps = _counter(records + fulltext.steps(db) + len(CHECKS), progress)
                context = Context(
                    db=db,
                    archive=archive,
                    files=tuple(files),
                    busy=busy or (not repair and is_held(archive)),  # a job that began before the state was taken
                    advance=lambda: next(steps),
                )
                return tuple(_findings(context, repair))
            except sqlite3.Error as error:
                raise ArchiveError(f"{archive} cannot be checked to the end: {error}.") from error


def _findings(context: Context, repair: bool) -> Iterator[Finding]:
    safe = True  # what is written to a damaged file may destroy what could be saved
    for each in CHECKS:
        found, lost, examples = _look(each, context)
        mended, left = "", found
        if repair and safe and found and each.mend:
            mended = _mend(each.mend, context)
            left = _look(each, context)[0] if mended else found
        context.advance()
        if each is database.STRUCTURE:
            safe = not (left if repair else lost)
        mendable = found - lost if each.mend and safe else 0
        yield Finding(check=each.name, problems=found, mendable=mendable, examples=examples, mended=mended, left=left)


def _look(each: Check, context: Context) -> tuple[int, int, tuple[str, ...]]:
    """The number of problems, of those that cannot be mended, and the first ones."""
    number, lost, examples = 0, 0, list[str]()
    try:
        for problem in each.find(context):
            number, lost = number + 1, lost + isinstance(problem, Unmendable)
            if number <= EXAMPLES:
                examples.append(problem)
    except sqlite3.DatabaseError as error:
        if not _is_damage(error):
            raise
        number, lost = number + 1, lost + 1
        examples.append(f"the database is too damaged to tell ({error}): restore a backup, see docs/operations.md")
    return number, lost, tuple(examples)


def _mend(mend: Callable[[Context], str], context: Context) -> str:
    try:
        return mend(context)
    except sqlite3.DatabaseError as error:
        if not _is_damage(error):
            raise
        return ""  # what cannot be mended is left, and counted so


def _is_damage(error: sqlite3.Error) -> bool:
    """Whether it is for what is in the file; a full disk, for one, is not."""
    return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_CORRUPT or "no such " in str(error)


def _counter(total: int, progress: Progress) -> Iterator[None]:
    for done in range(1, total + 1):
        progress(done, total)
        yield
    while True:  # a check that mended looks again
        yield
