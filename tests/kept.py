"""Archives with raw pages, as crawls leave them, for tests of what looks after them."""

import hashlib
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from archive.articles.fetch_result import FetchResult
from archive.articles.fetches import record
from archive.storage.connection import timestamp, warc_folder
from archive.storage.crawls import finish_crawl, start_crawl
from archive.storage.database import open_archive
from archive.storage.frontier import NewPage, add_pages
from archive.storage.warc.files import Exchange, WarcWriter
from tests.archives import a_reference, an_article, due_page, make_archive

WHEN = datetime(2024, 6, 1, tzinfo=UTC)
NOW = timestamp(WHEN)
TEXT = "IL-10 rose in both patients. " * 20  # long enough for articles to be copies of one another


def url_of(number: int) -> str:
    """The address of an article that `crawl` stores."""
    return f"https://news.example/a/{number}"


def crawl(path: Path, *numbers: int, ended: bool = True) -> Path:
    """Store those articles, each with a work of its own, and the bytes of their pages; make a missing archive.

    Returns the WARC file. With `ended` False the crawl's row stays as that of one that runs or was killed.
    """
    make_archive(path)
    with closing(open_archive(path)) as db:
        crawl_id = start_crawl(db, now=NOW, pid=os.getpid(), command="crawl")
        writer = WarcWriter(warc_folder(path), f"{path.stem}-{WHEN:%Y%m%d%H%M%S}-{crawl_id:06}")
        for number in numbers:
            body = f"<p>Article {number} says {os.urandom(300).hex()}".encode()
            where = writer.write(exchange(url_of(number), body))
            add_pages(db, [NewPage(url=url_of(number), host="news.example", site="demo")], NOW)
            (page_id,) = db.execute("select id from pages where url = ?", [url_of(number)]).fetchone()
            reference = a_reference(doi=f"10.5555/{number}", title=f"Work {number}", pmid=None, pmcid=None)
            article = an_article(
                url=url_of(number), title=f"Article {number}", text=TEXT, references=(reference,), citations=()
            )
            result = FetchResult(
                page=due_page(page_id), url=url_of(number), fetched_at=NOW, outcome="stored", due_at=None, status=200,
                digest=hashlib.sha1(body).hexdigest(), warc=where, article=article,
            )  # fmt: skip
            record(db, crawl_id, result)
        writer.suspend()
        if ended:
            writer.close()
            finish_crawl(db, crawl_id, now=NOW, outcome="finished", counts={})
    return warc_folder(path) / where.file


def exchange(url: str, body: bytes) -> Exchange:
    """An exchange whose answer has that body."""
    headers = [("Content-Type", "text/html; charset=utf-8")]
    return Exchange(
        url=url, fetched_at=WHEN, method="GET", request_headers=[], status=200, reason="OK", headers=headers, body=body
    )


def alter(path: Path, sql: str, *, keys: bool = True) -> None:
    """Lets another program write to the database; with `keys` False it does not look at foreign keys."""
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"pragma foreign_keys = {keys:d}")
        db.executescript(sql)


def rows(path: Path, sql: str) -> list[tuple[object, ...]]:
    """What another program reads."""
    with closing(sqlite3.connect(path)) as db:
        return db.execute(sql).fetchall()


def damage(path: Path, offset: int, number: int = 8) -> None:
    """Turns some bytes of a file into others."""
    with path.open("r+b") as file:
        file.seek(offset)
        before = file.read(number)
        file.seek(offset)
        file.write(bytes(byte ^ 0x55 for byte in before))


def warcio_check(path: Path) -> int:
    """What `warcio check` says of a file, as its exit code."""
    command = [sys.executable, "-m", "warcio.cli", "check", str(path)]
    return subprocess.run(command, capture_output=True).returncode
