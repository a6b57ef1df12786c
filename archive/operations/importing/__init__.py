"""Import the files of other web archives: their pages about health, each with where it came from.

Records are read and rejected in this process, extracted in the pool's processes and written here, in the order of the
file. How far a file is settled is written in the transaction of its pages, so that an import that was killed goes on
there.
"""

import json
import logging
import os
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple

from sqlite_utils import Database

from archive.article import Article, NoArticle
from archive.errors import ArchiveError, FaultError
from archive.extraction.pool import ExtractionPool, PoolError, default_workers
from archive.operations.importing.archiving import PageArchive, origin_of, payload_digest
from archive.operations.importing.containers import Input, inputs
from archive.operations.importing.framing import Frame, frame_at, frames, is_gzip_by_record
from archive.operations.importing.records import RESPONSE, REVISIT, DamagedRecordError, Foreign, read_records, with_http
from archive.operations.importing.selection import Candidate, Directives, Filter, Selection
from archive.operations.merge.warc import bring, free_name
from archive.storage.connection import timestamp, transaction, warc_folder
from archive.storage.database import open_archive
from archive.storage.exclusions import Exclusions
from archive.storage.lock import hold
from archive.storage.migrations import migrations
from archive.storage.warc import cdxj
from archive.storage.warc.files import Location, WarcWriter
from archive.storage.warc.members import members

logger = logging.getLogger(__name__)

AHEAD = 16  # pages submitted ahead of the result being awaited, so that workers are never idle
SETTLED = 2_000  # records after which a position is written, also where none of them is imported
SERIES = "imported"  # the name of the WARC files to which records are written
FAILED = ("timed out", "crashed", "out of memory")

# What becomes of a record, in the order in which it is decided.
OUTCOMES = (
    "imported", "unchanged", "no article", "failed", "other language", "noindex", "excluded", "no URL or date",
    "too large", "cut short", "not about health", "no HTML", "no success", "other URL", "other host", "list",
    "revisit of an unknown page", "no web page", "damaged",
)  # fmt: skip

Way = Literal["records", "copy", "keep"]
Progress = Callable[[int, int], None]  # bytes read, total

START = """
insert into imports (source, state, started_at) values (?1, ?2, ?3) on conflict (source) do update set
  position = iif(state = excluded.state, position, 0), counts = iif(state = excluded.state, counts, '{}'),
  revisits = iif(state = excluded.state, revisits, '[]'),
  finished_at = iif(state = excluded.state, finished_at, null), state = excluded.state,
  started_at = iif(state = excluded.state and finished_at is not null, started_at, excluded.started_at)
returning id, position, revisits, counts, finished_at
"""
SAVE = "update imports set position = ?, revisits = ?, counts = ? where id = ?"
POINTED = """
select warc_file, max(warc_offset) from (
  select warc_file, warc_offset from fetches union all select warc_file, warc_offset from erasures
) where warc_file glob ? group by warc_file
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of the records of a file: `counts` maps OUTCOMES to numbers. `is_done`: it was imported before."""

    source: str
    counts: Mapping[str, int]
    is_done: bool = False
    is_whole: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Sites:
    """What the configured sites say: the site of a canonical URL ('' for none), and the sites' languages."""

    site_of: Callable[[str], str] = lambda _: ""
    languages: Mapping[str, str | None] = field(default_factory=dict)


class _Item(NamedTuple):
    """A record in the order of the file: where its frame ends, and what became of it or what it is extracted to."""

    end: int
    outcome: str = ""
    candidate: Candidate | None = None
    future: Future[Article] | None = None
    origin: str = ""
    offset: int | None = None  # of the record, where it has the page's bytes itself
    revisit: int | None = None  # the offset of a revisit record that waits …
    repeated: int | None = None  # … and of one whose original was looked for


