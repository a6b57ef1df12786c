"""How long searches take in a large archive, and how large its index is, beside a plain FTS5 index of the same."""

import random
import re
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import quantiles

from sqlite_utils import Database

from archive.retrieval import plan as plans
from archive.retrieval.engine import search, wanted
from benchmarks.search_archive import PLAIN

QUERIES = 200  # of each kind
RARE = 0.01  # share of the articles that a rare word stands in at most
_HAN = re.compile("[\u4e00-\u9fff]{2,}")
_LATIN = re.compile(r"[A-Za-z]{2,}")


@dataclass(frozen=True, slots=True)
class Speed:
    """Milliseconds that half and 95 % of the searches of a kind took at most."""

    kind: str
    queries: int
    p50: float
    p95: float


def words(db: Database, rng: random.Random) -> tuple[list[str], list[str]]:
    """Words as they come in texts, half of them Chinese (two to four characters), and those of them that are rare,
    each word once."""
    (last,) = db.execute("select max(id) from articles").fetchone()
    often: list[str] = []
    rare: dict[str, None] = {}
    while len(rare) < QUERIES or len(often) < QUERIES:
        (text,) = db.execute("select text from articles where id >= ?", [rng.randint(1, last)]).fetchone()
        word = _word(text, rng, chinese=len(often) % 2 == 0)
        if word is None:
            continue
        often.append(word)
        found = plans.count(db, plans.make(db, wanted(db, f'"{word}"', {})), int(last * RARE) + 1)
        if 0 < found <= last * RARE:
            rare[word] = None
    return often[:QUERIES], list(rare)[:QUERIES]


def _word(text: str, rng: random.Random, *, chinese: bool) -> str | None:
    found = (_HAN if chinese else _LATIN).findall(text)
    if not found:
        return None
    run: str = rng.choice(found)
    length = min(len(run), rng.randint(2, 4)) if chinese else len(run)
    start = rng.randrange(len(run) - length + 1)
    return run[start : start + length]


def measure(db: Database, seed: int = 1) -> Iterator[Speed]:
    """The searches of each kind, all in one run; each is made once before it is timed, so that the disk is not."""
    often, rare = words(db, random.Random(seed))  # noqa: S311
    site = "site3"
    kinds: dict[str, tuple[Sequence[str], Callable[[str], object]]] = {
        "newest first, any word": (often, lambda word: search(db, word, sort="date")),
        "ranked, word in at most 1 %": (rare, lambda word: search(db, word)),
        "ranked, any word": (often, lambda word: search(db, word)),
        "ranked, any word, one site": (often, lambda word: search(db, word, site=site)),
        "ranked, any word, one year": (often, lambda word: search(db, word, since="2019", until="2019")),
        "ranked, two words": (
            [f"{one} {other}" for one, other in zip(often, often[2:], strict=False)],
            lambda word: search(db, word),
        ),
    }
    for kind, (asked, ask) in kinds.items():
        yield _timed(kind, asked, ask)
    if "plain" in db.table_names():
        yield _timed("plain index, ranked, word in at most 1 %", rare, lambda word: _plain(db.conn, word))
        yield _timed("plain index, ranked, any word", often, lambda word: _plain(db.conn, word))


def sizes(db: Database) -> dict[str, float]:
    """Index -> its size as a share of the texts and titles."""
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
    """Makes the index of SQLite's manual over the articles: what the others are compared with."""
    db.conn.execute(f"create virtual table plain using fts5 (title, text, content='', tokenize='{PLAIN}')")
    db.conn.execute("insert into plain (rowid, title, text) select id, title, text from articles")


def _plain(connection: sqlite3.Connection, word: str) -> object:
    sql = "select rowid from plain where plain match ? order by rank limit 20"
    return connection.execute(sql, [f'"{word}"']).fetchall()


def _timed(kind: str, asked: Sequence[str], ask: Callable[[str], object]) -> Speed:
    taken = []
    for word in asked:
        ask(word)
        start = time.perf_counter()
        ask(word)
        taken.append(1000 * (time.perf_counter() - start))
    cut = quantiles(taken, n=20)
    return Speed(kind, len(taken), cut[9], cut[18])
