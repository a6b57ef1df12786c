"""PubMed's XML: the baseline and update files, and what its site exports (NLM's DTD of 2025)."""

from collections.abc import Iterator
from typing import IO

from lxml import etree

from archive.literature.readers.read import Read, Skipped, Withdrawn
from archive.literature.record import LiteratureRecord

_ARTICLE, _DELETED = "PubmedArticle", "DeleteCitation"
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_NOTICES = {
    "RetractionIn": "Retraction",
    "ExpressionOfConcernIn": "Expression of concern",
    "ErratumIn": "Correction",
    "CorrectedandRepublishedIn": "Correction",
}


def matches(start: bytes) -> bool:
    """Return whether a file begins as PubMed's XML does."""
    return b"<PubmedArticle" in start or b"PubmedArticleSet" in start


def read(file: IO[bytes]) -> Iterator[Read]:
    """Yield the records of a file, those that PubMed has taken back, and what could not be read.

    A file that breaks off yields what was whole before, and one `Skipped`.
    """
    try:
        for _, element in etree.iterparse(
            file, events=("end",), tag=(_ARTICLE, _DELETED), resolve_entities=False, no_network=True, huge_tree=True
        ):
            if element.tag == _ARTICLE:
                yield _record(element)
            else:
                yield from (Withdrawn(pmid.text) for pmid in element.iterfind("PMID") if pmid.text)
            element.clear(keep_tail=False)
            while element.getprevious() is not None:
                del element.getparent()[0]
    except (etree.XMLSyntaxError, EOFError, OSError) as error:
        yield Skipped(f"broken file: {error}")


def _record(element: etree._Element) -> Read:
    citation = element.find("MedlineCitation")
    article = None if citation is None else citation.find("Article")
    if citation is None or article is None:
        return Skipped("no article")
    title = _text(article.find("ArticleTitle")) or _text(article.find("VernacularTitle"))
    pmid = (citation.findtext("PMID") or "").strip()
    if not title or not pmid:
        return Skipped("no title" if pmid else "no PMID")
    listed = element.iterfind("PubmedData/ArticleIdList/ArticleId")
    ids = {each.get("IdType"): (each.text or "").strip() for each in listed}
    issue = article.find("Journal/JournalIssue")
    return LiteratureRecord(
        pmid=pmid,
        doi=ids.get("doi", ""),
        pmcid=ids.get("pmc", ""),
        title=title.strip("[]") if title.endswith(("].", "]")) else title,
        authors=tuple(_authors(article)),
        journal=article.findtext("Journal/Title") or "",
        abbreviation=article.findtext("Journal/ISOAbbreviation") or "",
        published=_published(article),
        volume="" if issue is None else issue.findtext("Volume") or "",
        issue="" if issue is None else issue.findtext("Issue") or "",
        pages=article.findtext("Pagination/MedlinePgn") or "",
        abstract="\n".join(filter(None, map(_text, article.iterfind("Abstract/AbstractText")))),
        notice=_notice(citation),
    )


def _authors(article: etree._Element) -> Iterator[str]:
    for author in article.iterfind("AuthorList/Author"):
        if group := author.findtext("CollectiveName"):
            yield group.strip()
        elif family := author.findtext("LastName"):
            yield f"{family} {author.findtext('Initials') or ''}".strip()


def _published(article: etree._Element) -> str:
    """Return the earliest date: that of the electronic version, else the issue's."""
    online = article.find("ArticleDate")
    found = online if online is not None else article.find("Journal/JournalIssue/PubDate")
    if found is None:
        return ""
    year = found.findtext("Year") or (found.findtext("MedlineDate") or "")[:4]
    if not year.isdigit():
        return ""
    month = (found.findtext("Month") or "").lower()
    number = int(month) if month.isdigit() else _MONTHS.get(month[:3], 0)
    day = found.findtext("Day") or ""
    return year + (f"-{number:02}" + (f"-{int(day):02}" if day.isdigit() else "") if number else "")


def _notice(citation: etree._Element) -> str:
    """Return the gravest notice about the work."""
    kinds = {each.get("RefType") for each in citation.iterfind("CommentsCorrectionsList/CommentsCorrections")}
    return next((notice for kind, notice in _NOTICES.items() if kind in kinds), "")


def _text(element: etree._Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())
