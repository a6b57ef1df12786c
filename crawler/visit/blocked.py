"""Recognise answers that block the crawler: served in a page's place, they say nothing of the page."""

import logging
from typing import NamedTuple

from archive.article import Article, NoArticle
from archive.articles.fetch_result import FetchResult
from archive.extraction.pool import PoolError
from archive.urls.variants import are_variants
from crawler.crawl_archive import CrawlArchive
from crawler.extraction import SiteExtractor
from crawler.policy.robots import origin_of
from crawler.politeness.outcomes import REFUSING, verification
from crawler.visit.soft404_probe import NOTICE, Fetch, is_missing_page, probe

logger = logging.getLogger(__name__)

BLOCKING = (401, 403, 429, 503)  # statuses that challenges, login walls and maintenance notices come with
NO_TEXT = ("empty", "no text", "forward", "needs javascript")  # an answer with such a reason says nothing of its page
RUN, SHORT = 3, 20_000  # as many pages with the same body of at most so many bytes are not what those pages are

CONTROL = """
select url from pages where site = ? and host = ? and state = 'stored' and kind = 'article' and id <> ?
  and missing_since is null order by fetched_at desc limit 1
"""

LENGTHS = """
select length(text) from articles join pages on pages.id = page_id
where host = ? and priority = 3 and due_at is not null and state = 'stored' order by due_at desc limit ?
"""

FELLOWS = """
select url from pages where host = ? and priority = 3 and state in ('new', 'blocked')
  and (due_at <= ? or reason = 'same answer') and id <> ? and substr(url, 1, ?) = ? order by id desc limit ?
"""

RECENT = 5  # articles of a host that are looked at


class Control(NamedTuple):
    """What the URL of another article answers; `article` is None where that is none."""

    url: str
    article: Article | None


class BlockDetector:
    """Tells answers that block the crawler, by their words and by what other pages answer in this crawl."""

    def __init__(self, archive: CrawlArchive, extractor: SiteExtractor, fetch: Fetch) -> None:
        self.archive, self.extractor, self.fetch = archive, extractor, fetch
        self._controls: dict[str, Control | None] = {}  # by host
        self._runs: dict[str, str | None] = {}  # by host: the digest of the body that its new pages answer
        self._answers: dict[tuple[str, str | None], set[str]] = {}  # host and digest of a body -> URLs it came for

    async def reason_in_body(self, result: FetchResult) -> str | None:
        """Return the reason if the body of an error, a page that is not kept, or a list blocks the crawler.

        None for other responses, and for articles: they are read anyway. Raises PoolError.
        """
        empty = result.outcome == "read" and not result.discovered and result.page.kind != "image"
        if empty and result.retry_after:
            return "rate limit"
        doubtful = result.status in BLOCKING or (result.status == 200 and result.outcome == "refused")
        if not result.body or not (doubtful or empty):
            return None
        try:
            await self.extractor.extract(result.as_page())
        except PoolError:
            raise
        except NoArticle as no:
            from archive.extraction.answers import only_refuses  # in few crawls, and the patterns are many

            refuses = result.status in REFUSING and only_refuses(result.as_page())
            return None if refuses else blocked_reason(no)
        except Exception:  # a bug met on one page must neither stop the crawl nor stay hidden
            logger.exception("Extraction failed on %s", result.url)
        return None

    def reason_beside_text(self, read: FetchResult) -> tuple[str, str] | None:
        """Return why an answer that says nothing of its page blocks the crawler, and the reason as a sentence.

        That is shown by a Retry-After, by the URL of a login that it was redirected to, or by a run of the same answer.
        """
        if not (_is_brief(read) or read.outcome == "failed" or read.reason in NO_TEXT):
            return None
        if read.retry_after:
            seconds = read.retry_after.total_seconds()
            return "rate limit", f"An answer without the article asks for patience, {seconds:.0f} seconds"
        if read.url != read.page.url and (reason := verification(read.url)):
            return reason, f"Redirected to {read.url}"
        if not self._has_articles(read.page.site):  # a site that never had text is no sudden run
            return None
        pages = self._answers.setdefault((read.page.host, read.digest), set())
        if not any(are_variants(read.page.url, url) for url in pages):  # one page under several URLs is no run
            pages.add(read.page.url)
        if len(read.body) > SHORT or len(pages) < RUN:
            return None
        return "same answer", f"The same answer came for {len(pages)} pages in this crawl"

    async def reason_beside_others(self, read: FetchResult) -> tuple[str, str] | None:
        """Return why a short new article blocks the crawler, and the reason as a sentence: others answer the same.

        At the first one of a host in a crawl others without an article are requested, so that none of a run is stored.
        Raises what `probe` raises.
        """
        article = read.article
        if article is None or read.content != "new" or len(read.body) > SHORT:
            return None
        if len(article.text) + sum(len(removal.text) for removal in article.removals) > NOTICE:
            return None
        host = read.page.host
        if host not in self._runs:
            self._runs[host] = read.digest if await self._is_run(read) else None
        if read.digest is None or self._runs[host] != read.digest:
            return None
        return "same answer", f"The same answer came for {RUN} new pages in this crawl"

    async def _is_run(self, read: FetchResult) -> bool:
        """Whether as many other new pages of the same origin as make a run answer the same."""
        rows = self.archive.db.execute(LENGTHS, [read.page.host, RECENT]).fetchall()
        if not rows or min(rows) <= (NOTICE,):  # the site's articles are as short
            return False
        start = f"{origin_of(read.url)}/"
        values = [read.page.host, self.archive.started_at, read.page.id, len(start), start, RUN - 1]
        urls = [url for (url,) in self.archive.db.execute(FELLOWS, values) if not are_variants(url, read.url)]
        if len(urls) < RUN - 1:
            return False
        for url in urls:
            probed = await probe(self.fetch, read, url)
            if probed.page is None or probed.page.body != read.body:
                return False
        return True

    def _has_articles(self, site: str) -> bool:
        return self.archive.db.execute("select 1 from articles where site = ? limit 1", [site]).fetchone() is not None

    async def url_with_same_answer(self, result: FetchResult, found: Article | None) -> str | None:
        """Return the URL of another article that answers with the same page as `result`, whose article is `found`.

        The other article is fetched once in a crawl for each host. Raises what `probe` raises.
        """
        page = result.page
        if page.host not in self._controls:
            self._controls[page.host] = await self._control(result)
        control = self._controls[page.host]
        return control.url if control and is_missing_page(found, control.article) else None

    async def _control(self, result: FetchResult) -> Control | None:
        """Fetch the article of the result's host that was read last, and return what stands there now.

        None where there is no other, or where it does not answer with a page.
        """
        row = self.archive.db.execute(CONTROL, [result.page.site, result.page.host, result.page.id]).fetchone()
        probed = await probe(self.fetch, result, row[0]) if row else None
        if probed is None or probed.page is None:
            return None
        try:
            return Control(row[0], await self.extractor.extract(probed.page))
        except NoArticle:
            return Control(row[0], None)


def _is_brief(read: FetchResult) -> bool:
    """Whether an answer has an article that is new or changed, and no longer than a notice."""
    return read.article is not None and read.content != "same" and len(read.article.text) <= NOTICE


def blocked_reason(no: NoArticle) -> str | None:
    """Return why a page without an article blocks the crawler: challenge, rate limit, login or maintenance."""
    kind, _, reason = no.reason.partition(": ")
    return reason if kind == "blocked" else None
