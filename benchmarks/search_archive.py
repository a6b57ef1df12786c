"""Build an archive of very many generated articles for the search benchmark.

The index is filled by `folding.pair` and `folding.characters`, once for each paragraph, in place of the triggers: a
test compares these functions with the SQL, and a million articles take an hour, not a day.
"""

import random
import sqlite3
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from sqlite_utils import Database

from archive.storage.fulltext.facet_codes import UNDATED, of_language, of_period, of_site
from archive.storage.migrations import migrations
from archive.storage.steps import APPLICATION_ID
from archive.text.folding import characters, pair
from benchmarks.recombined import GeneratedArticle, articles

WORKS = 20_000
CITING = 0.3  # share of the articles that have references
MOMENT = "2026-01-01T00:00:00.000000Z"
PLAIN = "porter unicode61"
BREAK = "\n\n"
HASH_SIZE = 256 * 1024 * 1024  # bytes of new entries that FTS5 holds in memory

ARTICLE = """insert into articles (id, page_id, url, site, title, text, language, published, encoding, encoding_source,
  removed, marketing, content_hash, extractor, first_seen, last_changed, markdown)
values (:id, :id, :url, :site, :title, :text, :language, :published, 'utf-8', 'meta', 0, 0, :id, '0', :now, :now, '')"""
PAGE = """insert into pages (id, url, host, site, kind, state, discovered_at)
values (:id, :url, :site, :site, 'article', 'stored', :now)"""
WORDS = "insert into articles_fts (rowid, text, title, source, facets) values (?, ?, ?, '', ?)"
CHARACTERS = "insert into articles_fts_characters (rowid, characters, facets) values (?, ?, ?)"
REFERENCE = """insert into bibliography (article_id, position, work_id, raw, kind, doi)
values (?, ?, ?, ?, 'list', ?)"""


def build(path: Path, corpus: Path, number: int, batch: int = 20_000, seed: int = 1) -> Iterator[int]:
    """Build an archive at `path`; yield the number of committed articles after each batch.

    Archives of different seeds have different articles, at different URLs.
    """
    db = Database(sqlite3.connect(path, isolation_level=None))
    for pragma in ("journal_mode = off", "synchronous = off", "cache_size = -500000", "foreign_keys = off"):
        db.execute(f"pragma {pragma}")
    migrations.apply(db)
    db.execute(f"pragma application_id = {APPLICATION_ID}")
    for trigger in ("insert", "update", "delete"):
        db.execute(f"drop trigger articles_fts_{trigger}")
    for index in ("articles_fts", "articles_fts_characters"):  # few large segments to merge, not many small ones
        db.conn.execute(f"insert into {index} ({index}, rank) values ('hashsize', {HASH_SIZE})")  # noqa: S608
    rng = random.Random(2)  # noqa: S311
    db.conn.execute("begin")
    for article in articles(corpus, number, seed):
        _insert(db.conn, article, seed)
        if rng.random() < CITING:
            _cite(db.conn, article.number, rng)
        if article.number % batch == 0:
            db.conn.execute("commit")
            yield article.number
            db.conn.execute("begin")
    db.conn.execute(
        "insert into works (id, key, title) select work_id, 'title:' || work_id, raw from bibliography group by work_id"
    )
    db.conn.execute("commit")
    db.conn.execute("analyze")
    db.close()


def _insert(connection: sqlite3.Connection, article: GeneratedArticle, seed: int) -> None:
    text = BREAK.join(article.paragraphs)
    row = {name: getattr(article, name) for name in ("site", "title", "language", "published")}
    row |= {
        "id": article.number,
        "url": f"https://{article.site}.example/{seed}/{article.number}",
        "text": text,
        "now": MOMENT,
    }
    connection.execute(ARTICLE, row)
    connection.execute(PAGE, row)
    codes = _facets(article.site, article.language, article.published)
    spelled = [_spelled(part) for part in article.paragraphs]
    connection.execute(WORDS, [article.number, BREAK.join(each[0] for each in spelled), pair(article.title), codes])
    single = characters(article.title) + "".join(each[1] for each in spelled)
    connection.execute(CHARACTERS, [article.number, single, codes])


@cache
def _spelled(paragraph: str) -> tuple[str, str]:
    return pair(paragraph), characters(paragraph)


def _facets(site: str, language: str, published: str | None) -> str:
    dates = [published[:4], published[:7], published] if published else []
    subtags = [of_language(tag) for tag in (language.partition("-")[0], language, language)]
    return " ".join([of_site(site), *subtags, *(map(of_period, dates) if dates else [UNDATED])])


def _cite(connection: sqlite3.Connection, number: int, rng: random.Random) -> None:
    for position in range(3):
        work = int(WORKS * rng.random() ** 3) + 1
        doi = f"10.5555/work.{work}"
        connection.execute(REFERENCE, [number, position, work, f"[{position + 1}] A study. doi:{doi}", doi])
