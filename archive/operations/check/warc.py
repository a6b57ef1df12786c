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
from archive.storage.exclusions import Exclusions
from archive.storage.frontier import is_known
from archive.storage.orphans import find_orphans
from archive.storage.redaction import RedactionError, mark_record, redact_pending
from archive.storage.warc import cdxj
from archive.storage.warc.files import Location, WarcError, trim
from archive.storage.warc.locate import find_records
from archive.storage.warc.members import next_record
from archive.storage.warc.records import find_end, read_record
from archive.urls.canonical import canonical_or_none

# In the order of the bytes on the disk: each file is opened once and read from beginning to end.
LOCATED = """
select warc_file, warc_offset, id, digest from fetches where warc_file is not null order by warc_file, warc_offset
"""
FORGET_LOST = """
update fetches set warc_file = null, warc_offset = null where id in (select fetch_id from temp.lost_records)
"""
STILL = "select p.url from fetches f left join pages p on p.id = f.page_id where f.id = ? and f.warc_file = ?"
PLACES = "select warc_file, warc_offset from fetches where warc_file is not null"
LAST = "select warc_file, max(warc_offset) from fetches where warc_file is not null group by 1"
MONTH = re.compile(r"-(?P<year>\d{4})(?P<month>\d{2})-\d{5,}\.warc\.gz")  # as crawler.crawl_archive names its files
CRAWL = re.compile(r"-(?P<started>\d{14})-(?P<crawl>\d{6,})-\d{5}\.warc\.gz")  # as it did in earlier versions

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
                if still := now.execute(STILL, [fetch_id, file]).fetchone():  # it was not removed since the snapshot
                    context.db.execute("insert or ignore into temp.lost_records values (?)", [fetch_id])
                    yield f"fetch {fetch_id} of {still[0]}, {file}: {problem}"


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
    for name in context.files:
        if (
            (name in last or _is_of_a_crawl(context, name))
            and not _is_written(context, name)
            and last.get(name, 0) <= (context.folder / name).stat().st_size
        ):
            yield name, last.get(name, 0)


def _is_written(context: Context, name: str) -> bool:
    """Return whether a job writes the file, or has written it since the check began."""
    if context.repair:
        return False
    is_open = cdxj.journal_path(context.folder, name).exists()
    return (
        (context.folder / name).stat().st_size != context.files[name]
        or (context.busy and (is_open or name in context.journals))
        or (is_open and name not in context.journals)
    )


def _files(context: Context) -> Iterator[str]:
    named = {row[0] for row in context.db.execute(LAST)}
    for name in context.files:
        if name not in named and not _is_of_a_crawl(context, name):
            yield f"{name}: no row points to it"


def _wrong_indexes(context: Context) -> Iterator[str]:
    """Find indexes that do not agree with their files. One that is missing is made when it is needed."""
    for name, _ in _ended(context):
        if cdxj.is_indexed(context.folder, name) and not cdxj.is_right(context.folder, name):
            yield f"{name}: its index does not agree with it"


def _index(context: Context) -> str:
    names = [found.partition(":")[0] for found in _wrong_indexes(context)]
    for name in names:
        cdxj.remake(context.folder, name)
    return f"{counted(len(names), 'index', 'indexes')} made anew"


def _orphans(context: Context) -> Iterator[str]:
    """Find records that no fetch refers to, nor will: a crawl looks only at files that have a journal."""
    for name, _ in _ended(context):
        if not cdxj.journal_path(context.folder, name).exists():
            found = find_orphans(context.db, context.folder, cdxj.entries(context.folder, name))
            yield from (f"{name}: {url} was received and not stored" for url in sorted(found))


def _reopen(context: Context) -> str:
    names = sorted({found.partition(":")[0] for found in _orphans(context)})
    for name in names:
        cdxj.reopen(context.folder, name)
    return f"the next crawl stores what {counted(len(names), 'file has', 'files have')}"


def _removed(context: Context) -> Iterator[str]:
    """Find records of removed pages, which only a kill or files from a backup can leave."""
    if not context.busy:
        yield from (f"{place.file} at {place.offset}: {url}" for place, url in _records_of_removed(context))


def _records_of_removed(context: Context) -> Iterator[tuple[Location, str]]:
    exclusions = Exclusions.load(context.db)
    pending = set(context.db.execute("select warc_file, warc_offset from erasures").fetchall())
    for name in context.files if exclusions.urls or exclusions.hosts or exclusions.patterns else ():
        for entry in cdxj.entries(context.folder, name):
            url = canonical_or_none(entry.url) or entry.url
            if exclusions.match(url) is not None and (name, entry.offset) not in pending:
                yield Location(name, entry.offset), url


def _redact(context: Context) -> str:
    places = [place for place, _ in _records_of_removed(context)]
    exclusions = Exclusions.load(context.db)
    located: dict[str, list[int]] = {}
    for place in places:
        located.setdefault(place.file, []).append(place.offset)
    found = find_records(
        context.folder,
        located,
        lambda url: exclusions.match(url) is not None,
        stays=lambda url: is_known(context.db, canonical_or_none(url) or url),
    )
    kept = {Location(*row) for row in context.db.execute(PLACES)} if found.led_to else set()
    with transaction(context.db):
        for place in found.wanted | (found.led_to - kept):
            mark_record(context.db, place)
    try:
        return f"{counted(redact_pending(context.db, context.folder), 'record')} overwritten"
    except RedactionError as error:
        return str(error)


def _is_of_a_crawl(context: Context, name: str) -> bool:
    """Return whether a crawl of this archive wrote the file, or it came with an archive that was merged into this one.

    A crawl that received only robots.txt and redirects leaves a file that no row points to.
    """
    merged = "select 1 from merges, json_each(warc_files) file where file.value = ?"
    if context.db.execute(merged, [name]).fetchone():
        return True
    if found := CRAWL.search(name):
        sql = "select started_at, coalesce(finished_at, '9') from crawls where id = ?"
        times = context.db.execute(sql, [int(found["crawl"])]).fetchone()
        return times is not None and _digits(times[0]) <= found["started"] <= _digits(times[1])
    if found := MONTH.search(name):
        sql = "select 1 from crawls where substr(started_at, 1, 7) = ?"
        return context.db.execute(sql, [f"{found['year']}-{found['month']}"]).fetchone() is not None
    return False


def _digits(timestamp: str) -> str:
    return re.sub(r"\D", "", timestamp)[:14]


CHECKS = (
    Check(name="WARC records", find=_records, mend=_forget_lost),
    Check(name="ends of WARC files", find=_ends, mend=_trim),
    Check(name="WARC files", find=_files),
    Check(name="WARC indexes", find=_wrong_indexes, mend=_index),
    Check(name="records of removed pages", find=_removed, mend=_redact),
    Check(name="records that were not stored", find=_orphans, mend=_reopen),
)
