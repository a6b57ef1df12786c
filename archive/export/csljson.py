"""Write works and articles as CSL-JSON, which Zotero, pandoc and citeproc read.

Names of fields and types as in the Citation Style Language's specification, version 1.0.2.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from archive.export.cited_articles import CitedArticle, cited_article
from archive.references.person_names import Person, person
from archive.works.models import Work, one_line, page_range

FIELDS = {
    "title": "title", "container_title": "container-title", "publisher": "publisher", "volume": "volume",
    "issue": "issue", "doi": "DOI", "pmid": "PMID", "pmcid": "PMCID", "isbn": "ISBN", "issn": "ISSN", "url": "URL",
    "note": "note",
}  # fmt: skip

ET_AL = {"literal": "others"}  # the last author where more are not named: pandoc makes "et al." of it


def write(works: Iterable[Work]) -> Iterator[str]:
    """Yield one JSON array with an item on each line."""
    return _array(map(csl_item, works))


def write_articles(articles: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield one JSON array with an item for each article on a line."""
    return _array(_article_item(cited_article(article)) for article in articles)


def _array(items: Iterable[dict[str, Any]]) -> Iterator[str]:
    before = "[\n"
    for item in items:
        yield before + json.dumps(item, ensure_ascii=False)
        before = ",\n"
    yield "\n]\n" if before == ",\n" else "[]\n"


def csl_item(work: Work) -> dict[str, Any]:
    """Return the work as a CSL item, without unknown fields."""
    item: dict[str, Any] = {"id": f"work-{work.id}", "type": work.type or "document"}
    if work.authors:
        item["author"] = [*map(_name, work.authors), *([ET_AL] if work.et_al else [])]
    item |= {name: one_line(value) for field, name in FIELDS.items() if (value := getattr(work, field))}
    if work.pages:
        item["page"] = one_line("-".join(filter(None, page_range(work.pages))))
    if work.year:
        item["issued"] = _date(str(work.year))
    if work.accessed:
        item["accessed"] = _date(work.accessed)
    if work.arxiv:
        item["archive"], item["archive_location"] = "arXiv", work.arxiv
    return item


def _article_item(article: CitedArticle) -> dict[str, Any]:
    item: dict[str, Any] = {"id": f"article-{article.id}-{article.revision}", "type": "webpage"}
    if article.authors:
        item["author"] = [*map(_person, article.authors)]
    texts = {
        "title": article.title, "container-title": article.site, "publisher": article.publisher,
        "language": article.language, "URL": article.url, "note": article.note,
    }  # fmt: skip
    item |= {name: value for name, value in texts.items() if value}
    if article.published:
        item["issued"] = _date(article.published)
    return item | {"accessed": _date(article.archived_on)}


def _date(day: str) -> dict[str, list[list[int]]]:
    """Return a date, a month or a year of ISO 8601 as CSL writes it."""
    return {"date-parts": [[*map(int, day.split("-"))]]}


def _name(printed: str) -> dict[str, str]:
    return _person(person(one_line(printed)))


def _person(name: Person) -> dict[str, str]:
    return {"literal": name.literal} if name.literal else {"family": name.family, "given": name.given}
