"""Facets: how many of the articles that match a query have which site, language, source and year."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Unpack

from archive.retrieval import plan as plans
from archive.retrieval.engine import query_clauses
from archive.retrieval.filters import Filters
from archive.retrieval.query import EVIDENCE_FIELDS
from archive.retrieval.ranking import MOST
from archive.retrieval.terms import parse_range
from archive.storage.sql import Fragment, Reader, compose
from archive.works.doubts import DOUBTFUL_ARTICLE
from archive.works.retractions import WARNED_OF, retraction_states

COLUMNS = {"site": "site", "language": "language", "source": "source", "year": "substr(published, 1, 4)"}
MAX_VALUES = 50  # of a facet
REFERENCE_COUNTS = ("0", "1-4", "5-19", "20-")  # values of the filter `references`


@dataclass(frozen=True, slots=True)
class Facets:
    """Numbers of articles by value.

    counts: facet -> (value, number of articles), largest first. The facets are site, language, source, year,
        references (yes, no), reference_count (REFERENCE_COUNTS, in this order), retracted (yes), design, subjects and
        doubtful (yes).
        Articles without a value are left out.
    counted: how many articles were counted. `more`: whether more match; the counted ones are those archived last.
    """

    counts: dict[str, tuple[tuple[str, int], ...]]
    counted: int
    more: bool


def facets(db: Reader, query: str, **filters: Unpack[Filters]) -> Facets:
    """Return the facets of the articles that match `query`, duplicates included; at most 10,000 are counted."""
    return facets_of(db, plans.some(db, plans.make_plan(db, query_clauses(db, query, filters)), MOST + 1))


def facets_of(db: Reader, found: Sequence[int]) -> Facets:
    """Return the facets of the articles with these ids; at most the first 10,000 are counted."""
    return as_facets(value_counts(db, found[:MOST]), len(found[:MOST]), more=len(found) > MOST)


def as_facets(counts: Mapping[str, Counter[str]], counted: int, *, more: bool) -> Facets:
    """Return counts as facets: of each the largest, in order."""
    ordered = {
        name: sorted(values.items(), key=lambda value: (-value[1], value[0]))[:MAX_VALUES]
        for name, values in counts.items()
    }
    ranges = counts["reference_count"]
    ordered["reference_count"] = [(value, ranges[value]) for value in REFERENCE_COUNTS]
    shown = {name: tuple((value, number) for value, number in values if number) for name, values in ordered.items()}
    return Facets(shown, counted, more)


def value_counts(db: Reader, ids: Sequence[int]) -> dict[str, Counter[str]]:
    """Return how many of the articles have each value of each facet."""
    ranges = _reference_counts(db, ids)
    without = ranges["0"]
    return {
        **{name: _counts(db, column, ids) for name, column in COLUMNS.items()},
        "references": Counter(yes=len(ids) - without, no=without),
        "reference_count": ranges,
        "retracted": Counter(yes=_citing_retracted(db, ids)),
        **{name: _evidence_counts(db, name, ids) for name in EVIDENCE_FIELDS},
        "doubtful": Counter(yes=_with_doubtful_reference(db, ids)),
    }


def _counts(db: Reader, column: str, ids: Sequence[int]) -> Counter[str]:
    sql = compose(
        "select {column}, count(*) from articles indexed by articles_facets where id in "
        "(select value from json_each(?)) and {column} is not null group by 1",
        column=Fragment(column),
    )
    return Counter(dict(db.execute(sql, [json.dumps(ids)]).fetchall()))


def _evidence_counts(db: Reader, field: str, ids: Sequence[int]) -> Counter[str]:
    sql = (
        "select value, count(*) from evidence where field = ? and article_id in (select value from json_each(?)) "
        "group by 1"
    )
    return Counter(dict(db.execute(sql, [field, json.dumps(ids)]).fetchall()))


def _reference_counts(db: Reader, ids: Sequence[int]) -> Counter[str]:
    """Return how many of the articles have how many references, by range."""
    sql = (
        "select n, count(*) from (select (select count(*) from bibliography where article_id = value) as n "
        "from json_each(?)) group by n"
    )
    numbers: list[tuple[int, int]] = db.execute(sql, [json.dumps(ids)]).fetchall()
    ranges = {value: parse_range(value) or (0, 0) for value in REFERENCE_COUNTS}
    return Counter(
        {
            value: sum(articles for number, articles in numbers if first <= number <= last)
            for value, (first, last) in ranges.items()
        }
    )


def _citing_retracted(db: Reader, ids: Sequence[int]) -> int:
    """Return how many of the articles cite a work that is retracted or has an expression of concern."""
    sql = (
        "select distinct work_id from bibliography where article_id in (select value from json_each(?)) "
        "and work_id is not null"
    )
    cited = [work for (work,) in db.execute(sql, [json.dumps(ids)])]
    flagged = [work for work, standing in retraction_states(db, cited).items() if standing.status in WARNED_OF]
    sql = (
        "select count(distinct article_id) from bibliography where article_id in (select value from json_each(?)) "
        "and work_id in (select value from json_each(?))"
    )
    return int(db.execute(sql, [json.dumps(ids), json.dumps(flagged)]).fetchone()[0])


def _with_doubtful_reference(db: Reader, ids: Sequence[int]) -> int:
    sql = compose(
        "select count(*) from json_each(?) where {doubtful}", doubtful=Fragment(DOUBTFUL_ARTICLE.format(id="value"))
    )
    return int(db.execute(sql, [json.dumps(ids)]).fetchone()[0])
