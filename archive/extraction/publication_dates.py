"""Find the dates of an article's publication and last change by ranked sources."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta, timezone
from functools import partial
from typing import Any

from lxml.html import HtmlElement

from archive.extraction.dates import date_in_url, find_dates, local_day, parse_date
from archive.extraction.near_title import is_foreign, is_related
from archive.extraction.page_lines import PageLines, TimeElement
from archive.extraction.printed_dates import (
    date_near_title,
    date_of_time,
    ends_with_publication_label,
    is_other_date,
    only_labelled_date,
)
from archive.extraction.printed_facts import PrintedFacts
from archive.extraction.structured_data import StructuredData, texts

# Names of meta tags with the date of publication, by rank; the last group dates the document. `dateupdate` is Baidu's.
_DATE_METAS = (
    re.compile(
        r"(?:^|[.:_-])(?:pub(?:lish|lication|lished)?[-_.: ]?(?:date|time|ed[-_](?:time|date)|ed)|date[-_.]?published"
        r"|publish_at|citation_date|(?:citation_)?online_date|ptime|pubtime|rbpubdate|og:time|firstpublished\w*"
        r"|article_date_original)$"
    ),
    re.compile(
        r"(?:^|[.:_-])(?:create_at|release_date|date[-_.]?(?:created|issued)|(?:dc|dcterms)\.(?:issued|created)"
        r"|sailthru\.date)$"
    ),
    re.compile(
        r"^(?:date|dateupdate|(?:dc|dcterms)\.date(?:\..{1,20})?|originalpublicationdate|displaydate|timestamp)$"
    ),
)
_MODIFIED_METAS = (
    "article:modified_time",
    "og:updated_time",
    "og:article:modified_time",
    "dcterms.modified",
    "dc.date.modified",
    "datemodified",
    "bytedance:updated_time",
    "lastmod",
    "last-modified",
    "revised",
)
# Classes of elements that contain the article's date.
_DATED = re.compile(
    r"(?:^|\s)(?:(?:post|entry|article|news|pub|publish|published|blog|story)[-_]?)?(?:date|time|datetime|pubtime|published)(?:$|\s)"
)
_CHINA, _FIRST_ZONE = timezone(timedelta(hours=8)), timezone(timedelta(hours=14))
# `var ct = "1698887700"`, `createTime = '2023-11-02 09:15'`, `create_time: f('…')` in the scripts of a WeChat page.
_WECHAT_TIME = re.compile(
    r"\b(?:ct|(?:ori_?)?create_?time|publish_?time)['\"]?\s{0,5}[=:][^'\"\n;,]{0,60}?['\"]?"
    r"(?:(?P<seconds>(?<!\d)1\d{9})(?!\d)|(?P<day>(?<!\d)20\d\d-\d\d?-\d\d?))",
    re.IGNORECASE,
)
_MARKED = re.compile(r"publish|pubdate|posted|entry-date")


def publication_dates(
    page: PageLines,
    structured: StructuredData,
    printed: PrintedFacts,
    url: str,
    at: int,
    fetched_at: datetime | None = None,
) -> Iterator[tuple[str, date]]:
    """Yield (source, date) for each source that dates the publication, the most trusted first.

    A date after the day of `fetched_at` does not count. The printed day goes before a time stamp that is later, or in
    UTC and different only by the zone.

    * json-ld, meta, microdata (RDFa too): the earliest date of each, because later ones belong to later versions.
    * label: a labelled line (`发布时间`, "Published on").
    * script: the time of creation in a script of a WeChat page.
    * time: a `<time>` that is marked or labelled as the date of publication, outside comments.
    * near: the nearest `<time>` or short line with a date near the title, which is line `at`.
    * alone: the only date in `<time>` elements or elements of class `date`.
    * url: a complete date in the path.
    * update: a date labelled as that of a change (更新时间, "Updated") right below the title, where sites that print
      only one date print it: on two of three real pages it was the date of publication. The date of a change that is
      printed elsewhere or only in metadata does not count: it was right on one of three pages, and the other two have
      no date.
    """
    language = page.language
    # A day that is printed farther from the title may be that of a cited work or another article.
    shown = partial(date_near_title, page, at, beside=True)
    stamped = partial(_earliest, language=language, printed=lambda: printed.published or shown())
    ranks: tuple[tuple[str, Callable[[], date | None]], ...] = (
        ("json-ld", lambda: stamped(_json_dates(structured))),
        *((name, partial(stamped, values)) for name, values in _meta_dates(structured)),
        ("microdata", lambda: stamped(_items(structured, "datepublished", "datecreated")[:1])),
        ("label", lambda: printed.published or only_labelled_date(page)),
        ("script", lambda: _wechat_date(page)),
        ("time", lambda: _publication_time(page, at)),
        ("near", lambda: date_near_title(page, at)),
        ("alone", lambda: _only_date(page, at)),
        ("url", lambda: date_in_url(url)),
        ("update", lambda: printed.modified_near_title),
    )
    latest = last_day(fetched_at)
    return ((rank, day) for rank, read in ranks if (day := read()) and day <= latest)


def last_day(fetched_at: datetime | None) -> date:
    """Return the day of fetching where the day begins first (UTC+14): no article is younger; without one, any day."""
    return fetched_at.astimezone(_FIRST_ZONE).date() if fetched_at else date.max


def modification_date(
    structured: StructuredData, printed: PrintedFacts, fetched_at: datetime | None = None
) -> date | None:
    """Return the date of the last change: from JSON-LD, meta, microdata or a labelled line, in this order.

    A date after the day of `fetched_at` does not count.
    """
    stamps = [
        *_strings(structured.article, "dateModified"),
        *(value for name in _MODIFIED_METAS for value in structured.meta.get(name, ())),
        *structured.items.get("datemodified", ()),
    ]
    latest = last_day(fetched_at)
    days = (*(day for stamp in stamps if (day := parse_date(stamp))), printed.modified)
    return next((day for day in days if day and day <= latest), None)


def _earliest(stamps: Iterable[str], language: str, printed: Callable[[], date | None]) -> date | None:
    """Return the earliest day of time stamps, or the printed day if it is earlier or only the zone sets it apart.

    Of 11 development pages that print an earlier day near the title the printed day is right on 10; a later one is
    right on 12 of 29, so that it does not count.
    """
    days = ((day, stamp) for stamp in stamps if (day := parse_date(stamp, language)))
    day, stamp = min(days, default=(None, ""))
    shown = printed() if day else None
    if day is None or shown is None:
        return day
    return min(shown, local_day(stamp, day, shown, language))


def _wechat_date(page: PageLines) -> date | None:
    """Return the day in China that a script of a WeChat page states: its printed date is filled in by that script."""
    if not page.wechat:
        return None
    found = (_WECHAT_TIME.search(script.text or "") for script in page.metadata["script"])
    match = next(filter(None, found), None)
    if match is None:
        return None
    seconds = match["seconds"]
    return datetime.fromtimestamp(int(seconds), _CHINA).date() if seconds else parse_date(match["day"])


def _json_dates(structured: StructuredData) -> list[str]:
    """Return the values of `datePublished`, else of its substitutes; Baidu's vocabulary uses `pubDate`."""
    article = _strings(structured.article, "datePublished") or _strings(structured.article, "dateCreated", "uploadDate")
    return article or [day for node in structured.nodes for day in _strings(node, "pubDate")]


