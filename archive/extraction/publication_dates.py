"""Find the dates of an article's publication and last change by ranked sources."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any

from archive.extraction.bylines import (
    PrintedFacts,
    date_near_title,
    date_of_time,
    ends_with_publication_label,
    only_labelled_date,
)
from archive.extraction.dates import date_in_url, parse_date
from archive.extraction.page_lines import PageLines, TimeElement
from archive.extraction.structured_data import StructuredData, texts

# Names of meta tags with the date of publication, by rank; the last group dates the document. `dateupdate` is Baidu's.
_DATE_METAS = (
    re.compile(
        r"(?:^|[.:_-])(?:pub(?:lish|lication|lished)?[-_.: ]?(?:date|time|ed[-_](?:time|date)|ed)|date[-_.]?published"
        r"|publish_at|(?:citation_)?online_date|ptime|pubtime|og:time|firstpublished\w*)$"
    ),
    re.compile(
        r"(?:^|[.:_-])(?:create_at|release_date|date[-_.]?(?:created|issued)|(?:dc|dcterms)\.(?:issued|created)"
        r"|sailthru\.date)$"
    ),
    re.compile(r"^(?:date|dateupdate|(?:dc|dcterms)\.date(?:\..{1,20})?|originalpublicationdate|displaydate)$"),
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
    r"(?:^|\s)(?:(?:post|entry|article|news|pub|publish|published|blog|story)[-_]?)?(?:date|time|datetime|pubtime)(?:$|\s)"
)
_MARKED = re.compile(r"publish|pubdate|posted|entry-date")


def publication_dates(
    page: PageLines, structured: StructuredData, printed: PrintedFacts, url: str, at: int
) -> Iterator[tuple[str, date]]:
    """Yield (source, date) for each source that dates the publication, the most trusted first.

    * json-ld, meta, microdata (RDFa too): the earliest date of each, because later ones belong to later versions.
    * label: a labelled line (`发布时间`, "Published on").
    * time: a `<time>` that is marked or labelled as the date of publication.
    * near: the first `<time>` or short line with a date near the title, which is line `at`.
    * alone: the only date in `<time>` elements or elements of class `date`.
    * url: a complete date in the path.
    * update: a date labelled as that of a change (更新时间, "Updated") right below the title, where sites that print
      only one date print it: on two of three real pages it was the date of publication. The date of a change that is
      printed elsewhere or only in metadata does not count: it was right on one of three pages, and the other two have
      no date.
    """
    language = page.language
    ranks: tuple[tuple[str, Callable[[], date | None]], ...] = (
        ("json-ld", lambda: _earliest(_json_dates(structured), language)),
        *((name, partial(_earliest, values, language)) for name, values in _meta_dates(structured)),
        ("microdata", lambda: _earliest(_items(structured, "datepublished", "datecreated")[:1], language)),
        ("label", lambda: printed.published or only_labelled_date(page)),
        ("time", lambda: _publication_time(page)),
        ("near", lambda: date_near_title(page, at)),
        ("alone", lambda: _only_date(page)),
        ("url", lambda: date_in_url(url)),
        ("update", lambda: printed.modified_near_title),
    )
    return ((rank, day) for rank, read in ranks if (day := read()))


def modification_date(structured: StructuredData, printed: PrintedFacts) -> date | None:
    """Return the date of the last change: from JSON-LD, meta, microdata or a labelled line, in this order."""
    stamps = [
        *_strings(structured.article, "dateModified"),
        *(value for name in _MODIFIED_METAS for value in structured.meta.get(name, ())),
        *structured.items.get("datemodified", ()),
    ]
    return _first(stamps, "") or printed.modified


def _first(stamps: Iterable[str], language: str) -> date | None:
    return next((day for stamp in stamps if (day := parse_date(stamp, language))), None)


def _earliest(stamps: Iterable[str], language: str) -> date | None:
    return min((day for stamp in stamps if (day := parse_date(stamp, language))), default=None)


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


def _publication_time(page: PageLines) -> date | None:
    """Return the date of the `<time>` elements that are marked as publication dates, if all have the same."""
    days = {day for stamp in page.times if _is_publication_time(stamp) and (day := date_of_time(stamp, page.language))}
    return days.pop() if len(days) == 1 else None


def _is_publication_time(stamp: TimeElement) -> bool:
    element = stamp.element
    named = f"{element.get('class') or ''} {element.get('itemprop') or ''}".lower()
    return "pubdate" in element.attrib or bool(_MARKED.search(named)) or ends_with_publication_label(stamp.before)


def _only_date(page: PageLines) -> date | None:
    """Return the date of all `<time>` outside links, or of all elements of class `date`, if all have the same."""
    times = {day for stamp in page.times if (day := date_of_time(stamp, page.language))}
    named = (
        e for e in page.root.iterfind(".//body//*[@class]") if len(e) < 5 and _DATED.search(e.get("class").lower())
    )
    days = times or {day for e in named if (day := parse_date(str(e.text_content())[:60], page.language))}
    return days.pop() if len(days) == 1 else None
