"""Measure the groups that an archive forms, from storing an article to its group."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlite_utils import Database

from archive.article import Article
from archive.articles.fetch_result import FetchResult
from archive.articles.fetches import record
from archive.storage.connection import close
from archive.storage.database import open_archive
from archive.storage.frontier import DuePage, NewPage, add_pages
from benchmarks.duplicates_figures import Figures, figures
from benchmarks.duplicates_pairs import LabelledPair

MOMENT = "2026-01-01T00:00:00.000000Z"


def measure(pairs: Sequence[LabelledPair]) -> Figures:
    """Store every text of the pairs once, and compare the groups with the labels.

    The groups are not the pairs: a variant that one sketch misses may join by another, and one wrong pair joins two
    groups.
    """
    with TemporaryDirectory() as folder:
        db = open_archive(Path(folder) / "copies.db", create=True)
        ids = {text: _store(db, text) for text in _texts(pairs)}
        groups = dict(db.execute("select article_id, group_id from copies").fetchall())
        close(db)
    group = {text: groups.get(article_id, article_id) for text, article_id in ids.items()}
    return figures(pairs, (group[pair.one] == group[pair.other] for pair in pairs))


def _texts(pairs: Iterable[LabelledPair]) -> Iterable[tuple[str, ...]]:
    return dict.fromkeys(text for pair in pairs for text in (pair.one, pair.other))


def _store(db: Database, text: tuple[str, ...]) -> int:
    (number,) = db.execute("select count(*) from pages").fetchone()
    url = f"https://news.example/{number}"
    add_pages(db, [NewPage(url=url, host="news.example")], MOMENT)
    (page_id,) = db.execute("select id from pages where url = ?", [url]).fetchone()
    article = Article(
        url=url, title=f"Article {number}", text=" ".join(text), markdown="", encoding="utf-8", encoding_source="meta"
    )
    record(
        db,
        None,
        FetchResult(
            page=DuePage(id=page_id, url=url),
            url=url,
            fetched_at=MOMENT,
            outcome="stored",
            due_at=None,
            article=article,
        ),
    )
    return int(db.execute("select id from articles where page_id = ?", [page_id]).fetchone()[0])
