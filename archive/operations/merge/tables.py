"""How each table is merged, and the tables that are about no single page: what is known of crawls, hosts and sites,
look-ups of references, and the Retraction Watch table.

`HOW` names every table of the schema. Of two rows with the same key one wins by a rule that does not depend on which
archive it is in: the later one, and of those of the same time the greater one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from archive.operations.merge.source import ATTACHED
from archive.storage.sql import Fragment, compose, identifier
from archive.works.writer import update_facts

HOW = {
    "crawls": "united, by start, process and command; of two rows the one that ended",
    "hosts": "by host: the later hold, and the later day with the greater number of requests",
    "robots": "by origin: the later request",
    "tdmrep": "by origin: the later request",
    "certificates": "by host: the one that was seen later",
    "notices": "united",
    "pages": "by URL: the state of the later fetch, the discovery of the earlier one; a removed page is removed",
    "fetches": "united, by page, time, answering URL and outcome",
    "optouts": "united, by pattern; they hold for the pages of both archives",
    "erasures": "those of WARC files that are taken in",
    "articles": "by URL: the content of the latest fetch",
    "bibliography": "with their article",
    "citations": "with their article",
    "images": "with their article",
    "article_images": "united, by article and address",
    "removals": "with their article",
    "evidence": "with their article",
    "blocks": "counted anew for articles that come or change",
    "revisions": "united in the order of fetching; of adjacent ones with equal content the earlier one",
    "superseded": "follows the revisions",
    "works": "matched anew, with all references of both archives",
    "signatures": "united, by their keys",
    "signature_keys": "with their signature",
    "reference_signatures": "with their reference",
    "work_identifiers": "made anew from the references and look-ups of the work",
    "retractions": "by record: the one that was loaded later",
    "lookups": "by question: an answer before a failure, then the later one",
    "resolved": "with their look-up",
    "copies": "grouped anew, with all articles of both archives",
    "sketchings": "with the texts",
    "distinct_texts": "made anew for articles that come or change",
    "article_texts": "made anew for articles that come or change",
    "text_bands": "with the texts",
    "text_pairs": "found anew, with all texts of both archives",
    "site_rules": "by site: those that changed later",
    "counts": "kept in step with the rows",
    "cited": "kept in step with the references",
    "reference_checks": "made anew with the article by the page alone; those of an index are asked for again",
    "paper_links": "by article and paper: the one that a reader decided on, then the later",
    "paper_linkings": "not taken in: the next `works --link` looks again",
    "merges": "not taken in: each archive has the list of what was merged into it",
    "imports": "not taken in: each archive has the list of what was imported into it",
}


@dataclass(frozen=True, slots=True)
class Keyed:
    """A table of one row for each key, of which the row that is greatest by `order` wins, column by column.

    Columns that are not in `order` decide after those.
    """

    table: str
    key: tuple[str, ...]
    order: tuple[str, ...]


KEYED = (
    Keyed("robots", ("origin",), ("fetched_at",)),
    Keyed("tdmrep", ("origin",), ("fetched_at",)),
    Keyed("certificates", ("host",), ("seen_at",)),
    Keyed("retractions", ("record_id",), ("loaded_at",)),
    Keyed("site_rules", ("site",), ("changed_at",)),
)

ADD_CRAWLS = """
insert into crawls (started_at, finished_at, pid, command, outcome, reason, counts)
select started_at, finished_at, pid, command, iif(outcome = 'running', 'died', outcome), reason, counts
from {other}.crawls o where not exists (
  select 1 from main.crawls m where (m.started_at, m.pid, m.command) = (o.started_at, o.pid, o.command)
) order by started_at, id
"""
END_CRAWLS = """
update crawls as m set (finished_at, outcome, reason, counts) = (o.finished_at, o.outcome, o.reason, o.counts)
from {other}.crawls o
where (m.started_at, m.pid, m.command) = (o.started_at, o.pid, o.command)
  and o.finished_at > coalesce(m.finished_at, '')
