"""What is opted out: URLs, hosts and patterns that are never asked for, and whose pages are not kept."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

from sqlite_utils import Database

Kind = Literal["url", "host", "pattern"]
WHATEVER = ("http://a.invalid/", "https://b.test/")  # URLs that nobody means: what finds both finds all


@dataclass(frozen=True, slots=True)
class Entry:
    """A canonical URL; a host, for it and all below it; or a regular expression that is searched for in URLs."""

    kind: Kind
    pattern: str

    @property
    def matches_all(self) -> bool:
        """Whether no URL is safe from it."""
        return self.kind == "pattern" and all(re.search(self.pattern, url) for url in WHATEVER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An entry as the archive's list has it; `pages` and `articles` are how many it removed."""

    id: int
    kind: Kind
    pattern: str
    reason: str | None
    added_at: str
    pages: int
    articles: int

    def as_object(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class OptOuts:
    """The list, made for being asked about one URL after the other, whatever its length."""

    urls: Mapping[str, int]
    hosts: Mapping[str, int]
    patterns: tuple[tuple[re.Pattern[str], int], ...]

    @classmethod
    def of(cls, entries: Iterable[tuple[int, Entry]]) -> Self:
        """The list of entries, each with its id."""
        urls: dict[str, int] = {}
        hosts: dict[str, int] = {}
        patterns: list[tuple[re.Pattern[str], int]] = []
        for number, entry in entries:
            if entry.kind == "pattern":
                patterns.append((re.compile(entry.pattern), number))
            else:
                (urls if entry.kind == "url" else hosts)[entry.pattern] = number
        return cls(urls, hosts, tuple(patterns))

    @classmethod
    def load(cls, db: Database) -> Self:
        """The archive's list, with the URLs of removed pages that no entry names: aliases, and what they led to."""
        rows = db.execute("select id, kind, pattern from optouts order by id").fetchall()
        found = cls.of((number, Entry(kind, pattern)) for number, kind, pattern in rows)
        removed = db.execute("select url, optout_id from pages where optout_id is not null")
        further = {url: number for url, number in removed if found.match(url) is None}
        return cls(further | dict(found.urls), found.hosts, found.patterns)

    def match(self, url: str) -> int | None:
        """The id of an entry that a canonical URL falls under, or None."""
        if url in self.urls:
            return self.urls[url]
        host = host_in(url)
        while host:
            if host in self.hosts:
                return self.hosts[host]
            host = host.partition(".")[2]
        return next((number for pattern, number in self.patterns if pattern.search(url)), None)


def host_in(url: str) -> str:
    """The host of a canonical URL, without its port."""
    return re.sub(r":\d+$", "", url.partition("://")[2].partition("/")[0]).lower()


def listed(db: Database) -> list[Listed]:
    """The whole list, in the order in which it was made."""
    names = tuple(Listed.__dataclass_fields__)
    rows = db.execute(f"select {', '.join(names)} from optouts order by id").fetchall()  # noqa: S608 fixed words
    return [Listed(**dict(zip(names, row, strict=True))) for row in rows]
