"""`python -m benchmarks.duplicates_cost`: measure the time and bytes of near-duplicate groups in a large archive.

The tables are filled with random sketches, which take as much space as those of articles without a duplicate. Then
regrouping is timed on texts of realistic length, with a transaction for each article.
"""

import json
import struct
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random
from statistics import fmean, quantiles
from tempfile import TemporaryDirectory

import click
from rich.console import Console
from rich.table import Table
from sqlite_utils import Database

from archive.duplicates.groups import regroup
from archive.storage.connection import transaction
from archive.storage.database import open_archive
from archive.text.minhash import BANDS, VALUES, algorithm
from archive.text.shingles import units
from benchmarks.__main__ import CORPUS
from benchmarks.duplicates_negatives import TEMPLATES
from benchmarks.duplicates_variants import syndicated

MOMENT = "2026-01-01T00:00:00.000000Z"

PAGE = "insert into pages (url, host, kind, state, discovered_at) values (?, 'h', 'article', 'stored', ?)"
ARTICLE = """
insert into articles (page_id, url, site, title, text, markdown, encoding, encoding_source, removed, marketing,
  content_hash, extractor, first_seen, last_changed)
values (?1, ?2, 's', ?2, ?3, '', 'utf-8', 'meta', 0, 0, '', '', ?4, ?4)
"""


@click.command()
@click.option("--corpus", type=click.Path(path_type=Path), default=CORPUS, help="Folder of pages.jsonl.")
@click.option("--articles", default=1_000_000, help="Articles in the archive.")
@click.option("--timed", default=1000, help="Articles of each kind that are timed.")
def main(corpus: Path, articles: int, timed: int) -> None:
    """Print bytes and milliseconds of CPU per article; exit 2 without a corpus."""
    if not (corpus / "pages.jsonl").exists():
        raise click.UsageError(f"There are no labelled pages in {corpus}: name their folder with --corpus.")
    rows = map(json.loads, (corpus / "pages.jsonl").read_bytes().splitlines())
    pages = [row["text"] for row in rows]
    random = Random(1)  # noqa: S311
    table = Table("CPU to group an article", "mean", "median", "p95", "max", box=None)
    with TemporaryDirectory() as folder:
        db = open_archive(Path(folder) / "cost.db", create=True)
        size = _fill(db, articles, random)
        for name, texts in (
            ("of new words", _shuffled(pages, random)),
            ("copies of one article, all different", _copies(pages, random)),
            ("with a template as long as the text", _templated(pages, random)),
        ):
            spent = sorted(_timed(db, name, islice(texts, timed)))
            figures = (fmean(spent), spent[len(spent) // 2], quantiles(spent, n=20)[-1], spent[-1])
            table.add_row(name, *(f"{figure:.1f} ms" for figure in figures))
        db.close()
    Console().print(f"{articles:,} articles: {size / articles:.0f} bytes each", table)


def _fill(db: Database, number: int, random: Random) -> int:
    """Fill the tables of duplicates; return their size in bytes."""
    db.execute("pragma foreign_keys = off")
    db.execute("pragma cache_size = -1000000")
    before = _size(db)
    with transaction(db):
        db.conn.execute("insert into sketchings (algorithm) values (?)", [algorithm()])
        for text_id in range(1, number + 1):
            bands = [random.randrange(-(2**31), 2**31) for _ in range(BANDS)]
            row = [
                text_id,
                random.randrange(-(2**63), 2**63),
                struct.pack(f"<{BANDS}i", *bands),
                random.randbytes(VALUES),
            ]
            db.conn.execute("insert into distinct_texts values (?, ?, 700, 1, ?, ?)", row)
            db.conn.execute("insert into article_texts values (?1, ?1)", [text_id])
            db.conn.executemany("insert into text_bands values (?, ?)", [(band, text_id) for band in bands])
    db.execute("pragma cache_size = -2000")
    db.execute("insert into articles_fts (articles_fts) values ('optimize')")
    return _size(db) - before


def _size(db: Database) -> int:
    return int(db.execute("select page_count * page_size from pragma_page_count, pragma_page_size").fetchone()[0])


def _timed(db: Database, name: str, texts: Iterator[str]) -> Iterator[float]:
    """Yield the milliseconds of CPU for grouping each text, with the commit."""
    for at, text in enumerate(texts):
        url = f"https://news.example/{name}/{at}"
        with transaction(db):
            page_id = db.conn.execute(PAGE, [url, MOMENT]).lastrowid
            article_id = db.conn.execute(ARTICLE, [page_id, url, text, MOMENT]).lastrowid
        start = time.process_time()
        with transaction(db):
            regroup(db, int(article_id or 0))
        yield 1000 * (time.process_time() - start)


def _shuffled(pages: list[str], random: Random) -> Iterator[str]:
    """Yield texts with the words of a page in random order."""
    while True:
        words = units(random.choice(pages))
        yield " ".join(random.sample(words, len(words)))


def _copies(pages: list[str], random: Random) -> Iterator[str]:
    """Yield variants of a press release as different sites publish it."""
    page = sorted(pages, key=len)[len(pages) // 2]
    while True:
        yield syndicated(page, random, random.choice(pages))


def _templated(pages: list[str], random: Random) -> Iterator[str]:
    """Yield texts that are half template."""
    for text in _shuffled(pages, random):
        yield TEMPLATES[False].replace("{body}", text[: len(TEMPLATES[False])])


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.duplicates_cost")
