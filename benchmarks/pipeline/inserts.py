"""Store articles in a large archive: `python -m benchmarks.pipeline.inserts ARCHIVE FOLDER` prints figures as JSON.

The articles are those of the pages in the folder. They are taken away again afterwards. Their pages stay: the product
deletes none, so that no index serves it.
"""

import json
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils import Database

from archive.article import Article, NoArticle
from archive.articles.fetch_result import FetchResult
from archive.articles.fetches import record
from archive.articles.writer import forget_article
from archive.extraction import extract
from archive.page import Page
from archive.storage.connection import close, timestamp, transaction
from archive.storage.database import open_archive
from archive.storage.frontier import NewPage, Selection, add_pages, due_page

MOST = 300  # articles that are stored
WARM_UP = 20  # of them that are not measured: they read the pages of the file that each one needs
HOST = "inserted.example"


def main() -> None:
    """Print articles and milliseconds of CPU for each, the commit included."""
    path, folder = map(Path, sys.argv[1:])
    articles = list(_articles(folder))
    db = open_archive(path)
    now = timestamp(datetime.now(UTC))
    _forget(db)  # of a run that was ended
    (before,) = db.execute("select count(*) from pages where host = ?", [HOST]).fetchone()
    urls = [f"https://{HOST}/{before + at}" for at in range(len(articles))]
    with transaction(db):
        add_pages(db, [NewPage(url=url, host=HOST, site="site3", due_at=now) for url in urls], now)
    warm = min(WARM_UP, len(urls) // 2)
    start = time.process_time()
    for at, (url, article) in enumerate(zip(urls, articles, strict=True)):
        if at == warm:
            start = time.process_time()
        page = due_page(db, url, Selection(), now)
        assert page
        record(db, None, FetchResult(page=page, url=url, fetched_at=now, outcome="stored", status=200, article=article))
    spent = time.process_time() - start
    _forget(db)
    close(db)
    print(json.dumps({"articles": len(urls) - warm, "cpu ms": 1000 * spent / (len(urls) - warm)}))


def _articles(folder: Path) -> Iterator[Article]:
    rows = [json.loads(line) for line in (folder / "pages.jsonl").read_bytes().splitlines()[:MOST]]
    for row in rows:
        body = (folder / "html" / f"{row['id']}.html").read_bytes()
        try:
            yield extract(Page(url=row["url"], body=body))
        except NoArticle:
            continue


def _forget(db: Database) -> None:
    with transaction(db):
        for (page_id,) in db.execute("select id from pages where host = ?", [HOST]).fetchall():
            forget_article(db, page_id)


if __name__ == "__main__":
    main()
