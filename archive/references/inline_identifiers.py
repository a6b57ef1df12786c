"""Identifiers and URLs of papers and trials that are printed in running text."""

import re
from collections.abc import Iterator, Sequence

from archive.article import Reference
from archive.references import identifiers
from archive.references.identifiers import FoundIdentifier
from archive.references.located import LocatedReference, with_identifiers
from archive.references.publisher_links import read_link
from archive.text.scripts import HAN

_URL = re.compile(
    rf"https?://[^\s<>\"“”‘’，。；、（）()【】《》{HAN}]{{4,1000}}"
    rf"(?:\([^\s()]{{1,40}}\)[^\s<>\"“”，。；、（）()【】《》{HAN}]{{0,400}})?"
)
# Every identifier contains one of these; the test costs a fiftieth of a search for identifiers.
_TRACES = ("10.", "pmid", "pmc", "pubmed", "nct", "chictr", "isrctn", "arxiv", "isbn")
# Between the identifiers of one paper: `doi: 10.1/x. PMID: 7; PMCID: PMC8`.
_SAME_PAPER = re.compile(
    r"[\s,;.:：，；。()（）\[\]|/]{0,8}(?:(?:PMID|PMCID|PMC ID|PubMed|doi|arXiv)[\s:：]{0,3})?(?:PMC"
    r"|https?://(?:dx\.)?doi\.org/)?",
    re.IGNORECASE,
)
_PREFIX = re.compile(
    r"(?:PMID|PMCID|PMC|PubMed(?: ID)?|NCT|ISRCTN|arXiv|ISBN(?:-1[03])?|DOI)[\s:：#-]{0,3}(?:PMC"
    r"|https?://(?:dx\.)?doi\.org/)?$",
    re.IGNORECASE,
)
_PAPER_KINDS = frozenset({"doi", "pmid", "pmcid", "arxiv"})


def read_printed(text: str) -> Iterator[LocatedReference]:
    """Yield the identifiers and URLs of papers in `text`; identifiers of one paper make one reference."""
    found = sorted(_identifiers(text), key=lambda each: each.start)
    group: list[FoundIdentifier] = []
    for each in found:
        if group and not _belongs(text, group, each):
            yield _grouped(text, group)
            group = []
        group.append(each)
    if group:
        yield _grouped(text, group)
    for match in _URL.finditer(text) if "://" in text else ():
        url = match[0].rstrip(".,;:!?'*")
        work = read_link(url)
        if work and work.identifier is None:
            end = match.start() + len(url)
            yield LocatedReference(
                match.start(), end, Reference(raw=url, kind="inline", url=url, container_title=work.container)
            )
        elif work and work.identifier and not any(match.start() <= each.start < match.end() for each in found):
            end = match.start() + len(url)
            reference = with_identifiers(
                Reference(raw=url, kind="inline", container_title=work.container), [work.identifier]
            )
            yield LocatedReference(match.start(), end, reference)


def _identifiers(text: str) -> Iterator[FoundIdentifier]:
    """Yield the identifiers of works; an ISSN is left out, since it names a journal."""
    lowered = text.lower()
    if any(trace in lowered for trace in _TRACES):
        yield from (each for each in identifiers.find_all(text) if each.kind != "issn")


def _belongs(text: str, group: Sequence[FoundIdentifier], each: FoundIdentifier) -> bool:
    if each.start < group[-1].end:
        return True
    kinds = {other.kind for other in group}
    same = each.kind in _PAPER_KINDS - kinds and kinds <= _PAPER_KINDS
    return same and bool(_SAME_PAPER.fullmatch(text[group[-1].end : each.start][:60]))


def _grouped(text: str, group: Sequence[FoundIdentifier]) -> LocatedReference:
    start, end = group[0].start, max(each.end for each in group)
    if prefix := _PREFIX.search(text[max(0, start - 30) : start]):
        start -= len(prefix[0])
    first: dict[str, FoundIdentifier] = {}
    for each in group:
        first.setdefault(each.kind, each)
    return LocatedReference(start, end, with_identifiers(Reference(raw=text[start:end], kind="inline"), first.values()))
