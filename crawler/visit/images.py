"""The images of articles: which ones are fetched, and what their responses are."""

from dataclasses import replace
from itertools import count

from archive.articles.fetch_result import FetchResult
from archive.articles.images import ImageLink, image_urls
from archive.extraction.image_files import image_format
from archive.storage.frontier import DuePage, NewPage
from archive.urls.canonical import canonical_or_none, host_of
from crawler.crawl_archive import CrawlArchive
from crawler.sites.site import Site


def with_images(result: FetchResult, site: Site | None, archive: CrawlArchive) -> FetchResult:
    """Return the interpreted result of an article's page with the images to keep, if the site's file asks for them.

    Of a page that asks for no archived copy none is kept.
    """
    page = result.page
    is_article = page.kind == "article" and result.outcome in ("stored", "unchanged")
    if site is None or not site.images or not is_article or result.withheld:
        return result
    article = result.article
    urls = [image.url for image in article.images] if article else image_urls(archive.db, page.id)
    places = count()
    links = tuple(_link(url, page, site, archive, places) for url in urls)
    return replace(result, images=links)


def _link(url: str, page: DuePage, site: Site, archive: CrawlArchive, places: "count[int]") -> ImageLink:
    """Return the image with its page; `places` counts those that have one."""
    address = canonical_or_none(url)
    if address is None:
        return ImageLink(url, None, "bad address")
    if next(places) >= site.images_per_article:
        return ImageLink(url, None, "too many")
    # Of depth 1, so that it is none of the pages that a site's file names.
    new = NewPage(
        url=address, host=host_of(address), site=site.name, kind="image", due_at=archive.started_at, depth=1,
        found_on=page.id,
    )  # fmt: skip
    return ImageLink(url, archive.permitted(new))


def read_image(result: FetchResult, directives: frozenset[str]) -> FetchResult:
    """Return the result of a response with status 200 for an image: kept, unchanged, or refused."""
    if "noindex" in directives:
        return replace(result, outcome="refused", reason="noindex")
    if result.withheld:
        return replace(result, outcome="refused", reason="noarchive")
    form = image_format(result.body)
    if form is None:
        detail = f"Its bytes are none of a PNG, JPEG, GIF, WebP or AVIF file; the server says {result.content_type!r}"
        return replace(result, outcome="refused", reason="not an image", detail=detail)
    if result.digest == result.page.digest and result.url == result.page.url:
        return replace(result, outcome="unchanged")
    return replace(result, outcome="read", media_type=form.media_type, width=form.width, height=form.height)
