"""PubMed's XML: the baseline and update files, and what its site exports (NLM's DTD of 2025)."""

from collections.abc import Iterator, Sequence
from typing import IO

from lxml import etree

from archive.literature.readers.dates import iso_date
from archive.literature.readers.read import BROKEN, Read, Skipped, Withdrawn
from archive.literature.record import LiteratureRecord

_ARTICLE, _DELETED = "PubmedArticle", "DeleteCitation"
# Half of a file, and not kept: the parser is not given it, which saves two fifths of its time. What is cut out beside
# these, such as substances and grants, takes longer to find than to parse.
_LEFT_OUT = (b"Reference", b"MeshHeading", b"AffiliationInfo")
_STATED = (
    "AbstractText", "ArticleDate", "ArticleTitle", "AuthorList", "ELocationID", "ISOAbbreviation", "Issue",
    "MedlinePgn", "PubDate", "Title", "VernacularTitle", "Volume",
)  # fmt: skip
_NAMES = ("Author", "CollectiveName", "LastName", "Initials")
_SPACES = ("  ", "\n", "\t")
_RECORD_END = b"</PubmedArticle>"
_CHUNK = 32_768  # bytes that are read at once, and lost where a packed file breaks off in them
_PIECE = 250_000  # bytes of whole records that the parser is given at once
_LONGEST = 64_000_000  # bytes in which the end of a record is looked for
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
    parser = etree.XMLPullParser(
        ("end",), tag=(_ARTICLE, _DELETED), resolve_entities=False, no_network=True, huge_tree=True, collect_ids=False
    )
    broken = None
    pieces = _pieces(file)
    while not broken:
        try:
            piece = next(pieces, None)
            if piece is None:
                parser.close()
                break
            parser.feed(piece)
        except (etree.XMLSyntaxError, *BROKEN) as error:
            broken = error
        for _, element in parser.read_events():
            yield from _reads(element)
            element.clear(keep_tail=False)
            while element.getprevious() is not None:
                del element.getparent()[0]
    if broken:
        yield Skipped(f"broken file: {broken}")


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the bytes of a file in pieces of whole records, without the elements of `_LEFT_OUT`.

    Raises one of `BROKEN` behind what could be read.
    """
    rest = b""
    try:
        while chunk := file.read(_CHUNK):
            rest += chunk
            end = rest.rfind(_RECORD_END) + len(_RECORD_END) if len(rest) >= _PIECE else 0
            if end >= len(_RECORD_END):
                yield _without(rest[:end])
                rest = rest[end:]
            elif len(rest) > _LONGEST:
                yield rest
                rest = b""
    except BROKEN:
        yield _without(rest)
        raise
    yield _without(rest)


def _without(piece: bytes) -> bytes:
    """Return XML without the elements of `_LEFT_OUT`, where they have no attributes."""
    for name in _LEFT_OUT:
        start, end = b"<%b>" % name, b"</%b>" % name
        first, *others = piece.split(start)
        kept = [first]
        for other in others:
            _, found, after = other.partition(end)
            kept.append(after if found else start + other)
        piece = b"".join(kept)
    return piece


def _reads(element: etree._Element) -> Iterator[Read]:
    if element.tag == _ARTICLE:
        yield _record(element)
    else:
        yield from (Withdrawn(pmid.text) for pmid in element.iterfind("PMID") if pmid.text)


def _record(element: etree._Element) -> Read:
    # In one pass over the article and not by path: that is half of the time of a file.
    parts = _children(element)
    citation = _children(parts.get("MedlineCitation"))
    stated: dict[str, list[etree._Element]] = {}
    for each in citation["Article"].iter(*_STATED) if "Article" in citation else ():
        stated.setdefault(each.tag, []).append(each)
    if not stated:
        return Skipped("no article")
    title = _first(stated, "ArticleTitle") or _first(stated, "VernacularTitle")
    pmid = _text(citation.get("PMID"))
    if not title or not pmid:
        return Skipped("no title" if pmid else "no PMID")
    listed = _children(parts.get("PubmedData")).get("ArticleIdList")
    ids = {each.get("IdType"): _text(each) for each in (listed if listed is not None else ())}
    dates = stated.get("ArticleDate") or stated.get("PubDate")
    return LiteratureRecord(
        pmid=pmid,
        doi=ids.get("doi") or _electronic_doi(stated.get("ELocationID", ())),
        pmcid=ids.get("pmc", ""),
        title=title.strip("[]") if title.endswith(("].", "]")) else title,
        authors=tuple(_authors(stated.get("AuthorList", ()))),
        journal=_first(stated, "Title"),
        abbreviation=_first(stated, "ISOAbbreviation"),
        published=_published(dates[0]) if dates else "",
        volume=_first(stated, "Volume"),
        issue=_first(stated, "Issue"),
        pages=_first(stated, "MedlinePgn"),
        abstract="\n".join(filter(None, map(_text, stated.get("AbstractText", ())))),
        notice=_notice(citation.get("CommentsCorrectionsList")),
    )


def _first(stated: dict[str, list[etree._Element]], name: str) -> str:
    return _text(stated[name][0]) if name in stated else ""


def _children(element: etree._Element | None) -> dict[str, etree._Element]:
    """Return the children of an element by name, the first of each name."""
    found: dict[str, etree._Element] = {}
    for child in element if element is not None else ():
        found.setdefault(child.tag, child)
    return found


def _authors(lists: Sequence[etree._Element]) -> Iterator[str]:
    """Return the authors, and groups of them, of the first list."""
    names: list[str] = []
    for each in lists[0].iter(*_NAMES) if lists else ():
        text, tag = each.text or "", each.tag
        if tag == "Author":
            names.append("")
        elif not names:
            continue
        elif tag == "Initials":
            names[-1] += f" {text}" if names[-1] else ""
        else:
            names[-1] = text
    return filter(None, map(str.strip, names))


def _published(stated: etree._Element) -> str:
    said = {each.tag: _text(each) for each in stated}
    year = said.get("Year") or said.get("MedlineDate", "")[:4]
    return iso_date(year, said.get("Month", ""), said.get("Day", ""))


def _electronic_doi(places: Sequence[etree._Element]) -> str:
    """Return the first DOI; a PII may stand before it."""
    return next((_text(place) for place in places if place.get("EIdType") == "doi"), "")


def _notice(listed: etree._Element | None) -> str:
    """Return the gravest notice about the work."""
    kinds = {each.get("RefType") for each in (listed if listed is not None else ())}
    return next((notice for kind, notice in _NOTICES.items() if kind in kinds), "")


def _text(element: etree._Element | None) -> str:
    if element is None:
        return ""
    text = "".join(element.itertext()) if len(element) else element.text or ""
    # Splitting takes most of the time of an abstract, and is seldom needed.
    plain = text.isascii() and not any(space in text for space in _SPACES)
    return text.strip() if plain else " ".join(text.split())
