"""Return hits newest first, undated ones last, without sorting all of them.

The full-text index returns hits in the order of their ids only. Many hits are queried year by year, and a year with
many hits month by month and day by day. The first page then costs no more for a common word than for a rare one.
"""

import json
from collections.abc import Iterator, Sequence

from archive.retrieval.plan import Plan, conjunction, matches
from archive.storage.fulltext import facet_codes
from archive.storage.sql import Fragment, Reader, compose

# Up to so many hits are sorted by their dates, at 5 to 8 µs each; a query for a shorter period costs 0.3 ms. For a
# later page up to as many are sorted as come before its end.
DIRECT_SORT = 200


def newest_first(db: Reader, plan: Plan, wanted: int = 0) -> Iterator[int]:
    """Yield the ids of all articles that match the plan, newest first.

    wanted: how many are read probably. Of many, longer periods are sorted at once: a day at a time costs much more.
    """
    if plan.index is None:
        where, values = conjunction(plan.conditions, None, "articles.id")
        sql = compose("select id from articles where {where} order by published desc, id desc", where=Fragment(where))
        return (row[0] for row in db.execute(sql, values))
    return _by_period(db, plan, max(DIRECT_SORT, wanted))


def sorted_by_date(db: Reader, ids: Sequence[int]) -> list[int]:
    """Return the ids, newest article first."""
    sql = (
        "select id from articles indexed by articles_facets where id in (select value from json_each(?)) "
        "order by published desc, id desc"
    )
    return [row[0] for row in db.execute(sql, [json.dumps(ids)])]


def publication_years(db: Reader) -> tuple[int, int] | None:
    """Return the first and the last publication year in the archive; None without dated articles."""
    span = _dates(db)
    return (int(span[0][:4]), int(span[1][:4])) if span else None


def _dates(db: Reader) -> tuple[str, str] | None:
    """Return the first and the last publication date in the archive."""
    # The first condition uses the index; null is less.
    sql = "select published from articles where published > '' and published glob ? order by published {order} limit 1"
    first, last = (db.execute(compose(sql, order=order), [facet_codes.ISO]).fetchone() for order in ("asc", "desc"))
    return (str(first[0]), str(last[0])) if first and last else None


def _by_period(db: Reader, plan: Plan, most: int) -> Iterator[int]:
    few = matches(db, plan, most + 1)
    if len(few) <= most:
        yield from sorted_by_date(db, few)
        return
    if span := _dates(db):
        for year in range(int(span[1][:4]), int(span[0][:4]) - 1, -1):
            yield from _in_period(db, plan, f"{year:04}", span, most)
    yield from matches(db, plan, -1, facet_codes.UNDATED)


def _in_period(db: Reader, plan: Plan, period: str, span: tuple[str, str], most: int) -> Iterator[int]:
    """Yield the hits of a year, month or day inside `span`, newest first; up to `most` are sorted at once."""
    if not span[0][: len(period)] <= period <= span[1][: len(period)]:
        return
    code = facet_codes.of_period(period)
    found = matches(db, plan, most + 1, code)
    if len(found) <= most:
        yield from sorted_by_date(db, found)
    elif period.count("-") == 2:
        yield from matches(db, plan, -1, code)
    else:
        for part in range(31 if "-" in period else 12, 0, -1):
            yield from _in_period(db, plan, f"{period}-{part:02}", span, most)
