"""The kept counts: numbers of rows that triggers keep in step, read instead of counted (m022_kept_counts.sql)."""

from sqlite_utils import Database

from archive.storage.sql import Fragment, compose

# The same counted from scratch.
COUNTS = Fragment("""
select 'articles' as name, site, coalesce(substr(published, 1, 7), '') as value, count(*) as number
  from articles group by 2, 3
union all select 'languages', '', coalesce(language, ''), count(*) from articles group by 3
union all select 'pages', site, state, count(*) from pages group by 2, 3
union all select 'references', '', '', count(*) from bibliography having count(*) > 0
union all select 'works', '', '', count(*) from works having count(*) > 0
""")
CITED = Fragment("""
select work_id, count(distinct article_id) as articles from bibliography where work_id is not null group by 1
""")


def _different(kept: str, counted: Fragment) -> Fragment:
    """Return a query for the rows that are only kept or only counted."""
    return compose(
        "select * from ({kept} except {counted}) union all select * from ({counted} except {kept})",
        kept=Fragment(kept),
        counted=compose("select * from ({rows})", rows=counted),
    )


DIFFERENT = _different("select name, site, value, number from counts where number <> 0", COUNTS)
DIFFERENTLY_CITED = _different("select work_id, articles from cited where articles <> 0", CITED)


def total(db: Database, name: str) -> int:
    """Return the number of articles, pages, references or works."""
    sql = "select coalesce(sum(number), 0) from counts where name = ?"
    return int(db.execute(sql, [name]).fetchone()[0])


def by_value(db: Database, name: str, site: str | None = None) -> dict[str, int]:
    """Return the numbers of `name` by their value, the largest first; of one site or of all."""
    sql = (
        "select value, sum(number) from counts where name = ? and (? is null or site = ?) group by 1 "
        "having sum(number) > 0 order by 2 desc, 1"
    )
    return dict(db.execute(sql, [name, site, site]).fetchall())


def wrong_counts(db: Database) -> list[str]:
    """Return what is kept otherwise than it is counted, as short texts."""
    found = {(name, site, value) for name, site, value, _ in db.execute(DIFFERENT)}
    works = {work_id for work_id, _ in db.execute(DIFFERENTLY_CITED)}
    return [
        *(" ".join(filter(None, words)) for words in sorted(found)),
        *(f"articles that cite work {work_id}" for work_id in sorted(works)),
    ]


def recount(db: Database) -> None:
    """Count everything anew. The caller holds a transaction."""
    db.conn.execute("delete from counts")
    db.conn.execute(compose("insert into counts {counted}", counted=COUNTS))
    db.conn.execute("delete from cited")
    db.conn.execute(compose("insert into cited {counted}", counted=CITED))