"""
MAP_CRAWLS = """
insert into temp.crawl_ids (theirs, ours) select o.id, min(m.id) from {other}.crawls o join main.crawls m
on (m.started_at, m.pid, m.command) = (o.started_at, o.pid, o.command) group by o.id
"""
ADD_NOTICES = """
insert into notices (at, crawl_id, host, kind, detail)
select o.at, c.ours, o.host, o.kind, o.detail from {other}.notices o left join temp.crawl_ids c on c.theirs = o.crawl_id
where not exists (
  select 1 from main.notices m where (m.at, m.host, m.kind, m.detail) = (o.at, o.host, o.kind, o.detail)
) order by o.at, o.id
"""
HOSTS = """
insert into hosts (host, ready_at, held, backoff, day, asked)
select host, ready_at, held, backoff, day, asked from {other}.hosts where true
on conflict (host) do update set
  (ready_at, held, backoff) = (select * from (values (ready_at, held, backoff),
    (excluded.ready_at, excluded.held, excluded.backoff)) order by 1 desc, 3 desc, 2 desc limit 1),
  (day, asked) = (select * from (values (day, asked), (excluded.day, excluded.asked)) order by 1 desc, 2 desc limit 1)
"""
ADD_OPTOUTS = """
insert into optouts (kind, pattern, reason, added_at, pages, articles)
select kind, pattern, reason, added_at, pages, articles from {other}.optouts where true order by added_at, pattern
on conflict (pattern) do update set
  (kind, reason, added_at) = (select * from (values (kind, reason, added_at),
    (excluded.kind, excluded.reason, excluded.added_at)) order by 3, 1, 2 is null, 2 limit 1),
  pages = max(pages, excluded.pages), articles = max(articles, excluded.articles)
"""
LINKED = (
    "decided_at", "decision", "linked_at", "probability", "is_answer", "evidence", "link_method", "doi", "pmid",
    "title", "authors", "container_title", "published",
)  # fmt: skip
PAPER_LINKS = """
insert into paper_links (article_id, paper, {columns})
select m.id, o.paper, {theirs} from {other}.paper_links o join {other}.articles a on a.id = o.article_id
join main.articles m on m.url = a.url where true order by m.id, o.paper
on conflict (article_id, paper) do update set ({columns}) = ({new})
where ({new_order}) > ({our_order})
"""
ARTICLE_IMAGES = """
insert into article_images (article_id, url, page_id, reason)
select m.id, o.url, mp.id, o.reason from {other}.article_images o join {other}.articles a on a.id = o.article_id
join main.articles m on m.url = a.url left join {other}.pages p on p.id = o.page_id
left join main.pages mp on mp.url = p.url where true order by m.id, o.url
on conflict (article_id, url) do update set
  page_id = coalesce(page_id, excluded.page_id),
  reason = iif(coalesce(page_id, excluded.page_id) is null, max(reason, excluded.reason), null)
"""
# A failed request is the least, whatever its time.
ANSWERED = """(
  {row}.outcome in ('found', 'not found'), {row}.asked_at, {row}.outcome, coalesce({row}.status, 0),
  coalesce({row}.answer, '')
)"""
BETTER_LOOKUPS = """
select o.id, o.service, o.kind, o.value from {other}.lookups o left join main.lookups m
  on (m.service, m.kind, m.value) = (o.service, o.kind, o.value)
where m.id is null or {theirs} > {ours}
"""
PUT_LOOKUP = """
insert into lookups (service, kind, value, asked_at, outcome, status, detail, answer)
select service, kind, value, asked_at, outcome, status, detail, answer from {other}.lookups where id = ?
on conflict (service, kind, value) do update set asked_at = excluded.asked_at, outcome = excluded.outcome,
  status = excluded.status, detail = excluded.detail, answer = excluded.answer
