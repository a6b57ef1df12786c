"""Write imported pages to the archive: each record is a fetch at the time of the record, joined with what is known.

The join is that of merged archives (archive/operations/merge/history.py), so that neither the order of the records nor
importing one again changes the result: an older record makes a past revision, a newer one the article.
"""

import base64
import hashlib
import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from archive.article import Article
from archive.articles.writer import extractor_version
from archive.operations.importing.records import Foreign
from archive.operations.importing.selection import Candidate
from archive.operations.merge.history import FACTS, Fetch, FetchKey, History, join
from archive.operations.merge.history_writer import HistoryWriter
from archive.operations.merge.load import load
from archive.storage.connection import timestamp
from archive.storage.exclusions import host_in
from archive.storage.frontier import NewPage, add_pages
from archive.storage.row_mapping import content_hash, to_json
from archive.storage.warc.files import Exchange, Location, WarcWriter
from archive.storage.warc.records import Answer, read_answer
from archive.urls.canonical import canonical_or_none

MOST_HOPS = 10  # of aliases; more are a circle
# By the id of the fetch, since several records may be of one time.
KNOWN = """
select 1 from fetches f join pages p on p.id = f.page_id where f.url = ? and f.fetched_at = ? and f.origin = ?
  and p.id = ?
"""
ORIGINALS = """
select f.fetched_at, f.warc_file, f.warc_offset, f.origin from fetches f join pages p on p.id = f.page_id
where p.url = ? and f.warc_file is not null and not f.withheld order by f.fetched_at desc, f.id desc
"""
PAGE = "select id, kind, alias_of from pages where url = ?"


class PageArchive:
    """Stores imported pages. The caller holds a transaction where the archive is written to."""

    def __init__(self, db: Database, folder: Path, warc: WarcWriter) -> None:
        self._db, self._folder, self._warc = db, folder, warc
        self._writer = HistoryWriter(db, folder)

    def is_known(self, candidate: Candidate, origin: str) -> bool:
        """Whether the record was imported already."""
        page = self._page(candidate.page.url)
        if page is None:
            return False
        values = [candidate.page.url, _time(candidate), origin, page[0]]
        return self._db.execute(KNOWN, values).fetchone() is not None

    def is_list(self, url: str) -> bool:
        """Whether the archive knows the URL as a feed, sitemap or listing."""
        page = self._page(url)
        return page is not None and page[1] != "article"

    def store(self, candidate: Candidate, article: Article, origin: str, place: Location | None = None) -> str:
        """Write a page and its article. With a `place` the record is there, in the archive's WARC folder, already.

        Returns imported for a new article or revision, unchanged where the archive had this content. Raises OSError.
        """
        url, time = candidate.page.url, _time(candidate)
        page = self._page(url)
        if page is None:
            new = NewPage(url=url, host=host_in(url), site=candidate.page.site)
            add_pages(self._db, [new], time)
            page = self._page(url)
            assert page is not None
        (here,) = load(self._db, "main", [page[0]]).values()
        there = _history(here, candidate, article, origin)
        joined = join(here, there)
        if joined is here or joined == here:
            return "unchanged"
        if kept := self._place(here, there, candidate, place):
            fetch = replace(there.fetches[0], place=(kept.file, kept.offset))
            joined = join(here, replace(there, fetches=(fetch,)))
        self._writer.write(page[0], here, joined)
        return "unchanged" if _contents(joined) == _contents(here) else "imported"

    def original(self, record: Foreign) -> Answer | None:
        """Return the response that a revisit record repeats, None where the archive has not got it."""
        refers, when = record.refers_to
        if (url := canonical_or_none(refers or record.url)) is None:
            return None
        wanted = record.digest.rpartition(":")[2].upper()
        for fetched_at, file, offset, origin in self._db.execute(ORIGINALS, [url]).fetchall():
            stated = str(json.loads(origin)["payload"]) if origin else ""
            if (wanted and stated.rpartition(":")[2].upper() == wanted) or (when and when[:19] == fetched_at[:19]):
                return read_answer(self._folder, Location(file, offset))
        return None

    def _page(self, url: str) -> tuple[int, str] | None:
        """Return id and kind of the page with that URL, or of the one that it is an alias of."""
        row = self._db.execute(PAGE, [url]).fetchone()
        for _ in range(MOST_HOPS):
            if row is None or row[2] is None:
                break
            row = self._db.execute("select id, kind, alias_of from pages where id = ?", [row[2]]).fetchone()
        return (row[0], row[1]) if row else None

    def _place(self, here: History, there: History, candidate: Candidate, place: Location | None) -> Location | None:
        """Write the record to the archive's WARC files, unless it is there."""
        mine = there.fetches[0]
        for fetch in here.fetches:
            if (fetch.fetched_at, fetch.url, fetch.outcome) == (
                mine.fetched_at,
                mine.url,
                mine.outcome,
            ) and fetch.place:
                return None
        return place or self._warc.write(_exchange(candidate))


