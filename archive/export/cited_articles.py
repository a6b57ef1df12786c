"""Articles of the archive as something to cite: a web page in the version that was archived."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from archive.export.romanised_names import romanised_name
from archive.references.person_names import Person, person
from archive.works.models import one_line


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedArticle:
    """What a citation of an article says.

    `site` is the name of the web site, or its host where the page states none; `publisher` is the one that the page
    names (来源), None if that is the site itself. `published` is `YYYY-MM-DD`. `archived_at` is when this revision was
    first seen, ISO 8601 in UTC. An author who is the site or the publisher is an organisation. All texts are single
    lines.
    """

    id: int
    title: str
    authors: tuple[Person, ...]
    site: str
    publisher: str | None
    published: str | None
    language: str | None
    url: str
    archived_at: str
    revision: int

    @property
    def archived_on(self) -> str:
        """The date of `archived_at`."""
        return self.archived_at[:10]

    @property
    def note(self) -> str:
        """A sentence on the version that was archived, for formats without a field for it."""
        return f"Archived {self.archived_at[:19]}Z, revision {self.revision}"


def cited_article(article: Mapping[str, Any]) -> CitedArticle:
    """Return what a citation says of an article, given as `StoredArticle.as_object` returns it."""
    site = one_line(article["site_name"] or "") or _host(article["url"])
    publisher = one_line(article["source"] or "")
    return CitedArticle(
        id=article["id"],
        title=one_line(article["title"]),
        authors=tuple(
            Person(literal=name)
            if name.casefold() in (site.casefold(), publisher.casefold())
            else romanised_name(name) or person(name)
            for name in filter(None, map(one_line, article["authors"]))
        ),
        site=site,
        publisher=publisher if publisher and publisher.casefold() != site.casefold() else None,
        published=article["published"],
        language=one_line(article["language"] or "") or None,
        url=article["url"],
        archived_at=article["last_changed"],
        revision=article["revision"],
    )


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or url).removeprefix("www.")
    except ValueError:  # an unclosed bracket in the host
        return url
