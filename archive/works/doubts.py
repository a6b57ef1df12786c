"""Doubtful references, counted, and which articles have one, as a condition in SQL that a search uses."""

from archive.storage.sql import Reader

# `{id}` is the article's id in SQL.
DOUBTFUL_ARTICLE = """exists (
  select 1 from bibliography b join reference_checks c on c.reference_id = b.id
  where b.article_id = {id} and c.verdict = 'contradicts'
)"""


def doubtful_count(db: Reader, site: str | None = None) -> int:
    """Return how many references contradict themselves or a record, of all articles or of those of a site."""
    sql = (
        "select count(distinct c.reference_id) from reference_checks c join bibliography b on b.id = c.reference_id "
        "join articles a on a.id = b.article_id where c.verdict = 'contradicts' and (?1 is null or a.site = ?1)"
    )
    return int(db.execute(sql, [site]).fetchone()[0])
