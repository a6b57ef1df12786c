"""An article as pieces that a template can print: pure functions."""

from dataclasses import dataclass

from archive.article import Article, Reference
from archive.references.identifiers import KINDS, to_url
from archive.retractions import Flag


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text; `entries` are the positions of the references that it points to, if it is a marker."""

    text: str
    entries: tuple[int, ...] = ()
    is_marker: bool = False


@dataclass(frozen=True, slots=True)
class IdentifierLink:
    """An identifier as a link."""

    name: str
    value: str
    url: str


@dataclass(frozen=True, slots=True)
class Caution:
    """A sentence on a retracted or doubted work, and where the notice is."""

    text: str
    url: str | None


def paragraphs(article: Article) -> list[list[Span]]:
    """The text as paragraphs of spans, the in-text markers apart."""
    made, start = [], 0
    for paragraph in article.text.split("\n\n"):
        made.append(_spans(article, start, start + len(paragraph)))
        start += len(paragraph) + 2
    return made


def identifier_links(reference: Reference) -> list[IdentifierLink]:
    """Where the reference's identifiers lead: doi.org, PubMed, PMC …"""
    return [
        IdentifierLink(kind.upper(), value, url)
        for kind in KINDS
        if (value := getattr(reference, kind)) and (url := to_url(kind, value))
    ]


def caution(flag: Flag) -> Caution:
    """What a reader has to know of a cited work, with the notice's own address if it has a DOI."""
    what = {"retracted": "This work has been retracted", "concern": "An expression of concern is out on this work"}
    came = {
        "before": "The article came before that.",
        "same day": "The article came on the same day.",
        "after": "The article came after that.",
        "unknown": "Whether the article came before or after that is not known.",
    }
    when = f" ({flag.date})" if flag.date else ""
    because = f": {'; '.join(flag.reasons)}" if flag.reasons else ""
    url = to_url("doi", flag.doi) if flag.doi else None
    return Caution(f"{what[flag.status]}{when}{because}. {came[flag.article_came]}", url)


def _spans(article: Article, start: int, end: int) -> list[Span]:
    spans, at = [], start
    for citation in article.citations:
        if start <= citation.start and citation.end <= end:
            spans.append(Span(article.text[at : citation.start]))
            spans.append(Span(citation.marker, citation.references, is_marker=True))
            at = citation.end
    spans.append(Span(article.text[at:end]))
    return [span for span in spans if span.text]
