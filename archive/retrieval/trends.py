"""How often searches are met over time and by site, relative to what the archive holds of that time and site.

Every copy of an article counts, in the numbers of hits and in those of articles. CPU time with 100,000 articles: 0.08 s
for a common word by date of publication, as much by date of archiving.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from archive.errors import FilterError
from archive.retrieval import plan as plans
from archive.retrieval.engine import query_clauses
from archive.retrieval.filters import Filters
from archive.storage.sql import Reader

BUCKETS = ("month", "year")
DATES = ("published", "archived")
MONTHS = 36  # up to which the buckets are months where none were asked for

# Numbers of articles by site and month, of all and of chosen ones. The dates of publication are read from an index.
_ALL = {
    "published": "select site, coalesce(substr(published, 1, 7), ''), count(*) from articles "
    "indexed by articles_site_published group by 1, 2",
    "archived": "select site, substr(first_seen, 1, 7), count(*) from articles "
    "indexed by articles_site_first_seen group by 1, 2",
}
_CHOSEN = {
    "published": "select site, coalesce(substr(published, 1, 7), ''), count(*) from articles "
    "indexed by articles_facets where id in (select value from json_each(?)) group by 1, 2",
    "archived": "select site, substr(first_seen, 1, 7), count(*) from articles "
    "indexed by articles_site_first_seen where +id in (select value from json_each(?)) group by 1, 2",
}
Key = tuple[str, str]  # a site and a month
Counts = dict[Key, int]


@dataclass(frozen=True, slots=True)
class TrendRow:
    """A period or a site: the number of articles that the archive has of it, and how many each search finds."""

    name: str
    archived: int
    hits: tuple[int, ...]

    @property
    def shares(self) -> tuple[float, ...]:
        """The hits of each search as a share of the articles, from 0 to 1."""
        return tuple(number / self.archived if self.archived else 0.0 for number in self.hits)

    def as_object(self, name: str) -> dict[str, Any]:
        """Return the row for JSON, under that name for `name`."""
        shares = [round(share, 6) for share in self.shares]
        return {name: self.name, "archived": self.archived, "hits": list(self.hits), "shares": shares}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """The searches over time and by site.

    by: "month" or "year". date: "published" or "archived". periods: those with articles, the earliest first; undated
    articles are a row of their own without a name, in `undated`. sites: those with most articles first. total: all of
    them.
    """

    queries: tuple[str, ...]
    by: str
    date: str
    periods: tuple[TrendRow, ...]
    undated: TrendRow
    sites: tuple[TrendRow, ...]
    total: TrendRow

    def as_object(self) -> dict[str, Any]:
        """Return the trend for JSON."""
        return {
            "queries": list(self.queries),
            "by": self.by,
            "date": self.date,
            "periods": [row.as_object("period") for row in self.periods],
            "undated": self.undated.as_object("period"),
            "sites": [row.as_object("site") for row in self.sites],
            "total": self.total.as_object("period"),
        }


def trend(
    db: Reader,
    queries: Sequence[str],
    filters: Filters | None = None,
    *,
    by: str | None = None,
    date: str = "published",
) -> Trend:
    """Count the articles that each of the queries finds, by period and by site.

    filters: of a search; they narrow both the hits and the articles to which they are related.
    by: "month" or "year"; by default months where they are at most MONTHS, else years.
    date: "published", or "archived" for the time at which an article was first stored.

    Raises FilterError for a filter or value that makes no sense.
    """
    for name, value, values in (("by", by, (None, *BUCKETS)), ("date", date, DATES)):
        if value not in values:
            raise FilterError(f"{name}: {value!r} is not one of {', '.join(filter(None, values))}.")
    chosen = filters or Filters()
    archived = _counts(db, "", chosen, date)
    found = [_counts(db, query, chosen, date) for query in queries]
    months = sorted({month for _, month in archived if month})
    bucket = by or ("month" if _span(months) <= MONTHS else "year")
    length = 7 if bucket == "month" else 4
    by_period = _rows(archived, found, [(key, key[1][:length]) for key in archived])
    by_site = _rows(archived, found, [(key, key[0]) for key in archived])
    nothing = TrendRow("", 0, (0,) * len(queries))
    return Trend(
        queries=tuple(queries),
        by=bucket,
        date=date,
        periods=tuple(by_period[name] for name in sorted(by_period) if name),
        undated=by_period.get("", nothing),
        sites=tuple(sorted(by_site.values(), key=lambda row: (-row.archived, row.name))),
        total=_rows(archived, found, [(key, "") for key in archived]).get("", nothing),
    )


def _counts(db: Reader, query: str, filters: Filters, date: str) -> Counts:
    """Return the numbers of articles that match, by site and month ('' for undated ones)."""
    clauses = query_clauses(db, query, filters)
    if not clauses:
        rows = db.execute(_ALL[date])
    else:
        ids = plans.some(db, plans.make_plan(db, clauses), -1)
        rows = db.execute(_CHOSEN[date], [json.dumps(ids)])
    return {(site, month): number for site, month, number in rows}


def _rows(
    archived: Counts, found: Sequence[Counts], names: Iterable[tuple[tuple[str, str], str]]
) -> dict[str, TrendRow]:
    """Add the numbers up under the name of each key."""
    totals: Counter[str] = Counter()
    hits: list[Counter[str]] = [Counter() for _ in found]
    for key, name in names:
        totals[name] += archived[key]
        for counter, counts in zip(hits, found, strict=True):
            counter[name] += counts.get(key, 0)
    return {name: TrendRow(name, number, tuple(counter[name] for counter in hits)) for name, number in totals.items()}


def _span(months: Sequence[str]) -> int:
    """Return the number of months from the first to the last of them."""
    if not months:
        return 0
    first, last = (int(month[:4]) * 12 + int(month[5:7] or 1) for month in (months[0], months[-1]))
    return last - first + 1
