"""Decide whether a URL is an article of a site, by its patterns or by a guess. Traps are in crawler.discovery.traps."""

import re
from urllib.parse import unquote

from archive.text.scripts import HAN
from archive.text.word_lists import read_word_list
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
_SECTIONS: dict[str, list[str]] = read_word_list("crawler.sites", "sections")
_OTHER_SECTIONS = frozenset(name for names in _SECTIONS.values() for name in names)


def is_article(url: str, site: Site) -> bool:
    """Return whether a URL is an article of the site: no `exclude` pattern and one of `articles` matches, on any host.

    For a site without `articles` patterns this is a guess, on its own host only. The URL must not be a media file or in
    a section such as `/tag/` or `/about`. The last part of its path must be an id (four digits or more), a file name
    below a folder, a title (four words or six CJK characters) or follow a date; or the query must have an id.
    """
    if is_excluded(url, site):
        return False
    if site.articles:
        return any(pattern.search(url) for pattern in site.articles)
    return same_host(url, site.home) and _looks_like_article(canonical_url(url))


def is_excluded(url: str, site: Site) -> bool:
    """Return whether one of the site's `exclude` patterns matches."""
    return any(pattern.search(url) for pattern in site.exclude)


def is_page(url: str) -> bool:
    """Return whether a URL may be a web page: it is no media file, by its ending."""
    return not _NO_PAGE.search(url.partition("?")[0])


def _looks_like_article(url: str) -> bool:
    path, _, query = url.partition("?")
    folders = unquote(path).split("/")[3:-1]
    last = unquote(path.rstrip("/").rpartition("/")[2])
    stem = _FILE.sub("", last)
    if not is_page(url) or _OTHER_SECTIONS.intersection(part.lower() for part in (*folders, stem)):
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
