"""Take pages with all that belongs to them from an attached archive, a batch of pages in one transaction.

Pages that the archive does not know are copied by SQL. Of a known page the histories are compared, and joined where
they differ (history.py). Works, groups of duplicates, counts of blocks and the full-text index follow as they do when
a crawl writes.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from archive.article import Article, Removal
from archive.duplicates.candidates import Known
from archive.duplicates.groups import regroup
from archive.extraction.block_fingerprints import RECURRING, fingerprints
from archive.operations.merge.history import (
    FACTS,
    KEY,
    Exclusion,
    History,
    join,
    released,
    removed,
)
from archive.operations.merge.history_writer import HistoryWriter
from archive.operations.merge.load import load
from archive.operations.merge.source import ATTACHED
from archive.operations.merge.tables import columns_of
from archive.storage.block_counts import count_blocks
from archive.storage.exclusions import Exclusion as Pattern
from archive.storage.exclusions import Exclusions
from archive.storage.fulltext.index import ARTICLES
from archive.storage.fulltext.writing import indexed_by_writer
from archive.storage.row_mapping import PARTS
from archive.storage.sql import KEYWORDS, Fragment, compose
from archive.works.writer import match_works, signatures_of

BATCH = 250  # pages of one transaction
OTHER = Fragment(ATTACHED)

# What a page needs to be here first: pages that it names, and those whose fetches its article came from.
NAMED = """
select alias_of from {other}.pages where id in (select value from json_each(:ids))
union select found_on from {other}.pages where id in (select value from json_each(:ids))
union select f.page_id from {other}.articles a join {other}.fetches f on f.id = a.fetch_id
  where a.page_id in (select value from json_each(:ids))
union select f.page_id from {other}.articles a join {other}.revisions r on r.article_id = a.id
  join {other}.fetches f on f.id = r.fetch_id where a.page_id in (select value from json_each(:ids))
"""
UNKNOWN = """
select id from {other}.pages o where id in (select value from json_each(?))
  and not exists (select 1 from main.pages m where m.url = o.url)
"""

PREPARE = (
    "create temp table if not exists taken (theirs integer primary key, ours integer, is_new integer, optout integer)",
    "create temp table if not exists taken_articles (theirs integer primary key, ours integer unique, page integer)",
    "create temp table if not exists warc_names (theirs text primary key, ours text)",
)
TAKE = """
insert into temp.taken (theirs, ours, is_new, optout)
select o.id, m.id, m.id is null, (select id from main.optouts where pattern = coalesce(g.value, p.pattern))
from {other}.pages o left join main.pages m on m.url = o.url
  left join {other}.optouts p on p.id = o.optout_id left join json_each(?2) g on g.key = o.id
where o.id in (select value from json_each(?1))
"""
# Of a page that is removed here and was not there, the row is as the removal leaves it.
ADD_REMOVED = """
insert into pages (url, host, site, kind, family, depth, discovered_at, state, reason, optout_id, fetched_at, status)
select o.url, o.host, o.site, o.kind, o.family, o.depth, o.discovered_at, 'refused', 'removed', t.optout, o.fetched_at,
  o.status
from temp.taken t join {other}.pages o on o.id = t.theirs
where t.is_new and t.optout is not null and o.optout_id is null order by o.id
"""
ADD_PAGES = """
insert into pages ({columns}, optout_id)
select {theirs}, t.optout from temp.taken t join {other}.pages o on o.id = t.theirs
where t.is_new and (t.optout is null or o.optout_id is not null) order by o.id
"""
FIND_PAGES = """
update temp.taken set ours = (
  select m.id from {other}.pages o join main.pages m on m.url = o.url where o.id = theirs
) where ours is null
"""
NAME_PAGES = """
update pages set found_on = n.found_on, alias_of = n.alias_of from (
  select t.ours,
    (select m.id from {other}.pages f join main.pages m on m.url = f.url where f.id = o.found_on) as found_on,
    (select m.id from {other}.pages f join main.pages m on m.url = f.url where f.id = o.alias_of) as alias_of
  from temp.taken t join {other}.pages o on o.id = t.theirs
  where t.is_new and (t.optout is null or o.optout_id is not null)
    and (o.found_on is not null or o.alias_of is not null)
) n where pages.id = n.ours
"""
ADD_FETCHES = """
insert into fetches (page_id, crawl_id, {facts}, detail, digest, warc_file, warc_offset)
select t.ours, c.ours, {theirs}, iif({stays}, f.detail, null), iif({stays}, f.digest, null),
  iif({stays} and e.id is null, w.ours, null),
  iif({stays} and e.id is null and w.ours is not null, f.warc_offset, null)
