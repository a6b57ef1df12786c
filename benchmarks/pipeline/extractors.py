"""Extract all pages of a folder in one process: `python extractors.py NAME FOLDER` prints figures as JSON.

Each extractor is imported when it is named, so that this file also runs in an environment that has only that one.
Imports, the tables that extractors load, and the first page are not counted.
"""

import json
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

Extract = Callable[[str, bytes], object]


def trafilatura() -> Extract:
    """Return bare trafilatura, with metadata, when dateparser has loaded its locales, which takes two seconds."""
    from htmldate.extractors import external_date_parser
    from trafilatura import bare_extraction

    external_date_parser("Written by Ann Lee", "%Y-%m-%d")
    return lambda url, body: bare_extraction(body, url=url, with_metadata=True)


def own() -> Extract:
    """Return the project's extraction."""
    from archive.article import NoArticle
    from archive.extraction import extract
    from archive.page import Page

    def run(url: str, body: bytes) -> object:
        try:
            return extract(Page(url=url, body=body))
        except NoArticle:
            return None

    return run


def news_please() -> Extract:
    """Return news-please; a page that it raises an error for counts as read."""
    from newsplease import NewsPlease  # type: ignore[import-not-found,unused-ignore]

    def run(url: str, body: bytes) -> object:
        try:
            return NewsPlease.from_html(body.decode("utf-8", "replace"), url=url)
        except Exception:  # of whatever kind: it has no list of them
            return None

    return run


def newspaper() -> Extract:
    """Return newspaper4k; a page that it raises an error for counts as read."""
    from newspaper import Article  # type: ignore[import-not-found,unused-ignore]

    def run(url: str, body: bytes) -> object:
        try:
            article = Article(url)
            article.download(input_html=body.decode("utf-8", "replace"))
            article.parse()
        except Exception:  # of whatever kind: it has no list of them
            return None
        return article

    return run


EXTRACTORS: dict[str, tuple[str, Callable[[], Extract]]] = {
    "trafilatura": ("trafilatura", trafilatura),
    "own": ("health-news-archive", own),
    "news-please": ("news-please", news_please),
    "newspaper4k": ("newspaper4k", newspaper),
}


def main() -> None:
    """Print pages, CPU seconds, seconds by the clock and the version."""
    name, folder = sys.argv[1], Path(sys.argv[2])
    package, load = EXTRACTORS[name]
    rows = [json.loads(line) for line in (folder / "pages.jsonl").read_bytes().splitlines()]
    pages = [(row["url"], (folder / "html" / f"{row['id']}.html").read_bytes()) for row in rows]
    extract = load()
    extract(*pages[0])
    cpu, start = time.process_time(), time.perf_counter()
    for url, body in pages:
        extract(url, body)
    cpu, seconds = time.process_time() - cpu, time.perf_counter() - start
    print(json.dumps({"pages": len(pages), "cpu": cpu, "seconds": seconds, "version": f"{package} {version(package)}"}))


if __name__ == "__main__":
    main()
