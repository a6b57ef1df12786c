"""Archives of very many generated articles, kept between runs: what is beneath an article that is stored."""

import json
import random
import sqlite3
import struct
from pathlib import Path

from sqlite_utils import Database

from archive.storage.migrations import migrations
from archive.text.minhash import BANDS, VALUES, algorithm
from benchmarks import search_archive

# Characters of a text, where real ones have some 3,000: a million articles take minutes to build, not hours. The number
# of rows, which the cost of an insertion might grow with, is that of a real archive.
LONGEST = 300
BATCH = 10_000
UNITS = 700  # of a text, as it is recorded with its sketch

FETCH = """insert into fetches (id, page_id, url, fetched_at, outcome, content, status)
select id, page_id, url, first_seen, 'stored', 'new', 200 from articles"""
REVISION = """insert into revisions (article_id, number, fetch_id, seen_at, content_hash, content)
select id, 1, id, first_seen, content_hash, '{}' from articles"""
TEXT = "insert into distinct_texts (id, digest, units, sketching_id, bands, sketch) values (?, ?, ?, 1, ?, ?)"
ARTICLE_TEXT = "insert into article_texts (article_id, text_id) select id, id from articles"
# The table is ordered by band: in this order it is written once from start to end.
IN_ORDER = "insert into text_bands (band, text_id) select band, text_id from bands order by band, text_id"


def built(folder: Path, corpus: Path, articles: int) -> Path:
    """Return the archive of so many articles in `folder`, built if it is not there."""
    path = folder / f"articles-{articles}.db"
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    short, building = folder / f"short-{articles}", path.with_suffix(".building")
    building.unlink(missing_ok=True)
    _shorten(corpus, short)
    for _ in search_archive.build(building, short, articles, min(BATCH, articles)):
        pass
    db = Database(sqlite3.connect(building, isolation_level=None))
    for pragma in ("journal_mode = off", "synchronous = off", "cache_size = -500000", "foreign_keys = off"):
        db.execute(f"pragma {pragma}")
    _complete(db, articles)
    db.execute("pragma journal_mode = wal")
    db.close()
    return building.rename(path)


def _shorten(corpus: Path, folder: Path) -> None:
    """Write the labels of a corpus with texts that are cut, which the articles are made from."""
    folder.mkdir(exist_ok=True)
    rows = [json.loads(line) for line in (corpus / "pages.jsonl").read_bytes().splitlines()]
    for row in rows:
        row["text"] = "\n".join(part[: LONGEST // 2] for part in row["text"].split("\n"))[:LONGEST]
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / "pages.jsonl").write_text(lines, encoding="utf-8")


def _complete(db: Database, articles: int) -> None:
    """Add what a crawl writes besides: fetches, revisions, sketches, and the triggers that the builder dropped."""
    rng = random.Random(3)  # noqa: S311
    db.conn.execute("begin")
    for statement in (FETCH, REVISION, ARTICLE_TEXT):
        db.conn.execute(statement)
    db.conn.execute("update articles set fetch_id = id")
    db.conn.execute("insert into sketchings (algorithm) values (?)", [algorithm()])
    db.conn.execute("create temp table bands (band integer, text_id integer)")
    for text in range(1, articles + 1):
        own = [rng.randrange(-(2**31), 2**31) for _ in range(BANDS)]
        row = (text, rng.randrange(-(2**63), 2**63), UNITS, struct.pack(f"<{BANDS}i", *own), rng.randbytes(VALUES))
        db.conn.execute(TEXT, row)
        db.conn.executemany("insert into bands values (?, ?)", [(band, text) for band in own])
    db.conn.execute(IN_ORDER)
    db.conn.execute("drop table bands")
    present = {name for (name,) in db.execute("select name from sqlite_schema where type = 'trigger'")}
    fresh = Database(memory=True)
    migrations.apply(fresh)
    for name, sql in fresh.execute("select name, sql from sqlite_schema where type = 'trigger'").fetchall():
        if name not in present:
            db.conn.execute(sql)
    db.conn.execute("commit")
    db.conn.execute("analyze")
