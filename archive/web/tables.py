"""What Datasette shows of an archive's tables: descriptions, which are hidden, and queries to begin with."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive.storage.schema_comments import described
from archive.storage.steps import APPLICATION_ID

if TYPE_CHECKING:  # Datasette loads its plugins while it is being imported itself
    from datasette.database import Database

# Tables that the program works with and that answer no question. Datasette hides what begins with these names too.
INTERNAL = (
    "_sqlite_migrations", "article_texts", "articles_fts", "blocks", "cited", "counts", "distinct_texts", "erasures",
    "lookups", "reference_signatures", "resolved", "signature_keys", "signatures", "sketchings", "superseded_fts",
    "text_bands", "text_pairs",
)  # fmt: skip
# Views can only be hidden by refusing them.
INTERNAL_VIEWS = (
    "articles_fts_characters_spelled", "articles_fts_old_walked", "articles_fts_spelled", "articles_fts_walked",
    "superseded_fts_old_walked", "superseded_fts_spelled", "superseded_fts_walked",
)  # fmt: skip

QUERIES = {  # name in the URL: title and SQL
    "retracted-works": (
        "Retracted works, and the articles that cite them",
        """
select work_title, notices, article_title, site, published, article_url
from article_references
where notices is not null
order by work_id, published
""",
    ),
    "works-by-sites": (
        "Works that most sites cite",
        """
select work_title, work_year, doi, articles, sites
from work_citations
order by sites desc, articles desc limit 100
""",
    ),
    "latest-changes": (
        "The latest changes of articles",
        """
select changed_at, site, title_after, characters_before, characters_after, article_url
from article_changes
order by changed_at desc limit 100
""",
    ),
    "sites-by-year": (
        "Sites by year: share of articles with references, and with advertising",
        """
select site, substr(published_month, 1, 4) as year, sum(articles) as articles,
  round(100.0 * sum(with_references) / sum(articles)) as percent_with_references,
  round(100.0 * sum(with_marketing) / sum(articles)) as percent_with_marketing
from site_months
group by 1, 2 order by 1, 2
""",
    ),
}
# What the box for SQL on the page of an archive begins with.
EXAMPLE = """
-- The works that most articles cite
select work_title, work_container, work_year, doi, articles, notices
from work_citations
order by articles desc limit 50
""".strip()


def table_metadata(*, sql: bool) -> dict[str, Any]:
    """Return Datasette's metadata for the tables of an archive; with `sql` also queries to begin with."""
    tables: dict[str, dict[str, Any]] = {
        each.name: {
            "description": " ".join(each.about.split()),
            "columns": {column.name: column.says for column in each.columns if column.says},
        }
        for each in described()
    }
    for name in INTERNAL:
        tables.setdefault(name, {})["hidden"] = True
    for name in INTERNAL_VIEWS:
        tables.setdefault(name, {})["allow"] = False
    queries = {name: {"title": title, "sql": text.strip()} for name, (title, text) in QUERIES.items()} if sql else {}
    return {"tables": tables, "queries": queries}


def is_archive_file(database: "Database") -> bool:
    """Return whether a database of Datasette is an archive, by the header of its file."""
    return database.path is not None and _is_marked(Path(database.path))


@cache
def _is_marked(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            header = file.read(72)
    except OSError:
        return False
    return header[:6] == b"SQLite" and int.from_bytes(header[68:72], "big") == APPLICATION_ID  # sqlite.org/fileformat2
