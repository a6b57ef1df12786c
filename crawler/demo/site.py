"""The pages of the sample site: body fragments in `pages/`, each with a small header, put into `templates/`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

RELATED = 4
OPTIONAL = ("section", "author", "publisher", "modified", "published")  # header keys that templates may print
# Last-Modified of index pages and of pages without a printed date: later than any article, so that taking the
# header for a date of publication shows in a test.
SITE_BUILT = datetime(2024, 9, 30, 4, 0, tzinfo=UTC)
PUBLISHED_AT = time(1, 30, tzinfo=UTC)  # 09:30 in Beijing, as the pages' own metadata say


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One page file: its address, what its header says, and the HTML of its body.

    `header` holds the `key: value` lines of the comment that opens the file; `published` is None where the page
    names no date; `fate` is empty for articles, else what becomes of the page ("no article", "robots").
    """

    path: str
    title: str
    published: date | None
    fate: str
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
        """The title as narrow columns print it."""
        return self.header.get("short", self.title)

    @property
    def listed(self) -> str:
        """The address that the listing links to, which on real sites often carries tracking parameters."""
        return self.header.get("listed", self.path)

    @property
    def changed(self) -> datetime:
        """The moment for feeds and Last-Modified."""
        return datetime.combine(self.published, PUBLISHED_AT) if self.published else SITE_BUILT


def parse_entry(source: str) -> Entry:
    """An Entry from the text of a page file; raises KeyError if its header lacks a path or a title."""
    head, _, fragment = source.partition("-->\n")
    lines = head.removeprefix("<!--\n").splitlines()
    header = {key: value for key, _, value in (line.partition(": ") for line in lines)}
    published = date.fromisoformat(header["published"]) if "published" in header else None
    fate = header.get("fate", "")
    return Entry(
        path=header["path"], title=header["title"], published=published, fate=fate, header=header, fragment=fragment
    )


@cache
def entries() -> tuple[Entry, ...]:
    """All page files, newest first, those without a date at the end."""
    folder = files("crawler.demo") / "pages"
    found = [parse_entry(file.read_text(encoding="utf-8")) for file in folder.iterdir() if file.name.endswith(".html")]
    return tuple(sorted(found, key=lambda entry: (entry.published or date.min, entry.path), reverse=True))


def articles() -> tuple[Entry, ...]:
    """The entries that are articles, newest first."""
    return tuple(entry for entry in entries() if not entry.fate)


@cache
def environment() -> Environment:
    """The Jinja environment of the templates; an unknown name in a template raises instead of printing nothing."""
    loader = PackageLoader("crawler.demo", "templates")
    env = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    env.filters["http_date"] = lambda moment: format_datetime(moment, usegmt=True)
    return env


def related(entry: Entry) -> tuple[Entry, ...]:
    """The articles that a page's "related" box links to: the next ones of the same language, going round."""
    ring = [other for other in articles() if other.language == entry.language]
    start = ring.index(entry) + 1 if entry in ring else 0
    around = ring[start:] + ring[:start]
    return tuple(other for other in around if other is not entry)[:RELATED]


def render_page(entry: Entry, base_url: str) -> bytes:
    """The page as served, in the encoding its own meta tag names (the HTTP header names none)."""
    optional = dict.fromkeys(OPTIONAL, "")
    context: dict[str, object] = {**optional, **entry.header} | {
        "base_url": base_url,
        "fragment": entry.fragment,
        "related": related(entry),
    }
    context["info"] = [item for item in entry.header.get("info", "").split(" | ") if item]
    context["head"] = entry.header.get("head", "").split()
    html = environment().get_template(f"{entry.header['template']}.html").render(context)
    return html.encode(entry.header.get("charset", "utf-8"), errors="xmlcharrefreplace")


def site_toml(base_url: str) -> str:
    """The site file that crawls this site where it is served; `base_url` has no slash at its end."""
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
