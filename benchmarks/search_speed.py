"""Measure search times and index size in a large archive, compared with a plain FTS5 index of the same texts."""

import random
import re
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import quantiles

from sqlite_utils import Database

from archive.retrieval import plan as plans
from archive.retrieval.engine import query_clauses, search
from archive.retrieval.facets import facets
from archive.retrieval.several_archives import Archive, facets_of_several, search_several
from archive.text.scripts import HAN
from benchmarks.search_archive import PLAIN

QUERIES = 200  # of each kind …
MOST_OF_SEVERAL = 50  # … and in several archives
RARE = 0.01  # share of the articles that contain a rare word, at most
_HAN = re.compile(f"[{HAN}]{{2,}}")
_LATIN = re.compile(r"[A-Za-z]{2,}")


@dataclass(frozen=True, slots=True)
class Speed:
    """The median and the 95th percentile of the times of a kind of search, in milliseconds."""

    kind: str
    queries: int
    p50: float
    p95: float


def words(db: Database, rng: random.Random) -> tuple[list[str], list[str]]:
    """Return words drawn from texts, half of them Chinese (two to four characters), and distinct rare words."""
    (last,) = db.execute("select max(id) from articles").fetchone()
    common: list[str] = []
    rare: dict[str, None] = {}
    while len(rare) < QUERIES or len(common) < QUERIES:
        (text,) = db.execute("select text from articles where id >= ?", [rng.randint(1, last)]).fetchone()
        word = _word(text, rng, chinese=len(common) % 2 == 0)
        if word is None:
            continue
        common.append(word)
        found = plans.count(db, plans.make_plan(db, query_clauses(db, f'"{word}"', {})), int(last * RARE) + 1)
        if 0 < found <= last * RARE:
            rare[word] = None
    return common[:QUERIES], list(rare)[:QUERIES]


def _word(text: str, rng: random.Random, *, chinese: bool) -> str | None:
    found = (_HAN if chinese else _LATIN).findall(text)
    if not found:
        return None
    run: str = rng.choice(found)
    length = min(len(run), rng.randint(2, 4)) if chinese else len(run)
    start = rng.randrange(len(run) - length + 1)
    return run[start : start + length]


def measure(db: Database, seed: int = 1) -> Iterator[Speed]:
    """Yield the times of each kind of search; each search runs once before it is timed, to exclude the disk."""
    common, rare = words(db, random.Random(seed))  # noqa: S311
    site = "site3"
    kinds: dict[str, tuple[Sequence[str], Callable[[str], object]]] = {
        "newest first, any word": (common, lambda word: search(db, word, sort="date")),
        "ranked, word in at most 1 %": (rare, lambda word: search(db, word)),
        "ranked, any word": (common, lambda word: search(db, word)),
        "ranked, any word, one site": (common, lambda word: search(db, word, site=site)),
        "ranked, any word, one year": (common, lambda word: search(db, word, since="2019", until="2019")),
        "newest first, from hit 5,000": (common, lambda word: search(db, word, sort="date", offset=5000)),
        "newest first, phrase with a lone character at its end": (
            [f"{year}年" for year in range(2000, 2025)],
            lambda word: search(db, word, sort="date"),
        ),
        "facets, any word": (common, lambda word: facets(db, word)),
        "ranked, two words": (
            [f"{one} {other}" for one, other in zip(common, common[2:], strict=False)],
            lambda word: search(db, word),
        ),
    }
    for kind, (queries, run) in kinds.items():
        yield _timed(kind, queries, run)
    if "plain" in db.table_names():
        yield _timed("plain index, ranked, word in at most 1 %", rare, lambda word: _plain(db.conn, word))
        yield _timed("plain index, ranked, any word", common, lambda word: _plain(db.conn, word))


def measure_several(connections: Mapping[str, sqlite3.Connection], seed: int = 1) -> Iterator[Speed]:
    """Yield the times of searches in several archives as one; the words are drawn from the first one."""
    archives = [Archive(name, connection) for name, connection in connections.items()]
    common, rare = words(Database(next(iter(connections.values()))), random.Random(seed))  # noqa: S311
    kinds: dict[str, tuple[Sequence[str], Callable[[str], object]]] = {
        "newest first, any word": (common, lambda word: search_several(archives, word, sort="date")),
        "ranked, word in at most 1 %": (rare, lambda word: search_several(archives, word)),
        "ranked, any word": (common, lambda word: search_several(archives, word)),
        "facets, any word": (common, lambda word: facets_of_several(archives, word)),
    }
    for kind, (queries, run) in kinds.items():
        yield _timed(kind, queries[:MOST_OF_SEVERAL], run)


def sizes(db: Database) -> dict[str, float]:
    """Return the size of each index as a share of the texts and titles."""
    (texts,) = db.execute(
        "select sum(length(cast(text as blob)) + length(cast(title as blob))) from articles"
    ).fetchone()
    parts = {"index": ("articles_fts", "articles_fts_characters"), "plain index": ("plain",)}
    found = {}
    for name, tables in parts.items():
        kept = [table for table in tables if table in db.table_names()]
        blocks = [db.execute(f"select sum(length(block)) from {table}_data").fetchone()[0] for table in kept]  # noqa: S608
        if blocks:
            found[name] = sum(blocks) / texts
    return found


def add_plain(db: Database) -> None:
    """Build the index of SQLite's manual over the articles, for comparison."""
    db.conn.execute(f"create virtual table plain using fts5 (title, text, content='', tokenize='{PLAIN}')")
    db.conn.execute("insert into plain (rowid, title, text) select id, title, text from articles")


def _plain(connection: sqlite3.Connection, word: str) -> object:
    sql = "select rowid from plain where plain match ? order by rank limit 20"
    return connection.execute(sql, [f'"{word}"']).fetchall()


def _timed(kind: str, queries: Sequence[str], run: Callable[[str], object]) -> Speed:
    times = []
    for word in queries:
        run(word)
        start = time.perf_counter()
        run(word)
        times.append(1000 * (time.perf_counter() - start))
    percentiles = quantiles(times, n=20)
    return Speed(kind, len(times), percentiles[9], percentiles[18])
