"""URLs that can be varied without end: traps that no crawl can finish, and families of which a few pages will do."""

import re
from collections import Counter
from collections.abc import Sequence

from archive.urls import session_ids

MAX_URL_LENGTH = 2_000
MAX_PARAMETERS = 12
MANY_PARAMETERS = 6  # programs that need as many and name no article in them are searches
_MAX_GROUP = 10  # segments of a group that repeats; a limit, so that a path of a thousand segments costs little

_CALENDAR_PATH = re.compile(
    r"/(?:[\w-]{0,30}calendar|kalender|calendrier|calendario|events?)(?:/[\w-]+)?/(?:19|20|21)\d\d(?:[/-]\d{1,2}){0,2}/?$",
    re.IGNORECASE,
)
_CALENDAR_PARAMETER = re.compile(
    r"(?:^|&)(?:month|year|day|week|date|tribe-bar-date|eventdate|calendar)=\d", re.IGNORECASE
)

# What is varied in a path, each behind what stays.
_IN_PATH = re.compile(
    r"(?<=/search/).+|(?<=/sort/).+|(?<=/orderby/).+|(?<=/filter/).+|(?<=/filters/).+|(?<=/page/)\d{2,}(?=/?$)"
    r"|(?<=/(?:index|lists)[-_])\d{2,3}(?=\.\w{2,5}$)|(?<=/(?:list|page)[-_])\d{2,3}(?=\.\w{2,5}$)",
    re.IGNORECASE,
)
# A day's or a month's page: nothing is behind the date, and no title before it, as some sites have it.
_DATED_PAGE = re.compile(r"^((?:/[a-z]+(?:[-_][a-z]+)?)*/)(?:19|20|21)\d\d(?:[/-]\d{1,2}){1,2}(/?)$", re.IGNORECASE)
# Names of parameters, in lower case and without the brackets of `f[0]`, with the values that are telling: many of
# these names are those of an article on some sites (`?q=node/12`, `?view=article&id=3`, `?s=/news/12`, `?t=5`).
Rules = tuple[tuple[frozenset[str], re.Pattern[str]], ...]
_VARIED: Rules = (
    (
        frozenset(
            {
                "sort", "sortby", "sort_by", "sortorder", "sort_order", "order", "orderby", "order_by", "dir",
                "direction", "filter", "filters", "facet", "facets", "refine", "refinementlist", "fq", "per_page",
                "perpage", "pagesize", "page_size", "limit", "price", "min_price", "max_price", "color", "colour",
                "brand", "rating",
            }
        ),
        re.compile(r".+"),
    ),
    (frozenset({"q", "query", "keyword", "keywords", "search", "searchword", "s", "wd", "kw"}), re.compile(r"[^/]+")),
    (frozenset({"f"}), re.compile(r"[^:/]+:.+")),  # Drupal's f[0]=topic:12; f=index is a tracking mark on 163.com
    (frozenset({"view", "mode", "display", "layout"}), re.compile(r"list|grid|table|gallery|compact|month|week|day")),
    (
        frozenset({"_", "t", "ts", "time", "timestamp", "r", "rnd", "rand", "random", "nonce", "cb", "cachebuster"}),
        re.compile(r"\d{9,}(?:\.\d+)?|0\.\d{4,}"),
    ),
)  # fmt: skip
# These are also carried along by links to articles: they count where nothing in the URL names an article.
_VARIED_LISTS: Rules = (
    (
        frozenset(
            {"page", "paged", "pg", "pn", "pageno", "page_no", "pagenum", "pageindex", "currentpage", "curpage",
             "start", "offset", "skip"}
        ),
        re.compile(r"\d{2,}"),
    ),
    (
        frozenset({"date", "day", "month", "year", "week", "eventdate", "tribe-bar-date", "calendar"}),
        re.compile(r"\d.*"),
    ),
)  # fmt: skip
# of the last part of a path: a number, four words, or four Chinese characters
_ARTICLE_NAME = re.compile(r"\d{4}|^(?:[^_-]+[_-]){3}[^_-]|(?:%[0-9A-F]{2}){12}")


