"""A small archive as a crawl leaves it, ways to damage it, and all commands that must live with that."""

import hashlib
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from archive.articles.fetch_result import FetchResult
from archive.articles.fetches import record
from archive.extraction import extract
from archive.page import Page
from archive.storage.connection import timestamp, warc_folder
from archive.storage.crawls import finish_crawl, start_crawl
from archive.storage.database import open_archive
from archive.storage.frontier import NewPage, add_pages
from archive.storage.warc.files import WarcWriter
from tests.archives import due_page, make_archive
from tests.commands import Done, run
from tests.kept import WHEN, exchange, url_of
from tests.loopback import article_html

ARTICLES = 6
REVISED = (1, 3)  # articles with a second revision
DOCUMENTED = {0, 1, 2, 3, 4}
PAGE = 4096  # bytes of a database page

READING = (
    ("search", "patients"),
    ("search", "--revisions", "formerly"),
    ("search", "--gone"),
    ("export",),
    ("export", "--format", "csv"),
    ("export", "--format", "bibtex"),
    ("works",),
    ("report",),
    ("diff", "2"),
    ("remove", url_of(0), "--dry-run"),
    ("check",),
)
WRITING = (("reprocess",), ("remove", url_of(0), "--yes"), ("compact",), ("check", "--repair"))


def body_of(number: int, word: str = "now") -> bytes:
    """The bytes of a page whose extraction gives the article of that number."""
    reference = f"[1] Wu T. Stem cells in study {number}. J Cells 2016;3:48. doi:10.5555/{number}"
    return article_html(
        f"Article {number} of the study",
        f"IL-10 rose in both patients of group {number}, as the paper {word} says [1]. 硬皮病患者接受了干细胞治疗。",
        f'<img src="/figure/{number}.png" alt="Figure {number}" width="600" height="400">',
        f"A second paragraph for number {number} keeps {'its text apart from that of others ' * number}.",
        f"<h2>References</h2><p>{reference}</p>",
        head='<meta property="article:published_time" content="2024-05-21">',
    )


def make(path: Path) -> Path:
    """Make an archive of ARTICLES articles with their raw pages."""
    make_archive(path)
    with closing(open_archive(path)) as db:
        crawl_id = start_crawl(db, now=timestamp(WHEN), pid=os.getpid(), command="crawl")
        writer = WarcWriter(warc_folder(path), f"{path.stem}-{WHEN:%Y%m%d%H%M%S}-{crawl_id:06}")
        versions = [(n, body_of(n, "formerly" if n in REVISED else "now")) for n in range(ARTICLES)]
        for number, body in (*versions, *((n, body_of(n)) for n in REVISED)):
            url = url_of(number)
            where = writer.write(exchange(url, body))
            add_pages(db, [NewPage(url=url, host="news.example", site="demo")], timestamp(WHEN))
            (page_id,) = db.execute("select id from pages where url = ?", [url]).fetchone()
            page = Page(
                url=url, body=body, content_type="text/html; charset=utf-8", status=200, fetched_at=WHEN, site="demo"
            )
            result = FetchResult(
                page=due_page(page_id, url), url=url, fetched_at=timestamp(WHEN), outcome="stored", due_at=None,
                status=200, digest=hashlib.sha1(body).hexdigest(), warc=where, article=extract(page),
            )  # fmt: skip
            record(db, crawl_id, result)
        writer.close()
        finish_crawl(db, crawl_id, now=timestamp(WHEN), outcome="finished", counts={})
        db.execute("pragma wal_checkpoint(truncate)")
    return path


def copy(archive: Path, folder: Path) -> Path:
    """Copy an archive to a new folder, and return where it is."""
    shutil.copytree(archive.parent, folder)
    return folder / archive.name


def put_byte(archive: Path, table: str, column: str, row_id: int, at: int = 3, byte: str = "ff") -> None:
    """Replace a byte of a stored text."""
    with closing(sqlite3.connect(archive)) as db:
        triggers = db.execute("select name, sql from sqlite_master where type = 'trigger'").fetchall()
        for name, _ in triggers:
            db.execute(f"drop trigger {name}")  # a disk fires none
        blob = f"cast({column} as blob)"
        new = f"cast(substr({blob}, 1, {at}) || x'{byte}' || substr({blob}, {at + 2}) as text)"
        changed = db.execute(f"update {table} set {column} = {new} where id = ?", [row_id]).rowcount
        assert changed, "no such row"
        for _, sql in triggers:
            db.execute(sql)
        db.commit()


def overwrite(path: Path, offset: int, data: bytes) -> None:
    """Overwrite bytes of a file."""
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(data)


def pages_of(archive: Path, name: str) -> list[int]:
    """Return the numbers of the database pages of a table or index, its root first."""
    with closing(sqlite3.connect(archive)) as db:
        return [row[0] for row in db.execute("select pageno from dbstat where name = ? order by path", [name])]


def command(archive: Path, *words: str) -> Done:
    """Run a command, which ends with a documented exit code and no traceback."""
    done = run("--no-pager", "--archive", archive, *words, cwd=archive.parent)
    assert done.returncode in DOCUMENTED, (words, done)
    assert "Traceback" not in done.stderr, (words, done.stderr[-3000:])
    if words[0] not in ("reprocess", "report", "check"):
        assert done.stderr.count("\n") <= (ARTICLES + 1 if words[0] == "export" else 2), (words, done.stderr)
    return done
