"""Load the histories of pages from an archive or from one that is attached to it."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlite_utils import Database

from archive.operations.merge.history import (
    ARTICLE,
    FACTS,
    KEY,
    PAGE,
    REVISION,
    Crawl,
    Exclusion,
    Fetch,
    FetchKey,
    History,
)
from archive.storage.sql import Fragment, compose, identifier

PAGES = """
select p.id, p.url, {columns}, o.added_at, o.kind, o.pattern
from {schema}.pages p left join {schema}.optouts o on o.id = p.optout_id where p.id in (select value from json_each(?))
"""
FETCHES = """
select f.page_id, {columns}, f.warc_file, f.warc_offset, c.started_at, c.pid, c.command
from {schema}.fetches f left join {schema}.crawls c on c.id = f.crawl_id
where f.page_id in (select value from json_each(?)) order by f.page_id, f.fetched_at, f.url, f.outcome, f.id
"""
ARTICLES = """
select a.page_id, {columns}, fp.url, f.fetched_at, f.url, f.outcome
from {schema}.articles a left join {schema}.fetches f on f.id = a.fetch_id
left join {schema}.pages fp on fp.id = f.page_id where a.page_id in (select value from json_each(?))
"""
REVISIONS = """
select a.page_id, {columns}, fp.url, f.fetched_at, f.url, f.outcome
from {schema}.articles a join {schema}.revisions r on r.article_id = a.id
left join {schema}.fetches f on f.id = r.fetch_id
left join {schema}.pages fp on fp.id = f.page_id
where a.page_id in (select value from json_each(?)) order by a.page_id, r.number
"""
NAMED = ("alias_of", "found_on")  # columns that lead to another page, which is named by its URL


def load(
    db: Database, schema: str, page_ids: Collection[int], names: Mapping[str, str] | None = None
) -> dict[str, History]:
    """Return the histories of those pages by URL; `schema` is `main` or the name of an attached archive.

    `names` maps the WARC files there to those here: a record in a file that it lacks has no place. None: as they are.
    """
    chosen = [json.dumps(list(page_ids))]
    urls: dict[int, str] = {}
    pages: dict[int, tuple[dict[str, Any], Exclusion | None]] = {}
    for page_id, url, *values in _rows(db, PAGES, schema, _page_columns(schema), chosen):
        urls[page_id] = url
        *columns, added_at, kind, pattern = values
        pages[page_id] = (
            dict(zip(PAGE, columns, strict=True)),
            Exclusion(added_at, kind, pattern) if pattern is not None else None,
        )
    fetches: defaultdict[int, list[Fetch]] = defaultdict(list)
    for page_id, fetched_at, url, outcome, *values in _rows(db, FETCHES, schema, _of("f", (*KEY, *FACTS)), chosen):
        *facts, file, offset, started_at, pid, command = values
        if fetches[page_id] and _key(fetches[page_id][-1]) == (fetched_at, url, outcome):
            continue  # it is recorded twice
        if names is not None:
            file = names.get(file)
        fetches[page_id].append(Fetch(
            fetched_at=fetched_at, url=url, outcome=outcome, facts=dict(zip(FACTS, facts, strict=True)),
            crawl=Crawl(started_at, pid, command) if started_at is not None else None,
            place=(file, offset) if file is not None else None,
        ))  # fmt: skip
    articles = {
        row[0]: _with_key(ARTICLE, row[1:]) for row in _rows(db, ARTICLES, schema, _of("a", ARTICLE[:-1]), chosen)
    }
    revisions: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in _rows(db, REVISIONS, schema, _of("r", REVISION[:-1]), chosen):
        revisions[row[0]].append(_with_key(REVISION, row[1:]))
    return {
        urls[page_id]: History(
            url=urls[page_id],
            page=page,
            exclusion=exclusion,
            fetches=tuple(fetches[page_id]),
            article=articles.get(page_id),
            revisions=tuple(revisions[page_id]),
        )
        for page_id, (page, exclusion) in pages.items()
    }


def _key(fetch: Fetch) -> tuple[str, str, str]:
    return fetch.fetched_at, fetch.url, fetch.outcome


def _with_key(names: tuple[str, ...], row: tuple[Any, ...]) -> dict[str, Any]:
    *values, page, fetched_at, url, outcome = row
    key = FetchKey(page, fetched_at, url, outcome) if page is not None else None
    return dict(zip(names, [*values, key], strict=True))


def _of(table: str, names: Iterable[str]) -> Fragment:
    return compose("{names}", names=[f"{table}.{name}" for name in names])


def _page_columns(schema: str) -> Fragment:
    named = "(select url from {schema}.pages t where t.id = {column})"
    columns = (
        compose(named, schema=schema, column=f"p.{name}") if name in NAMED else identifier(f"p.{name}") for name in PAGE
    )
    return Fragment(", ".join(columns))


def _rows(db: Database, sql: str, schema: str, columns: Fragment, values: list[str]) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = db.execute(compose(sql, schema=schema, columns=columns), values).fetchall()
    return rows
