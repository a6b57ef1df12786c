"""Page -> extract -> archive. (The WARC is written before, in crawler.middlewares.recording.)"""

import asyncio
import logging
import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from archive import erasing
from archive.article import Article, NoArticle
from archive.db import timestamp
from archive.moves import has_title_of, is_list, is_same, is_title_of_many, leads_elsewhere, names_another
from archive.page import Page
from archive.pages import NewPage
from archive.records import content_hash, load_article
from archive.store import Visit
from archive.warc import Location, WarcError, read_page
from archive.workers import WorkersError
from crawler.frontier import frontier_of
from crawler.items import Answer
from crawler.links import canonical_link, host_of, is_article
from crawler.looks import Look, alias_look, next_look
from crawler.probing import is_notice, is_same_nothing
from crawler.session import cannot_be_written, session_of

logger = logging.getLogger(__name__)

REMOVED = "removed"  # the reason of what is opted out
TRIES = 2  # failures in a row after which a doubtful answer is taken as it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What an answer comes to. `content` is what the article is, against the stored one: new, changed or same;
    `reread` today's reading of the stored one's bytes, where it is another than what is stored."""

    outcome: str
    reason: str | None = None
    detail: str | None = None
    article: Article | None = None
    content: str | None = None
    reread: Article | None = None
    target: NewPage | None = None
    found: tuple[NewPage, ...] = ()


class DoubtfulError(Exception):
    """What stands in an article's place may be the site's "not found" page: the site is to be asked."""


class ArchivePipeline:
    """Understands what answered and commits it, with its page's new state, in one transaction."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "ArchivePipeline":
        return cls(crawler)

    async def process_item(self, item: Answer) -> Answer:
        session = session_of(self.crawler)
        try:
            understood = self._settled(item) or self._placed(item, await self._understand(item))
        except DoubtfulError as doubtful:
            frontier_of(self.crawler).probe(item)
            raise DropItem("The site is asked once more") from doubtful
        except WorkersError as error:
            raise self._given_up(item, f"The extraction workers cannot be kept running: {error}.") from error
        try:
            if understood.reason == REMOVED and item.record:
                erasing.note(session.db, item.record)
                item = replace(item, record=None)
            session.record(self._visit(item, understood, session.clock.now()), item.page)
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

    def _settled(self, item: Answer) -> Understood | None:
        """What comes of an answer that needs no reading."""
        outcome = item.outcome
        if outcome is None and item.digest is not None and item.digest == item.page.digest:
            outcome = "unchanged"
        if outcome is None:
            return None
        # A feed keeps its address, which the site's file says, wherever it leads.
        moved = item.moved and outcome == "unchanged" and item.page.kind == "article"
        return Understood(
            outcome=outcome,
            reason=item.reason,
            detail=item.detail,
            found=item.found,
            target=self._target(item, item.url) if moved else None,
        )

    async def _understand(self, item: Answer) -> Understood:
        """What an article's page says, for itself."""
        try:
            article = await self._extract(item.as_page())
        except WorkersError:
            raise
        except NoArticle as no:
            if no.reason == "not found":
                return Understood(outcome="gone", reason="soft 404", detail=item.detail)
            doubt = await self._doubt(item, None) if no.reason == "no text" else None
            return doubt or Understood(outcome="no article", reason=no.reason, detail=item.detail)
        except Exception as error:  # a defect of ours on one page must neither stop the crawl nor stay hidden
            logger.exception("Extraction failed on %s", item.url)
            return Understood(outcome="no article", reason="error", detail=repr(error))
        digest = content_hash(article)
        if item.page.content_hash is None:
            content, reread = "new", None
        elif item.page.content_hash == digest:
            content, reread = "same", None
        else:
            if doubt := await self._doubt(item, article):
                return doubt
            reread = await self._reread(item)
            content = "same" if reread and content_hash(reread) == digest else "changed"
        return Understood(outcome="stored", detail=item.detail, article=article, content=content, reread=reread)

    def _placed(self, item: Answer, understood: Understood) -> Understood:
        """The same, with the address that the article belongs to."""
        article = understood.article
        session = session_of(self.crawler)
        db = session.db
        named = canonical_link(article.canonical_url, item.url) if article and article.canonical_url else None
        if named and session.optouts.match(named) is not None:
            detail = f"It says that it is {named}, which was removed on request"
            return Understood(outcome="refused", reason=REMOVED, detail=detail)
        if item.url != item.page.url and is_list(db, item.url):
            return Understood(outcome="gone", reason="redirect to listing", detail=f"Redirected to {item.url}")
        led = item.url != item.page.url and item.page.article_id is not None
        if led and understood.outcome != "gone" and (article is None or leads_elsewhere(db, item.page.id, article)):
            return self._elsewhere(item)
        if article is None:
            return understood
        if not item.moved and item.url != item.page.url:  # a passing redirect: the address stays what it is
            return replace(understood, article=replace(article, url=item.page.url))
        if named and (named == item.url or not names_another(db, named, article, item.page.id)):
            return replace(understood, target=self._target(item, named))
        return replace(understood, target=self._target(item, item.url))

    def _elsewhere(self, item: Answer) -> Understood:
        """The page leads to another article than it had: it is gone, and the other is a page of its own."""
        if not item.moved:
            return Understood(outcome="failed", reason="led elsewhere", detail=f"Redirected for now to {item.url}")
        session = session_of(self.crawler)
        site = session.sites.get(item.page.site)
        target = self._target(item, item.url)
        found = (replace(target, due_at=session.started_at),) if target and site and is_article(item.url, site) else ()
        return Understood(outcome="gone", reason="moved elsewhere", detail=f"Redirected to {item.url}", found=found)

    async def _doubt(self, item: Answer, found: Article | None) -> Understood | None:
        """What comes of a page on which the site's "not found" page stands in an article's place, or on which that
        cannot be told yet; None where it is what it seems. Raises DoubtfulError when the site has to be asked first."""
        page, db = item.page, session_of(self.crawler).db
        if page.article_id is None or item.url != page.url:
            return None
        gone = Understood(outcome="gone", reason="soft 404", detail=item.detail)
        old = load_article(db, page.article_id)
        if found:
            titled = has_title_of(old, found) and not is_title_of_many(db, page.site, found.title)
            if titled or is_same(old, found):
                return None
            if is_notice(old, found):
                return gone
        if item.probe is None:
            raise DoubtfulError
        if item.probe.page is None:
            unknown = not item.probe.honest and page.failures < TRIES
            detail = "It may be the site's notice that it is gone; the site could not be asked"
            return Understood(outcome="failed", reason="doubtful", detail=detail) if unknown else None
        try:
            nothing = await self._extract(item.probe.page)
        except NoArticle as no:
            return gone if no.reason == "not found" or is_same_nothing(found, None) else None
        return gone if is_same_nothing(found, nothing) else None

    async def _extract(self, page: Page) -> Article:
        session = session_of(self.crawler)
        async with session.turn:
            article = await asyncio.wrap_future(session.extractor.submit(page, session.site_blocks(page.site)))
        site = session.sites.get(page.site)
        if article.language is None and site:
            article = replace(article, language=site.language)
        return article

    async def _reread(self, item: Answer) -> Article | None:
        """Today's reading of the bytes that the stored article was understood from: what the site repeats is learned,
        and the program gets better, neither of which changes the page."""
        page = item.page
        if page.warc_file is None or page.warc_offset is None:
            return None
        try:
            stored = read_page(session_of(self.crawler).folder, Location(page.warc_file, page.warc_offset))
            return await self._extract(replace(stored, url=page.url, site=page.site))
        except (WarcError, NoArticle, RuntimeError) as error:  # RuntimeError: a defect of ours
            logger.debug("The stored bytes of %s cannot be read again: %r", page.url, error)
            return None  # what is stored is then compared as it is

    def _target(self, item: Answer, url: str) -> NewPage | None:
        """The page that the answer belongs to, where it is not the one that was asked for."""
        if url == item.page.url:
            return None
        page = item.page
        return session_of(self.crawler).permitted(
            NewPage(url=url, host=host_of(url), site=page.site, kind=page.kind, found_on=page.id)
        )

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
