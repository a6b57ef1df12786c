"""The Datasette plugin: search that finds Chinese, and a page to read an article on. Other databases are left alone."""

import sqlite3
from typing import TYPE_CHECKING, Any

import markupsafe
from datasette import hookimpl
from datasette.utils.asgi import NotFound, Request, Response
from sqlite_utils import Database as ArchiveDatabase

from archive.browse.layout import caution, identifier_links, paragraphs
from archive.db import APPLICATION_ID
from archive.reading import NotStoredError, Stored, find_article, load
from archive.search import fts_query

if TYPE_CHECKING:  # Datasette loads its plugins while it is being imported itself
    from datasette.app import Datasette
    from datasette.database import Database

OURS = {"id", "page_id", "content_hash", "encoding_source"}  # columns by which our articles are known
POLICY = "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self'; script-src 'self'; form-action 'self'"


@hookimpl(trylast=True)  # without trylast Datasette's own escape_fts wins, and 干细胞 finds nothing
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Makes escape_fts, which Datasette's search box calls, rewrite queries as `healthnews search` does."""
    if is_archive(conn):
        conn.create_function("escape_fts", 1, fts_query, deterministic=True)


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """`/<database>/-/article/<id>`: one article to read."""
    return [(r"^/(?P<database>[^/]+)/-/article/(?P<id>\d+)$", article_page)]


@hookimpl
def render_cell(row: sqlite3.Row, column: str, table: str | None, database: str, datasette: "Datasette") -> Any:
    """In the articles table the title leads to the article's page."""
    if table != "articles" or column != "title" or not set(row.keys()) >= OURS:
        return None
    url = datasette.urls.path(f"{datasette.urls.database(database)}/-/article/{row['id']}")
    return markupsafe.Markup('<a href="{}">{}</a>').format(url, row["title"])


async def article_page(request: Request, datasette: "Datasette") -> Response:
    """Text, metadata and references of one article."""
    database = _archive_database(datasette, request.url_vars["database"])
    if not await database.execute_fn(is_archive):
        raise NotFound("This database is no health-news archive")
    wanted = request.url_vars["id"]
    try:
        stored = await database.execute_fn(lambda connection: _load(connection, wanted))
    except NotStoredError as error:
        raise NotFound(str(error)) from error
    cautions = {flag.position: caution(flag) for flag in stored.flags}
    context = {
        "database": database.name,
        "stored": stored,
        "article": stored.article,
        "paragraphs": paragraphs(stored.article),
        "entries": [
            (reference, identifier_links(reference), cautions.get(position))
            for position, reference in enumerate(stored.article.references)
        ],
    }
    html = await datasette.render_template("article.html", context, request=request)
    headers = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
    return Response.html(html, headers=headers)


def is_archive(connection: sqlite3.Connection) -> bool:
    """Whether the connection's file is an archive of ours, by the mark in its header."""
    return bool(connection.execute("pragma application_id").fetchone()[0] == APPLICATION_ID)


def _archive_database(datasette: "Datasette", name: str) -> "Database":
    try:
        return datasette.get_database(name)
    except KeyError as error:
        raise NotFound(f"There is no database {name}") from error


def _load(connection: sqlite3.Connection, wanted: str) -> Stored:
    db = ArchiveDatabase(connection)
    return load(db, find_article(db, wanted))
