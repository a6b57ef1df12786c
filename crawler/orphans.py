"""Answers that a killed crawl received and did not store: the next crawl takes them from the WARC files.

Such an answer takes the place of the page's request in the downloader, so that all that follows is as if it had just
been received, but for the time of the fetch, which is that of the record.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes

from archive.storage.connection import timestamp
from archive.storage.frontier import DuePage, Selection, due_page
from archive.storage.orphans import find_orphans
from archive.storage.warc.cdxj import Entry
from archive.storage.warc.files import Location
from archive.storage.warc.records import Answer, read_answer
from archive.urls.canonical import canonical_url
from crawler.crawl_archive import CrawlArchive

LATEST_ON_DEMAND = timedelta(hours=1)


class Adopted(NamedTuple):
    """An answer from a WARC file, the place of its record, and when it was received."""

    response: Response
    warc: Location
    fetched_at: datetime


class Orphans:
    """The answers that wait to be stored, at most one for each page.

    `not_before`: older ones do not do, since the user asks for the pages of now.
    """

    def __init__(self, archive: CrawlArchive) -> None:
        self.archive = archive
        self.not_before: datetime | None = None
        self._waiting = find_orphans(archive.db, archive.folder, archive.left)

    def __len__(self) -> int:
        return len(self._waiting)

    def clear(self) -> None:
        """Leave what still waits to the next crawl."""
        self._waiting.clear()

    def next(self, selection: Selection) -> tuple[DuePage, Adopted] | None:
        """Return the next selected page that is due, with its answer; None when there is none any more."""
        while self._waiting:
            url = next(iter(self._waiting))
            entry = self._waiting.pop(url)
            page = due_page(self.archive.db, url, selection, self.archive.started_at)
            adopted = self._read(page, entry) if page else None
            if page and adopted and (self.not_before is None or adopted.fetched_at >= self.not_before):
                return page, adopted
        return None

    def hop(self, page: DuePage, last: Location, url: str) -> Adopted | None:
        """Return the answer that a redirect of the record `last` led to, received in the same crawl."""
        wanted = canonical_url(url)
        for entry in self.archive.left:
            if entry.file == last.file and entry.offset > last.offset and canonical_url(entry.url) == wanted:
                return self._read(page, entry)
        return None

    def _read(self, page: DuePage, entry: Entry) -> Adopted | None:
        """Return the answer of a record; None where it cannot be read or is not all there."""
        warc = Location(entry.file, entry.offset)
        answer = read_answer(self.archive.folder, warc)
        body = self._body(page, answer) if answer else None
        if answer is None or body is None or timestamp(answer.fetched_at) <= (page.fetched_at or ""):
            return None
        headers = Headers()
        for name, value in answer.headers:
            headers.appendlist(name, value.encode("latin-1", "replace"))
        kind = responsetypes.from_args(headers=headers, url=answer.url, body=body)
        response = kind(answer.url, status=answer.status, headers=headers, body=body)
        return Adopted(response, warc, answer.fetched_at)

    def _body(self, page: DuePage, answer: Answer) -> bytes | None:
        """Return the body as received. A revisit record repeats or confirms that of the page's last fetch."""
        if not answer.is_revisit:
            return answer.body
        if answer.payload != page.payload:
            return None
        if answer.status == 304:
            return b"" if page.etag or page.last_modified else None
        original = self.archive.last_body(page)
        kept = read_answer(self.archive.folder, original) if original else None
        return kept.body if kept and kept.payload == answer.payload and not kept.is_revisit else None
