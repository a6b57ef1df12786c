"""Archives and articles for tests."""

import sqlite3
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlite_utils import Database

from archive.article import Article, Citation, Evidence, Image, Reference, Removal
from archive.articles.fetch_result import FetchResult
from archive.articles.fetches import record
from archive.storage.database import open_archive
from archive.storage.frontier import DuePage, NewPage, add_pages
from archive.storage.migrations import migrations

NOW = "2024-06-01T00:00:00.000000Z"
URL = "https://news.example/a/1"


def new_archive(folder: Path) -> Database:
    """Open the archive in `folder`, an empty one if there is none."""
    path = folder / "healthnews.db"
    make_archive(path)
    return open_archive(path)


def make_archive(path: Path) -> None:
    """Write an empty archive if there is none: a copy of one whose schema is made once for each process."""
    if not path.exists():
        path.write_bytes(_empty_archive())


@cache
def _empty_archive() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "healthnews.db"
        open_archive(path, create=True).close()
        return path.read_bytes()


def archive_in_memory() -> Database:
    """Return an empty archive in memory, without any file."""
    db = Database(sqlite3.connect(":memory:", isolation_level=None))
    _empty_in_memory().backup(db.conn)
    db.execute("pragma foreign_keys = on")
    return db


@cache
def _empty_in_memory() -> sqlite3.Connection:
    template = Database(sqlite3.connect(":memory:", isolation_level=None))
    migrations.apply(template)
    return template.conn


def an_article(**changes: object) -> Article:
    """An article in which every field and every part holds something."""
    values: dict[str, object] = {
        "url": URL,
        "title": "干细胞治疗硬皮病",
        "text": "第一段说明研究[1]。\n\nIL-10 rose in both patients.",
        "markdown": "# 干细胞治疗硬皮病",
        "authors": ("王伟", "Li Na"),
        "editors": ("赵敏",),
        "source": "晨光",
        "published": date(2024, 5, 21),
        "modified": date(2024, 5, 22),
        "language": "zh-Hans",
        "section": "前沿动态",
        "description": "两例患者",
        "keywords": ("干细胞", "硬皮病"),
        "views": 12,
        "canonical_url": URL,
        "site_name": "晨光细胞",
        "images": (Image(url="https://news.example/1.png", alt="图一", caption="图 1", position=4),),
        "references": (a_reference(),),
        "citations": (Citation(marker="[1]", start=7, end=10, references=(0,)),),
        "removals": (Removal(text="电话 400-555-0100", reason="marketing", kind="phone"),),
        "evidence": (Evidence(field="sample_size", value="2", part="text", start=13, end=36, method="rules 1"),),
        "encoding": "gb18030",
        "encoding_source": "meta",
    }
    return Article(**(values | changes))  # type: ignore[arg-type]


def a_reference(**changes: object) -> Reference:
    """A reference in which every field holds something."""
    values: dict[str, object] = {
        "label": "1", "raw": "[1] Wu T. Cells. J Cells 2016;3:48.", "kind": "list", "type": "article-journal",
        "authors": ("Wu T",), "et_al": True, "title": "Stem cells for scleroderma", "container_title": "J Cells",
        "publisher": "Press",
        "year": 2016, "volume": "3", "issue": "1", "pages": "48-50", "doi": "10.5555/sci.2016", "pmid": "27770001",
        "pmcid": "PMC5060001", "nct": "NCT00000001", "chictr": "ChiCTR2000000001", "isrctn": "ISRCTN00000001",
        "arxiv": "2101.00001", "isbn": "9780000000002", "issn": "0000-0019", "url": "https://doi.org/10.5555/sci.2016",
        "accessed": "2020-03", "confidence": {"title": 0.9},
    }  # fmt: skip
    return Reference(**(values | changes))  # type: ignore[arg-type]


def due_page(page_id: int, url: str = URL) -> DuePage:
    """The page with that id, as the frontier hands it out."""
    return DuePage(id=page_id, url=url)


def store(db: Database, article: Article, *, url: str = URL, now: str = NOW, site: str = "demo") -> None:
    """Stores an article as if it had just been fetched."""
    add_pages(db, [NewPage(url=url, host="news.example", site=site)], now)
    (page_id,) = db.execute("select id from pages where url = ?", [url]).fetchone()
    record(
        db,
        None,
        FetchResult(page=due_page(page_id), url=url, fetched_at=now, outcome="stored", due_at=None, article=article),
    )


BARE: dict[str, Any] = dict.fromkeys(("pmcid", "nct", "chictr", "isrctn", "arxiv", "isbn", "issn"))
TITLE = "Stem cells for scleroderma"


def a_print(doi: str | None = None, pmid: str | None = None, **more: Any) -> Reference:
    """A reference with no more than these identifiers; title, year and author only where they are given."""
    unknown: dict[str, Any] = {"title": None, "year": None, "authors": (), "container_title": None}
    return a_reference(**(BARE | unknown | {"doi": doi, "pmid": pmid} | more))


def titled(title: str = TITLE, year: int = 2016, author: str = "Wu T", **more: Any) -> Reference:
    return a_print(title=title, year=year, authors=(author,), **more)