def import_files(
    archive: Path,
    paths: Sequence[Path],
    selection: Selection,
    *,
    directives: Directives,
    sites: Sites | None = None,
    workers: int | None = None,
    again: bool = False,
    dry_run: bool = False,
    warc: Way = "records",
    progress: Progress = lambda _done, _total: None,
    now: datetime | None = None,
) -> list[Imported]:
    """Import the files at `paths`, and those in folders, into `archive`, which is made if it is missing.

    A file that was imported with the same selection is left out, unless `again`. With `dry_run` nothing is written.
    `warc`: whether the records of imported pages are written to WARC files of the archive, or whole files are copied to
    its folder or linked there.
    Raises ArchiveError, with one sentence, for what cannot be read, and BusyError when another job holds the archive.
    What was imported until then stays, and the next import goes on from there.
    """
    files = inputs(paths)
    with ExitStack() as stack:
        if dry_run:
            db = stack.enter_context(closing(_to_read(archive)))
        else:
            stack.enter_context(hold(archive))
            db = stack.enter_context(closing(open_archive(archive, create=True)))
            cut_unsettled(db, warc_folder(archive))
            if warc != "records":
                _check_whole(db, files)
        pool = stack.enter_context(ExtractionPool(workers or default_workers()))
        run = _Run(db, warc_folder(archive), selection, sites or Sites(), directives, pool, warc, dry_run=dry_run)
        stack.callback(run.close)
        total, before, done = sum(file.size for file in files), 0, list[Imported]()
        for file in files:
            start = before
            advance = lambda at, start=start: progress(start + at, total)  # noqa: E731
            done.append(run.import_file(file, again=again, advance=advance, now=timestamp(now or datetime.now(UTC))))
            before += file.size
            progress(before, total)
    return done


def _check_whole(db: Database, files: Iterable[Input]) -> None:
    """Raise ArchiveError where a file cannot be one of the archive's WARC files."""
    if db.execute("select 1 from optouts limit 1").fetchone():
        raise ArchiveError(
            "The archive excludes pages, whose bytes would come in with whole files: leave --warc out, so that only "
            "imported pages are kept."
        )
    for file in files:
        with file.open() as (opened, _):
            if file.member or not file.path.name.endswith(cdxj.WARC) or not is_gzip_by_record(opened):
                raise ArchiveError(
                    f"{file.source} is no {cdxj.WARC} file with a gzip member for each record: leave --warc out."
                )


def _to_read(archive: Path) -> Database:
    if archive.exists():
        return open_archive(archive, reading=True)
    db = Database(memory=True)
    migrations.apply(db)
    return db


def cut_unsettled(db: Database, folder: Path) -> None:
    """Cut off what a killed import wrote to the WARC files without a fetch of it, and will write again.

    Raises OSError.
    """
    left = [file for file in cdxj.open_files(folder) if file.startswith(f"{SERIES}-")]
    ends = dict(db.execute(POINTED, [f"{SERIES}-*"]).fetchall())
    for file in left:
        path = folder / file
        if file not in ends:
            path.unlink()
            cdxj.drop_index(folder, file)
            continue
        with path.open("r+b") as opened:
            last = next(members(opened, ends[file]), None)
            if last is not None and last.offset + last.length < opened.seek(0, os.SEEK_END):
                opened.truncate(last.offset + last.length)
        cdxj.drop_index(folder, file)
        cdxj.write_index(folder, file)


