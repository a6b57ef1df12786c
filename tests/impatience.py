"""A crawl that gives up soon on what never answers, and on nothing else."""

from scrapy import Request
from scrapy.crawler import Crawler

from tests.commands import PATIENCE

NAME, PLACE = f"{__name__}.Impatience", 340  # in DOWNLOADER_MIDDLEWARES
SECONDS = 1
SETTING = "TESTS_NEVER_ANSWERED"  # what the URLs that are given up begin with


class Impatience:
    """A downloader middleware that gives requests to some URLs SECONDS, and all others PATIENCE.

    A short time for all of them would be too short for a slow machine.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._given_up = tuple(crawler.settings.getlist(SETTING))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Impatience":
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        request.meta["download_timeout"] = SECONDS if request.url.startswith(self._given_up) else PATIENCE
