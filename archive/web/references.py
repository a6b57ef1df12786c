"""The references of an article as a template prints them: with their markers, identifiers, works and warnings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from archive.article import Article, Reference
from archive.references.identifiers import from_url
from archive.references.labels import read_label
from archive.web.formatting import Caution, IdentifierLink, caution, host, identifier_links, text_language, web_link
from archive.works.citing import Cited
from archive.works.retractions import Flag

KINDS = {"link": "link in the text", "inline": "named in the text", "mention": "mentioned"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A reference: `markers` are the numbers of the citations that point to it, `kind` is said of what is no printed
    entry, `url` is an address of its own that none of the identifiers stands for."""

    position: int
    label: str
    text: str
    language: str
    kind: str | None
    markers: tuple[int, ...]
    identifiers: tuple[IdentifierLink, ...]
    url: str | None
    host: str | None
    work: Cited | None
    caution: Caution | None


def entries(article: Article, flags: Sequence[Flag], works: Mapping[int, Cited]) -> list[Entry]:
    """The article's references in order."""
    cautions = {flag.position: caution(flag) for flag in flags}
    return [
        _entry(article, position, reference, cautions.get(position), works.get(position))
        for position, reference in enumerate(article.references)
    ]


def warning(flags: Sequence[Flag]) -> str | None:
    """What stands above an article that cites retracted or doubted works; None if it cites none."""
    parts = []
    for status, words in (("retracted", "been retracted"), ("concern", "an expression of concern")):
        number = len({flag.work_id for flag in flags if flag.status == status})
        if number:
            parts.append(f"{number} {'has' if number == 1 else 'have'} {words}")
    return f"Of the works that this article cites, {' and '.join(parts)}." if parts else None


def _entry(article: Article, position: int, reference: Reference, caution: Caution | None, work: Cited | None) -> Entry:
    label = read_label(reference.raw)
    is_labelled = label is not None and label.name == reference.label
    text = reference.raw[label.end :] if label and is_labelled else reference.raw
    url = None if reference.url and from_url(reference.url) else web_link(reference.url)
    return Entry(
        position=position,
        label=reference.label or "",
        text=text or reference.raw,
        language=text_language(text, article.language),
        kind=KINDS.get(reference.kind),
        markers=tuple(n for n, citation in enumerate(article.citations) if position in citation.references),
        identifiers=tuple(identifier_links(reference)),
        url=url,
        host=host(url) if url else None,
        work=work,
        caution=caution,
    )
