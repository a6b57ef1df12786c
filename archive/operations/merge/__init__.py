"""Merge other archives into an archive: pages with all their history, and what else the other ones know.

The result does not depend on the order in which archives are merged, nor on how often. history.py has the rules for
pages, tables.py those for each table. An archive that was killed while it merged goes on at the next merge.
"""

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils import Database

from archive.errors import DamagedError
from archive.operations.merge.pages import Pages
from archive.operations.merge.source import Source, check_source, opened
from archive.operations.merge.tables import merge_article_images, merge_paper_links, merge_tables
from archive.operations.merge.warc import Way, names_for, take
from archive.operations.takedown import plan, remove
from archive.storage.connection import timestamp, transaction, warc_folder
from archive.storage.damage import is_damage
from archive.storage.database import open_archive
from archive.storage.exclusions import Exclusion, Exclusions
from archive.storage.frontier import is_known
from archive.storage.lock import hold
from archive.storage.online_backup import find_damage
from archive.storage.redaction import RedactionError, redact_pending
from archive.storage.warc.files import Location
from archive.storage.warc.locate import find_records
from archive.urls.canonical import canonical_or_none

Progress = Callable[[int, int], None]  # pages done, total

START = """
insert into merges (source, state, started_at) values (?1, ?2, ?3) on conflict (source) do update set
  last_page = iif(finished_at is null and state = excluded.state, last_page, 0),
  state = excluded.state, started_at = excluded.started_at, finished_at = null
returning last_page, warc_files
"""
FOR_ALL = """
select o.url, o.kind, p.pattern from other.pages o join main.pages m on m.url = o.url
  join main.optouts p on p.id = m.optout_id where o.optout_id is null
"""
REMOVED_THERE = """
select o.url, o.kind, p.pattern from other.pages o join other.optouts p on p.id = o.optout_id
  join main.pages m on m.url = o.url where m.optout_id is null
"""
# Images that are removed here and not there.
DROPPED = """
select m.id, o.id, m.url from main.pages m join other.pages o on o.url = m.url
where m.kind = 'image' and m.optout_id is not null and o.optout_id is null
"""
RELEASE = """
update main.pages set optout_id = null, state = 'new', reason = null, fetched_at = null, status = null where id = ?
"""
PLACES = "select page_id, url, warc_file, warc_offset from other.fetches where warc_file is not null"
# What an exclusion removed: the counts of archives that removed different pages do not add up.
COUNT_REMOVED = """
update optouts set (pages, articles) = (
  select max(optouts.pages, count(*)), max(optouts.articles, coalesce(sum(exists (
    select 1 from fetches f where f.page_id = p.id and f.content is not null)), 0))
  from pages p where p.optout_id = optouts.id and p.fetched_at is not null
)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What was taken in from an archive.

    `pages` maps new, changed, same and removed to numbers of pages, `articles` new and changed to numbers of articles.
    `warc` are the WARC files that came, `renamed` those of them that have another name here, `known` those that were
    here before, and `bytes` the size of those that came; `missing` are the files that rows there name and that are not
    there. `erased` are records of removed pages that were overwritten; `problem` says in a sentence why some were not.
    """

    source: str
    pages: Mapping[str, int]
    articles: Mapping[str, int]
    revisions: int
    fetches: int
    warc: int
    renamed: int
    known: int
    bytes: int
    missing: tuple[str, ...]
    erased: int
    problem: str | None = None


def merge(
    archive: Path,
    others: Sequence[Path],
    *,
    warc: Way = "copy",
    progress: Progress = lambda _done, _all: None,
    now: datetime | None = None,
) -> list[Merged]:
    """Merge the other archives into `archive`, which is made if it is missing. Returns what came from each.

    `warc`: whether their WARC files are copied, moved, or kept in their place, with links in the archive's folder.
    Nothing else of the other archives is changed, and no job may write to one of them meanwhile.

    Raises ArchiveError, with one sentence, when an archive cannot be read, is newer, damaged, or the archive itself,
    and BusyError when a job holds one. All are looked at before the first is merged. What was merged until then stays,
    and the next merge goes on from there.
    """
    moment = now or datetime.now(UTC)
    with hold(archive):
        for other in others:
            check_source(archive, other, move=warc == "move")
        with closing(open_archive(archive, create=True)) as db:
            return [_merge(db, archive, other, warc, progress, moment) for other in others]


