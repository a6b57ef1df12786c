"""The raw pages of articles, for programs that replay web archives: a CDXJ index of them, or a WACZ file with them.

The WACZ is that of https://specs.webrecorder.net/wacz/1.1.1/: `archive/` with one WARC file, `indexes/` with its CDXJ
index, `pages/` with the list of the articles, and `datapackage.json` with the size and SHA-256 of each. Its own digest
is in `datapackage-digest.json`.
"""

import hashlib
import json
import zipfile
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, NamedTuple

from sqlite_utils import Database

from archive.storage.online_backup import replacing
from archive.storage.warc import cdxj
from archive.storage.warc.cdxj import Entry
from archive.storage.warc.files import info_record
from archive.storage.warc.records import file_names

WACZ_VERSION = "1.1.1"
DATA = "data.warc.gz"
CHUNK = 1 << 20

Write = Callable[[bytes], int]

# An article's records are those of its page, and that of its newest revision, which may be of a page that redirected.
PLACES = """
select distinct f.warc_file, f.warc_offset, a.title, f.fetched_at from articles a
  join fetches f on f.page_id = a.page_id or f.id = a.fetch_id
where a.id in (select value from json_each(?)) and f.warc_file is not null and not f.withheld
"""
# The images of all revisions of articles.
IMAGES = """
select distinct f.warc_file, f.warc_offset from article_images l join fetches f on f.page_id = l.page_id
where l.article_id in (select value from json_each(?)) and f.media_type is not null and f.warc_file is not null
"""


class _Page(NamedTuple):
    """What the list of pages says of a record: the article's title and the time, ISO 8601."""

    title: str
    fetched_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The records of articles and their images in the order of files and offsets, the pages of those of articles, and
    files that are missing."""

    entries: tuple[Entry, ...]
    pages: dict[tuple[str, int], _Page]
    missing: tuple[str, ...]


def records_of(db: Database, folder: Path, article_ids: Collection[int]) -> Found:
    """Return the records of the articles with their index entries. Raises OSError for a file that cannot be read."""
    pages: dict[tuple[str, int], _Page] = {}
    places: defaultdict[str, set[int]] = defaultdict(set)
    chosen = [json.dumps(list(article_ids))]
    for file, offset, title, fetched_at in db.execute(PLACES, chosen).fetchall():
        pages[file, offset] = _Page(title, fetched_at)
        places[file].add(offset)
    for file, offset in db.execute(IMAGES, chosen).fetchall():
        places[file].add(offset)
    entries: list[Entry] = []
    missing: list[str] = []
    for file, here in sorted(places.items()):
        if (folder / file).exists():
            entries += [entry for entry in cdxj.entries(folder, file) if entry.offset in here]
        else:
            missing.append(file)
    return Found(entries=tuple(entries), pages=pages, missing=tuple(missing))


def index_lines(entries: Collection[Entry]) -> list[str]:
    """Return the lines of a sorted CDXJ index of the records."""
    return sorted({entry.line() for entry in entries})


def merged_index(folder: Path) -> list[str]:
    """Return one sorted CDXJ index of all WARC files in `folder`. Raises OSError."""
    lines = [entry.line() for file in file_names(folder) for entry in cdxj.entries(folder, file)]
    return sorted(set(lines))


def write_wacz(found: Found, folder: Path, target: Path, *, title: str, created: datetime) -> None:
    """Write the records, with their index and a list of their pages, to the WACZ file `target`.

    Raises OSError; a file that is there is replaced only by a whole one.
    """
    with replacing(target) as part, zipfile.ZipFile(part, "w") as wacz:
        stamp = created.timetuple()[:6]
        resources: list[dict[str, object]] = []

        def add(path: str, fill: Callable[[Write], None], *, packed: bool) -> str:
            about = zipfile.ZipInfo(path, stamp)
            # What is compressed already is stored as it is, so that a reader can seek in it.
            about.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
            with wacz.open(about, "w", force_zip64=not packed) as out:
                hashing = _Hashing(out)
                fill(hashing.write)
            name = path.rpartition("/")[2]
            resources.append({"name": name, "path": path, "hash": hashing.hash, "bytes": hashing.size})
            return hashing.hash

        entries: list[Entry] = []
        add(f"archive/{DATA}", lambda write: entries.extend(_copy(found, folder, write)), packed=False)
        add("indexes/index.cdx", lambda write: _write_lines(write, index_lines(entries)), packed=True)
        add("pages/pages.jsonl", lambda write: _write_lines(write, _page_lines(found)), packed=True)
        package = {
            "profile": "data-package",
            "wacz_version": WACZ_VERSION,
            "title": title,
            "created": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "software": f"health-news-archive {version('health-news-archive')}",
            "resources": list(resources),
        }
        text = json.dumps(package, indent=2, ensure_ascii=False) + "\n"
        digest = add("datapackage.json", lambda write: _write_lines(write, [text]), packed=True)
        signed = json.dumps({"path": "datapackage.json", "hash": digest}, indent=2) + "\n"
        add("datapackage-digest.json", lambda write: _write_lines(write, [signed]), packed=True)


class _Hashing:
    """A file to write to that counts and hashes what is written."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out, self._digest, self.size = out, hashlib.sha256(), 0

    def write(self, data: bytes) -> int:
        """Write the data."""
        self._digest.update(data)
        self.size += len(data)
        return self._out.write(data)

    @property
    def hash(self) -> str:
        """The digest as a data package states it."""
        return f"sha256:{self._digest.hexdigest()}"


def _write_lines(write: Write, lines: Collection[str]) -> None:
    for line in lines:
        write(line.encode())


def _copy(found: Found, folder: Path, write: Write) -> Iterator[Entry]:
    """Copy the records, compressed as they are, into one WARC file; yield their entries there."""
    at = write(info_record(DATA))
    for entry in found.entries:
        with (folder / entry.file).open("rb") as file:
            file.seek(entry.offset)
            left = entry.length
            while left and (data := file.read(min(CHUNK, left))):
                write(data)
                left -= len(data)
        yield replace(entry, file=DATA, offset=at)
        at += entry.length - left


def _page_lines(found: Found) -> list[str]:
    """Return the list of pages: each response of an article, oldest first, under the URL of its record."""
    lines = [{"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}]
    shown = [
        (found.pages[entry.file, entry.offset], entry)
        for entry in found.entries
        if entry.status == "200" and (entry.file, entry.offset) in found.pages
    ]
    for number, (page, entry) in enumerate(sorted(shown, key=lambda each: (each[0].fetched_at, each[1].url)), 1):
        lines.append({"id": str(number), "url": entry.url, "ts": page.fetched_at, "title": page.title})
    return [json.dumps(line, ensure_ascii=False) + "\n" for line in lines]
