"""Exclusions: URLs, hosts and patterns that are never fetched and whose pages are not kept."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

from sqlite_utils import Database

from archive.storage.sql import compose, from_row

Kind = Literal["url", "host", "pattern"]
UNRELATED_URLS = ("http://a.invalid/", "https://b.test/")  # a pattern that matches both matches everything


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A canonical URL, a host with all its subdomains, or a regular expression that is searched for in URLs."""

    kind: Kind
    pattern: str

    @property
    def matches_all(self) -> bool:
        """Whether it is a pattern that matches every URL."""
        return self.kind == "pattern" and all(re.search(self.pattern, url) for url in UNRELATED_URLS)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredExclusion:
    """An exclusion as stored in the archive, with the numbers of pages and articles that it removed."""

    id: int
    kind: Kind
    pattern: str
    reason: str | None
    added_at: str
    pages: int
    articles: int

    def as_object(self) -> dict[str, Any]:
        """Return the fields for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Exclusions:
    """A set of exclusions that is fast to match with many URLs. The values are the ids of the exclusions."""

    urls: Mapping[str, int]
    hosts: Mapping[str, int]
    patterns: tuple[tuple[re.Pattern[str], int], ...]

    @classmethod
    def of(cls, numbered: Iterable[tuple[int, Exclusion]]) -> Self:
        """Build the set from exclusions with their ids."""
        urls: dict[str, int] = {}
        hosts: dict[str, int] = {}
        patterns: list[tuple[re.Pattern[str], int]] = []
        for number, exclusion in numbered:
            if exclusion.kind == "pattern":
                patterns.append((re.compile(exclusion.pattern), number))
            else:
                (urls if exclusion.kind == "url" else hosts)[exclusion.pattern] = number
        return cls(urls, hosts, tuple(patterns))

    @classmethod
    def load(cls, db: Database, *, images: bool = True) -> Self:
        """Load the archive's exclusions.

        The URLs of removed pages that no exclusion matches are included: aliases, their targets and, with `images`, the
        images that went with the last article that had them.
        """
        rows = db.execute("select id, kind, pattern from optouts order by id").fetchall()
        stored = cls.of((number, Exclusion(kind, pattern)) for number, kind, pattern in rows)
        sql = "select url, optout_id from pages where optout_id is not null and (kind <> 'image' or ?)"
        removed = db.execute(sql, [images])
        further = {url: number for url, number in removed if stored.match(url) is None}
        return cls(further | dict(stored.urls), stored.hosts, stored.patterns)

    def match(self, url: str) -> int | None:
        """Return the id of an exclusion that matches the canonical URL, or None."""
        if url in self.urls:
            return self.urls[url]
        host = host_in(url)
        while host:
            if host in self.hosts:
                return self.hosts[host]
            host = host.partition(".")[2]
        return next((number for pattern, number in self.patterns if pattern.search(url)), None)


def host_in(url: str) -> str:
    """Return the host of a canonical URL, without the port."""
    return re.sub(r":\d+$", "", url.partition("://")[2].partition("/")[0]).lower()


def stored_exclusions(db: Database) -> list[StoredExclusion]:
    """Return all exclusions of the archive, oldest first."""
    names = tuple(StoredExclusion.__dataclass_fields__)
    rows = db.execute(compose("select {names} from optouts order by id", names=names)).fetchall()
    return [from_row(StoredExclusion, row) for row in rows]
