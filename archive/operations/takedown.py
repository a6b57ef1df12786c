"""Remove pages on request: delete their articles and the locations of their records, and exclude them from crawls.

The row of a removed page stays in `pages` without its metadata, so that no feed or link adds the page again.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from sqlite_utils import Database

from archive.articles.writer import forget_article
from archive.operations.damaged_texts import is_text
from archive.storage.connection import transaction
from archive.storage.exclusions import Exclusion, Exclusions
from archive.storage.frontier import is_known
from archive.storage.fulltext import index
from archive.storage.redaction import DATABASE, Progress
from archive.storage.warc.files import Location
from archive.storage.warc.locate import find_records
from archive.urls.canonical import canonical_or_none

DETAILS = """
select p.id, p.url, a.title,
  (select coalesce(sum(size), 0) from fetches f where f.page_id = p.id and f.warc_file is not null and not f.withheld)
from pages p left join articles a on a.page_id = p.id
where p.id in (select value from json_each(?)) order by p.url
"""

TOMBSTONE = """
update pages set state = 'refused', reason = 'removed', optout_id = ?, alias_of = null, failures = 0, rights = '[]',
  due_at = null, interval = null, etag = null, last_modified = null, digest = null, payload = null, directives = null,
  link_title = null, link_published = null, link_modified = null, missing_since = null, gone_since = null
where id = ?
"""

# For all pages: the fetch of a page that stays may have been answered by a record of a removed page.
CLEAR_LOCATIONS = """
update fetches set warc_file = null, warc_offset = null
where (warc_file, warc_offset) in (select warc_file, warc_offset from erasures)
"""

PAGES_AT = """
select warc_file, warc_offset, page_id from fetches
where (warc_file, warc_offset) in (select value ->> 0, value ->> 1 from json_each(?))
"""

DUPLICATES = """
select a.url from articles a join copies c on c.article_id = a.id
where c.group_id in (select group_id from copies join articles on id = article_id where page_id in
                     (select value from json_each(?1)))