from temp.taken t join {other}.fetches f on f.page_id = t.theirs join {other}.pages o on o.id = t.theirs
  left join temp.crawl_ids c on c.theirs = f.crawl_id
  left join temp.warc_names w on w.theirs = f.warc_file
  left join main.erasures e on e.warc_file = w.ours and e.warc_offset = f.warc_offset
where t.is_new order by f.page_id, f.id
"""
STAYS = Fragment("(t.optout is null or o.optout_id is not null)")
# The fetch here that is the fetch there with the id in {fetch}.
SAME_FETCH = """(
  select min(mf.id) from {other}.fetches f join {other}.pages fp on fp.id = f.page_id
    join main.pages mp on mp.url = fp.url join main.fetches mf on mf.page_id = mp.id
    and (mf.fetched_at, mf.url, mf.outcome) = (f.fetched_at, f.url, f.outcome)
  where f.id = {fetch}
)"""
NUMBER_ARTICLES = """
insert into temp.taken_articles (theirs, ours, page)
select a.id, (select coalesce(max(id), 0) from main.articles) + row_number() over (order by a.id), t.ours
from temp.taken t join {other}.articles a on a.page_id = t.theirs where t.is_new and t.optout is null
"""
ADD_ARTICLES = """
insert into articles (id, page_id, fetch_id, {columns}) select t.ours, t.page, {fetch}, {theirs}
from temp.taken_articles t join {other}.articles a on a.id = t.theirs order by t.ours
"""
ADD_PARTS = """
insert into {table} (article_id, {columns}) select t.ours, {theirs}
from temp.taken_articles t join {other}.{table} a on a.article_id = t.theirs order by t.ours, a.id
"""
ADD_REVISIONS = """
insert into revisions (article_id, fetch_id, {columns}) select t.ours, {fetch}, {theirs}
from temp.taken_articles t join {other}.revisions a on a.article_id = t.theirs order by t.ours, a.number
"""
# The fetch of a page that moved lies with the page that redirected to it, which may have been known and is joined last.
JOIN_ARTICLE_FETCHES = """
update articles set fetch_id = (
  select {fetch} from temp.taken_articles t join {other}.articles a on a.id = t.theirs where t.ours = articles.id
) where fetch_id is null and id in (select ours from temp.taken_articles)
"""
JOIN_REVISION_FETCHES = """
update revisions set fetch_id = (
  select {fetch} from temp.taken_articles t join {other}.revisions a on a.article_id = t.theirs
  where t.ours = revisions.article_id and a.number = revisions.number
) where fetch_id is null and article_id in (select ours from temp.taken_articles)
"""
ADD_SIGNATURES = (
    """
    insert into signatures (keys)
    select distinct s.keys from temp.taken_articles t join {other}.bibliography b on b.article_id = t.theirs
      join {other}.reference_signatures r on r.reference_id = b.id join {other}.signatures s on s.id = r.signature_id
    where true order by 1 on conflict do nothing
    """,
    """
    insert into reference_signatures (reference_id, signature_id)
    select m.id, k.id from temp.taken_articles t join {other}.bibliography b on b.article_id = t.theirs
      join {other}.reference_signatures r on r.reference_id = b.id join {other}.signatures s on s.id = r.signature_id
      join main.bibliography m on m.article_id = t.ours and m.position = b.position
      join main.signatures k on k.keys = s.keys
    """,
    """
    insert into signature_keys (signature_id, key)
    select r.signature_id, k.value from temp.taken_articles t join main.bibliography b on b.article_id = t.ours
      join main.reference_signatures r on r.reference_id = b.id join main.signatures s on s.id = r.signature_id,
      json_each(s.keys) k
    where true on conflict do nothing
    """,
)
REFERENCES = """
select b.id from temp.taken_articles t join main.bibliography b on b.article_id = t.ours
"""
# Copies of an article on one site count once, as in the writer.
BLOCKS_OF = """
select a.id, a.site, a.text from temp.taken_articles t join main.articles a on a.id = t.ours
where a.site <> '' and not exists (
  select 1 from main.articles o where (o.content_hash, o.site) = (a.content_hash, a.site) and o.id < a.id
)
"""
KNOWN_TEXTS = """
select t.ours, d.digest, d.units, s.algorithm, d.bands, d.sketch from temp.taken_articles t
  left join {other}.article_texts a on a.article_id = t.theirs
  left join {other}.distinct_texts d on d.id = a.text_id left join {other}.sketchings s on s.id = d.sketching_id
