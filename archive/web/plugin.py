"""The Datasette plugin: search that finds Chinese, and the pages of an archive. Other databases are not changed."""

import sqlite3
from typing import TYPE_CHECKING, Any

import markupsafe
from datasette import hookimpl

from archive.retrieval.query import fts_query
from archive.web import atom, exports
from archive.web.pages import article, changes, duplicates, search, site, start, work, works
from archive.web.responses import is_archive
from archive.web.security_headers import with_nosniff

if TYPE_CHECKING:  # Datasette loads its plugins while it is being imported itself
    from datasette.app import Datasette

# Modules with ROUTES: a page is one small module, a template and a line here.
PAGES = (
    start, search, exports, atom, article, changes, work, works, site, duplicates,
)  # fmt: skip
ARTICLE_COLUMNS = {"id", "page_id", "content_hash", "encoding_source"}  # these identify the table of an archive


@hookimpl(trylast=True)  # without trylast Datasette's own escape_fts wins, and 干细胞 finds nothing
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Replace escape_fts, which Datasette's search box calls, by the query language of `healthnews search`."""
    if is_archive(conn):
        conn.create_function("escape_fts", 1, fts_query, deterministic=True)


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Return the routes of the pages of an archive, /<database>/-/…"""
    return [route for page in PAGES for route in page.ROUTES]


@hookimpl
def asgi_wrapper() -> Any:
    """Send `nosniff` with every response, Datasette's own included."""
    return with_nosniff


@hookimpl
def render_cell(row: sqlite3.Row, column: str, table: str | None, database: str, datasette: "Datasette") -> Any:
    """Link the titles in the articles table to the pages of the articles."""
    if table != "articles" or column != "title" or not set(row.keys()) >= ARTICLE_COLUMNS:
        return None
    url = datasette.urls.path(f"{datasette.urls.database(database)}/-/article/{row['id']}")
    return markupsafe.Markup('<a href="{}">{}</a>').format(url, row["title"])
