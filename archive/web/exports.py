"""Export the result of a search as a file. It is streamed on its own connection, so it blocks no other request."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from itertools import islice
from typing import Any

from datasette.utils.asgi import AsgiStream, Response
from sqlite_utils import Database

from archive.articles.lookup import load
from archive.export import CITATION_FORMATS, FORMATS
from archive.export.csv import write_excel
from archive.retrieval.engine import matching
from archive.web.responses import POLICY, SAFE, ArchiveRequest, archive_view, connect_to_read
from archive.web.search_params import SearchParams, parse_params
from archive.works.queries import works

BY_EXTENSION = {each.extension: each for each in FORMATS.values()}
CITATIONS = {f"articles.{each.extension}": each for each in CITATION_FORMATS}  # of the articles themselves
EXCEL = {"excel.csv": FORMATS["csv"]}
ENDINGS = BY_EXTENSION | CITATIONS | EXCEL
BATCH = 50  # articles or works that are sent at once


async def export(request: ArchiveRequest) -> AsgiStream | Response:
    """Stream all articles that the search finds, newest first, citations of them, or the works that they cite."""
    ending = request.url_vars["ending"]
    params = parse_params(request.args)
    if params.export_errors:
        return request.bad_request(params.export_errors)
    headers = {
        "Content-Disposition": f'attachment; filename="health-news.{ending}"',
        "Content-Security-Policy": POLICY,
        **SAFE,
    }

    async def stream(out: Any) -> None:
        disconnected = asyncio.ensure_future(_wait_for_disconnect(request.raw.receive))
        connection = await asyncio.to_thread(connect_to_read, request.database)
        try:
            pieces = export_pieces(Database(connection), params, ending)
            while not disconnected.done() and (text := await asyncio.to_thread(_next, pieces)):
                await out.write(text)
        finally:
            disconnected.cancel()
            connection.close()

    return AsgiStream(stream, headers=headers, content_type=f"{ENDINGS[ending].media_type}; charset=utf-8")


def export_pieces(db: Database, params: SearchParams, ending: str) -> Iterator[str]:
    """Yield the export as pieces of text, from one snapshot of the archive."""
    db.conn.execute("begin")
    ids = matching(db, params.q, copies=params.all_copies, **params.to_filters())
    export_format = ENDINGS[ending]
    if ending in EXCEL:
        yield from write_excel(load(db, article_id).as_object() for article_id in ids)
    elif ending in CITATIONS or export_format.content == "articles":
        yield from export_format.write_articles(load(db, article_id).as_object() for article_id in ids)
    else:
        yield from export_format.write(works(db, ids))


def _next(pieces: Iterator[str]) -> str:
    return "".join(islice(pieces, BATCH))


async def _wait_for_disconnect(receive: Callable[[], Awaitable[dict[str, Any]]]) -> None:
    """Return when the client has disconnected."""
    while (await receive())["type"] != "http.disconnect":
        pass


ROUTES = [
    (rf"^/(?P<database>[^/]+)/-/search\.(?P<ending>{'|'.join(map(re.escape, ENDINGS))})$", archive_view(export)),
]
