"""Query works: most cited, by identifier or words, the articles that cite one, and all fields for an export."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlite_utils import Database

from archive.references.identifiers import KINDS
from archive.references.identify import identify
from archive.storage.sql import Fragment, compose
from archive.text.characters import clean
from archive.text.sentences import sentence_at
from archive.works.matching import usable_facts
from archive.works.models import Work, agreed_authors
from archive.works.naming import work_names
from archive.works.reference_checks import doubts_of_works
from archive.works.retractions import RetractionState, retraction_states
from archive.works.writer import most_frequent

PRINTED = (
    "type", "title", "container_title", "publisher", "year", "volume", "issue", "pages", "doi", "pmid", "pmcid",
    "arxiv", "isbn", "issn", "url",
)  # fmt: skip

MAX_READ = 1_000  # references to a work that are read to find its authors


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedWork:
    """A work in a list, with the number of articles that cite it.

    `name` is what to call it: its title, else the printed entry shortened, else its identifier (see naming.py).
    `et_al` is whether it has more authors than are named. `identifiers` are (kind, value, origin), with the origin
    `printed` or the service of the look-up. `resolved` names the fields (title, year …) that no reference prints and a
    look-up found. `standing` is the state after retractions.
    """

    id: int
    articles: int
    name: str
    title: str | None
    authors: tuple[str, ...]
    et_al: bool
    container_title: str | None
    year: int | None
    identifiers: tuple[tuple[str, str, str], ...]
    resolved: tuple[str, ...]
    standing: RetractionState | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Citing:
    """A reference to a work: the article, the reference as printed, and the sentences that cite it."""

    id: int
    url: str
    title: str
    site: str
    language: str | None
    published: str | None
    raw: str
    sentences: tuple[str, ...]


def most_cited(db: Database, *, site: str | None = None, year: int | None = None, limit: int = 20) -> list[ListedWork]:
    """Return the works, published in `year` if given, that most articles (of `site`) cite; `limit` 0: all."""
    rows = db.execute(
        "select b.work_id, count(distinct b.article_id) from bibliography b "
        "join articles a on a.id = b.article_id join works w on w.id = b.work_id "
        "where (?1 is null or a.site = ?1) and (?2 is null or w.year = ?2 or (w.year is null and exists ("
        "select 1 from work_resolved r where r.work_id = w.id and r.field = 'year' and r.value = cast(?2 as text)))) "
        "group by 1 order by 2 desc, w.year desc, w.key limit ?3",
        [site, year, limit or -1],
    ).fetchall()
    return listed(db, dict(rows))


def find_works(db: Database, wanted: str, *, limit: int = 20) -> list[ListedWork]:
    """Return the works with that identifier, in any spelling, or with those words in the title or printed reference."""
    identifier = identify(wanted)
    if identifier:
        ids = db.execute("select work_id from work_identifiers where kind = ? and value = ?", list(identifier))
    else:
        words = clean(wanted).strip().lower()
        ids = db.execute(
            "select work_id from bibliography where instr(lower(raw), ?1) union "
            "select id from works where instr(lower(title), ?1) union "
            "select work_id from work_resolved where field = 'title' and instr(lower(value), ?1)",
            [words],
        )
    found = json.dumps(sorted({work_id for (work_id,) in ids.fetchall() if work_id}))
    rows = db.execute(
        "select work_id, count(distinct article_id) from bibliography "
        "where work_id in (select value from json_each(?)) group by 1 order by 2 desc, 1 limit ?",
        [found, limit or -1],
    ).fetchall()
    return listed(db, dict(rows))


def citing(db: Database, work_id: int, *, year: str | None = None, limit: int = 0, offset: int = 0) -> list[Citing]:
    """Return the references to the work, those of the newest articles first.

    `year` keeps the articles published in that year, '' those without a date. `limit` and `offset` count articles, and
    no other texts are read; `limit` 0: all.
    """
    rows = db.execute(
        "with chosen as (select id, published from articles "
        "where id in (select article_id from bibliography where work_id = ?1) "
        "and (?2 is null or coalesce(substr(published, 1, 4), '') = ?2) "
        # The unary plus keeps the planner from walking all articles by date to find the few that cite the work.
        "order by +published desc, id desc limit ?3 offset ?4) "
        "select a.id, a.url, a.title, a.site, a.language, a.published, b.raw, b.position, a.text "
        "from chosen c join articles a on a.id = c.id join bibliography b on b.article_id = a.id and b.work_id = ?1 "
        "order by a.published desc, a.id desc, b.position",
        [work_id, year, limit or -1, offset],
    ).fetchall()
    return [
        Citing(
            id=article_id, url=url, title=title, site=site, language=language, published=published, raw=raw,
            sentences=tuple(_sentences(db, article_id, position, text)),
        )
        for article_id, url, title, site, language, published, raw, position, text in rows
    ]  # fmt: skip


def listed(db: Database, counts: dict[int, int]) -> list[ListedWork]:
    """Return the works with the ids in `counts`, which maps them to the number of citing articles, in its order."""
    ids = list(counts)
    looked_up, standing, identifiers = _looked_up(db, ids), retraction_states(db, ids), _identifiers(db, ids)
    names = work_names(db, ids)
    columns = {work_id: values for work_id, *values in _columns(db, ids)}
    works = []
    for work_id, articles in counts.items():
        printed = dict(zip(("title", "container_title", "year"), columns[work_id], strict=True))
        known = {name: value for name, (value, _) in looked_up.get(work_id, {}).items()}
        resolved = tuple(name for name, value in printed.items() if value is None and name in known)
        authors, et_al = _authors(db, work_id)
        works.append(
            ListedWork(
                id=work_id, articles=articles, name=names[work_id], authors=authors, et_al=et_al,
                identifiers=tuple(identifiers.get(work_id, ())), resolved=resolved, standing=standing.get(work_id),
                **printed | {name: known[name] for name in resolved},
            )
        )  # fmt: skip
    return works


def _authors(db: Database, work_id: int) -> tuple[tuple[str, ...], bool]:
    """Return the authors of the work by the first MAX_READ references to it, and whether there are more."""
    rows = db.execute(
        "select authors, et_al from bibliography where work_id = ? order by id limit ?", [work_id, MAX_READ]
    ).fetchall()
    return agreed_authors(_printed_authors(rows))


def _printed_authors(rows: Iterable[tuple[str, int]]) -> Iterator[tuple[tuple[str, ...], bool]]:
    return ((tuple(json.loads(authors)), bool(et_al)) for authors, et_al in rows)


def works(db: Database, article_ids: Sequence[int] | None = None) -> Iterator[Work]:
    """Yield the works that those articles cite, or all works (None), in the order of their ids, with all fields."""
    template = "select distinct work_id from bibliography where work_id is not null and {chosen} order by 1"
    chosen = "true" if article_ids is None else "article_id in (select value from json_each(?))"
    values = [] if article_ids is None else [json.dumps(article_ids)]
    ids = db.execute(compose(template, chosen=Fragment(chosen)), values).fetchall()
    for start in range(0, len(ids), 500):
        yield from _works(db, [work_id for (work_id,) in ids[start : start + 500]])


def _works(db: Database, ids: Sequence[int]) -> Iterator[Work]:
    chosen = json.dumps(ids)
    template = (
        "select work_id, authors, et_al, accessed, {columns} from bibliography "
        "where work_id in (select value from json_each(?)) order by 1"
    )
    rows = db.execute(compose(template, columns=PRINTED), [chosen]).fetchall()
    looked_up, names, doubts = _looked_up(db, ids), work_names(db, ids), doubts_of_works(db, ids)
    for work_id, group in groupby(rows, key=lambda row: int(row[0])):
        references = list(group)
        authors, et_al = agreed_authors(_printed_authors(row[1:3] for row in references))
        accessed = max((row[3] for row in references if row[3]), default=None)
        printed = zip(*(row[4:] for row in references), strict=True)
        columns = usable_facts(dict(zip(PRINTED, printed, strict=True)))
        facts = {name: most_frequent(values) for name, values in columns.items()}
        for name, (value, _) in looked_up.get(work_id, {}).items():
            facts[name] = facts[name] or value
        notes = [] if facts["title"] else [names[work_id]]
        facts["note"] = "; ".join([*notes, *([doubts[work_id]] if work_id in doubts else [])]) or None
        yield Work(id=work_id, authors=authors, et_al=et_al, accessed=accessed if facts["url"] else None, **facts)


def _looked_up(db: Database, ids: Sequence[int]) -> dict[int, dict[str, tuple[Any, str]]]:
    """Return what look-ups found for the works: work id -> field -> (value, service)."""
    found: dict[int, dict[str, tuple[Any, str]]] = {}
    rows = db.execute(
        "select work_id, field, value, service from work_resolved where work_id in (select value from json_each(?)) "
        "order by service, value",
        [json.dumps(ids)],
    ).fetchall()
    for work_id, field, value, service in rows:
        found.setdefault(work_id, {}).setdefault(field, (int(value) if field == "year" else value, service))
    return found


def _columns(db: Database, ids: Collection[int]) -> list[tuple[Any, ...]]:
    sql = "select id, title, container_title, year from works where id in (select value from json_each(?))"
    rows: list[tuple[Any, ...]] = db.execute(sql, [json.dumps(list(ids))]).fetchall()
    return rows


def _identifiers(db: Database, ids: Collection[int]) -> dict[int, list[tuple[str, str, str]]]:
    found: dict[int, list[tuple[str, str, str]]] = {}
    rows = db.execute(
        "select distinct work_id, kind, value, origin from work_identifiers "
        "where work_id in (select value from json_each(?)) order by work_id, kind, value, origin",
        [json.dumps(list(ids))],
    ).fetchall()
    for work_id, kind, value, origin in sorted(rows, key=lambda row: KINDS.index(row[1])):
        found.setdefault(work_id, []).append((kind, value, origin))
    return found


def _sentences(db: Database, article_id: int, position: int, text: str) -> Iterator[str]:
    """Return the sentences around the citations of the reference at `position`, each once."""
    rows = db.execute(
        'select c.start, c."end" from citations c, json_each(c."references") r '
        "where c.article_id = ? and r.value = ? order by c.start",
        [article_id, position],
    ).fetchall()
    return iter(dict.fromkeys(sentence_at(text, start, end) for start, end in rows))