def origin_of(source: str, offset: int, record: Foreign) -> str:
    """Return where a record is from, as the archive keeps it."""
    return json.dumps(
        {"file": source, "offset": offset, "record": record.record_id, "payload": record.digest}, ensure_ascii=False
    )


def _contents(history: History) -> list[str]:
    return [revision["content_hash"] for revision in history.revisions]


def _time(candidate: Candidate) -> str:
    moment = candidate.page.fetched_at
    assert isinstance(moment, datetime)
    return timestamp(moment)


def _exchange(candidate: Candidate) -> Exchange:
    record, moment = candidate.record, candidate.page.fetched_at
    assert moment is not None
    return Exchange(
        url=record.url,
        fetched_at=moment,
        method="",
        request_headers=(),
        status=record.status,
        reason=record.reason,
        headers=[(name, value) for name, value in record.headers() if name.lower() != "transfer-encoding"],
        body=candidate.body,
        payload=_sha1(candidate.body),
        record_id=record.record_id or None,
        withheld="noarchive" in candidate.directives,
    )


def _sha1(data: bytes) -> str:
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()


def payload_digest(body: bytes) -> str:
    """Return the digest of a body as WARC records state it."""
    return "sha1:" + base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()


def _history(here: History, candidate: Candidate, article: Article, origin: str) -> History:
    """Return what the record alone says of the page. When the page is due again is as the archive has it."""
    time, page = _time(candidate), candidate.page
    withheld = int("noarchive" in candidate.directives)
    digest = _sha1(page.body)
    key = FetchKey(here.url, time, page.url, "stored")
    known = here.page
    state = {
        "site": known["site"], "kind": known["kind"], "state": "stored", "reason": None, "alias_of": None,
        "due_at": known["due_at"], "failures": 0, "fetched_at": time, "status": candidate.record.status,
        "missing_since": None, "gone_since": None, "interval": known["interval"], "etag": None, "last_modified": None,
        "digest": digest, "payload": _sha1(candidate.body),
        "directives": ", ".join(sorted(candidate.directives)) or None, "rights": "[]", "discovered_at": time,
        "found_on": None, "depth": 0, "family": None, "link_title": None, "link_published": None, "link_modified": None,
    }  # fmt: skip
    facts = {
        **dict.fromkeys(FACTS), "content": "new", "status": candidate.record.status,
        "content_type": page.content_type, "size": len(page.body), "digest": digest, "withheld": withheld,
        "origin": origin,
    }  # fmt: skip
    content, version = content_hash(article), extractor_version()
    newest = {
        "content_hash": content, "extractor": version, "revision": 1, "first_seen": time, "last_changed": time,
        "noarchive": withheld, "language": article.language, "fetch": key,
    }  # fmt: skip
    revision = {
        "number": 1, "seen_at": time, "content_hash": content, "content": to_json(article), "extractor": version,
        "fetch": key,
    }  # fmt: skip
    fetch = Fetch(fetched_at=time, url=page.url, outcome="stored", facts=facts)
    return History(url=here.url, page=state, fetches=(fetch,), article=newest, revisions=(revision,))
