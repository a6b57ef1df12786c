"""Write what an archive holds as sorted lines, so that two archives can be compared byte for byte.

Ids are left out, because they say only in which order rows came, and so are the places of WARC records: whether a fetch
has one is said. Rows name one another by URL, by key or by content. What an archive says of itself (`merges`,
`erasures`) and what is only kept for speed is left out too.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlite_utils import Database

from archive.storage.row_mapping import load_article, to_json
from archive.storage.sql import Fragment, compose

# Parts of the statements below: what names a row that an id leads to.
NAMES = {
    "crawl": Fragment("(select json_array(started_at, pid, command) from crawls c where c.id = crawl_id)"),
    "fetch": Fragment(
        "(select json_array(p.url, f.fetched_at, f.url, f.outcome) from fetches f join pages p on p.id = f.page_id "
        "where f.id = fetch_id)"
    ),
    "exclusion": Fragment("(select pattern from optouts o where o.id = optout_id) as exclusion"),
    "found_on": Fragment("(select url from pages t where t.id = pages.found_on) as found_on"),
    "alias_of": Fragment("(select url from pages t where t.id = pages.alias_of) as alias_of"),
}

# Rows by the name of their kind, with which their lines begin.
ROWS = {
    "block": "select site, fingerprint, pages from blocks where pages > 0",
    "certificate": "select host, fingerprint, issuer, expires_at, seen_at from certificates",
    "copy": """
        select m.url, g.url as first, similarity
        from copies join articles m on m.id = article_id join articles g on g.id = group_id
    """,
    "crawl": "select started_at, finished_at, pid, command, outcome, reason, counts from crawls",
    "fetch": """
        select page.url as page, fetches.url, fetches.fetched_at, {crawl} as crawl, outcome, fetches.reason, detail,
          content, fetches.status, content_type, size, seconds, fetches.digest, withheld, origin, media_type, width,
          height,
          warc_file is not null as has_record
        from fetches join pages page on page.id = page_id
    """,
    "host": "select host, ready_at, held, backoff, day, asked from hosts",
    "image": """
        select a.url as article, l.url, p.url as page, l.reason from article_images l
        join articles a on a.id = l.article_id left join pages p on p.id = l.page_id
    """,
    "lookup": """
        select service, kind, value, asked_at, outcome, status, detail, answer, (
          select json_group_array(json_array(field, value))
          from (select field, value from resolved where lookup_id = lookups.id order by 1, 2)
        ) as facts from lookups
    """,
    "notice": "select at, {crawl} as crawl, host, kind, detail from notices",
    "optout": "select kind, pattern, reason, added_at, pages, articles from optouts",
    "page": """
        select url, host, site, kind, family, depth, {found_on}, discovered_at, link_title, link_published,
          link_modified, state, reason, {alias_of}, {exclusion}, due_at, interval, failures, fetched_at, status, etag,
          last_modified, digest, payload, directives, missing_since, gone_since, rights from pages
    """,
    "past": """
        select a.url, s.number, s.seen_at, s.until, s.title, s.source, s.site, s.language, s.published, s.text
        from superseded s join articles a on a.id = s.article_id
    """,
    "retraction": """
        select record_id, nature, date, title, journal, reasons, doi, pmid, original_date, original_doi, original_pmid,
          urls, notes, loaded_at from retractions
    """,
    "revision": """
        select (select url from articles a where a.id = article_id) as url, number, {fetch} as fetch, seen_at,
          content_hash, content, extractor
        from revisions
    """,
    "robots": """
        select origin, fetched_at, status, reason, body, etag, last_modified, crawl_delay, changed_at, rights
        from robots
    """,
    "signature": """
        select s.keys, w.key as work, (select count(*) from reference_signatures where signature_id = s.id) as number
        from signatures s left join works w on w.id = s.work_id
    """,
    "site rules": "select site, rules, changed_at from site_rules",
    "tdmrep": "select origin, fetched_at, status, reason, rules, etag, last_modified from tdmrep",
    "text": """
        select a.url, d.digest, d.units, s.algorithm from article_texts t join articles a on a.id = t.article_id
        join distinct_texts d on d.id = t.text_id left join sketchings s on s.id = d.sketching_id
    """,
    "work": """
        select key, doi, pmid, pmcid, title, container_title, year, (
          select json_group_array(json_array(kind, value, origin))
          from (select kind, value, origin from work_identifiers where work_id = works.id order by 1, 2)
        ) as identifiers from works
    """,
}
ARTICLES = """
select id, url, site, {fetch} as fetch, content_hash, extractor, revision, removed, marketing, marketing_length,
  noarchive, language, first_seen, last_changed from articles
"""
WORKS = """
select b.article_id, w.key from bibliography b left join works w on w.id = b.work_id order by b.article_id, b.position
"""

# What two crawls of the same sites have in common: neither when a page was fetched, nor how often, nor by which crawl.
CONTENT = {
    "copies": """
        select (
          select json_group_array(url) from (
            select url from copies m join articles on id = m.article_id where m.group_id = copies.group_id order by url
          )
        ) as urls from copies group by group_id
    """,
    "fetched": """
        select distinct page.url as page, fetches.url, outcome, fetches.status, fetches.digest, withheld,
          warc_file is not null as has_record
        from fetches join pages page on page.id = page_id
    """,
    "optout": "select kind, pattern, reason from optouts",
    "page": """
        select url, host, site, kind, state, reason, {alias_of}, {exclusion}, digest, directives,
          missing_since is not null as is_missing, gone_since is not null as is_gone, rights from pages
    """,
    "past": """
        select a.url, s.number, s.title, s.source, s.site, s.language, s.published, s.text
        from superseded s join articles a on a.id = s.article_id
    """,
    "revision": """
        select a.url, r.number, r.content_hash, r.content from revisions r join articles a on a.id = r.article_id
    """,
    "robots": "select origin, status, reason, body, crawl_delay, rights from robots",
    "tdmrep": "select origin, status, reason, rules from tdmrep",
    **{kind: ROWS[kind] for kind in ("block", "image", "retraction", "signature", "text", "work")},
}
OF_TIME = ("fetch", "first_seen", "last_changed")  # columns of articles


def canonical_lines(db: Database, *, moments: bool = True) -> list[str]:
    """Return what the archive holds as sorted lines of text, each the name of a kind and a JSON object.

    With `moments` False, what two crawls of the same pages have in common: without times, crawls, hosts, and the number
    of fetches. Raises DamagedError where an article cannot be read.
    """
    return sorted(f"{kind} {json.dumps(row, ensure_ascii=False, sort_keys=True)}" for kind, row in _rows(db, moments))


def _rows(db: Database, moments: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    for kind, sql in (ROWS if moments else CONTENT).items():
        yield from ((kind, row) for row in _named(db.execute(compose(sql, **NAMES))))
    works: defaultdict[int, list[str | None]] = defaultdict(list)
    for article_id, key in db.execute(WORKS):
        works[article_id].append(key)
    for row in list(_named(db.execute(compose(ARTICLES, **NAMES)))):
        article_id = row.pop("id")
        facts = row if moments else {name: value for name, value in row.items() if name not in OF_TIME}
        content = json.loads(to_json(load_article(db, article_id)))
        yield "article", {**facts, "content": content, "works": works[article_id]}


def _named(cursor: Any) -> Iterator[dict[str, Any]]:
    names: Sequence[str] = [column[0] for column in cursor.description]
    for row in cursor:
        yield dict(zip(names, row, strict=True))
