"""Page -> extract -> archive. (The WARC is written before, in crawler.middlewares.warc.)"""

import sqlite3
from dataclasses import replace
from datetime import datetime

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from archive.articles.fetches import Visit
from archive.extraction.pool import PoolError
from archive.storage import redaction
from archive.storage.connection import timestamp
from crawler.items import Answer
from crawler.scheduler import frontier_of
from crawler.session import cannot_be_written, session_of
from crawler.visit.interpret import REMOVED, DoubtfulError, Reader, Understood
from crawler.visit.next_visit import Look, alias_look, next_look


class ArchivePipeline:
    """Understands what answered and commits it, with its page's new state, in one transaction."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "ArchivePipeline":
        return cls(crawler)

    async def process_item(self, item: Answer) -> Answer:
        session = session_of(self.crawler)
        reader = Reader(session)
        try:
            understood = reader.settled(item) or reader.placed(item, await reader.understand(item))
            if understood.reason == REMOVED and item.record:
                redaction.mark_record(session.db, item.record)
                item = replace(item, record=None)
            session.record(self._visit(item, understood, session.clock.now()), item.page)
        except DoubtfulError as doubtful:
            frontier_of(self.crawler).probe(item)
            raise DropItem("The site is asked once more") from doubtful
        except PoolError as error:
            raise self._given_up(item, f"The extraction workers cannot be kept running: {error}.") from error
        except sqlite3.Error as error:
            raise self._given_up(item, cannot_be_written(error)) from error
        frontier = frontier_of(self.crawler)
        frontier.done(item.page)
        frontier.add_hosts(page.host for page in understood.found)
        return item

    def _given_up(self, item: Answer, why: str) -> DropItem:
        """Has the crawl end; the page stays due."""
        session_of(self.crawler).end_early(why)
        frontier_of(self.crawler).done(item.page)
        return DropItem(why)

    def _visit(self, item: Answer, understood: Understood, now: datetime) -> Visit:
        look = next_look(item, understood.outcome, understood.content, session_of(self.crawler), now)
        if item.page.state == "alias" and not understood.article:
            look = Look(alias_look(item.page, now))
        # What the next body is compared with: of an article, the one that it was understood from.
        kept = understood.outcome in ("stored", "read") or (
            understood.outcome == "no article" and item.page.article_id is None
        )
        target = understood.target
        return Visit(
            page_id=item.page.id,
            url=item.url,
            fetched_at=timestamp(now),
            outcome=understood.outcome,
            reason=understood.reason,
            detail=understood.detail,
            due_at=timestamp(look.due_at) if look.due_at else None,
            interval=int(look.interval.total_seconds()) if look.interval else None,
            status=item.status,
            content_type=item.content_type,
            etag=item.etag,
            last_modified=item.last_modified,
            size=len(item.body) if item.status else None,
            seconds=item.seconds,
            digest=item.digest if kept else None,
            payload=item.payload if kept else None,
            directives=item.directives,
            warc_file=item.record.file if item.record else None,
            warc_offset=item.record.offset if item.record else None,
            article=understood.article,
            reread=understood.reread,
            target=target,
            alias_due_at=timestamp(alias_look(item.page, now)) if target else None,
            target_in_hand=item.moved and target is not None and frontier_of(self.crawler).is_in_hand(target.url),
            found=understood.found,
        )
