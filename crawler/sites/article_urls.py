"""Whether a URL is an article of a site, by its patterns or by a guess. Traps are in crawler.discovery.traps."""

import re
from urllib.parse import unquote

from archive.text.scripts import HAN
from archive.urls.canonical import canonical_url, same_host
from crawler.sites.site import Site

_NO_PAGE = re.compile(
    r"\.(?:css|m?js|json|xml|rss|atom|jpe?g|png|gif|svg|webp|avif|ico|bmp|tiff?|pdf|docx?|xlsx?|pptx?|csv|txt|epub"
    r"|zip|rar|7z|t?gz|tar|exe|apk|dmg|mp[34]|m4[av]|avi|mov|wmv|flv|webm|og[gv]|wav|swf|woff2?|ttf|eot|ics)$",
    re.IGNORECASE,
)
_FILE = re.compile(r"\.(?:[sxj]?html?|php|aspx?|jsp)$", re.IGNORECASE)
_OVERVIEW = re.compile(r"(?:index|list|page|default|channel|column|node|class)?[-_]?\d{0,3}", re.IGNORECASE)
_DATED = re.compile(r"/(?:19|20)\d\d[/-]?\d{1,2}(?:[/-]?\d{1,2})?/")
_ID_PARAMETER = re.compile(
    r"(?:^|&)(?:(?:id|aid|nid|tid|newsid|news_id|articleid|article_id|contentid|infoid|itemid|docid)=\d{2}|p=\d{3})",
    re.IGNORECASE,
)
_ID = re.compile(r"(?<!\d)(?!(?:19|20)\d\d(?!\d))\d{4}")  # four digits or more that are not a year
_OTHER_SECTIONS = frozenset(
    {
        "about", "about-us", "account", "archives", "author", "authors", "cart", "cdn-cgi", "categories", "category",
        "comment", "comments", "contact", "contact-us", "faq", "feed", "feeds", "help", "imprint", "impressum", "jobs",
        "join", "login", "logout", "newsletter", "page", "privacy", "profile", "register", "rss", "search", "signin",
        "signup", "sitemap", "subscribe", "tag", "tags", "terms", "topic", "topics", "user", "users", "wp-admin",
        "wp-content", "wp-json", "wp-login",
    }
)  # fmt: skip


def is_article(url: str, site: Site) -> bool:
    """Whether a URL is an article of the site, by its rules: not `exclude`, and one of `articles`, on any host.

    A site without `articles` patterns gets a guess on its own host: no media file, no section such as `/tag/` or
    `/about`, and in the path's last part an id (four digits or more), a file name below a folder, a title (four
    words or six CJK characters) or a date above it; or an id in the query.
    """
    if is_excluded(url, site):
        return False
    if site.articles:
        return any(pattern.search(url) for pattern in site.articles)
    return same_host(url, site.home) and _looks_like_article(canonical_url(url))


def is_excluded(url: str, site: Site) -> bool:
    """Whether one of the site's `exclude` patterns matches."""
    return any(pattern.search(url) for pattern in site.exclude)


def _looks_like_article(url: str) -> bool:
    path, _, query = url.partition("?")
    folders = unquote(path).split("/")[3:-1]
    last = unquote(path.rstrip("/").rpartition("/")[2])
    stem = _FILE.sub("", last)
    if _NO_PAGE.search(path) or _OTHER_SECTIONS.intersection(part.lower() for part in (*folders, stem)):
        return False
    if _ID_PARAMETER.search(query):
        return True
    if path.count("/") == 3 and path.endswith("/"):
        return False
    return _has_article_name(stem, is_file=stem != last, in_folder=bool(folders), dated=bool(_DATED.search(path)))


def _has_article_name(stem: str, *, is_file: bool, in_folder: bool, dated: bool) -> bool:
    if _ID.search(stem):
        return True
    if is_file and (stem.isdigit() or (in_folder and not _OVERVIEW.fullmatch(stem))):
        return True
    if _OVERVIEW.fullmatch(stem):
        return False
    return dated or len(re.findall(r"[^\W_]+", stem)) >= 4 or len(re.findall(f"[{HAN}]", stem)) >= 6
