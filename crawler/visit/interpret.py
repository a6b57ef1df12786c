"""What an answer comes to: an article, that of another address, none, or the site's notice that it is gone."""

import asyncio
import logging
from dataclasses import dataclass, replace

from archive.article import Article, NoArticle
from archive.articles.redirects import has_title_of, is_list, is_same, is_title_of_many, leads_elsewhere, names_another
from archive.extraction.pool import PoolError
from archive.page import Page
from archive.storage.frontier import NewPage
from archive.storage.row_mapping import content_hash, load_article
from archive.storage.warc.files import Location, WarcError, read_page
from archive.urls.canonical import canonical_link, host_of
from crawler.items import Answer
from crawler.session import Session
from crawler.sites.article_urls import is_article
from crawler.visit.soft404_probe import is_notice, is_same_nothing

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


class Reader:
    """Understands answers, with what the archive and the site's file say of their pages."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def settled(self, item: Answer) -> Understood | None:
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

    async def understand(self, item: Answer) -> Understood:
        """What an article's page says, for itself."""
        try:
            article = await self._extract(item.as_page())
        except PoolError:
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

    def placed(self, item: Answer, understood: Understood) -> Understood:
        """The same, with the address that the article belongs to."""
        article = understood.article
        session, db = self.session, self.session.db
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
        session = self.session
        site = session.sites.get(item.page.site)
        target = self._target(item, item.url)
        found = (replace(target, due_at=session.started_at),) if target and site and is_article(item.url, site) else ()
        return Understood(outcome="gone", reason="moved elsewhere", detail=f"Redirected to {item.url}", found=found)

    async def _doubt(self, item: Answer, found: Article | None) -> Understood | None:
        """What comes of a page on which the site's "not found" page stands in an article's place, or on which that
        cannot be told yet; None where it is what it seems. Raises DoubtfulError when the site has to be asked first."""
        page, db = item.page, self.session.db
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
        session = self.session
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
            stored = read_page(self.session.folder, Location(page.warc_file, page.warc_offset))
            return await self._extract(replace(stored, url=page.url, site=page.site))
        except (WarcError, NoArticle, RuntimeError) as error:  # RuntimeError: a defect of ours
            logger.debug("The stored bytes of %s cannot be read again: %r", page.url, error)
            return None  # what is stored is then compared as it is

    def _target(self, item: Answer, url: str) -> NewPage | None:
        """The page that the answer belongs to, where it is not the one that was asked for."""
        if url == item.page.url:
            return None
        page = item.page
        return self.session.permitted(
            NewPage(url=url, host=host_of(url), site=page.site, kind=page.kind, found_on=page.id)
        )
