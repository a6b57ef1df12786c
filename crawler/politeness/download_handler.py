"""Send each request once, so that none bypasses the host throttle."""

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler


class OneTryHandler(HTTP11DownloadHandler):
    """Scrapy's handler of http and https without Twisted's own retry.

    Twisted retries at once when a kept-open connection turns out to be closed. Scrapy retries too, after the host's
    delay.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool.retryAutomatically = False  # Scrapy has no setting for it