def _merge(db: Database, archive: Path, other: Path, way: Way, progress: Progress, moment: datetime) -> Merged:
    with opened(archive, other) as source:
        db.conn.execute("attach ? as other", [source.uri])
        try:
            return _take_in(db, archive, source, way, progress, moment)
        except (sqlite3.Error, DamagedError) as error:
            if not is_damage(error):
                raise
            raise _damaged(db, archive, other, error) from error
        finally:
            db.conn.execute("detach other")


def _damaged(db: Database, archive: Path, other: Path, error: Exception) -> DamagedError:
    """Return the error for whichever of the two archives is damaged."""
    try:
        found = find_damage(db.conn)
    except sqlite3.Error as damage:
        found = str(damage)
    path = archive if found else other
    return DamagedError(
        f"{path} is damaged ({found or error}): what was merged until then stays; healthnews --archive {path} check "
        "--repair mends what it can, then merge again."
    )


def _take_in(db: Database, archive: Path, source: Source, way: Way, progress: Progress, moment: datetime) -> Merged:
    now, folder = timestamp(moment), warc_folder(archive)
    name = str(source.path.resolve())
    (total,) = db.execute("select count(*) from other.pages").fetchone()
    with transaction(db):
        is_finished = db.execute("select finished_at from merges where source = ?", [name]).fetchone() != (None,)
        last, before = db.execute(START, [name, source.state, now]).fetchone()
        known_exclusions = _exclusions(db)
        merge_tables(db)
    gone = _exclude(db, folder, source, known_exclusions, now)
    names = names_for(source.folder, folder, json.loads(before))
    with transaction(db):  # before a file is moved, so that its name here is known after a kill
        db.conn.execute("update merges set warc_files = ? where source = ?", [json.dumps(names), name])
    taken = take(source.folder, folder, names, way)
    # A killed merge may have brought files without marking what is removed in them.
    _mark(db, folder, names, taken.added if is_finished else set(names.values()), gone)
    pages, counts = Pages(db, folder, names, gone), Counter[str]()
    (done,) = db.execute("select count(*) from other.pages where id <= ?", [last]).fetchone()
    for last, ids in pages.batches(last):  # noqa: B020 (it goes on from there)
        with transaction(db):
            counts.update(pages.merge(ids))
            db.conn.execute("update merges set last_page = ? where source = ?", [last, name])
        done += len(ids)
        progress(done, total)
    with transaction(db):
        merge_article_images(db)
    exclusions = _exclusions(db)
    if exclusions and plan(db, exclusions):  # by aliases of which one archive knew a part and the other one the rest
        remove(db, folder, exclusions, reason=None, now=now, progress=lambda *_: None, counted=False)
    with transaction(db):
        db.conn.execute(COUNT_REMOVED)
        merge_paper_links(db)
        db.conn.execute("update merges set finished_at = ? where source = ?", [now, name])
    erased, problem = 0, None
    try:
        erased = redact_pending(db, folder, now=moment)
    except RedactionError as error:
        problem = str(error)
    return Merged(
        source=str(source.path),
        pages={kind: counts[kind] for kind in ("new", "changed", "same", "removed")},
        articles={"new": counts["new articles"], "changed": counts["changed articles"]},
        revisions=counts["revisions"],
        fetches=counts["fetches"],
        warc=len(taken.added),
        renamed=taken.renamed,
        known=taken.known,
        bytes=taken.bytes,
        missing=_missing(db, names),
        erased=erased,
        problem=problem,
    )


def _exclusions(db: Database) -> list[Exclusion]:
    rows = db.execute("select kind, pattern from main.optouts order by added_at, pattern").fetchall()
    return [Exclusion(kind, pattern) for kind, pattern in rows]


