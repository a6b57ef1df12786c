"""The pages of the sample site: body fragments with a header in `pages/`, rendered by `templates/`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

RELATED = 4
# What is changed later on in pages, by path: a claim becomes stronger, as happens on real sites.
EDITS = {"/news/2024/0521.html": ("没有达到统计学差异", "明显超过了对照组")}
OPTIONAL = ("section", "author", "publisher", "modified", "published")  # header keys that templates may print
# Last-Modified of discovery pages and of pages without a date. It is later than any article, so a test fails if it is
# used as a date of publication.
SITE_BUILT = datetime(2024, 9, 30, 4, 0, tzinfo=UTC)
PUBLISHED_AT = time(1, 30, tzinfo=UTC)  # 09:30 in Beijing, as the pages' own metadata say


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPage:
    """A page file: its path, its header and the HTML of its body.

    `header` has the `key: value` lines of the comment at the start of the file. `published` is None if the page has no
    date. `outcome` is empty for articles, else the outcome of a crawl ("no article", "robots").
    """

    path: str
    title: str
    published: date | None
    outcome: str
    header: Mapping[str, str]
    fragment: str

    @property
    def language(self) -> str:
        return self.header["language"]

    @property
    def description(self) -> str:
        return self.header["description"]

    @property
    def short(self) -> str:
        """The title for narrow columns."""
        return self.header.get("short", self.title)

    @property
    def listed(self) -> str:
        """The URL in the listing, which on real sites often has tracking parameters."""
        return self.header.get("listed", self.path)

    @property
    def changed(self) -> datetime:
        """The time for feeds and Last-Modified."""
        return datetime.combine(self.published, PUBLISHED_AT) if self.published else SITE_BUILT


def parse_page(source: str) -> DemoPage:
    """Parse the text of a page file. Raises KeyError if its header has no path or title."""
    head, _, fragment = source.partition("-->\n")
    lines = head.removeprefix("<!--\n").splitlines()
    header = {key: value for key, _, value in (line.partition(": ") for line in lines)}
    published = date.fromisoformat(header["published"]) if "published" in header else None
    outcome = header.get("outcome", "")
    return DemoPage(
        path=header["path"],
        title=header["title"],
        published=published,
        outcome=outcome,
        header=header,
        fragment=fragment,
    )


@cache
def pages() -> tuple[DemoPage, ...]:
    """Return all pages, newest first, those without a date last."""
    folder = files("crawler.demo") / "pages"
    found = [parse_page(file.read_text(encoding="utf-8")) for file in folder.iterdir() if file.name.endswith(".html")]
    return tuple(sorted(found, key=lambda page: (page.published or date.min, page.path), reverse=True))


def articles() -> tuple[DemoPage, ...]:
    """Return the pages that are articles, newest first."""
    return tuple(page for page in pages() if not page.outcome)


@cache
def environment() -> Environment:
    """Return the Jinja environment of the templates; an unknown name in a template is an error."""
    loader = PackageLoader("crawler.demo", "templates")
    env = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    env.filters["http_date"] = lambda moment: format_datetime(moment, usegmt=True)
    return env


def related(page: DemoPage) -> tuple[DemoPage, ...]:
    """Return the articles in the "related" box of a page: the next ones in its language, cyclically."""
    ring = [other for other in articles() if other.language == page.language]
    start = ring.index(page) + 1 if page in ring else 0
    around = ring[start:] + ring[:start]
    return tuple(other for other in around if other is not page)[:RELATED]


def render_page(page: DemoPage, base_url: str, *, later: bool = False) -> bytes:
    """Render a page in the encoding that its meta tag declares (the HTTP header has none).

    `later`: as its editors changed it, if they did.
    """
    optional = dict.fromkeys(OPTIONAL, "")
    before, after = EDITS.get(page.path, ("", "")) if later else ("", "")
    context: dict[str, object] = {**optional, **page.header} | {
        "base_url": base_url,
        "fragment": page.fragment.replace(before, after) if before else page.fragment,
        "related": related(page),
    }
    context["info"] = [item for item in page.header.get("info", "").split(" | ") if item]
    context["head"] = page.header.get("head", "").split()
    html = environment().get_template(f"{page.header['template']}.html").render(context)
    return html.encode(page.header.get("charset", "utf-8"), errors="xmlcharrefreplace")


def site_toml(base_url: str) -> str:
    """Return the site file for this site; `base_url` has no slash at its end."""
    return rf"""name = "demo"
home = "{base_url}/"
feeds = ["{base_url}/feed.xml", "{base_url}/atom.xml"]
sitemaps = ["{base_url}/sitemap.xml"]
listings = ["{base_url}/news/"]
listing_pages = 5
articles = ['/(news|old-news|tw|en|ja|de)/\d{{4}}/', '/private/']
exclude = ['\.pdf$']
delay = 0.0
concurrency = 4
allow_private = true
"""
