"""An article as pieces that a template can print: pure functions."""

from dataclasses import dataclass

from archive.article import Article, Reference
from archive.references.identifiers import KINDS, to_url


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


def _spans(article: Article, start: int, end: int) -> list[Span]:
    spans, at = [], start
    for citation in article.citations:
        if start <= citation.start and citation.end <= end:
            spans.append(Span(article.text[at : citation.start]))
            spans.append(Span(citation.marker, citation.references, is_marker=True))
            at = citation.end
    spans.append(Span(article.text[at:end]))
    return [span for span in spans if span.text]