def _strings(node: Mapping[str, Any], *names: str) -> list[str]:
    return [text for name in names for text in texts(node.get(name))]


def _items(structured: StructuredData, *names: str) -> list[str]:
    return [value for name in names for value in structured.items.get(name, ())]


def _meta_dates(structured: StructuredData) -> list[tuple[str, list[str]]]:
    """Return the contents of date metas by rank."""
    metas = structured.meta.items()
    return [
        ("meta", [value for name, values in metas if pattern.search(name) for value in values])
        for pattern in _DATE_METAS
    ]


def _publication_time(page: PageLines, at: int) -> date | None:
    """Return the date of the `<time>` elements that are marked as publication dates, if all have the same."""
    days = {day for stamp in page.times if _is_publication_time(page, at, stamp) and (day := date_of_time(page, stamp))}
    return days.pop() if len(days) == 1 else None


def _is_publication_time(page: PageLines, at: int, stamp: TimeElement) -> bool:
    element = stamp.element
    named = f"{element.get('class') or ''} {element.get('itemprop') or ''}".lower()
    marked = "pubdate" in element.attrib or bool(_MARKED.search(named))
    labelled = marked or ends_with_publication_label(_words_before(page, stamp))
    return labelled and not is_foreign(page, at, element)


def _words_before(page: PageLines, stamp: TimeElement) -> str:
    """Return the text before a `<time>` in its line, else the line before."""
    return stamp.before or (page.lines[stamp.line - 1].text[-40:] if 0 < stamp.line <= len(page.lines) else "")


def _only_date(page: PageLines, at: int) -> date | None:
    """Return the date of all `<time>` outside links, or of all elements of class `date`, if all have the same.

    Comments and dates of events and the like do not count.
    """
    stamps = [stamp for stamp in page.times if not is_foreign(page, at, stamp.element, near=True)]
    dated = [(stamp.element, day) for stamp in stamps if (day := date_of_time(page, stamp))]
    if dated:
        own = {day for element, day in dated if not is_related(element)}
        return own.pop() if len({day for _, day in dated}) == len(own) == 1 else None
    named = (
        e for e in page.root.iterfind(".//body//*[@class]") if len(e) < 5 and _DATED.search(e.get("class").lower())
    )
    days = {day for e in named if (day := _date_in(e, page.language)) and not is_foreign(page, at, e, near=True)}
    return days.pop() if len(days) == 1 else None


def _date_in(element: HtmlElement, language: str) -> date | None:
    text = f"{element.get('title') or ''} {element.text_content()}"[:60]  # `<abbr title=2024-05-21>3 days ago</abbr>`
    offset, day = min(find_dates(text, language), default=(0, None))
    return None if is_other_date(text[:offset]) else day
