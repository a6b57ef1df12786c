"""Orphans: whole WARC records that the archive has no fetch of, because the process died between the two.

The next crawl stores them. Which files may have some is told by the journals beside them, see warc/cdxj.py.
"""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from sqlite_utils import Database

from archive.storage.connection import timestamp
from archive.storage.warc import cdxj
from archive.storage.warc.cdxj import Entry
from archive.storage.warc.files import Location
from archive.storage.warc.records import read_answer
from archive.urls.canonical import canonical_or_none

DUE = """
select url, fetched_at from pages where due_at is not null and url in (select value from json_each(?))
"""


def unsettled_files(db: Database, folder: Path) -> list[str]:
    """Return the WARC files that may have orphans. Call it before the rows of killed crawls are closed.

    A killed crawl's file without a journal, of an earlier version of the program, gets one. Raises OSError.
    """
    for (crawl_id,) in db.execute("select id from crawls where outcome = 'running'").fetchall():
        for path in folder.glob(f"*-{crawl_id:06}-*{cdxj.WARC}"):
            if not cdxj.journal_path(folder, path.name).exists():
                cdxj.reopen(folder, path.name)
    return cdxj.open_files(folder)


def find_orphans(db: Database, folder: Path, entries: Iterable[Entry]) -> dict[str, Entry]:
    """Return the newest orphan of each page that is due, by the page's URL.

    An orphan is newer than the page's last fetch: of an older one, the page's state has everything already.
    """
    newest: dict[str, Entry] = {}
    for entry in entries:
        if (url := canonical_or_none(entry.url)) and (url not in newest or newest[url].time <= entry.time):
            newest[url] = entry
    due = db.execute(DUE, [json.dumps(list(newest))])
    return {url: newest[url] for url, fetched_at in due if _is_newer(folder, newest[url], fetched_at)}


def settle(db: Database, folder: Path, files: Iterable[str]) -> None:
    """Close the journals of those files that have no orphans any more. Raises OSError."""
    for file in files:
        if (folder / file).exists() and not find_orphans(db, folder, cdxj.added_entries(folder, file)):
            cdxj.write_index(folder, file)


def _is_newer(folder: Path, entry: Entry, fetched_at: str | None) -> bool:
    if fetched_at is None:
        return True
    last = re.sub(r"\D", "", fetched_at)[:14]
    if entry.time != last:
        return entry.time > last
    answer = read_answer(folder, Location(entry.file, entry.offset))  # an index has whole seconds only
    return answer is not None and timestamp(answer.fetched_at) > fetched_at


def left_entries(folder: Path, files: Iterable[str]) -> Iterator[Entry]:
    """Yield the entries of what the last crawl that wrote each of those WARC files wrote to it. Raises OSError."""
    for file in files:
        yield from cdxj.added_entries(folder, file)
