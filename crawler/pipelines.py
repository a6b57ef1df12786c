"""Page -> extract -> archive. (The WARC is written before, in crawler.middlewares.recording.)"""

import asyncio
import hashlib
import logging
from dataclasses import replace

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from archive.article import Article, NoArticle
from archive.db import timestamp
from archive.pages import NewPage
from archive.store import Visit
from archive.workers import WorkersError
from crawler.frontier import frontier_of
from crawler.items import Answer
from crawler.links import canonical_link, host_of
from crawler.schedule import next_due
from crawler.session import session_of

logger = logging.getLogger(__name__)

ANSWERED = ("stored", "unchanged", "no article", "read")  # outcomes after which a redirect's target is the page


class ArchivePipeline:
    """Understands what answered and commits it, with its page's new state, in one transaction."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "ArchivePipeline":
        return cls(crawler)

    async def process_item(self, item: Answer) -> Answer:
        session = session_of(self.crawler)
        digest = hashlib.sha1(item.body, usedforsecurity=False).hexdigest() if item.body else None
        article, outcome, reason, detail = None, item.outcome, item.reason, item.detail
        if outcome is None and digest is not None and digest == item.page.digest:
            outcome = "unchanged"
        elif outcome is None:
            try:
                article, outcome, reason, detail = await self._understand(item)
            except WorkersError as error:
                session.trouble = f"The extraction workers cannot be kept running: {error}."
                self.crawler.engine.close_spider(self.crawler.spider, "workers")  # type: ignore[arg-type]
                raise DropItem(session.trouble) from error  # the page stays due
        now = session.clock()
        due = next_due(item.page.kind, outcome, item.page.failures + 1, now)
        visit = Visit(
            page_id=item.page.id,
            url=item.url,
            fetched_at=timestamp(now),
            outcome=outcome,
            reason=reason,
            detail=detail,
            due_at=timestamp(due) if due else None,
            status=item.status,
            content_type=item.content_type,
            etag=item.etag,
            last_modified=item.last_modified,
            size=len(item.body) if item.status else None,
            seconds=item.seconds,
            digest=digest if outcome in ("stored", "no article", "read") else None,
            warc_file=item.record.file if item.record else None,
            warc_offset=item.record.offset if item.record else None,
            article=article,
            target=_target(item, article) if outcome in ANSWERED else None,
            found=item.found,
        )
        session.record(visit, item.page.site)
        frontier = frontier_of(self.crawler)
        frontier.done(item.page)
        frontier.add_hosts(page.host for page in item.found)
        return item

    async def _understand(self, item: Answer) -> tuple[Article | None, str, str | None, str | None]:
        session = session_of(self.crawler)
        try:
            async with session.turn:
                blocks = session.site_blocks(item.page.site)
                article = await asyncio.wrap_future(session.extractor.submit(item.as_page(), blocks))
        except WorkersError:
            raise
        except NoArticle as no:
            return None, "no article", no.reason, item.detail
        except Exception as error:  # a defect of ours on one page must neither stop the crawl nor stay hidden
            logger.exception("Extraction failed on %s", item.url)
            return None, "no article", "error", repr(error)
        site = session.sites.get(item.page.site)
        if article.language is None and site:
            article = replace(article, language=site.language)
        return article, "stored", None, item.detail


def _target(item: Answer, article: Article | None) -> NewPage | None:
    """The page that the answer really belongs to, where it is not the one that was asked for."""
    url = item.url
    if article and article.canonical_url:
        url = canonical_link(article.canonical_url, item.url) or item.url
    if url == item.page.url:
        return None
    return NewPage(url=url, host=host_of(url), site=item.page.site, kind=item.page.kind, found_on=item.page.id)
