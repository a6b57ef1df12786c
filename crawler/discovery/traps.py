"""URLs that vary without end: traps that are refused, and templates of which only some pages are fetched."""

import re
from collections import Counter
from collections.abc import Sequence

from archive.urls import session_ids

MAX_URL_LENGTH = 2_000
MAX_PARAMETERS = 12
MANY_PARAMETERS = 6  # a URL with so many parameters that names no article is a search
_MAX_GROUP = 10  # segments of a group that repeats; the limit bounds the cost for paths of a thousand segments

_CALENDAR_PATH = re.compile(
    r"/(?:[\w-]{0,30}calendar|kalender|calendrier|calendario|events?)(?:/[\w-]+)?/(?:19|20|21)\d\d(?:[/-]\d{1,2}){0,2}/?$",
    re.IGNORECASE,
)
_CALENDAR_PARAMETER = re.compile(
    r"(?:^|&)(?:month|year|day|week|date|tribe-bar-date|eventdate|calendar)=\d", re.IGNORECASE
)

# Variable parts of a path, each after a constant part.
_IN_PATH = re.compile(
    r"(?<=/search/).+|(?<=/sort/).+|(?<=/orderby/).+|(?<=/filter/).+|(?<=/filters/).+|(?<=/page/)\d{2,}(?=/?$)"
    r"|(?<=/(?:index|lists)[-_])\d{2,3}(?=\.\w{2,5}$)|(?<=/(?:list|page)[-_])\d{2,3}(?=\.\w{2,5}$)",
    re.IGNORECASE,
)
# The page of a day or month: nothing follows the date and no title precedes it.
_DATED_PAGE = re.compile(r"^((?:/[a-z]+(?:[-_][a-z]+)?)*/)(?:19|20|21)\d\d(?:[/-]\d{1,2}){1,2}(/?)$", re.IGNORECASE)
# Names of parameters, in lower case and without the brackets of `f[0]`, with the values that count: many of these names
# identify an article on some sites (`?q=node/12`, `?view=article&id=3`, `?s=/news/12`, `?t=5`).
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
# Links to articles may have these too: they count only if nothing in the URL names an article.
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
# In the last part of a path: a number, four words, or four Chinese characters.
_ARTICLE_NAME = re.compile(r"\d{4}|^(?:[^_-]+[_-]){3}[^_-]|(?:%[0-9A-F]{2}){12}")


def is_trap(url: str) -> str | None:
    """Return why a URL looks like a crawler trap, in a few words; None if it does not."""
    if len(url) > MAX_URL_LENGTH:
        return f"URL longer than {MAX_URL_LENGTH:,} characters"
    base, _, query = url.partition("#")[0].partition("?")
    if query.count("&") >= MAX_PARAMETERS and not _names_article(_split(base)[1]):
        return f"more than {MAX_PARAMETERS} parameters"
    if _repeats([segment for segment in base.split("/")[3:] if segment]):
        return "path repeats itself"
    return "endless calendar" if _is_calendar(base, query) else None


def _repeats(segments: Sequence[str]) -> bool:
    """Return whether a segment occurs five times, or a group of segments three times in a row."""
    if max(Counter(segments).values(), default=0) >= 5:
        return True
    return any(
        segments[at : at + size] == segments[at + size : at + 2 * size] == segments[at + 2 * size : at + 3 * size]
        for size in range(1, min(_MAX_GROUP, len(segments) // 3) + 1)
        for at in range(len(segments) - 3 * size + 1)
    )


def _is_calendar(base: str, query: str) -> bool:
    # One date in a query may be the day of an archive. Calendars, and separate years and months, have no last page.
    dates = len(_CALENDAR_PARAMETER.findall(query))
    return bool(_CALENDAR_PATH.search(base)) or dates > 1 or (dates == 1 and "calendar" in base.lower())


def url_template(url: str) -> str | None:
    """Return the template that a canonical URL shares with its variants, with `*` for the variable parts; else None.

    Variable parts are: sorting, filters, searches and layouts; pages of a listing from the tenth on; days; session ids
    and time stamps; all parameters if there are six or more. Parameters that may identify an article stay, so variants
    of one article have a template of their own. The usual URL of an article (a date, a number, a title, a few
    parameters) has no template.
    """
    base, mark, query = url.partition("#")[0].partition("?")
    origin, path = _split(base)
    shape = _DATED_PAGE.sub(r"\1*\2", _IN_PATH.sub("*", session_ids.IN_PATH.sub("*", path)))
    pieces = query.split("&") if mark else []
    kept = _kept(pieces, names_article=_names_article(shape))
    if shape == path and kept == pieces:
        return None
    return f"{origin}{shape}{mark}{'&'.join(kept)}"


def _names_article(path: str) -> bool:
    return bool(_ARTICLE_NAME.search(path.rstrip("/").rpartition("/")[2]))


def _split(base: str) -> tuple[str, str]:
    scheme, slashes, rest = base.partition("//")
    host, slash, path = rest.partition("/")
    return f"{scheme}{slashes}{host}", slash + path


def _kept(pieces: list[str], *, names_article: bool) -> list[str]:
    """Return the parameters that identify the page, and a `*` for the others if there are any."""
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