and a.page_id not in (select value from json_each(?1)) order by a.url
"""

# Images of articles of these pages that are of no other article, each with one of those pages.
IMAGES_OF = """
with chosen (id) as (select value from json_each(?1)),
found (image_id, page_id) as (
  select l.page_id, a.page_id from articles a join article_images l on l.article_id = a.id
  where a.page_id in (select id from chosen) and l.page_id is not null
  union
  select image.id, image.found_on from pages image
  where image.kind = 'image' and image.found_on in (select id from chosen)
)
select image_id, min(page_id) from found join pages image on image.id = image_id
where image.optout_id is null and not exists (
  select 1 from article_images l join articles a on a.id = l.article_id
  where l.page_id = image_id and a.page_id not in (select id from chosen)
) group by image_id
"""

# The texts that are indexed of the articles and past revisions of pages.
INDEXED_ARTICLES = "select title, text, source from articles where page_id in (select value from json_each(?))"
INDEXED_REVISIONS = """
select s.title, s.text, s.source from superseded s join articles a on a.id = s.article_id
where a.page_id in (select value from json_each(?))
"""

ADD_EXCLUSION = """
insert into optouts (kind, pattern, reason, added_at) values (?, ?, ?, ?)
on conflict (pattern) do update set reason = coalesce(excluded.reason, reason) returning id
"""


class NotExcludedError(LookupError):
    """The exclusion to delete does not exist. The message is one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A page that `exclusion` removes.

    `title` is that of its article, None without one. `size` is in bytes: all stored response bodies, content encoding
    undone.
    """

    page_id: int
    url: str
    title: str | None
    size: int
    exclusion: Exclusion


def plan(
    db: Database, exclusions: Sequence[Exclusion], further: Mapping[str, Exclusion] = MappingProxyType({})
) -> list[Candidate]:
    """Return the pages that the exclusions remove, sorted by URL.

    These are the pages that match and their aliases, for an excluded URL that is an alias also its target, and the
    images of their articles that no other article has.
    `further` are URLs of pages that one of the exclusions removes without matching: it removed them in another archive.
    """
    chosen = _with_targets_and_aliases(db, _matching(db, exclusions) | _named(db, exclusions, further), exclusions)
    chosen = _with_images(db, chosen)
    rows = db.execute(DETAILS, [json.dumps(list(chosen))]).fetchall()
    return [
        Candidate(page_id=page_id, url=url, title=title, size=size, exclusion=exclusions[chosen[page_id]])
        for page_id, url, title, size in rows
    ]


def remaining_duplicates(db: Database, candidates: Iterable[Candidate]) -> list[str]:
    """Return the URLs of articles that are duplicates of removed ones and are not removed themselves."""
    pages = json.dumps([page.page_id for page in candidates])
    return [url for (url,) in db.execute(DUPLICATES, [pages]).fetchall()]


def remove(
    db: Database,
    folder: Path,
    exclusions: Sequence[Exclusion],
    *,
    reason: str | None,
    now: str,
    progress: Progress,
    further: Mapping[str, Exclusion] = MappingProxyType({}),
    counted: bool = True,
) -> list[Candidate]:
    """Store the exclusions and remove their pages, in one transaction. The caller holds the archive's lock.

    The records in the WARC `folder` are only marked: call `redact_pending` afterwards. `progress` is called after each
    page. `further` is as in `plan`; with `counted` the numbers of what the exclusions removed grow. Returns the pages.
    Raises OSError when a WARC file cannot be read; nothing is changed then.
    """
    db.execute("pragma secure_delete = on")
    candidates = plan(db, exclusions, further)
    urls, matcher = {page.url for page in candidates}, Exclusions.of(enumerate(exclusions))

    def wanted(url: str) -> bool:
        return url in urls or matcher.match(url) is not None

    located, answers = _located(db, candidates, wanted)
    found = find_records(folder, located, wanted, stays=lambda url: _stays(db, url, candidates))
    records = found.wanted | _without_kept(db, found.led_to | answers, candidates)
    damaged = _damaged_indexes(db, candidates)
    with transaction(db):
        ids = _add(db, exclusions, candidates if counted else (), reason, now)
        for number, page in enumerate(candidates, 1):
            _tombstone_page(db, page.page_id, ids[page.exclusion])
            progress({"removed": number}, len(candidates))
        index.rebuild(db, damaged)
        db.conn.execute("delete from blocks where pages = 0")  # fingerprints of text that is in no article any more
        places = [(record.file, record.offset) for record in records] + ([DATABASE] if candidates else [])
        db.conn.executemany("insert or ignore into erasures (warc_file, warc_offset) values (?, ?)", places)
        db.conn.execute(CLEAR_LOCATIONS)
    return candidates


def delete_exclusion(db: Database, exclusion: Exclusion, *, now: str) -> int:
    """Delete an exclusion, and make those of its pages due at `now` that no other exclusion matches.

    Returns the number of these pages, discovery pages included. Their content is stored again when they are fetched.
    Raises NotExcludedError.
    """
    with transaction(db):
        sql = "delete from optouts where kind = ? and pattern = ? returning id"
        row = db.execute(sql, [exclusion.kind, exclusion.pattern]).fetchone()
        if row is None:
            raise NotExcludedError(f"{exclusion.pattern} is not on the list of what was removed.")
        pages = db.execute("select id, url from pages where optout_id = ?", row).fetchall()
        db.conn.execute("update pages set optout_id = null where optout_id = ?", row)
        left = Exclusions.load(db)
        others = [(left.match(url), page_id) for page_id, url in pages]
        db.conn.executemany("update pages set optout_id = ? where id = ?", others)
        freed = [(now, page_id) for other, page_id in others if other is None]
        db.conn.executemany("update pages set state = 'new', reason = null, due_at = ? where id = ?", freed)
    return len(freed)


def _matching(db: Database, exclusions: Sequence[Exclusion]) -> dict[int, int]:
    """Map the pages that match and are not removed yet to the index of their exclusion."""
    matcher = Exclusions.of(enumerate(exclusions))
    if all(exclusion.kind == "url" for exclusion in exclusions):  # found by the index, however many pages there are
        urls = json.dumps([exclusion.pattern for exclusion in exclusions])
        sql = "select id, url from pages where optout_id is null and url in (select value from json_each(?))"
        rows = db.execute(sql, [urls])
    else:
        rows = db.execute("select id, url from pages where optout_id is null")
    return {page_id: number for page_id, url in rows if (number := matcher.match(url)) is not None}


def _named(db: Database, exclusions: Sequence[Exclusion], urls: Mapping[str, Exclusion]) -> dict[int, int]:
    """Map the pages with those URLs that are not removed yet to the index of their exclusion."""
    if not urls:
        return {}
    numbers = {exclusion: number for number, exclusion in enumerate(exclusions)}
    sql = "select id, url from pages where optout_id is null and url in (select value from json_each(?))"
    return {page_id: numbers[urls[url]] for page_id, url in db.execute(sql, [json.dumps(list(urls))])}


def _with_targets_and_aliases(db: Database, chosen: dict[int, int], exclusions: Sequence[Exclusion]) -> dict[int, int]:
    aliases: defaultdict[int, list[int]] = defaultdict(list)
    targets: dict[int, int] = dict(db.execute("select id, alias_of from pages where alias_of is not null").fetchall())
    for page_id, target in targets.items():
        aliases[target].append(page_id)
    found, queue = dict(chosen), list(chosen)
    for page_id in queue:  # grows during the loop
        number = found[page_id]
        further = list(aliases[page_id])
        if exclusions[number].kind == "url" and page_id in targets:
            further.append(targets[page_id])
        for other in further:
            if other not in found:
                found[other] = number
                queue.append(other)
    return found


def _with_images(db: Database, chosen: Mapping[int, int]) -> dict[int, int]:
    """Return the chosen pages, and the images that are theirs alone, with the index of the exclusion of an article."""
    pages = json.dumps(list(chosen))
    return {image: chosen[page_id] for image, page_id in db.execute(IMAGES_OF, [pages])} | dict(chosen)


def _located(
    db: Database, candidates: Sequence[Candidate], wanted: Callable[[str], bool]
) -> tuple[dict[str, set[int]], set[Location]]:
    """Return the records of the pages: the offsets of responses from wanted URLs by WARC file, and the other ones.

    The others answered after a redirect. The record of a page that stays is left out: an alias may have that of its
    target.
    """
    located: defaultdict[str, set[int]] = defaultdict(set)
    others: set[Location] = set()
    sql = (
        "select url, warc_file, warc_offset from fetches where warc_file is not null "
        "and page_id in (select value from json_each(?))"
    )
    for url, file, offset in db.execute(sql, [json.dumps([page.page_id for page in candidates])]):
        if wanted(url):
            located[file].add(offset)
        elif not _stays(db, url, candidates):
            others.add(Location(file, offset))
    return dict(located), others


def _stays(db: Database, url: str, candidates: Iterable[Candidate]) -> bool:
    """Whether the URL is that of a page that is not removed."""
    canonical = canonical_or_none(url) or url
    return all(page.url != canonical for page in candidates) and is_known(db, canonical)


def _without_kept(db: Database, places: Collection[Location], candidates: Iterable[Candidate]) -> set[Location]:
    """Return the places without those that a page that stays has a fetch of."""
    removed = {page.page_id for page in candidates}
    marks = json.dumps([[place.file, place.offset] for place in places])
    rows = db.execute(PAGES_AT, [marks]).fetchall()
    kept = {Location(file, offset) for file, offset, page_id in rows if page_id not in removed}
    return set(places) - kept


def _add(
    db: Database, exclusions: Sequence[Exclusion], candidates: Collection[Candidate], reason: str | None, now: str
) -> dict[Exclusion, int]:
    pages = Counter(page.exclusion for page in candidates)
    articles = Counter(page.exclusion for page in candidates if page.title is not None)
    ids = {}
    for exclusion in exclusions:
        ids[exclusion] = int(db.execute(ADD_EXCLUSION, [exclusion.kind, exclusion.pattern, reason, now]).fetchone()[0])
        sql = "update optouts set pages = pages + ?, articles = articles + ? where id = ?"
        db.conn.execute(sql, [pages[exclusion], articles[exclusion], ids[exclusion]])
    return ids


def _damaged_indexes(db: Database, candidates: Iterable[Candidate]) -> list[index.Indexed]:
    """Return the full-text indexes that may have words of the pages that their stored texts have no more.

    An index keeps such words when the row is deleted, since it takes the words to delete from the row.
    """
    pages = json.dumps([page.page_id for page in candidates])
    before, db.conn.text_factory = db.conn.text_factory, bytes
    try:
        return [
            indexed
            for indexed, sql in ((index.ARTICLES, INDEXED_ARTICLES), (index.SUPERSEDED, INDEXED_REVISIONS))
            if any(text is not None and not is_text(text) for row in db.execute(sql, [pages]) for text in row)
        ]
    finally:
        db.conn.text_factory = before


def _tombstone_page(db: Database, page_id: int, optout_id: int) -> None:
    forget_article(db, page_id)
    db.conn.execute(TOMBSTONE, [optout_id, page_id])
    db.conn.execute(
        "update fetches set warc_file = null, warc_offset = null, detail = null, digest = null where page_id = ?",
        [page_id],
    )
