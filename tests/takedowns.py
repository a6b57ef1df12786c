"""An archive of pages to remove, for tests of takedowns."""

import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils import Database

from archive.article import Article
from archive.articles.fetch_result import FetchResult
from archive.articles.fetches import record
from archive.operations.takedown import remove
from archive.storage.connection import timestamp, warc_folder
from archive.storage.exclusions import Exclusion
from archive.storage.frontier import NewPage, add_pages
from archive.storage.redaction import redact_pending
from archive.storage.warc.files import Exchange, WarcWriter
from tests.archives import a_reference, an_article, due_page, new_archive

WHEN = datetime(2024, 6, 1, tzinfo=UTC)
NOW = timestamp(WHEN)
LATER = timestamp(WHEN.replace(year=2025))
SECRET = "Zwölf Geheimnisse stehen hier, und 硬皮病 auch"
OLD_SECRET = "Voriges Geheimnis, das einmal hier stand"
BASE = "https://news.example"


def exchange(url: str, text: str, **changes: object) -> Exchange:
    """An exchange whose answer has that text."""
    values: dict[str, object] = {
        "url": url, "fetched_at": WHEN, "method": "GET", "request_headers": [("User-Agent", "test")], "status": 200,
        "reason": "OK", "headers": [("Content-Type", "text/html; charset=utf-8")], "body": text.encode(),
    }  # fmt: skip
    return Exchange(**(values | changes))  # type: ignore[arg-type]


class Crawled:
    """An archive in a folder that pages are put into, as a crawl does."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "healthnews.db"
        self.db = new_archive(folder)
        self.db.execute("pragma secure_delete = off")  # as SQLite has it by default; Debian has it on
        self.warc = WarcWriter(warc_folder(self.path), "healthnews-20240601000000-000001")

    def fetch(self, url: str, article: Article | None, *, of: str | None = None, **changes: object) -> None:
        """Stores what answered at `url`; `of`: the page that was asked for and led there."""
        page, host = of or url, url.split("/")[2]
        if of:
            moved = {"status": 301, "headers": [("Location", url)]}
            self.warc.write(exchange(of, f"Moved to {url}", **moved))
        location = self.warc.write(exchange(url, article.text if article else "nothing"))
        add_pages(self.db, [NewPage(url=page, host=page.split("/")[2], site="demo", link_title=f"Link to {page}")], NOW)
        (page_id,) = self.db.execute("select id from pages where url = ?", [page]).fetchone()
        values: dict[str, object] = {
            "page": due_page(page_id), "url": url, "fetched_at": NOW, "outcome": "stored" if article else "no article",
            "due_at": NOW, "size": 100, "digest": "d", "detail": "In a sentence", "etag": "e", "article": article,
            "warc": location,
            "target": NewPage(url=url, host=host, site="demo") if of else None,
        }  # fmt: skip
        record(self.db, None, FetchResult(**(values | changes)))  # type: ignore[arg-type]

    def remove(self, *entries: Exclusion, reason: str | None = None) -> list[str]:
        """The URLs of the pages that went."""
        folder = warc_folder(self.path)
        candidates = remove(self.db, folder, entries, reason=reason, now=NOW, progress=lambda *_: None)
        redact_pending(self.db, folder, now=WHEN)
        return [page.url for page in candidates]


def article(number: int, text: str = "", **changes: object) -> Article:
    """An article that shares no reference with another of another number."""
    mine = a_reference(raw=f"[1] Reference {number}.", doi=f"10.5555/{number}", pmid=None, pmcid=None, arxiv=None)
    values = {"title": f"Article {number}", "text": text or f"第{number}段。 " * 9, "markdown": text, "citations": ()}
    return an_article(references=(a_reference(), mine), **(values | changes))


@contextmanager
def crawled_archive(folder: Path) -> Iterator[Crawled]:
    """An archive: article 1 was revised, 2 is its copy on another host, 3 is on a host below; an alias leads to 1."""
    made = Crawled(folder)
    made.fetch(f"{BASE}/1", article(1, OLD_SECRET * 9))
    made.fetch(f"{BASE}/1", article(1, SECRET * 9), fetched_at=timestamp(WHEN.replace(day=2)))
    made.fetch("https://copy.example/2", article(2))
    made.fetch("https://blog.news.example:8080/3", article(3))
    made.fetch(f"{BASE}/1", article(1, SECRET * 9), of="https://old.example/1")
    made.fetch(f"{BASE}/4", None)
    yield made
    made.warc.close()
    made.db.close()


def contents(path: Path) -> Mapping[str, bytes]:
    """Every byte that an archive has: of the database, the files beside it, and the WARC files, unpacked."""
    files = [file for folder in (path.parent, warc_folder(path)) for file in folder.iterdir() if file.is_file()]
    found = {file.name: file.read_bytes() for file in files}
    for file in warc_folder(path).glob("*.warc.gz"):
        unpacked, data = b"", file.read_bytes()
        while data:
            decompressor = zlib.decompressobj(zlib.MAX_WBITS + 16)
            unpacked += decompressor.decompress(data)
            data = decompressor.unused_data
        found[file.name] = unpacked
    return found


def states(db: Database) -> dict[str, str]:
    return dict(db.execute("select url, state from pages").fetchall())
