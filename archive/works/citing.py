"""Query works for the pages of the browser: the works of an article's references, citing years, and paged lists.

No query reads the text of more articles than one page shows.
"""

import json
from dataclasses import dataclass

from sqlite_utils import Database

from archive.errors import NotStoredError
from archive.references.identify import identify
from archive.storage.sql import Fragment, compose
from archive.text.characters import clean
from archive.text.messages import message
from archive.works.queries import ListedWork, listed
from archive.works.retractions import WARNED_OF, retraction_states

MAX_COUNTED = 1_000  # references to a work that are read to count the articles that cite it

# Works with every word of a query in the title and journal that most references print, or in a title from a look-up.
WITH_WORDS = """
select id from works w where not exists (
  select 1 from json_each(?) word where instr(lower(coalesce(w.title, '') || ' ' || coalesce(w.container_title, '')),
                                              word.value) = 0
) union
select work_id from work_resolved r where r.field = 'title' and not exists (
  select 1 from json_each(?) word where instr(lower(r.value), word.value) = 0
)
"""


@dataclass(frozen=True, slots=True)
class CitedWork:
    """The work of a reference and the number of articles that cite it; with `more` at least that many."""

    work_id: int
    articles: int
    more: bool


@dataclass(frozen=True, slots=True)
class WorkList:
    """One page of a list of works, and the number of works on all pages."""

    works: tuple[ListedWork, ...]
    total: int


def cited_works(db: Database, article_id: int) -> dict[int, CitedWork]:
    """Return the works that the article's references point to, by the position of the reference."""
    rows = db.execute(
        "select position, work_id, (select count(distinct article_id) from ("
        "select article_id from bibliography where work_id = b.work_id limit ?2)), "
        "(select count(*) from (select 1 from bibliography where work_id = b.work_id limit ?2)) = ?2 "
        "from bibliography b where article_id = ?1 and work_id is not null",
        [article_id, MAX_COUNTED],
    ).fetchall()
    return {position: CitedWork(work_id, articles, bool(more)) for position, work_id, articles, more in rows}


def find_work(db: Database, work_id: int) -> ListedWork:
    """Return the work with that id. Raises NotStoredError."""
    (articles,) = db.execute(
        "select count(distinct article_id) from bibliography where work_id = ?", [work_id]
    ).fetchone()
    if not articles:
        raise NotStoredError(
            message("No work has the id %(id)s: works that nothing cites any more are dropped.", id=str(work_id))
        )
    return listed(db, {work_id: articles})[0]


def citing_years(db: Database, work_id: int) -> dict[str, int]:
    """Return the number of citing articles by year, newest first; the year '' is for articles without a date."""
    rows = db.execute(
        "select coalesce(substr(published, 1, 4), '') as year, count(*) from articles "
        "where id in (select article_id from bibliography where work_id = ?) group by year order by year desc",
        [work_id],
    ).fetchall()
    return dict(rows)


def list_works(db: Database, query: str = "", *, retracted: bool = False, limit: int = 20, offset: int = 0) -> WorkList:
    """Return a page of the cited works, most cited first.

    `query` is an identifier in any spelling, or words that must all be in the title or the name of the journal. With
    `retracted` only works that are retracted or have an expression of concern are listed.
    """
    chosen = _matching(db, query) if query.strip() else None
    if retracted:
        warned = {work_id for work_id, each in retraction_states(db, chosen).items() if each.status in WARNED_OF}
        chosen = warned if chosen is None else chosen & warned
    narrowed = "work_id is not null" if chosen is None else "work_id in (select value from json_each(?1))"
    sql = compose(
        "select work_id, count(distinct article_id) from bibliography where {narrowed} "
        "group by 1 order by 2 desc, 1 limit ?2 offset ?3",
        narrowed=Fragment(narrowed),
    )
    rows = db.execute(sql, ["" if chosen is None else json.dumps(sorted(chosen)), limit, offset]).fetchall()
    total = db.execute("select count(*) from works").fetchone()[0] if chosen is None else len(chosen)
    return WorkList(tuple(listed(db, dict(rows))), total)


def _matching(db: Database, query: str) -> set[int]:
    """Return the ids of the works with the identifier or the words of the query."""
    identifier = identify(query)
    if identifier:
        sql, values = "select work_id from work_identifiers where kind = ? and value = ?", list(identifier)
    else:
        words = json.dumps(clean(query).lower().split(), ensure_ascii=False)
        sql, values = WITH_WORDS, [words, words]
    return {work_id for (work_id,) in db.execute(sql, values).fetchall()}
