"""Citations of an article for its page and for files: text, formats of reference managers, metadata in the head."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from archive.export import CITATION_FORMATS
from archive.export.citation_text import citation_text
from archive.export.cited_articles import CitedArticle
from archive.web.formatting import web_link
from archive.web.translation import gettext


@dataclass(frozen=True, slots=True)
class CitationView:
    """A citation to be copied; `extension` is that of the file to download, None for plain text."""

    name: str
    title: str
    text: str
    extension: str | None


def citation_views(article: CitedArticle, stored: Mapping[str, Any]) -> list[CitationView]:
    """Return the citation as text, then in each format; `stored` is the article as `StoredArticle.as_object` has it."""
    return [
        CitationView("text", gettext("Text"), citation_text(article), None),
        *(
            CitationView(each.name, each.title, "".join(each.write_articles([stored])).strip(), each.extension)
            for each in CITATION_FORMATS
        ),
    ]


def head_metadata(article: CitedArticle) -> Iterator[tuple[str, str]]:
    """Yield names and contents of meta elements: Highwire Press tags, as Google Scholar reads them, and Dublin Core.

    The URL is that of the live page, since it is what one cites.
    """
    url = web_link(article.url)
    names = [author.inverted for author in article.authors]
    day = article.published
    yield from _known(
        ("citation_title", article.title),
        *(("citation_author", name) for name in names),
        ("citation_publication_date", day and day.replace("-", "/")),
        ("citation_publisher", article.publisher or article.site),
        ("citation_language", article.language),
        ("citation_public_url", url),
        ("DC.title", article.title),
        *(("DC.creator", name) for name in names),
        ("DC.date", day),
        ("DC.publisher", article.publisher or article.site),
        ("DC.source", article.site),
        ("DC.language", article.language),
        ("DC.identifier", url),
        ("DC.type", "webpage"),
    )


def _known(*pairs: tuple[str, str | None]) -> Iterator[tuple[str, str]]:
    return ((name, content) for name, content in pairs if content)
