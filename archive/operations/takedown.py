"""Taking pages away on request: what was understood of them, the way to their bytes, and that they are asked for again.

A removed page stays in `pages` as a tombstone, so that no feed or link makes it a new one.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from archive.articles.writer import forget_article
from archive.storage.connection import transaction
from archive.storage.exclusions import Exclusion, Exclusions
from archive.storage.redaction import DATABASE, Progress
from archive.storage.warc.locate import find_records

DETAILS = """
select p.id, p.url, a.title,
  (select coalesce(sum(size), 0) from fetches f where f.page_id = p.id and f.warc_file is not null)
from pages p left join articles a on a.page_id = p.id
where p.id in (select value from json_each(?)) order by p.url
"""

TOMBSTONE = """
update pages set state = 'refused', reason = 'removed', optout_id = ?, alias_of = null, failures = 0,
  due_at = null, interval = null, etag = null, last_modified = null, digest = null, payload = null, directives = null,
  link_title = null, link_published = null, link_modified = null, missing_since = null, gone_since = null
where id = ?
"""

# Of every page: one that is not removed may have been answered by one that is.
NOWHERE = """
update fetches set warc_file = null, warc_offset = null
where (warc_file, warc_offset) in (select warc_file, warc_offset from erasures)
"""

COPIES = """
select a.url from articles a join copies c on c.article_id = a.id
where c.group_id in (select group_id from copies join articles on id = article_id where page_id in
                     (select value from json_each(?1)))
