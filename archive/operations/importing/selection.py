"""Which records are imported. The tests are in the order of their cost: a rejected record costs next to nothing."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from archive.operations.importing.records import OTHER, REVISIT, Foreign
from archive.operations.importing.topic import is_about_health
from archive.page import Page
from archive.storage.exclusions import Exclusions, host_in
from archive.storage.warc.content_encoding import OversizeError, decode_body
from archive.urls.canonical import canonical_or_none

MOST_BODY = 32 << 20  # bytes of a page, content encoding undone

# The values of X-Robots-Tag and the first bytes of a page -> which of noarchive and noindex it sets.
Directives = Callable[[list[str], bytes], frozenset[str]]
HEAD = 1 << 16  # bytes of a page in which its directives are


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What is wanted: pages of `hosts` with their subdomains, with a URL in which `url` is found, in `languages` (BCP
    47; `zh` takes in `zh-Hans`), and, unless `everything` is wanted, those about health. Empty: no limit."""

    hosts: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    url: re.Pattern[str] | None = None
    everything: bool = False

    def key(self) -> str:
        """Return a text that is the same for the same selection."""
        pattern = self.url.pattern if self.url else None
        return repr((sorted(self.hosts), sorted(self.languages), pattern, self.everything))

    def wants_host(self, url: str) -> bool:
        """Whether the URL is of a wanted host."""
        if not self.hosts:
            return True
        host = host_in(url)
        while host:
            if host in self.hosts:
                return True
            host = host.partition(".")[2]
        return False

    def wants_language(self, language: str | None) -> bool:
        """Whether an article's language is wanted."""
        known = (language or "").lower()
        return not self.languages or any(
            known == wanted or known.startswith(f"{wanted}-") for wanted in (each.lower() for each in self.languages)
        )


class Candidate(NamedTuple):
    """A record that is to be extracted: its page, whose URL is canonical, the body as received, and its directives."""

    record: Foreign
    page: Page
    body: bytes
    directives: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Tells records that are imported from others. `site_of` maps a canonical URL to the name of its site, '' for none,
    and `site_languages` the sites to the language of their pages."""

    selection: Selection
    exclusions: Exclusions
    directives: Directives
    site_of: Callable[[str], str]
    site_languages: Mapping[str, str | None]

    def reject(self, record: Foreign) -> str | None:
        """Return why a record is not wanted, by its headers alone; None where its body has to be looked at."""
        if record.kind == OTHER:
            return "no web page"
        if not self.selection.wants_host(record.url):
            return "other host"
        if self.selection.url and not self.selection.url.search(record.url):
            return "other URL"
        if record.kind == REVISIT:
            return None
        if record.status != 200:
            return "no success" if record.status else "damaged"
        if not record.is_html:
            return "no HTML"
        return "cut short" if record.is_truncated else None

    def examine(self, record: Foreign) -> Candidate | str:
        """Return the page of a response, or why it is not wanted. Raises DamagedRecordError."""
        received = record.body()
        try:
            decoded = decode_body(received, record.header("content-encoding"), MOST_BODY)
        except OversizeError:
            return "too large"
        if not self.selection.everything and not is_about_health(record.url, decoded.body):
            return "not about health"
        record.check()
        if not decoded.complete:
            return "cut short"
        url, moment = canonical_or_none(record.url), record.moment()
        if url is None or moment is None:
            return "no URL or date"
        if self.exclusions.match(url) is not None:
            return "excluded"
        tags = [value for name, value in record.headers() if name.lower() == "x-robots-tag"]
        directives = self.directives(tags, decoded.body[:HEAD])
        if "noindex" in directives:
            return "noindex"
        site = self.site_of(url)
        page = Page(
            url=url,
            body=decoded.body,
            content_type=record.header("content-type"),
            fetched_at=moment,
            site=site,
            language=self.site_languages.get(site),
        )
        return Candidate(record, page, received, directives)
