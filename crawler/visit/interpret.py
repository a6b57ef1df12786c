"""Interpret a response: an article, a page without one, a page that is gone, or another page's article."""

import logging
import random
from collections.abc import Mapping
from dataclasses import replace

from archive.article import Article, NoArticle
from archive.articles.fetch_result import FetchResult
from archive.articles.redirects import (
    has_same_title,
    is_discovery_url,
    is_false_canonical,
    is_same_article,
    is_shared_title,
    redirects_to_another,
)
from archive.articles.variants import former_variant, is_plainer, same_variant
from archive.extraction.pool import PoolError
from archive.storage.frontier import NewPage
from archive.storage.row_mapping import content_hash, load_article
from archive.storage.warc.files import Location, WarcError, read_page
from archive.urls.canonical import canonical_link, host_of
from crawler.crawl_archive import REMOVED, CrawlArchive
from crawler.extraction import SiteExtractor
from crawler.sites.article_urls import is_article
from crawler.sites.site import Site
from crawler.visit.blocked import BlockDetector, blocked_reason
from crawler.visit.soft404_probe import Fetch, is_missing_page, is_notice, missing_url, probe

logger = logging.getLogger(__name__)

TRIES = 2  # failures in a row after which a doubtful page is taken as it is


class Interpreter:
    """Completes fetch results with their outcome, article and target; `fetch` sends a soft-404 probe."""

    def __init__(
        self,
        archive: CrawlArchive,
        extractor: SiteExtractor,
        sites: Mapping[str, Site],
        rng: random.Random,
        fetch: Fetch,
    ) -> None:
        self.archive, self.extractor, self.sites = archive, extractor, sites
        self.rng, self.fetch = rng, fetch
        self.detector = BlockDetector(archive, extractor, fetch)

    async def interpret(self, result: FetchResult) -> FetchResult:
        """Return the result with what the response means.

        Raises PoolError, and NotSentError and StorageError of a soft-404 probe.
        """
        same_mark = result.page.article_id is None or result.withheld == result.page.noarchive
        if not result.outcome and result.digest and result.digest == result.page.digest and same_mark:
            result = replace(result, outcome="unchanged")
        if reason := await self.detector.reason_in_body(result):
            return replace(without_body(result), outcome="blocked", reason=reason, discovered=(), total=0, dates=())
        if result.outcome == "refused":  # of a page that is not to be kept
            return without_body(result)
        if result.outcome:
            return self._unread(result)
        read = await self._read(result)
        if why := self.detector.reason_beside_text(read) or await self.detector.reason_beside_others(read):
            return replace(without_body(_without_article(read, "blocked", *why)), discovered=())
        return read if read.outcome == "blocked" else await self._with_variant(self._placed(read))

    def _unread(self, result: FetchResult) -> FetchResult:
        """Return a result whose body is not read, with the page that it belongs to if it is an unchanged article."""
        # A feed keeps its URL, which the site's file names, wherever it redirects to.
        if result.outcome != "unchanged" or result.page.kind != "article":
            return result
        if result.moved:
            return replace(result, target=self._target(result, result.url))
        return self._as_variant(result, result.page.content_hash)

    async def _read(self, result: FetchResult) -> FetchResult:
        """Return the result with the article of its body, as if no redirect and no canonical link led elsewhere."""
        try:
            article, keys = await self.extractor.extract_to_store(result.as_page())
        except PoolError:
            raise
        except NoArticle as no:
            if no.reason == "not found":
                return replace(result, outcome="gone", reason="soft 404")
            if no.reason == "removed by publisher":
                return replace(result, outcome="gone", reason=no.reason)
            if reason := blocked_reason(no):
                return replace(without_body(result), outcome="blocked", reason=reason)
            doubt = await self._check_soft404(result, None) if no.reason == "no text" else None
            return doubt or replace(result, outcome="no article", reason=no.reason)
        except Exception as error:  # a bug met on one page must neither stop the crawl nor stay hidden
            logger.exception("Extraction failed on %s", result.url)
            return replace(result, outcome="no article", reason="error", detail=repr(error))
        return await self._compared(replace(result, keys=keys), article)

    async def _compared(self, result: FetchResult, article: Article) -> FetchResult:
        """Return the result with the article as new, changed or same against the stored one."""
        stored, reread = result.page.content_hash, None
        if stored is None:
            content = "new"
        elif stored == content_hash(article):
            content = "same"
        else:
            if doubt := await self._check_soft404(result, article):
                return doubt
            reread = await self._reread(result)
            content = "same" if reread and content_hash(reread) == content_hash(article) else "changed"
        return replace(result, outcome="stored", article=article, content=content, reread=reread)

    def _placed(self, result: FetchResult) -> FetchResult:
        """Return the result with the page that the article belongs to, by redirects and the canonical link."""
        article, page, db = result.article, result.page, self.archive.db
        canonical = self._canonical(result)
        if canonical and self.archive.is_excluded(canonical):
            detail = f"Its canonical URL is {canonical}, which was removed on request"
            return _without_article(result, "refused", REMOVED, detail)
        redirected = result.url != page.url
        if redirected and is_discovery_url(db, result.url):
            return _without_article(result, "gone", "redirect to listing", f"Redirected to {result.url}")
        had_article = redirected and page.article_id is not None and result.outcome != "gone"
        if had_article and (article is None or redirects_to_another(db, page.id, article)):
            return self._moved_elsewhere(result)
        if article is None:
            return result
        if redirected and not result.moved:  # a temporary redirect: the URL stays what it is
            return replace(result, article=replace(article, url=page.url))
        if canonical and (canonical == result.url or not is_false_canonical(db, canonical, article, page.id)):
            return replace(result, target=self._target(result, canonical))
        return replace(result, target=self._target(result, result.url))

    async def _with_variant(self, result: FetchResult) -> FetchResult:
        """Return the result of an article with the page under a variant of its URL that it belongs to, if any."""
        if result.article is None or result.target or result.url != result.page.url:
            return result
        found = self._as_variant(result, content_hash(result.article))
        if found is result and result.page.state == "alias":
            return await self._as_former_variant(result, result.article)
        return found

    def _as_variant(self, result: FetchResult, content: str | None) -> FetchResult:
        """Return the result with the page that has the same content under a variant of its URL; else as it is.

        Of the two the plainer keeps the article. Where both have one, the visit to the other page merges them.
        """
        page, db = result.page, self.archive.db
        variant = same_variant(db, page, content) if content and result.url == page.url else None
        if variant is None:
            return result
        if not is_plainer(page, variant):
            return replace(result, target=self._target(result, variant.url), target_is_same=True)
        return replace(result, variant_id=variant.page_id) if page.article_id is None else result

    async def _as_former_variant(self, result: FetchResult, article: Article) -> FetchResult:
        """Return the result of an alias whose content is not that of its page any more.

        The page is asked again: it may have changed as well. Raises what `probe` raises.
        """
        variant = former_variant(self.archive.db, result.page, article)
        if variant is None:
            return result
        probed = await probe(self.fetch, result, variant.url)
        alias = replace(result, target=self._target(result, variant.url), target_is_same=True)
        if probed.page is None:  # it stays an alias until the page answers
            return alias
        try:
            now = await self.extractor.extract(probed.page)
        except NoArticle:
            return result
        return alias if content_hash(now) == content_hash(article) else result

    def _canonical(self, result: FetchResult) -> str | None:
        """Return the canonical URL that the page or the response's header names, if it can be that of an article."""
        if result.article is None:
            return None
        named = (result.canonical, result.article.canonical_url)
        return next((found for href in named if href and (found := canonical_link(href, result.url))), None)

    def _moved_elsewhere(self, result: FetchResult) -> FetchResult:
        """Return the result of a page that redirects to another article than its own: gone, and a new page."""
        if not result.moved or result.article is None:  # another page in its place does not say that it is gone
            return _without_article(result, "failed", "led elsewhere", f"Redirected to {result.url}")
        site, target = self.sites.get(result.page.site), self._target(result, result.url)
        gone = _without_article(result, "gone", "moved elsewhere", f"Redirected to {result.url}")
        if target and site and is_article(result.url, site):
            return replace(gone, discovered=(replace(target, due_at=self.archive.started_at),))
        return gone

    async def _check_soft404(self, result: FetchResult, found: Article | None) -> FetchResult | None:
        """Return the result where the site's "not found" page stands in an article's place, or may do so.

        None where the page is what it seems.
        """
        page, db = result.page, self.archive.db
        if page.article_id is None or result.url != page.url:
            return None
        gone = replace(result, outcome="gone", reason="soft 404")
        old = load_article(db, page.article_id)
        if found:
            titled = has_same_title(old, found) and not is_shared_title(db, page.site, found.title)
            if titled or is_same_article(old, found):
                return None
        notice = found is not None and is_notice(old, found)
        if result.retry_after and (found is None or notice):
            return None  # see BlockDetector.reason_beside_text
        if notice:
            return await self._unless_everywhere(gone, found)
        probed = await probe(self.fetch, result, missing_url(result.url, self.rng))
        if probed.page is None:
            doubtful = not probed.returns_404 and page.failures < TRIES
            detail = "It may be the site's notice that it is gone; the site could not be asked"
            return replace(result, outcome="failed", reason="doubtful", detail=detail) if doubtful else None
        try:
            missing = await self.extractor.extract(probed.page)
        except NoArticle as no:
            if reason := blocked_reason(no):
                return replace(without_body(result), outcome="blocked", reason=reason)
            if no.reason == "not found":
                return gone
            return await self._unless_everywhere(gone, found) if is_missing_page(found, None) else None
        return await self._unless_everywhere(gone, found) if is_missing_page(found, missing) else None

    async def _unless_everywhere(self, gone: FetchResult, found: Article | None) -> FetchResult:
        """Return `gone`, or that the crawler is blocked where another article's URL answers with the same page.

        A firewall answers so for missing URLs too.
        """
        other = await self.detector.url_with_same_answer(gone, found)
        if other is None:
            return gone
        detail = f"The same answer came for {other}"
        return replace(without_body(gone), outcome="blocked", reason="same answer", detail=detail)

    async def _reread(self, result: FetchResult) -> Article | None:
        """Extract the stored article's bytes again; None where they cannot be read.

        Learned blocks and the program's version change what is extracted; neither changes the page.
        """
        page = result.page
        if page.warc_file is None or page.warc_offset is None or page.noarchive:
            return None
        try:
            stored = read_page(self.archive.folder, Location(page.warc_file, page.warc_offset))
            return await self.extractor.extract(replace(stored, url=page.url, site=page.site))
        except (WarcError, NoArticle, RuntimeError) as error:  # RuntimeError: a bug of ours
            logger.debug("The stored bytes of %s cannot be read again: %r", page.url, error)
            return None  # the stored article is then compared as it is

    def _target(self, result: FetchResult, url: str) -> NewPage | None:
        """Return the page of `url`; None where it is the one that was requested."""
        page = result.page
        if url == page.url:
            return None
        new = NewPage(url=url, host=host_of(url), site=page.site, kind=page.kind, found_on=page.id)
        return self.archive.permitted(new)


def without_body(result: FetchResult) -> FetchResult:
    """Return the result without the body, which is not compared with the next one."""
    return replace(result, body=b"", size=0, digest=None, payload=None)


def _without_article(result: FetchResult, outcome: str, reason: str, detail: str) -> FetchResult:
    return replace(
        result, outcome=outcome, reason=reason, detail=detail, article=None, content=None, reread=None, target=None
    )