def is_trap(url: str) -> str | None:
    """Why a URL looks like one of an endless family of pages that no crawl can finish; None when it does not."""
    if len(url) > MAX_URL_LENGTH:
        return f"URL longer than {MAX_URL_LENGTH:,} characters"
    address, _, query = url.partition("#")[0].partition("?")
    if query.count("&") >= MAX_PARAMETERS and not _names_article(_split(address)[1]):
        return f"more than {MAX_PARAMETERS} parameters"
    if _repeats([segment for segment in address.split("/")[3:] if segment]):
        return "path repeats itself"
    return "endless calendar" if _is_calendar(address, query) else None


def _repeats(segments: Sequence[str]) -> bool:
    """Whether a segment is there five times, or one or a group of them three times in a row."""
    if max(Counter(segments).values(), default=0) >= 5:
        return True
    return any(
        segments[at : at + size] == segments[at + size : at + 2 * size] == segments[at + 2 * size : at + 3 * size]
        for size in range(1, min(_MAX_GROUP, len(segments) // 3) + 1)
        for at in range(len(segments) - 3 * size + 1)
    )


def _is_calendar(address: str, query: str) -> bool:
    # One date in a query can be an archive's day; on a calendar, or with year and month apart, there is no last one.
    dates = len(_CALENDAR_PARAMETER.findall(query))
    return bool(_CALENDAR_PATH.search(address)) or dates > 1 or (dates == 1 and "calendar" in address.lower())


def family(url: str) -> str | None:
    """The shape that a canonical URL shares with all those it can be varied to, `*` for what varies; else None.

    Varied are: what a reader sorts, filters, searches or lays out by; pages of a list from the tenth on; days; session
    ids and time stamps; all of six parameters and more. Parameters that may say which article it is stay in the
    shape, so that what is varied on an article is a family of its own. None for the usual URL of an article, with a
    date, a number, a title or a few parameters.
    """
    address, mark, query = url.partition("#")[0].partition("?")
    origin, path = _split(address)
    shape = _DATED_PAGE.sub(r"\1*\2", _IN_PATH.sub("*", session_ids.IN_PATH.sub("*", path)))
    pieces = query.split("&") if mark else []
    kept = _kept(pieces, names_article=_names_article(path))
    if shape == path and kept == pieces:
        return None
    return f"{origin}{shape}{mark}{'&'.join(kept)}"


def _names_article(path: str) -> bool:
    return bool(_ARTICLE_NAME.search(path.rstrip("/").rpartition("/")[2]))


def _split(address: str) -> tuple[str, str]:
    scheme, slashes, rest = address.partition("//")
    host, slash, path = rest.partition("/")
    return f"{scheme}{slashes}{host}", slash + path


def _kept(pieces: list[str], *, names_article: bool) -> list[str]:
    """The parameters that say what page it is, and a `*` for the others if there are any."""
    parameters = [(piece, *session_ids.name_and_value(piece)) for piece in pieces]
    names_article = names_article or any(
        session_ids.is_article_id(name, value) and not _is_varied(name, value) for _, name, value in parameters
    )
    if len(pieces) > (MAX_PARAMETERS if names_article else MANY_PARAMETERS - 1):
        return ["*"]
    rules = _VARIED if names_article else (*_VARIED, *_VARIED_LISTS)
    kept = [piece for piece, name, value in parameters if not _is_varied(name, value, rules)]
    return kept if len(kept) == len(pieces) else [*kept, "*"]


def _is_varied(name: str, value: str, rules: Rules = _VARIED) -> bool:
    if session_ids.is_session(name, value):
        return True
    return any(name in names and values.fullmatch(value) for names, values in rules)
