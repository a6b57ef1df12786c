"""What leads to the pages: the paginated listing, the feeds, the sitemaps and robots.txt of the sample site."""

import gzip
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from crawler.demo.site import Entry, articles, entries, environment

PER_PAGE = 10
NEWEST = 10
SITEMAPS = ("sitemap-zh.xml", "sitemap-en.xml.gz")


class Link(NamedTuple):
    """A line of the listing."""

    href: str
    title: str
    published: date | None


# A listing in real life also links to what has moved, what is gone, and what no crawler should ask for.
MOVED = {"/old-news/2019/88.html": "/news/2019/1108.html"}
GONE = {"/news/2023/1105.html": 404, "/en/2022/miracle-cure.html": 410}
STRAY_LINKS = (
    Link("/old-news/2019/88.html", "（旧站）脐带血到底该不该存？", date(2019, 11, 8)),
    Link("/news/2023/1105.html", "关于调整客服时间的通知", date(2023, 11, 5)),
    Link("/en/2022/miracle-cure.html", "The Miracle Cell That Cures Everything", date(2022, 4, 1)),
    Link(
        "/en/2024/treg-il-10.html?view=print",
        "IL-10 and the Quiet Work of Regulatory T Cells (print)",
        date(2024, 2, 14),
    ),
    Link("/news/2024/annual-report.pdf", "2023年度报告（PDF）", date(2024, 1, 31)),
)


def listing_links() -> list[Link]:
    """Every line of the listing, newest first."""
    own = [Link(entry.listed, entry.title, entry.published) for entry in entries()]
    return sorted([*own, *STRAY_LINKS], key=lambda link: link.published or date.min, reverse=True)


def listing_pages() -> int:
    """How many pages the listing has."""
    return -(-len(listing_links()) // PER_PAGE)


def render_listing(number: int) -> str:
    """Page `number` of the listing, from 1; a number past the end gives a page without lines."""
    links = listing_links()[(number - 1) * PER_PAGE : number * PER_PAGE]
    more = number < listing_pages()
    return environment().get_template("listing.html").render(heading="资讯中心", links=links, number=number, more=more)


def render_home() -> str:
    """The home page: the newest five lines, without a link to further ones."""
    links = listing_links()[:5]
    return environment().get_template("listing.html").render(heading="首页", links=links, number=1, more=False)


def _in_english(entry: Entry) -> bool:
    return entry.language == "en"


def render_feed(base_url: str) -> str:
    """RSS 2.0 with the newest articles of all languages."""
    return environment().get_template("rss.xml").render(base_url=base_url, entries=articles()[:NEWEST])


def render_atom(base_url: str) -> str:
    """Atom with all English articles."""
    return (
        environment().get_template("atom.xml").render(base_url=base_url, entries=list(filter(_in_english, articles())))
    )


def render_sitemap_index(base_url: str) -> str:
    """The sitemap index, which names one plain and one gzipped sitemap."""
    return environment().get_template("sitemapindex.xml").render(base_url=base_url, names=SITEMAPS)


def render_sitemap(base_url: str, *, english: bool) -> bytes:
    """A sitemap of the English articles, gzipped with a fixed clock so that its ETag is stable, or of the others."""
    chosen: Sequence[Entry] = [entry for entry in articles() if _in_english(entry) == english]
    xml = environment().get_template("urlset.xml").render(base_url=base_url, entries=chosen).encode()
    return gzip.compress(xml, mtime=0) if english else xml


def render_robots(base_url: str) -> str:
    """robots.txt: /private/ is forbidden, the sitemap is named."""
    return f"User-agent: *\nDisallow: /private/\n\nSitemap: {base_url}/sitemap.xml\n"
