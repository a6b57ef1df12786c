"""Which articles have a doubtful reference, as a condition in SQL that a search uses."""

# `{id}` is the article's id in SQL.
DOUBTFUL_ARTICLE = """exists (
  select 1 from bibliography b join reference_checks c on c.reference_id = b.id
  where b.article_id = {id} and c.verdict = 'contradicts'
)"""
