"""The keys of a text that a worker computes: the archive stores the same with them and without."""

from pathlib import Path

import pytest
from sqlite_utils import Database

from archive.article import Article, Removal
from archive.articles.fetch_result import FetchResult
from archive.articles.fetches import record
from archive.extraction.block_fingerprints import RECURRING, fingerprints
from archive.extraction.pool import ExtractionPool
from archive.extraction.text_keys import TextKeys, text_keys
from archive.page import Page
from archive.storage.connection import transaction
from archive.storage.frontier import NewPage, Selection, add_pages, due_page
from archive.text.minhash import SHORTEST, signature
from archive.text.shingles import digest, units
from tests.archives import NOW, an_article, new_archive
from tests.loopback import article_html
from tests.texts import prose

TABLES = ("distinct_texts", "text_bands", "text_pairs", "article_texts", "copies", "blocks", "sketchings")
ARTICLES = [
    an_article(text="Too short to be compared."),
    an_article(text=""),
    an_article(text=prose(1), removals=(Removal(text="Subscribe now", reason=RECURRING),)),
    an_article(text=prose(1) + "\n\nOne more paragraph."),
    an_article(text=prose(2, chinese=True)),
    an_article(text=prose(3, sentences=2_000)),
]


def stored(folder: Path, articles: list[tuple[Article, TextKeys | None]]) -> dict[str, list[tuple[object, ...]]]:
    """Store articles on pages of their own; return the rows of TABLES."""
    folder.mkdir()
    db: Database = new_archive(folder)
    urls = [f"https://news.example/{number}" for number in range(len(articles))]
    with transaction(db):
        add_pages(db, [NewPage(url=url, host="news.example", site="demo", due_at=NOW) for url in urls], NOW)
    for url, (article, keys) in zip(urls, articles, strict=True):
        page = due_page(db, url, Selection(), NOW)
        assert page
        result = FetchResult(page=page, url=url, fetched_at=NOW, outcome="stored", article=article, keys=keys)
        record(db, None, result)
    return {table: db.execute(f"select * from {table}").fetchall() for table in TABLES}


def test_an_archive_is_the_same_with_keys_and_without(tmp_path: Path) -> None:
    with_keys = stored(tmp_path / "with", [(article, text_keys(article)) for article in ARTICLES])
    assert with_keys == stored(tmp_path / "without", [(article, None) for article in ARTICLES])
    assert with_keys["text_pairs"]


@pytest.mark.parametrize("article", ARTICLES)
def test_the_keys_are_those_of_the_units(article: Article) -> None:
    keys, found = text_keys(article), units(article.text)
    assert (keys.length, keys.blocks) == (len(found), fingerprints(article))
    if len(found) < SHORTEST:
        assert (keys.signature, keys.digest) == (None, digest([*units(article.title), *found]))
    else:
        assert keys.digest == digest(found)
        assert keys.signature == signature(found[:20_000])


def test_a_worker_sends_the_keys_with_the_article() -> None:
    page = Page(url="https://news.example/1", body=article_html("Cells", prose(4)))
    with ExtractionPool(1) as pool:
        future = pool.submit(page)
        assert future.result().title == "Cells"
        assert future.keys == text_keys(future.result())