def _exclude(db: Database, folder: Path, source: Source, before: Collection[Exclusion], now: str) -> dict[int, str]:
    """Remove the pages here that an exclusion of either archive removes; return those to remove there, by id.

    Each is mapped to the pattern of its exclusion. Pages that are removed there already are not among them. An image
    that one archive removed only with its article stays if an article that stays has it in the other one.
    """
    exclusions = _exclusions(db)  # those of both by now
    if not exclusions:
        return {}
    of_pattern, matcher = {each.pattern: each for each in exclusions}, Exclusions.of(enumerate(exclusions))

    def holds(url: str, kind: str) -> bool:
        return kind != "image" or matcher.match(url) is not None

    rows = db.execute(REMOVED_THERE).fetchall()
    further = {url: of_pattern[pattern] for url, kind, pattern in rows if holds(url, kind)}
    came = [each for each in exclusions if each not in before]
    with closing(source.connect()) as there:
        rows = db.execute(FOR_ALL).fetchall()
        here = {url: of_pattern[pattern] for url, kind, pattern in rows if holds(url, kind)}
        gone = plan(there, exclusions, here)
        sql = "select id, kind from pages where id in (select value from json_each(?))"
        kinds = dict(there.execute(sql, [json.dumps([page.page_id for page in gone])]).fetchall())
    further |= {page.url: page.exclusion for page in gone if holds(page.url, kinds[page.page_id])}
    if came or plan(db, exclusions, further):
        remove(db, folder, exclusions, reason=None, now=now, progress=lambda *_: None, further=further, counted=False)
    removed_there = {page.page_id: page.exclusion.pattern for page in gone}
    rows = db.execute(DROPPED).fetchall()
    needed = [(ours,) for ours, theirs, url in rows if theirs not in removed_there and not holds(url, "image")]
    with transaction(db):
        db.conn.executemany(RELEASE, needed)
    return removed_there


def _mark(
    db: Database, folder: Path, names: Mapping[str, str], files: Collection[str], gone: Mapping[int, str]
) -> None:
    """Mark the records of removed pages in the files that came, to be overwritten."""
    pending = [
        (names[file], offset)
        for file, offset in db.execute("select warc_file, warc_offset from other.erasures").fetchall()
        if names.get(file) in files
    ]
    exclusions = Exclusions.load(db)
    if files and (exclusions.urls or exclusions.hosts or exclusions.patterns):
        pending += [(place.file, place.offset) for place in _records_of_removed(db, folder, names, files, gone)]
    with transaction(db):
        db.conn.executemany("insert or ignore into erasures (warc_file, warc_offset) values (?, ?)", pending)


def _records_of_removed(
    db: Database, folder: Path, names: Mapping[str, str], files: Collection[str], gone: Mapping[int, str]
) -> set[Location]:
    exclusions = Exclusions.load(db)
    sql = "select url from other.pages where id in (select value from json_each(?))"
    urls = {url for (url,) in db.execute(sql, [json.dumps(list(gone))]).fetchall()}

    def wanted(url: str) -> bool:
        return url in urls or exclusions.match(url) is not None

    def stays(url: str) -> bool:
        canonical = canonical_or_none(url) or url
        there = "select 1 from other.pages where url = ?"
        return not wanted(canonical) and (is_known(db, canonical) or bool(db.execute(there, [canonical]).fetchone()))

    located: defaultdict[str, set[int]] = defaultdict(set)
    answers, kept = set[Location](), set[Location]()
    for page_id, url, file, offset in db.execute(PLACES).fetchall():
        if (name := names.get(file)) in files and name is not None:
            if page_id not in gone:
                kept.add(Location(name, offset))
            elif wanted(url):
                located[name].add(offset)
            elif not stays(url):
                answers.add(Location(name, offset))
    found = find_records(folder, located, wanted, stays=stays, files=files)
    return found.wanted | ((found.led_to | answers) - kept)


def _missing(db: Database, names: Mapping[str, str]) -> tuple[str, ...]:
    rows = db.execute("select distinct warc_file from other.fetches where warc_file is not null").fetchall()
    return tuple(sorted(file for (file,) in rows if file not in names))