and a.page_id not in (select value from json_each(?1)) order by a.url
"""

ADD = """
insert into optouts (kind, pattern, reason, added_at) values (?, ?, ?, ?)
on conflict (pattern) do update set reason = coalesce(excluded.reason, reason) returning id
"""


class NotExcludedError(LookupError):
    """What is to be taken off the list of opt-outs is not on it; the message is one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A page that goes for the sake of `entry`. `title` is its article's, None where it has none; `size`: the bytes of
    all its stored answers, content codings undone."""

    page_id: int
    url: str
    title: str | None
    size: int
    entry: Exclusion


def plan(db: Database, entries: Sequence[Exclusion]) -> list[Candidate]:
    """The pages that the entries remove, by URL: those that match, and their aliases; where a single URL is an alias,
    also what it leads to."""
    chosen = _with_targets_and_aliases(db, _matching(db, entries), entries)
    rows = db.execute(DETAILS, [json.dumps(list(chosen))]).fetchall()
    return [
        Candidate(page_id=page_id, url=url, title=title, size=size, entry=entries[chosen[page_id]])
        for page_id, url, title, size in rows
    ]


def remaining_duplicates(db: Database, candidates: Iterable[Candidate]) -> list[str]:
    """The URLs of articles that stay and are copies of such that go."""
    pages = json.dumps([page.page_id for page in candidates])
    return [url for (url,) in db.execute(COPIES, [pages]).fetchall()]


def remove(
    db: Database, folder: Path, entries: Sequence[Exclusion], *, reason: str | None, now: str, progress: Progress
) -> list[Candidate]:
    """Puts the entries on the list and takes away their pages, in one transaction; needs the archive's lock.

    The records in the WARC `folder` are only noted to be erased: `erasing.finish` must follow. `progress` is called
    after each page. Returns the pages. Raises OSError when a WARC file cannot be read; nothing is changed then.
    """
    db.execute("pragma secure_delete = on")
    candidates = plan(db, entries)
    urls, listed = {page.url for page in candidates}, Exclusions.of(enumerate(entries))

    def wanted(url: str) -> bool:
        return url in urls or listed.match(url) is not None

    records = find_records(folder, _located(db, candidates, wanted), wanted)
    with transaction(db):
        ids = _add(db, entries, candidates, reason, now)
        for number, page in enumerate(candidates, 1):
            _bury(db, page.page_id, ids[page.entry])
            progress({"removed": number}, len(candidates))
        db.conn.execute("delete from blocks where pages = 0")  # fingerprints of text that no article has any more
        places = [(record.file, record.offset) for record in records] + ([DATABASE] if candidates else [])
        db.conn.executemany("insert or ignore into erasures (warc_file, warc_offset) values (?, ?)", places)
        db.conn.execute(NOWHERE)
    return candidates


def undo(db: Database, entry: Exclusion, *, now: str) -> int:
    """Takes the entry off the list, and returns how many of its pages are due again at `now`: those that no other entry
    matches, feeds, sitemaps and listings too. What was stored of them does not come back before they are fetched.
    Raises NotExcludedError."""
    with transaction(db):
        sql = "delete from optouts where kind = ? and pattern = ? returning id"
        row = db.execute(sql, [entry.kind, entry.pattern]).fetchone()
        if row is None:
            raise NotExcludedError(f"{entry.pattern} is not on the list of what was removed.")
        pages = db.execute("select id, url from pages where optout_id = ?", row).fetchall()
        db.conn.execute("update pages set optout_id = null where optout_id = ?", row)
        left = Exclusions.load(db)
        others = [(left.match(url), page_id) for page_id, url in pages]
        db.conn.executemany("update pages set optout_id = ? where id = ?", others)
        freed = [(now, page_id) for other, page_id in others if other is None]
        db.conn.executemany("update pages set state = 'new', reason = null, due_at = ? where id = ?", freed)
    return len(freed)


def _matching(db: Database, entries: Sequence[Exclusion]) -> dict[int, int]:
    """The pages that are not removed yet and match, each with the number of its entry."""
    listed = Exclusions.of(enumerate(entries))
    if all(entry.kind == "url" for entry in entries):  # the index finds them, however many pages there are
        urls = json.dumps([entry.pattern for entry in entries])
        sql = "select id, url from pages where optout_id is null and url in (select value from json_each(?))"
        rows = db.execute(sql, [urls])
    else:
        rows = db.execute("select id, url from pages where optout_id is null")
    return {page_id: number for page_id, url in rows if (number := listed.match(url)) is not None}


def _with_targets_and_aliases(db: Database, chosen: dict[int, int], entries: Sequence[Exclusion]) -> dict[int, int]:
    aliases: defaultdict[int, list[int]] = defaultdict(list)
    targets: dict[int, int] = dict(db.execute("select id, alias_of from pages where alias_of is not null").fetchall())
    for page_id, target in targets.items():
        aliases[target].append(page_id)
    found, queue = dict(chosen), list(chosen)
    for page_id in queue:  # grows meanwhile
        number = found[page_id]
        further = list(aliases[page_id])
        if entries[number].kind == "url" and page_id in targets:
            further.append(targets[page_id])
        for other in further:
            if other not in found:
                found[other] = number
                queue.append(other)
    return found


def _located(db: Database, candidates: Iterable[Candidate], wanted: Callable[[str], bool]) -> dict[str, set[int]]:
    """The files in which the pages have records, with the offsets of those that wanted URLs answered: what an alias
    led to may stay."""
    located: defaultdict[str, set[int]] = defaultdict(set)
    sql = (
        "select url, warc_file, warc_offset from fetches where warc_file is not null "
        "and page_id in (select value from json_each(?))"
    )
    for url, file, offset in db.execute(sql, [json.dumps([page.page_id for page in candidates])]):
        located[file].update([offset] if wanted(url) else [])
    return dict(located)


def _add(
    db: Database, entries: Sequence[Exclusion], candidates: Iterable[Candidate], reason: str | None, now: str
) -> dict[Exclusion, int]:
    pages = Counter(page.entry for page in candidates)
    articles = Counter(page.entry for page in candidates if page.title is not None)
    ids = {}
    for entry in entries:
        ids[entry] = int(db.execute(ADD, [entry.kind, entry.pattern, reason, now]).fetchone()[0])
        sql = "update optouts set pages = pages + ?, articles = articles + ? where id = ?"
        db.conn.execute(sql, [pages[entry], articles[entry], ids[entry]])
    return ids


def _bury(db: Database, page_id: int, optout_id: int) -> None:
    forget_article(db, page_id)
    db.conn.execute(TOMBSTONE, [optout_id, page_id])
    db.conn.execute(
        "update fetches set warc_file = null, warc_offset = null, detail = null, digest = null where page_id = ?",
        [page_id],
    )
