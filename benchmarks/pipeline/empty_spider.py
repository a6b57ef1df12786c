"""Scrapy that does nothing with the pages of a site: `python -m benchmarks.pipeline.empty_spider PORT CONCURRENCY`.

It downloads the pages in the sitemap of the server process at that port, and prints their number.
"""

import re
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response


class EmptySpider(scrapy.Spider):
    """Counts pages; all else is Scrapy's default."""

    name = "empty"
    port: str
    pages = 0

    async def start(self) -> AsyncIterator[Any]:
        yield scrapy.Request(f"http://127.0.0.1:{self.port}/sitemap.xml", self.parse_list)

    def parse_list(self, response: Response) -> Iterator[scrapy.Request]:
        """Request every page of the sitemap."""
        for url in re.findall(r"<loc>(.*?)</loc>", response.text):
            yield scrapy.Request(url, self.parse)

    def parse(self, response: Response, **kwargs: Any) -> None:  # noqa: ARG002 (Scrapy's signature)
        """Count the page."""
        self.pages += 1

    def closed(self, reason: str) -> None:  # noqa: ARG002 (Scrapy's signature)
        """Print the number of pages."""
        print(self.pages)


def main() -> None:
    """Run the spider without the project's settings."""
    _, port, concurrency = sys.argv
    settings = {"CONCURRENT_REQUESTS_PER_DOMAIN": int(concurrency), "DOWNLOAD_DELAY": 0, "LOG_LEVEL": "ERROR"}
    process = CrawlerProcess(settings | {"TELNETCONSOLE_ENABLED": False})
    process.crawl(EmptySpider, port=port)
    process.start()


if __name__ == "__main__":
    main()
