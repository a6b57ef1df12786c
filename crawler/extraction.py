"""Run extraction in worker processes, with what is known of the page's site."""

import asyncio
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace

from archive.article import Article
from archive.extraction.memory import LARGE, give_back
from archive.extraction.pool import ExtractionPool
from archive.extraction.text_keys import TextKeys
from archive.page import Page
from archive.storage.block_counts import known_blocks
from crawler.crawl_archive import CrawlArchive
from crawler.sites.site import Site

LEARN_EVERY = 5  # new or changed articles of a site after which its recurring blocks are read again


class SiteExtractor:
    """The extraction workers of a crawl."""

    def __init__(self, workers: int, archive: CrawlArchive, sites: Mapping[str, Site]) -> None:
        self._archive, self._sites = archive, sites
        self._pool = ExtractionPool(workers)
        # Pages queue here, not in the pool: the site's recurring blocks are looked up when a worker is free.
        self._slots = asyncio.Semaphore(workers + 1)
        self._large = asyncio.Semaphore(1)  # large pages are extracted one by one, whatever the number of workers
        self._blocks: dict[str, tuple[int, frozenset[str]]] = {}

    async def extract(self, page: Page) -> Article:
        """Extract a page's article; the site's language is a hint and stands in for an unknown one.

        Raises NoArticle and PoolError.
        """
        return (await self.extract_to_store(page))[0]

    async def extract_to_store(self, page: Page) -> tuple[Article, TextKeys | None]:
        """Extract a page's article as `extract` does; return it with the keys of its text."""
        site = self._sites.get(page.site)
        page = replace(page, language=site.language if site else None)
        is_large = len(page.body) > LARGE
        if is_large:
            give_back()  # what the large pages before it took in this process
        async with self._large if is_large else nullcontext(), self._slots:
            future = self._pool.submit(page, self._known_blocks(page.site))
            article = await asyncio.wrap_future(future)
        if article.language is None and site:
            article = replace(article, language=site.language)
        return article, future.keys

    def _known_blocks(self, site: str) -> frozenset[str]:
        """Return the text blocks known to recur on the site, as of at most LEARN_EVERY articles ago."""
        age = self._archive.articles_stored(site) // LEARN_EVERY
        if site not in self._blocks or self._blocks[site][0] != age:
            self._blocks[site] = age, known_blocks(self._archive.db, site)
        return self._blocks[site][1]

    def close(self) -> None:
        """End the workers."""
        self._pool.close()

    def kill(self) -> None:
        """End the workers at once; what they are working on is dropped."""
        self._pool.kill()