class _Run:
    """The import of several files into one archive."""

    def __init__(
        self,
        db: Database,
        folder: Path,
        selection: Selection,
        sites: Sites,
        directives: Directives,
        pool: ExtractionPool,
        way: Way,
        *,
        dry_run: bool,
    ) -> None:
        self.db, self.selection, self.pool, self.dry_run = db, selection, pool, dry_run
        self.way, self.folder = way, folder
        pointed = dict(db.execute(POINTED, [f"{SERIES}-*"]).fetchall())
        self.warc = WarcWriter(folder, SERIES, pointed_to=pointed)
        self.pages = PageArchive(db, folder, self.warc)
        self.filter = Filter(
            selection=selection,
            exclusions=Exclusions.load(db),
            directives=directives,
            site_of=sites.site_of,
            site_languages=sites.languages,
        )

    def close(self) -> None:
        """Close the WARC file and write its index. Raises FaultError."""
        try:
            self.warc.close()
        except OSError as error:
            raise FaultError(f"{self.warc.folder} cannot be written: {error.strerror}.") from error

    def import_file(self, file: Input, *, again: bool, advance: Callable[[int], None], now: str) -> Imported:
        """Import one file."""
        state = f"{file.state} {self.selection.key()}"
        import_id, position, revisits, counts, finished = self._start(file, state, now, again=again)
        if finished:
            return Imported(source=file.source, counts=_ordered(counts), is_done=True)
        with file.open() as (opened, is_whole):
            one = _File(self, file.source, opened, import_id, position, revisits, counts)
            one.place = self._bring(file.path)
            one.run(advance)
            if not is_whole:
                one.counts["damaged"] += 1
            if not self.dry_run:
                with transaction(self.db):
                    one.save()
                    self.db.conn.execute("update imports set finished_at = ? where id = ?", [now, import_id])
            return Imported(source=file.source, counts=_ordered(one.counts), is_whole=is_whole)

    def _bring(self, path: Path) -> str | None:
        """Copy the file to the archive's WARC folder, or link it there; return its name there, None for neither."""
        if self.way == "records" or self.dry_run:
            return None
        try:
            self.folder.mkdir(exist_ok=True)
            name = free_name(path, self.folder, set())
            if not (self.folder / name).exists():
                bring(path, self.folder / name, self.way)
            cdxj.ensured_entries(self.folder, name)
        except OSError as error:
            raise FaultError(f"{self.folder} cannot be written: {error.strerror}.") from error
        return name

    def _start(
        self, file: Input, state: str, now: str, *, again: bool
    ) -> tuple[int, int, list[int], Counter[str], str | None]:
        if self.dry_run:
            return 0, 0, [], Counter(), None
        with transaction(self.db):
            if again:
                sql = "update imports set state = '' where source = ? and finished_at is not null"
                self.db.conn.execute(sql, [file.source])
            row = self.db.execute(START, [file.source, state, now]).fetchone()
        import_id, position, revisits, counts, finished = row
        return import_id, position, json.loads(revisits), Counter(json.loads(counts)), finished


def _ordered(counts: Mapping[str, int]) -> dict[str, int]:
    return {name: counts[name] for name in OUTCOMES if counts.get(name)}


