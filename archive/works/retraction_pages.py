"""The pages that lean on a retracted or doubted work, and how long it took until their text said so."""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlite_utils import Database

from archive.article import Article, Reference
from archive.storage.row_mapping import from_json, load_article
from archive.works.matching import keys_of, printed_text
from archive.works.queries import listed
from archive.works.retraction_notes import Note, find_note
from archive.works.retractions import WARNED_OF, RetractionState, Status, retraction_states

CITING = """
select b.work_id, b.article_id, b.position,
  a.site, a.url, a.title, a.published, a.first_seen, coalesce(p.fetched_at, '')
from bibliography b join articles a on a.id = b.article_id join pages p on p.id = a.page_id
where b.work_id in (select value from json_each(?1)) and (?2 is null or a.site = ?2) order by b.article_id, b.position
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaningPage:
    """A page that refers to a retracted or doubted work.

    `said_at` is the day of the first revision whose text says so, with the passage in `note`; None where none does.
    `days` are those from the notice to that day: 0 or less where the page said it at once, None where the page never
    did or the day of the notice is unknown. `last_seen` is the day of the last fetch, up to which it did not.
    """

    work_id: int
    work: str
    status: Status
    noticed: str | None
    article_id: int
    site: str
    url: str
    title: str
    published: str | None
    first_seen: str
    last_seen: str
    said_at: str | None
    days: int | None
    revision: int | None
    note: Note | None


def leaning_pages(
    db: Database, *, work_ids: Collection[int] | None = None, site: str | None = None
) -> list[LeaningPage]:
    """Return the pages that lean on retracted or doubted works, by work and page, those that never said so first."""
    states = {each: state for each, state in retraction_states(db, work_ids).items() if state.status in WARNED_OF}
    names = {work.id: work.name for work in listed(db, dict.fromkeys(states, 0))}
    positions: defaultdict[int, defaultdict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    facts = {}
    for work_id, article_id, position, *about in db.execute(CITING, [json.dumps(sorted(states)), site]).fetchall():
        positions[article_id][work_id].append(position)
        facts[article_id] = about
    pages = []
    for article_id, by_work in positions.items():
        newest, revisions = load_article(db, article_id), _revisions(db, article_id)
        for work_id, places in by_work.items():
            references = [newest.references[place] for place in places]
            found = first_note(revisions, references, alone=len(by_work) == 1)
            pages.append(_page(article_id, facts[article_id], work_id, names[work_id], states[work_id], found))
    return sorted(pages, key=lambda page: (page.note is not None, page.noticed or "", page.work_id, page.article_id))


def _page(
    article_id: int, about: Sequence[str], work_id: int, name: str, state: RetractionState, found: "Found | None"
) -> LeaningPage:
    site, url, title, published, first_seen, last_seen = about
    noticed = state.notice.date
    said_at = found.seen_at[:10] if found else None
    days = (date.fromisoformat(said_at) - date.fromisoformat(noticed)).days if said_at and noticed else None
    return LeaningPage(
        work_id=work_id, work=name, status=state.status, noticed=noticed, article_id=article_id, site=site, url=url,
        title=title, published=published, first_seen=first_seen[:10], last_seen=last_seen[:10], said_at=said_at,
        days=days, revision=found.number if found else None, note=found.note if found else None,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """The first revision that says so, when it was seen, and the passage."""

    number: int
    seen_at: str
    note: Note


def _revisions(db: Database, article_id: int) -> list[tuple[int, str, Article]]:
    sql = "select number, seen_at, content from revisions where article_id = ? order by number"
    return [(number, seen_at, from_json(content)) for number, seen_at, content in db.execute(sql, [article_id])]


def first_note(
    revisions: Sequence[tuple[int, str, Article]], references: Sequence[Reference], *, alone: bool
) -> Found | None:
    """Return the first revision from which on every one says so: a note that was taken back counts for nothing."""
    first: Found | None = None
    for number, seen_at, article in revisions:
        note = find_note(article, _positions(article, references), alone=alone)
        first = (first or Found(number, seen_at, note)) if note else None
    return first


def _positions(article: Article, references: Sequence[Reference]) -> list[int]:
    """Return where a revision has the references to the work, by their keys or their printed text."""
    keys = {key for each in references for key in keys_of(each)}
    texts = {printed_text(each) for each in references}
    return [
        position
        for position, each in enumerate(article.references)
        if keys.intersection(keys_of(each)) or printed_text(each) in texts
    ]
