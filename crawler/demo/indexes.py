"""The discovery pages of the sample site: listing, feeds and sitemaps; and its robots.txt."""

import gzip
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from crawler.demo.site import DemoPage, articles, environment, pages

PER_PAGE = 10
NEWEST = 10
SITEMAPS = ("sitemap-zh.xml", "sitemap-en.xml.gz")


class ListingLink(NamedTuple):
    """A row of the listing."""

    href: str
    title: str
    published: date | None


# Real listings also link to pages that moved or are gone, and to files that no crawler should fetch.
MOVED = {"/old-news/2019/88.html": "/news/2019/1108.html"}
GONE = {"/news/2023/1105.html": 404, "/en/2022/miracle-cure.html": 410}
STRAY_LINKS = (
    ListingLink("/old-news/2019/88.html", "（旧站）脐带血到底该不该存？", date(2019, 11, 8)),
    ListingLink("/news/2023/1105.html", "关于调整客服时间的通知", date(2023, 11, 5)),
    ListingLink("/en/2022/miracle-cure.html", "The Miracle Cell That Cures Everything", date(2022, 4, 1)),
    ListingLink(
        "/en/2024/treg-il-10.html?view=print",
        "IL-10 and the Quiet Work of Regulatory T Cells (print)",
        date(2024, 2, 14),
    ),
    ListingLink("/news/2024/annual-report.pdf", "2023年度报告（PDF）", date(2024, 1, 31)),
)


def listing_links() -> list[ListingLink]:
    """Return the rows of the listing, newest first."""
    own = [ListingLink(page.listed, page.title, page.published) for page in pages()]
    return sorted([*own, *STRAY_LINKS], key=lambda link: link.published or date.min, reverse=True)


def listing_pages() -> int:
    """Return the number of pages of the listing."""
    return -(-len(listing_links()) // PER_PAGE)


def render_listing(number: int) -> str:
    """Render page `number` of the listing, from 1; past the end, the page has no rows."""
    links = listing_links()[(number - 1) * PER_PAGE : number * PER_PAGE]
    more = number < listing_pages()
    return environment().get_template("listing.html").render(heading="资讯中心", links=links, number=number, more=more)


def render_home() -> str:
    """Render the home page: the newest five rows, without a link to more."""
    links = listing_links()[:5]
    return environment().get_template("listing.html").render(heading="首页", links=links, number=1, more=False)


def _in_english(page: DemoPage) -> bool:
    return page.language == "en"


def render_feed(base_url: str) -> str:
    """Render RSS 2.0 with the newest articles of all languages."""
    return environment().get_template("rss.xml").render(base_url=base_url, entries=articles()[:NEWEST])


def render_atom(base_url: str) -> str:
    """Render Atom with all English articles."""
    return (
        environment().get_template("atom.xml").render(base_url=base_url, entries=list(filter(_in_english, articles())))
    )


def render_sitemap_index(base_url: str) -> str:
    """Render the sitemap index, which names one plain and one gzipped sitemap."""
    return environment().get_template("sitemapindex.xml").render(base_url=base_url, names=SITEMAPS)


def render_sitemap(base_url: str, *, english: bool) -> bytes:
    """Render the sitemap of the English articles, gzipped with a fixed time for a stable ETag, or of the others."""
    chosen: Sequence[DemoPage] = [page for page in articles() if _in_english(page) == english]
    xml = environment().get_template("urlset.xml").render(base_url=base_url, entries=chosen).encode()
    return gzip.compress(xml, mtime=0) if english else xml


def render_robots(base_url: str) -> str:
    """Render robots.txt: it forbids /private/ and names the sitemap."""
    return f"User-agent: *\nDisallow: /private/\n\nSitemap: {base_url}/sitemap.xml\n"
