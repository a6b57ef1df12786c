"""Works as a reader meets them: behind an article's references, with those who cite them, and in lists to page through.

Nothing here reads the text of more articles than one page shows.
"""

import json
from dataclasses import dataclass

from sqlite_utils import Database

from archive.errors import NotStoredError
from archive.references.identify import identify
from archive.text.characters import clean
from archive.works.queries import Listed, listed
from archive.works.retractions import ALARMING, standings

COUNTED = 1_000  # references to a work that are looked at where it is only said how many articles cite it

# Every word in what most references print as title and journal, or in a title that was looked up.
NAMED = """
select id from works w where not exists (
  select 1 from json_each(?) word where instr(lower(coalesce(w.title, '') || ' ' || coalesce(w.container_title, '')),
                                              word.value) = 0
) union
select work_id from work_resolved r where r.field = 'title' and not exists (
  select 1 from json_each(?) word where instr(lower(r.value), word.value) = 0
)
"""


@dataclass(frozen=True, slots=True)
class Cited:
    """The work of a reference, and how many articles cite it; `more`: at least so many, it was not counted further."""

    work_id: int
    articles: int
    more: bool


@dataclass(frozen=True, slots=True)
class WorkList:
    """A page of a list of works, and how many there are in all."""

    works: tuple[Listed, ...]
    total: int


def cited_works(db: Database, article_id: int) -> dict[int, Cited]:
    """By the position of the article's references: their works, where they have one."""
    rows = db.execute(
        "select position, work_id, (select count(distinct article_id) from ("
        "select article_id from bibliography where work_id = b.work_id limit ?2)), "
        "(select count(*) from (select 1 from bibliography where work_id = b.work_id limit ?2)) = ?2 "
        "from bibliography b where article_id = ?1 and work_id is not null",
        [article_id, COUNTED],
    ).fetchall()
    return {position: Cited(work_id, articles, bool(more)) for position, work_id, articles, more in rows}


def find_work(db: Database, work_id: int) -> Listed:
    """The work with that id. Raises NotStoredError."""
    (articles,) = db.execute(
        "select count(distinct article_id) from bibliography where work_id = ?", [work_id]
    ).fetchone()
    if not articles:
        raise NotStoredError(f"No work has the id {work_id}: works that nothing cites any more are dropped.")
    return listed(db, {work_id: articles})[0]


def citing_years(db: Database, work_id: int) -> dict[str, int]:
    """How many articles of each year cite the work, newest year first; '' are those without a date."""
    rows = db.execute(
        "select coalesce(substr(published, 1, 4), '') as year, count(*) from articles "
        "where id in (select article_id from bibliography where work_id = ?) group by year order by year desc",
        [work_id],
    ).fetchall()
    return dict(rows)


def list_works(db: Database, query: str = "", *, retracted: bool = False, limit: int = 20, offset: int = 0) -> WorkList:
    """Cited works, most cited first.

    `query`: an identifier in any spelling, or words that are all in the title or the name of the journal. `retracted`:
    only works that are retracted or have an expression of concern.
    """
    chosen = _meant(db, query) if query.strip() else None
    if retracted:
        alarming = {work_id for work_id, each in standings(db, chosen).items() if each.status in ALARMING}
        chosen = alarming if chosen is None else chosen & alarming
    narrowed = "work_id is not null" if chosen is None else "work_id in (select value from json_each(?1))"
    values = ["" if chosen is None else json.dumps(sorted(chosen)), limit, offset]
    rows = db.execute(
        f"select work_id, count(distinct article_id) from bibliography where {narrowed} "  # noqa: S608 fixed words
        "group by 1 order by 2 desc, 1 limit ?2 offset ?3",
        values,
    ).fetchall()
    total = db.execute("select count(*) from works").fetchone()[0] if chosen is None else len(chosen)
    return WorkList(tuple(listed(db, dict(rows))), total)


def _meant(db: Database, query: str) -> set[int]:
    """The ids of the works that the query means."""
    identifier = identify(query)
    if identifier:
        sql, values = "select work_id from work_identifiers where kind = ? and value = ?", list(identifier)
    else:
        words = json.dumps(clean(query).lower().split(), ensure_ascii=False)
        sql, values = NAMED, [words, words]
    return {work_id for (work_id,) in db.execute(sql, values).fetchall()}
