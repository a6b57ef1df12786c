"""The requests that the scheduler hands out: for pages, and for the robots.txt and tdmrep.json of an origin."""

from scrapy import Request

from archive.articles.tdmrep import PATH
from archive.storage.frontier import DuePage
from crawler.politeness.tdmrep_files import LARGEST
from crawler.request_state import STATE, RequestState, conditional_headers
from crawler.sites.site import IMAGE_MEGABYTES
from crawler.spiders.base import PageSpider

IMAGES_ACCEPTED = b"image/png,image/jpeg,image/gif,image/webp,image/*;q=0.5,*/*;q=0.1"

Validators = tuple[str | None, str | None]  # ETag and Last-Modified of what is stored


def page_request(spider: PageSpider, page: DuePage, *, conditional: bool) -> Request:
    """Return the request for a page; articles and images are asked for with validators, lists if `conditional`."""
    # Without validators after a failure: some servers fail on them.
    validated = (page.kind in ("article", "image") or conditional) and page.digest and not page.failures
    largest, accept = {}, {}
    if page.kind == "sitemap":
        from crawler.discovery.gzipped import MAX_UNPACKED  # with the readers of lists: loaded by the first list

        largest = {"download_maxsize": MAX_UNPACKED}
    elif page.kind == "image":
        site = spider.session.sites.get(page.site)
        largest = {"download_maxsize": int((site.image_megabytes if site else IMAGE_MEGABYTES) * 1_000_000)}
        accept = {"Accept": IMAGES_ACCEPTED}
    return Request(
        page.url,
        headers=accept | (conditional_headers(page.etag, page.last_modified) if validated else {}),
        callback=spider.parse,
        errback=spider.failed,
        dont_filter=True,
        meta={STATE: RequestState(page=page), **largest},
    )


def robots_request(spider: PageSpider, origin: str, validators: Validators) -> Request:
    """Return the request for the robots.txt of an origin."""
    return Request(
        f"{origin}/robots.txt",
        headers=conditional_headers(*validators),
        callback=spider.parse_robots,
        errback=spider.robots_failed,
        dont_filter=True,
        meta={STATE: RequestState(robots_origin=origin)},
    )


def tdmrep_request(spider: PageSpider, origin: str, validators: Validators) -> Request:
    """Return the request for the tdmrep.json of an origin, which is neither redirected nor tried again."""
    return Request(
        f"{origin}{PATH}",
        headers=conditional_headers(*validators),
        callback=spider.parse_tdmrep,
        errback=spider.tdmrep_failed,
        dont_filter=True,
        meta={
            STATE: RequestState(tdmrep_origin=origin),
            "download_maxsize": LARGEST,
            "dont_redirect": True,
            "dont_retry": True,
        },
    )