returning id
"""
PUT_RESOLVED = """
insert into resolved (lookup_id, field, value) select ?, field, value from {other}.resolved where lookup_id = ?
"""
ABOUT = """
select work_id from signatures join signature_keys on signature_id = id where key = 'title:' || ?2 and ?1 = 'title'
union select work_id from work_identifiers where kind = ?1 and value = ?2
"""


def merge_tables(db: Database) -> None:
    """Take in the tables that are about no single page from the attached archive. The caller holds a transaction.

    The temporary table `crawl_ids` then maps the crawls there to those here.
    """
    other = Fragment(ATTACHED)
    for sql in (ADD_CRAWLS, END_CRAWLS):
        db.conn.execute(compose(sql, other=other))
    db.conn.execute("create temp table if not exists crawl_ids (theirs integer primary key, ours integer not null)")
    db.conn.execute("delete from temp.crawl_ids")
    for sql in (MAP_CRAWLS, ADD_NOTICES, HOSTS, ADD_OPTOUTS):
        db.conn.execute(compose(sql, other=other))
    for keyed in KEYED:
        db.conn.execute(_greatest(keyed, columns_of(db, keyed.table)))
    _merge_lookups(db, other)


def merge_paper_links(db: Database) -> None:
    """Take in the links of articles, once these are merged. The caller holds a transaction."""
    sql = compose(
        PAPER_LINKS,
        other=Fragment(ATTACHED),
        columns=LINKED,
        theirs=[f"o.{name}" for name in LINKED],
        new=[f"excluded.{name}" for name in LINKED],
        new_order=Fragment(", ".join(f"coalesce(excluded.{name}, '')" for name in LINKED)),
        our_order=Fragment(", ".join(f"coalesce(paper_links.{name}, '')" for name in LINKED)),
    )
    db.conn.execute(sql)


def merge_article_images(db: Database) -> None:
    """Take in which images the articles have, once pages and articles are merged. The caller holds a transaction."""
    db.conn.execute(compose(ARTICLE_IMAGES, other=Fragment(ATTACHED)))


def columns_of(db: Database, table: str) -> list[str]:
    """Return the columns of a table that are stored."""
    rows = db.execute(compose("pragma main.table_xinfo({table})", table=table)).fetchall()
    return [name for _, name, *_, hidden in rows if not hidden]


def _greatest(keyed: Keyed, columns: Sequence[str]) -> Fragment:
    rest = [name for name in columns if name not in (*keyed.key, *keyed.order)]
    named = [identifier(name) for name in (*keyed.order, *rest)]
    return compose(
        "insert into {table} ({columns}) select {columns} from {other}.{table} where true on conflict ({key}) "
        "do update set {sets} where ({theirs}) > ({ours})",
        table=keyed.table,
        other=Fragment(ATTACHED),
        columns=columns,
        key=keyed.key,
        sets=Fragment(", ".join(f"{name} = excluded.{name}" for name in named)),
        theirs=Fragment(", ".join(f"coalesce(excluded.{name}, '')" for name in named)),
        ours=Fragment(", ".join(f"coalesce({keyed.table}.{name}, '')" for name in named)),
    )


def _merge_lookups(db: Database, other: Fragment) -> None:
    theirs, ours = (compose(ANSWERED, row=row) for row in ("o", "m"))
    rows = db.execute(compose(BETTER_LOOKUPS, other=other, theirs=theirs, ours=ours)).fetchall()
    works: set[int] = set()
    for lookup_id, _, kind, value in rows:
        (ours_id,) = db.execute(compose(PUT_LOOKUP, other=other), [lookup_id]).fetchone()
        db.conn.execute("delete from resolved where lookup_id = ?", [ours_id])
        db.conn.execute(compose(PUT_RESOLVED, other=other), [ours_id, lookup_id])
        works.update(work_id for (work_id,) in db.execute(ABOUT, [kind, value]).fetchall() if work_id)
    update_facts(db, works)