order by t.ours
"""


class Pages:
    """Merges the pages of the attached archive. `names` are the names here of its WARC files, in `folder`; `gone` maps
    the ids there of pages that an exclusion removes to its pattern."""

    def __init__(self, db: Database, folder: Path, names: Mapping[str, str], gone: Mapping[int, str]) -> None:
        self._db, self._names, self._gone = db, names, gone
        self._writer = HistoryWriter(db, folder)
        for sql in PREPARE:
            db.conn.execute(sql)
        db.conn.execute("delete from temp.warc_names")
        db.conn.executemany("insert into temp.warc_names values (?, ?)", names.items())
        self._columns = {
            table: [name for name in columns_of(db, table) if name not in left]
            for table, left in {
                "pages": ("id", "found_on", "alias_of", "optout_id"),
                "articles": ("id", "page_id", "fetch_id"),
                "revisions": ("id", "article_id", "fetch_id"),
                **{table: ("id", "article_id", "work_id") for table, _ in PARTS.values()},
            }.items()
        }
        rows = db.execute("select kind, pattern, added_at from optouts").fetchall()
        self._added_at = {pattern: (added_at, kind) for kind, pattern, added_at in rows}
        self._exclusions = Exclusions.of(enumerate(Pattern(kind, pattern) for kind, pattern, _ in rows))

    def batches(self, after: int) -> Iterator[tuple[int, list[int]]]:
        """Yield the ids there of pages behind `after`, in order, batch by batch, with the last id of each."""
        sql = compose("select id from {other}.pages where id > ? order by id limit ?", other=OTHER)
        while ids := [page_id for (page_id,) in self._db.execute(sql, [after, BATCH]).fetchall()]:
            after = ids[-1]
            yield after, ids

    def merge(self, ids: Sequence[int]) -> Counter[str]:
        """Take in those pages, and pages that they name. The caller holds a transaction.

        Returns numbers of pages and articles by what became of them: new, changed, same or removed.
        """
        db, counts = self._db, Counter[str]()
        db.conn.execute("delete from temp.taken")
        db.conn.execute("delete from temp.taken_articles")
        gone = json.dumps({page_id: self._gone[page_id] for page_id in self._with_named(ids) if page_id in self._gone})
        self._run(TAKE, values=[json.dumps(self._with_named(ids)), gone])
        self._add_new(counts)
        self._join_known(counts)
        return counts

    def _with_named(self, ids: Sequence[int]) -> list[int]:
        found, fresh = dict.fromkeys(ids), list(ids)
        while fresh:
            named = self._ids(NAMED, {"ids": json.dumps(fresh)}) - found.keys()
            fresh = sorted(self._ids(UNKNOWN, [json.dumps(sorted(named))])) if named else []
            found.update(dict.fromkeys(fresh))
        return list(found)

    def _ids(self, sql: str, values: Any) -> set[int]:
        rows = self._db.execute(compose(sql, other=OTHER), values).fetchall()
        return {row_id for (row_id,) in rows if row_id is not None}

    def _run(self, sql: str, *, values: Sequence[Any] = (), **parts: Any) -> int:
        return self._db.conn.execute(compose(sql, other=OTHER, **parts), values).rowcount

    def _add_new(self, counts: Counter[str]) -> None:
        """Copy the pages that are not known yet, and what belongs to them."""
        columns = self._columns["pages"]
        counts["removed"] += self._run(ADD_REMOVED)
        counts["new"] += self._run(ADD_PAGES, columns=columns, theirs=_of("o", columns))
        self._run(FIND_PAGES)
        self._run(NAME_PAGES)
        facts = [*KEY, *(name for name in FACTS if name not in ("detail", "digest"))]
        counts["fetches"] += self._run(ADD_FETCHES, facts=facts, theirs=_of("f", facts), stays=STAYS)
        columns = self._columns["articles"]
        fetch = compose(SAME_FETCH, other=OTHER, fetch=Fragment("a.fetch_id"))
        self._run(NUMBER_ARTICLES)
        ids = [row_id for (row_id,) in self._db.execute("select ours from temp.taken_articles").fetchall()]
        with indexed_by_writer(self._db, ARTICLES, ids):
            counts["new articles"] += self._run(ADD_ARTICLES, columns=columns, theirs=_of("a", columns), fetch=fetch)
        for table, _ in PARTS.values():
            columns = self._columns[table]
            self._run(ADD_PARTS, table=table, columns=columns, theirs=_of("a", columns))
        columns = self._columns["revisions"]
        counts["revisions"] += self._run(ADD_REVISIONS, columns=columns, theirs=_of("a", columns), fetch=fetch)
        self._derive()

    def _derive(self) -> None:
        """Match the works, count the blocks and find the duplicates of the articles that came."""
        db = self._db
        for sql in ADD_SIGNATURES:
            self._run(sql)
        references = [row_id for (row_id,) in db.execute(REFERENCES).fetchall()]
        match_works(db, signatures_of(db, references), references)
        recurring = "select text from removals where article_id = ? and reason = ?"
        for article_id, site, text in db.execute(BLOCKS_OF).fetchall():
            removals = tuple(
                Removal(text=removal, reason=RECURRING)
                for (removal,) in db.execute(recurring, [article_id, RECURRING]).fetchall()
            )
            found = fingerprints(Article(url="", title="", text=text, removals=removals))
            count_blocks(db, site, frozenset(), found)
        for article_id, *known in db.execute(compose(KNOWN_TEXTS, other=OTHER)).fetchall():
            regroup(db, article_id, Known(*known) if known[0] is not None else None)

    def _join_known(self, counts: Counter[str]) -> None:
        """Compare the pages that were known before, and join what differs."""
        rows = self._db.execute("select theirs, ours from temp.taken where not is_new").fetchall()
        if not rows:
            return
        there = load(self._db, ATTACHED, [theirs for theirs, _ in rows], self._names)
        here = load(self._db, "main", [ours for _, ours in rows])
        ids: dict[int, int] = dict(rows)
        urls = compose("select id, url from {other}.pages where id in (select value from json_each(?))", other=OTHER)
        for theirs, url in self._db.execute(urls, [json.dumps(list(ids))]).fetchall():
            theirs_history = there[url]
            if theirs in self._gone:
                theirs_history = removed(theirs_history, self._exclusion(self._gone[theirs]))
            if theirs_history.exclusion and self._is_needed(here[url]):
                theirs_history = released(theirs_history)
            joined = join(here[url], theirs_history)
            if joined is here[url] or joined == here[url]:
                counts["same"] += 1
            else:
                counts["changed"] += 1
                counts.update(self._writer.write(ids[theirs], here[url], joined))
        fetch = compose(SAME_FETCH, other=OTHER, fetch=Fragment("a.fetch_id"))
        for sql in (JOIN_ARTICLE_FETCHES, JOIN_REVISION_FETCHES):
            self._run(sql, fetch=fetch)

    def _is_needed(self, here: History) -> bool:
        """Whether it is an image of an article that stays here, and no exclusion matches its own URL."""
        return here.page["kind"] == "image" and not here.exclusion and self._exclusions.match(here.url) is None

    def _exclusion(self, pattern: str) -> Exclusion:
        return Exclusion(*self._added_at[pattern], pattern)


def _of(name: str, columns: Collection[str]) -> Fragment:
    """Return the columns of the table that is called `name` in a query."""
    return Fragment(", ".join(compose("{column}", column=f"{name}.{column}") if column not in KEYWORDS
                              else f'{name}."{column}"' for column in columns))  # fmt: skip