class _File:
    """The import of one file from a position on. `counts` are those of the records before it."""

    def __init__(
        self,
        run: _Run,
        source: str,
        file: BinaryIO,
        import_id: int,
        position: int,
        revisits: Iterable[int],
        counts: Counter[str],
    ) -> None:
        self.source, self.counts, self.position, self.revisits = source, counts, position, list(revisits)
        self.place: str | None = None  # the name of the file in the archive's WARC folder, where it is there
        self._run, self._file, self._id = run, file, import_id
        self._waiting: deque[_Item] = deque()
        self._extracting = 0

    def run(self, advance: Callable[[int], None]) -> None:
        """Import the records, then the revisit records whose originals the archive has by now."""
        for item in self._items():
            self._add(item)
            if self._extracting > AHEAD or len(self._waiting) > SETTLED:
                self._settle(wait=self._extracting > AHEAD)
                advance(self.position)
        self._settle(wait=True, entirely=True)
        for offset in list(self.revisits):
            self._add(self._repeated(offset)._replace(repeated=offset))
            self._settle(wait=self._extracting > AHEAD)
        self._settle(wait=True, entirely=True)

    def save(self) -> None:
        """Write how far the file is settled. The caller holds a transaction."""
        values = [self.position, json.dumps(self.revisits), json.dumps(self.counts), self._id]
        self._run.db.conn.execute(SAVE, values)

    def _add(self, item: _Item) -> None:
        self._waiting.append(item)
        self._extracting += item.future is not None

    def _items(self) -> Iterator[_Item]:
        for frame in frames(self._file, self.position):
            if frame.problem:
                yield _Item(frame.end, frame.problem)
                continue
            try:
                records = read_records(frame.content)
            except DamagedRecordError:
                yield _Item(frame.end, "damaged")
                continue
            for number, record in enumerate(records, 1):
                # Until the last record of a frame, an import goes on before the frame.
                end = frame.end if number == len(records) else frame.offset
                yield self._item(frame, end, record, is_alone=len(records) == 1)

    def _item(self, frame: Frame, end: int, record: Foreign, *, is_alone: bool) -> _Item:
        reason = self._run.filter.reject(record)
        if reason:
            return _Item(end, reason)
        if record.kind == REVISIT:
            return _Item(end, revisit=frame.offset)
        return self._submit(frame.offset, end, record)._replace(offset=frame.offset if is_alone else None)

    def _submit(self, offset: int, end: int, record: Foreign) -> _Item:
        try:
            found = self._run.filter.examine(record)
        except DamagedRecordError:
            return _Item(end, "damaged")
        if isinstance(found, str):
            return _Item(end, found)
        if not record.digest:
            record = replace(record, digest=payload_digest(found.body))
        origin = origin_of(self.source, offset, record)
        if self._run.pages.is_list(found.page.url):
            return _Item(end, "list")
        if self._run.pages.is_known(found, origin):
            return _Item(end, "unchanged")
        # Without the blocks that recur on the site: what is cut would depend on what was imported before.
        future = self._run.pool.submit(replace(found.page, site=""))
        return _Item(end, candidate=found, future=future, origin=origin)

    def _repeated(self, offset: int) -> _Item:
        """Return the item of a revisit record, with the body of the record that it repeats."""
        frame = frame_at(self._file, offset)
        records = read_records(frame.content) if frame else []
        record = next((each for each in records if each.kind == REVISIT), None)
        original = self._run.pages.original(record) if record else None
        if record is None or original is None:
            return _Item(self.position, "revisit of an unknown page")
        headers = "\r\n".join(f"{name}: {value}" for name, value in original.headers)
        http = f"HTTP/1.1 {original.status}\r\n{headers}".encode("latin-1", "replace")
        repeated = with_http(replace(record, kind=RESPONSE, block_digest=""), http, original.body, 0)
        return self._submit(offset, self.position, repeated)

    def _settle(self, *, wait: bool, entirely: bool = False) -> None:
        """Write the results that are there, in the order of the file; wait for the first one, or for all."""
        if self._waiting and wait:
            self._result(self._waiting[0])
        while self._waiting:
            ready = self._ready(entirely=entirely)
            if not ready:
                return
            if self._run.dry_run:
                for item, result in ready:
                    self._count(item, result)
            else:
                self._write(ready)

    def _ready(self, *, entirely: bool) -> list[tuple[_Item, Article | str]]:
        found: list[tuple[_Item, Article | str]] = []
        while self._waiting and len(found) < SETTLED:
            item = self._waiting[0]
            if item.future and not item.future.done() and (found or not entirely):
                break
            found.append((self._waiting.popleft(), self._result(item)))
            self._extracting -= item.future is not None
        return found

    def _write(self, ready: Iterable[tuple[_Item, Article | str]]) -> None:
        try:
            with transaction(self._run.db):
                for item, result in ready:
                    self._count(item, result)
                self.save()
        except OSError as error:
            raise FaultError(f"{self._run.warc.folder} cannot be written: {error.strerror}.") from error

    def _count(self, item: _Item, result: Article | str) -> None:
        """Store the result of a record, and count what became of it."""
        if item.revisit is not None:
            self.revisits.append(item.revisit)
        elif isinstance(result, str):
            self.counts[result] += 1
        elif not self._run.selection.wants_language(result.language):
            self.counts["other language"] += 1
        elif self._run.dry_run or item.candidate is None:
            self.counts["imported"] += 1
        else:
            self.counts[self._run.pages.store(item.candidate, result, item.origin, self._place_of(item))] += 1
        if item.repeated is not None:
            self.revisits.remove(item.repeated)
        self.position = max(self.position, item.end)

    def _place_of(self, item: _Item) -> Location | None:
        """Return where the record is in the archive's WARC folder, None where it has to be written there."""
        candidate = item.candidate
        if self.place is None or item.offset is None or candidate is None or not candidate.record.has_http:
            return None
        return None if "noarchive" in candidate.directives else Location(self.place, item.offset)

    def _result(self, item: _Item) -> Article | str:
        """Return the article of a record, or what became of it instead. Raises PoolError."""
        if item.future is None:
            return item.outcome
        try:
            return item.future.result()
        except NoArticle as no:
            return "failed" if no.reason in FAILED else "no article"
        except PoolError:
            raise
        except Exception:  # an error in our code on one page must not stop the others
            logger.exception("Extraction failed on %s", item.candidate.page.url if item.candidate else self.source)
            return "failed"
