"""Workers over their limit of time or memory are replaced."""

import pytest

from archive.article import NoArticle
from archive.extraction.pool import ExtractionPool
from archive.page import Page
from tests.loopback import article_html

LARGE = Page(url="https://news.example/2", body=article_html("Large", *["Many words on stem cells. " * 40] * 7000))


def test_a_worker_that_takes_too_long_is_replaced() -> None:
    page = Page(url="https://news.example/1", body=article_html("Fine", "Stem cells, told at length."))
    with ExtractionPool(1, time_limit=0.05) as extractor:
        slow = [extractor.submit(LARGE) for _ in range(2)]
        for future in slow:
            with pytest.raises(NoArticle, match="timed out"):
                future.result()
    with ExtractionPool(1) as extractor:
        assert extractor.submit(page).result().title == "Fine"


def test_a_worker_that_needs_too_much_memory_is_replaced() -> None:
    page = Page(url="https://news.example/1", body=article_html("Fine", "Stem cells, told at length."))
    # A worker holds some 112 MB before its first page, and 177 MB or more while it extracts the large one.
    with ExtractionPool(1, memory_limit=150 << 20) as extractor:
        with pytest.raises(NoArticle, match="out of memory"):
            extractor.submit(LARGE).result()
        assert extractor.submit(page).result().title == "Fine"


def test_no_article_keeps_its_reason() -> None:
    with ExtractionPool(1) as extractor, pytest.raises(NoArticle) as no:
        extractor.submit(Page(url="https://news.example/1", body=b"")).result()
    assert no.value.reason == "empty"
