"""Checks of the WARC files: each fetch has its record, each file has fetches and ends with a complete record."""

import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO

from archive.operations.check.context import Check, Context, Unmendable, counted
from archive.storage.connection import connect, transaction
from archive.storage.warc.files import WarcError, trim
from archive.storage.warc.members import next_record
from archive.storage.warc.records import find_end, read_record

# In the order of the bytes on the disk: each file is opened once and read from beginning to end.
LOCATED = """
select warc_file, warc_offset, id, digest from fetches where warc_file is not null order by warc_file, warc_offset
"""
FORGET_LOST = """
update fetches set warc_file = null, warc_offset = null where id in (select fetch_id from temp.lost_records)
"""
LAST = "select warc_file, max(warc_offset) from fetches where warc_file is not null group by 1"
CRAWL = re.compile(
    r"-(?P<started>\d{14})-(?P<crawl>\d{6,})-\d{5}\.warc\.gz"
)  # as crawler.crawl_archive names its files

Row = tuple[str, int, int, str | None]


def _records(context: Context) -> Iterator[str]:
    context.db.execute("create temp table if not exists lost_records (fetch_id integer primary key)")
    context.db.execute("delete from temp.lost_records")
    rows: Iterable[Row] = context.db.execute(LOCATED)
    if not context.folder.is_dir():
        if next(
            iter(rows), None
        ):  # one problem for all rows: a disk is not mounted, or the archive was moved without it
            yield Unmendable(f"the folder {context.folder} is not there: mount it, or bring it back from a backup")
        return
    with closing(connect(context.archive, reading=True)) as now:
        for file, of_file in groupby(rows, key=itemgetter(0)):
            for fetch_id, problem in _in_file(context, context.folder / file, of_file):
                there = "select 1 from fetches where id = ? and warc_file = ?"
                if now.execute(there, [fetch_id, file]).fetchone():  # it has not been removed since the snapshot
                    context.db.execute("insert or ignore into temp.lost_records values (?)", [fetch_id])
                    yield f"fetch {fetch_id}, {file}: {problem}"


def _in_file(context: Context, path: Path, rows: Iterable[Row]) -> Iterator[tuple[int, str]]:
    try:
        file = path.open("rb")
    except OSError as error:
        for _, _, fetch_id, _ in rows:
            context.advance()
            yield fetch_id, f"the file cannot be read ({error.strerror})"
        return
    with file:
        for offset, at_offset in groupby(rows, key=itemgetter(1)):  # an alias shares the record of its target
            yield from _at(context, file, offset, at_offset)


def _at(context: Context, file: BinaryIO, offset: int, rows: Iterable[Row]) -> Iterator[tuple[int, str]]:
    problem, record = "", None
    try:
        record = read_record(file, offset)
        if record.kind not in ("response", "revisit"):
            problem = f"the record at {offset} is a {record.kind}, no response"
    except (WarcError, OSError) as error:
        problem = f"at {offset}: {error}"
    for _, _, fetch_id, digest in rows:
        context.advance()
        if problem:
            yield fetch_id, problem
        elif record and record.kind == "response" and digest and record.digest not in (None, digest):
            yield fetch_id, f"the record at {offset} has another digest"


def _forget_lost(context: Context) -> str:
    if not context.folder.is_dir():
        return ""
    with transaction(context.db):
        number = context.db.execute(FORGET_LOST).rowcount
    fetches = counted(number, "fetch has", "fetches have")
    return f"{fetches} no record any more: what was received is lost, what was understood of it stays"


def _ends(context: Context) -> Iterator[str]:
    for name, start in _ended(context):
        path = context.folder / name
        found = find_end(path, start)
        left = counted(found.size - found.whole, "byte")
        if found.whole == found.size:
            continue
        if found.whole == 0:
            yield Unmendable(f"{name}: no whole record is in it, but {left}: see whether a backup has more of it")
        elif _is_followed(path, found.whole):
            yield Unmendable(
                f"{name}: damaged at byte {found.whole}, and whole records follow: see whether a backup has it whole"
            )
        else:
            yield f"{name}: after byte {found.whole} follows no whole record, but {left}"


def _trim(context: Context) -> str:
    cut = []
    for name, start in _ended(context):
        path = context.folder / name
        found = find_end(path, start)
        if 0 < found.whole < found.size and not _is_followed(path, found.whole):
            cut.append(trim(path, start))
    return f"{counted(sum(cut), 'byte')} cut off {counted(len(cut), 'file')}" if cut else ""


def _is_followed(path: Path, offset: int) -> bool:
    """Return whether a complete WARC record begins anywhere after `offset`."""
    with path.open("rb") as file:
        return next_record(file, offset + 1) is not None


def _ended(context: Context) -> Iterator[tuple[str, int]]:
    """Yield the files that no job writes, each with the offset of the last record that a row points to."""
    last = dict(context.db.execute(LAST).fetchall())
    running = {row[0] for row in context.db.execute("select id from crawls where outcome = 'running'")}
    for name in context.files:
        named = CRAWL.search(name)
        size = (context.folder / name).stat().st_size
        if (
            (name in last or _is_of_a_crawl(context, name))
            and not (context.busy and named and int(named["crawl"]) in running)
            and last.get(name, 0) <= size
        ):
            yield name, last.get(name, 0)


def _files(context: Context) -> Iterator[str]:
    named = {row[0] for row in context.db.execute(LAST)}
    for name in context.files:
        if name not in named and not _is_of_a_crawl(context, name):
            yield f"{name}: no row points to it"


def _is_of_a_crawl(context: Context, name: str) -> bool:
    """Return whether a crawl of this archive wrote the file.

    A crawl that received only robots.txt and redirects leaves a file that no row points to.
    """
    found = CRAWL.search(name)
    if not found:
        return False
    sql = "select started_at, coalesce(finished_at, '9') from crawls where id = ?"
    times = context.db.execute(sql, [int(found["crawl"])]).fetchone()
    return times is not None and _digits(times[0]) <= found["started"] <= _digits(times[1])


def _digits(timestamp: str) -> str:
    return re.sub(r"\D", "", timestamp)[:14]


CHECKS = (
    Check(name="WARC records", find=_records, mend=_forget_lost),
    Check(name="ends of WARC files", find=_ends, mend=_trim),
    Check(name="WARC files", find=_files),
)
