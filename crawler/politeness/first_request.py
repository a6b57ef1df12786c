"""Make the download handler with the first request: a job of which nothing is due needs none."""

from typing import TYPE_CHECKING

from scrapy.crawler import Crawler

if TYPE_CHECKING:
    from crawler.politeness.download_handler import OneTryHandler


class AtFirstRequest:
    """Makes a OneTryHandler in its own place. Its module takes a tenth of a second of CPU to import."""

    lazy = True  # Scrapy makes the handler with the first request

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "OneTryHandler":
        from crawler.politeness.download_handler import OneTryHandler

        return OneTryHandler(crawler)
