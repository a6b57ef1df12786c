"""Articles of the archive as something to cite: a web page in the version that was archived."""

from collections.abc import Mapping, Sequence
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
    lines. `reports_on` says which paper the article probably reports on, which it does not print.
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
    reports_on: str | None = None

    @property
    def archived_on(self) -> str:
        """The date of `archived_at`."""
        return self.archived_at[:10]

    @property
    def note(self) -> str:
        """What the formats have no field for: the version that was archived, and the paper that it reports on."""
        version = f"Archived {self.archived_at[:19]}Z, revision {self.revision}"
        return f"{version}. {self.reports_on}" if self.reports_on else version


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
        reports_on=_reports_on(article["paper_links"]),
    )


def _reports_on(links: Sequence[Mapping[str, Any]]) -> str | None:
    """Return a sentence on the paper that a reader confirmed, or that the linking names; None without one."""
    named = (each for each in links if each["decision"] == "confirmed" or (each["is_answer"] and not each["decision"]))
    paper = next(named, None)
    if paper is None:
        return None
    how = "confirmed by a reader" if paper["decision"] else f"probability {paper['probability']:.2f}"
    said = f"Not printed there, linked by {paper['link_method']}, {how}: reports on {paper['title'].rstrip('.')}"
    return one_line(f"{said}. {paper['url']}" if paper["url"] else said)


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or url).removeprefix("www.")
    except ValueError:  # an unclosed bracket in the host
        return url
