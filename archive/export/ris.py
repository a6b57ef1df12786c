"""Write works and articles as RIS, with the tags of Reference Manager's format description and Zotero's translator and
CR LF."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from archive.export.cited_articles import CitedArticle, cited_article
from archive.references.person_names import Person, person
from archive.works.models import Work, one_line, page_range

TYPES = {
    "article-journal": "JOUR", "article-newspaper": "NEWS", "article-magazine": "MGZN", "book": "BOOK",
    "chapter": "CHAP", "paper-conference": "CPAPER", "thesis": "THES", "report": "RPRT", "standard": "STAND",
    "patent": "PAT", "webpage": "ELEC", "dataset": "DATA", "software": "COMP",
}  # fmt: skip

ET_AL = "et al.,"  # the last author where more are not named, as EndNote's manual has it; the comma keeps it one name


def write(works: Iterable[Work]) -> Iterator[str]:
    """Yield a record for each work, which ends with ER and an empty line."""
    return map(_record, map(_tags, works))


def write_articles(articles: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a record for each article, of the type for web pages."""
    return (_record(_article_tags(cited_article(article))) for article in articles)


def _record(tags: Iterable[tuple[str, str | None]]) -> str:
    lines = [f"{tag}  - {one_line(value)}" for tag, value in tags if value]
    return "\r\n".join([*lines, "ER  - ", "", ""])


def _article_tags(article: CitedArticle) -> Iterator[tuple[str, str | None]]:
    yield "TY", TYPES["webpage"]
    yield "ID", f"article-{article.id}-{article.revision}"
    for author in article.authors:
        yield "AU", _person(author)
    yield "TI", article.title
    yield "T2", article.site
    yield "PB", article.publisher
    yield "PY", (article.published or "")[:4]
    yield "DA", (article.published or "").replace("-", "/")
    yield "LA", article.language
    yield "UR", article.url
    yield "Y2", article.archived_on.replace("-", "/")
    yield "N1", article.note


def _tags(work: Work) -> Iterator[tuple[str, str | None]]:
    yield "TY", TYPES.get(work.type or "", "GEN")
    yield "ID", f"work-{work.id}"
    for author in work.authors:
        yield "AU", _name(author)
    if work.authors and work.et_al:
        yield "AU", ET_AL
    yield "TI", work.title
    yield "T2", work.container_title
    yield "PB", work.publisher
    yield "PY", str(work.year or "")
    yield "VL", work.volume
    yield "IS", work.issue
    first, last = page_range(work.pages or "")
    yield "SP", first
    yield "EP", last
    yield "DO", work.doi
    yield "SN", work.isbn or work.issn
    yield "AN", work.pmid
    yield "C2", work.pmcid
    yield "UR", work.url or (f"https://arxiv.org/abs/{work.arxiv}" if work.arxiv else None)
    yield "Y2", (work.accessed or "").replace("-", "/")
    yield "N1", work.note


def _name(printed: str) -> str:
    return _person(person(one_line(printed)))


def _person(name: Person) -> str:
    """Return `Family, Given`. In a name that must not be split a comma becomes a semicolon."""
    return name.inverted if name.family else name.literal.replace(",", ";")
