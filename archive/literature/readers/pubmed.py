"""PubMed's XML: the baseline and update files, and what its site exports (NLM's DTD of 2025)."""

from collections.abc import Iterator
from typing import IO

from lxml import etree

from archive.literature.readers.dates import iso_date
from archive.literature.readers.read import BROKEN, Read, Skipped, Withdrawn
from archive.literature.record import LiteratureRecord

_ARTICLE, _DELETED = "PubmedArticle", "DeleteCitation"
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
    except (etree.XMLSyntaxError, *BROKEN) as error:
        yield Skipped(f"broken file: {error}")


def _record(element: etree._Element) -> Read:
    # Children by name and not by path: that is half of the time of a file.
    parts = _children(element)
    citation = _children(parts.get("MedlineCitation"))
    article = _children(citation.get("Article"))
    if not article:
        return Skipped("no article")
    title = _text(article.get("ArticleTitle")) or _text(article.get("VernacularTitle"))
    pmid = _text(citation.get("PMID"))
    if not title or not pmid:
        return Skipped("no title" if pmid else "no PMID")
    listed = _children(parts.get("PubmedData")).get("ArticleIdList")
    ids = {each.get("IdType"): _text(each) for each in (listed if listed is not None else ())}
    journal = _children(article.get("Journal"))
    issue = _children(journal.get("JournalIssue"))
    abstract = article.get("Abstract")
    return LiteratureRecord(
        pmid=pmid,
        doi=ids.get("doi") or _electronic_doi(article),
        pmcid=ids.get("pmc", ""),
        title=title.strip("[]") if title.endswith(("].", "]")) else title,
        authors=tuple(_authors(article.get("AuthorList"))),
        journal=_text(journal.get("Title")),
        abbreviation=_text(journal.get("ISOAbbreviation")),
        published=_published(article.get("ArticleDate"), issue.get("PubDate")),
        volume=_text(issue.get("Volume")),
        issue=_text(issue.get("Issue")),
        pages=_text(_children(article.get("Pagination")).get("MedlinePgn")),
        abstract="\n".join(_texts(abstract, "AbstractText")),
        notice=_notice(citation.get("CommentsCorrectionsList")),
    )


def _children(element: etree._Element | None) -> dict[str, etree._Element]:
    """Return the children of an element by name, the first of each name."""
    found: dict[str, etree._Element] = {}
    for child in element if element is not None else ():
        found.setdefault(child.tag, child)
    return found


def _texts(element: etree._Element | None, name: str) -> Iterator[str]:
    return (text for child in (element if element is not None else ()) if child.tag == name and (text := _text(child)))


def _authors(listed: etree._Element | None) -> Iterator[str]:
    for author in listed if listed is not None else ():
        said = {child.tag: child.text for child in author}
        if group := said.get("CollectiveName"):
            yield group.strip()
        elif family := said.get("LastName"):
            yield f"{family} {said.get('Initials') or ''}".strip()


def _published(online: etree._Element | None, printed: etree._Element | None) -> str:
    """Return the earliest date: that of the electronic version, else the issue's."""
    said = {name: _text(each) for name, each in _children(online if online is not None else printed).items()}
    year = said.get("Year") or said.get("MedlineDate", "")[:4]
    return iso_date(year, said.get("Month", ""), said.get("Day", ""))


def _electronic_doi(article: dict[str, etree._Element]) -> str:
    place = article.get("ELocationID")
    if place is not None and place.get("EIdType") != "doi":  # a PII may stand before it
        place = next(place.itersiblings("ELocationID"), None)
    return _text(place) if place is not None and place.get("EIdType") == "doi" else ""


def _notice(listed: etree._Element | None) -> str:
    """Return the gravest notice about the work."""
    kinds = {each.get("RefType") for each in (listed if listed is not None else ())}
    return next((notice for kind, notice in _NOTICES.items() if kind in kinds), "")


def _text(element: etree._Element | None) -> str:
    if element is None:
        return ""
    text = "".join(element.itertext()) if len(element) else element.text or ""
    return " ".join(text.split())
