"""Import one file: its records in their order, each extracted in another process and written here.

How far the file is settled is written in the transaction of its pages: an import that was killed goes on there.
"""

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, NamedTuple

from sqlite_utils import Database

from archive.article import Article, NoArticle
from archive.errors import FaultError
from archive.extraction.pool import ExtractionPool, PoolError
from archive.operations.importing import file_progress
from archive.operations.importing.archiving import PageArchive, origin_of, payload_digest
from archive.operations.importing.file_progress import FileProgress
from archive.operations.importing.framing import Frame, frame_at, frames
from archive.operations.importing.records import RESPONSE, REVISIT, DamagedRecordError, Foreign, read_records, with_http
from archive.operations.importing.selection import Candidate, Filter
from archive.storage.connection import transaction
from archive.storage.warc.files import Location

logger = logging.getLogger(__name__)

AHEAD = 16  # pages submitted ahead of the result being awaited, so that workers are never idle
SETTLED = 2_000  # records after which a position is written, also where none of them is imported
FAILED = ("timed out", "crashed", "out of memory")


@dataclass(frozen=True, slots=True, kw_only=True)
class Importer:
    """What the imports of several files share. With `dry_run` nothing is written to `db` and the WARC folder."""

    db: Database
    folder: Path
    pages: PageArchive
    filter: Filter
    pool: ExtractionPool
    dry_run: bool


class _Item(NamedTuple):
    """A record in the order of the file: where its frame ends, and what became of it or what it is extracted to.

    `offset` is that of the record, where it has the page's bytes itself. Of a revisit record, `revisit` is the offset
    when it is read, and `repeated` when its original was looked for at the end of the file.
    """

    end: int
    outcome: str = ""
    candidate: Candidate | None = None
    future: Future[Article] | None = None
    origin: str = ""
    offset: int | None = None
    revisit: int | None = None
    repeated: int | None = None


class FileImport:
    """The import of one file, from where its `progress` is on.

    `source` is its name for the archive. `kept_as` is its name in the archive's WARC folder, None where it is not
    there.
    """

    def __init__(
        self, importer: Importer, source: str, file: BinaryIO, progress: FileProgress, kept_as: str | None
    ) -> None:
        self.source, self.progress = source, progress
        self._importer, self._file, self._kept_as = importer, file, kept_as
        self._waiting: deque[_Item] = deque()
        self._extracting = 0

    def run(self, advance: Callable[[int], None]) -> None:
        """Import the records, then the revisit records whose originals the archive has by now."""
        for item in self._items():
            self._add(item)
            if self._extracting > AHEAD or len(self._waiting) > SETTLED:
                self._settle(wait=self._extracting > AHEAD)
                advance(self.progress.position)
        self._settle(wait=True, entirely=True)
        for offset in list(self.progress.revisits):
            self._add(self._repeated(offset)._replace(repeated=offset))
            self._settle(wait=self._extracting > AHEAD)
        self._settle(wait=True, entirely=True)

    def _add(self, item: _Item) -> None:
        self._waiting.append(item)
        self._extracting += item.future is not None

    def _items(self) -> Iterator[_Item]:
        for frame in frames(self._file, self.progress.position):
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
        reason = self._importer.filter.reject(record)
        if reason:
            return _Item(end, reason)
        if record.kind == REVISIT:
            return _Item(end, revisit=frame.offset)
        return self._submit(frame.offset, end, record)._replace(offset=frame.offset if is_alone else None)

    def _submit(self, offset: int, end: int, record: Foreign) -> _Item:
        try:
            found = self._importer.filter.examine(record)
        except DamagedRecordError:
            return _Item(end, "damaged")
        if isinstance(found, str):
            return _Item(end, found)
        if not record.digest:
            record = replace(record, digest=payload_digest(found.body))
        origin = origin_of(self.source, offset, record)
        if self._importer.pages.is_list(found.page.url):
            return _Item(end, "list")
        if self._importer.pages.is_known(found, origin):
            return _Item(end, "unchanged")
        # Without the blocks that recur on the site: what is cut would depend on what was imported before.
        future = self._importer.pool.submit(replace(found.page, site=""))
        return _Item(end, candidate=found, future=future, origin=origin)

    def _repeated(self, offset: int) -> _Item:
        """Return the item of a revisit record, with the body of the record that it repeats."""
        frame = frame_at(self._file, offset)
        records = read_records(frame.content) if frame else []
        record = next((each for each in records if each.kind == REVISIT), None)
        original = self._importer.pages.original(record) if record else None
        if record is None or original is None:
            return _Item(self.progress.position, "revisit of an unknown page")
        headers = "\r\n".join(f"{name}: {value}" for name, value in original.headers)
        http = f"HTTP/1.1 {original.status}\r\n{headers}".encode("latin-1", "replace")
        repeated = with_http(replace(record, kind=RESPONSE, block_digest=""), http, original.body, 0)
        return self._submit(offset, self.progress.position, repeated)

    def _settle(self, *, wait: bool, entirely: bool = False) -> None:
        """Write the results that are there, in the order of the file; wait for the first one, or for all."""
        if self._waiting and wait:
            self._result(self._waiting[0])
        while self._waiting:
            ready = self._ready(entirely=entirely)
            if not ready:
                return
            if self._importer.dry_run:
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
            with transaction(self._importer.db):
                for item, result in ready:
                    self._count(item, result)
                file_progress.save(self._importer.db, self.progress)
        except OSError as error:
            raise FaultError(f"{self._importer.folder} cannot be written: {error.strerror}.") from error

    def _count(self, item: _Item, result: Article | str) -> None:
        """Store the result of a record, and count what became of it."""
        if item.revisit is not None:
            self.progress.revisits.append(item.revisit)
        elif isinstance(result, str):
            self.progress.counts[result] += 1
        elif not self._importer.filter.selection.wants_language(result.language):
            self.progress.counts["other language"] += 1
        elif self._importer.dry_run or item.candidate is None:
            self.progress.counts["imported"] += 1
        else:
            outcome = self._importer.pages.store(item.candidate, result, item.origin, self._place_of(item))
            self.progress.counts[outcome] += 1
        if item.repeated is not None:
            self.progress.revisits.remove(item.repeated)
        self.progress.position = max(self.progress.position, item.end)

    def _place_of(self, item: _Item) -> Location | None:
        """Return where the record is in the archive's WARC folder, None where it has to be written there."""
        candidate = item.candidate
        if self._kept_as is None or item.offset is None or candidate is None or not candidate.record.has_http:
            return None
        return None if "noarchive" in candidate.directives else Location(self._kept_as, item.offset)

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
