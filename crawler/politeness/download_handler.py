"""The way requests go out: each once, so that none passes the gate unseen."""

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler


class OneTryHandler(HTTP11DownloadHandler):
    """Scrapy's handler of http and https without the second try that Twisted makes by itself, at once, where a
    connection that was kept open turns out to be closed. Scrapy tries again too, after the host's delay."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool.retryAutomatically = False  # Scrapy has no setting for it
