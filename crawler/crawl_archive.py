"""The archive as one crawl writes it: database, WARC files, exclusions, and the crawl's own row."""

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from scrapy.exceptions import IgnoreRequest
from sqlite_utils import Database

from archive.articles.fetch_result import FetchResult
from archive.errors import FaultError
from archive.monitoring.crawl_reports import count_name
from archive.monitoring.crawl_reports import counts as final_counts
from archive.storage.block_counts import forget_rare
from archive.storage.clock_skew import reset_future_due_dates
from archive.storage.connection import close, timestamp, transaction, warc_folder
from archive.storage.crawls import finish_crawl, start_crawl
from archive.storage.database import open_archive
from archive.storage.exclusions import Exclusions
from archive.storage.frontier import DuePage, NewPage, add_pages, unknown
from archive.storage.lock import hold
from archive.storage.orphans import left_entries, settle, unsettled_files
from archive.storage.redaction import RedactionError, redact_pending
from archive.storage.warc.cdxj import WARC, last_offset, open_files
from archive.storage.warc.files import Location, WarcWriter, trim_torn

REMOVED = "removed"  # the reason of pages that are excluded on request

# The WARC files that were written last, and how far: file names grow with time, so that no more rows are looked at.
# Files that came from other archives by a merge are not continued.
LAST_RECORDS = """
select warc_file, max(warc_offset) from (
  select warc_file, warc_offset from fetches where warc_file is not null order by id desc limit 1000
) group by 1
union all
select file.value, 9223372036854775807 from merges, json_each(warc_files) file
"""


class CrawlArchive:
    """Opens the archive for a crawl and closes it.

    `counts` are the outcomes recorded so far, by site; `unsettled` are the WARC files of earlier crawls that may have
    records without a fetch, `left` the index entries of what their last crawl wrote, `warnings` what could not be done.
    """

    def __init__(self, path: Path, *, now: datetime, command: str) -> None:
        """Open the archive, which is made if missing, and its first WARC file. Raises ArchiveError, BusyError."""
        self._lock = hold(path, now=now)
        self.db = open_archive(path, create=True)
        self.folder = warc_folder(path)
        try:
            _trim_torn(self.db, self.folder)
            self.unsettled = unsettled_files(self.db, self.folder)
            self.left = list(left_entries(self.folder, self.unsettled))
        except OSError as error:
            self.release()
            raise FaultError(self.unwritable(error)) from error
        self.exclusions = Exclusions.load(self.db, images=False)
        reset_future_due_dates(self.db, now)
        self.started_at = timestamp(now)
        self.crawl_id = start_crawl(self.db, now=self.started_at, pid=os.getpid(), command=command)
        self.warnings = self.redact_pending()  # before a WARC file is opened: it may be one of those to be redacted
        self.warc = WarcWriter(self.folder, f"{path.stem}-{now:%Y%m}", pointed_to=dict(self.db.execute(LAST_RECORDS)))
        self.counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._open_warc(now)

    def _open_warc(self, now: datetime) -> None:
        """Open the first WARC file: that it cannot be written is found out before a site gets a request."""
        try:
            self.warc.open()
        except OSError as error:
            problem = self.unwritable(error)
            self.finish("stopped", problem, now)
            self.release()
            raise FaultError(problem) from error

    def unwritable(self, error: OSError) -> str:
        """Return in a sentence that the WARC files cannot be written, and what to do about it."""
        where = f"{self.folder} ({error.strerror or error})"
        return f"The raw pages cannot be written to {where}: see to the folder and the disk; no page is lost."

    def redact_pending(self) -> list[str]:
        """Finish removals that an earlier process could not finish; return a warning where that fails."""
        try:
            redact_pending(self.db, self.folder)
        except RedactionError as error:
            return [str(error)]
        return []

    def is_excluded(self, url: str) -> bool:
        """Whether an exclusion forbids to fetch and to keep the URL."""
        return self.exclusions.match(url) is not None

    def permitted(self, page: NewPage) -> NewPage:
        """Return the page as it may be added: refused and never due where an exclusion matches."""
        exclusion = self.exclusions.match(page.url)
        if exclusion is None:
            return page
        return replace(page, due_at=None, state="refused", reason=REMOVED, optout_id=exclusion)

    def add_pages(self, pages: Iterable[NewPage]) -> None:
        """Add the pages that are not known yet."""
        with transaction(self.db):
            add_pages(self.db, map(self.permitted, pages), self.started_at)

    def add_found(self, pages: Sequence[NewPage], since: str | None, now: datetime) -> int:
        """Commit a part of the pages that a list links to, before the list itself; return how many articles are new.

        The list, which was read before at `since`, stays due until its outcome is recorded.
        """
        new = unknown(self.db, pages, since)
        with transaction(self.db):
            add_pages(self.db, pages, timestamp(now))
        return new

    def record(self, result: FetchResult) -> None:
        """Commit a fetch and count its outcome."""
        from archive.articles.fetches import record  # with references, works and literature: loaded by the first page

        content = record(self.db, self.crawl_id, result)
        self.counts[result.page.site][count_name(result.page.kind, result.outcome, content)] += 1

    def last_body(self, page: DuePage) -> Location | None:
        """Return the record of the page's last fetch whose body was kept."""
        sql = "select warc_file, warc_offset from fetches where page_id = ? and digest is not null order by id desc"
        row = self.db.execute(f"{sql} limit 1", [page.id]).fetchone()
        return Location(*row) if row and row[0] else None

    def articles_stored(self, site: str) -> int:
        """Return how many new or changed articles of the site this crawl has stored."""
        return self.counts[site]["new"] + self.counts[site]["changed"]

    def close_warc(self) -> None:
        """Close the WARC file; write the indexes of all files whose records are stored. Raises OSError."""
        self.warc.suspend()
        settle(self.db, self.folder, [*self.unsettled, *self.warc.files])

    def finish(self, outcome: str, reason: str | None, now: datetime) -> None:
        """Write the crawl's row and close the database; `outcome` is finished or stopped, `reason` a sentence."""
        with transaction(self.db):
            for site in self.counts:
                forget_rare(self.db, site)
        counts = final_counts(self.db, self.crawl_id)
        finish_crawl(self.db, self.crawl_id, now=timestamp(now), outcome=outcome, counts=counts, reason=reason)
        close(self.db)

    def release(self) -> None:
        """Release the lock on the archive; the database is closed if it is still open."""
        self.db.close()
        self._lock.release()


class StorageError(IgnoreRequest):
    """The WARC file cannot be written: the crawl ends, and the page stays due."""


def cannot_be_written(error: Exception) -> str:
    """Return a sentence for a full disk, a lock that is held for long or a damaged file."""
    return f"The archive cannot be written ({error}): see to the disk and to who else writes to it; no page is lost."


def _trim_torn(db: Database, folder: Path) -> None:
    """Cut incomplete records off the WARC files of crawls that were killed, so that every file stays readable."""
    killed = db.execute("select id from crawls where outcome = 'running'").fetchall()
    names = {
        path.name for (crawl_id,) in killed for path in folder.glob(f"*-{crawl_id:06}-*{WARC}")
    }  # of earlier versions
    for name in sorted(names.union(open_files(folder)) if killed else ()):
        trim_torn(folder / name, last_offset(folder, name))
