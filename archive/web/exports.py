"""The result of a search as a file: streamed, on a connection of its own, so that a long one keeps nobody waiting."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from datasette.utils.asgi import AsgiStream, Response
from sqlite_utils import Database

from archive.articles.lookup import load
from archive.export import ARTICLE_FORMATS, WORK_FORMATS
from archive.retrieval.engine import matching
from archive.web.responses import POLICY, SAFE, Served, archive_view
from archive.web.search_params import Asked, read
from archive.works.queries import works

FORMATS = {  # ending of the file -> what the page calls it
    "csv": "CSV",
    "jsonl": "JSON Lines",
    "bib": "BibTeX",
    "ris": "RIS",
    "csl.json": "CSL-JSON",
}
WRITERS = {"csv": "csv", "jsonl": "jsonl", "bib": "bibtex", "ris": "ris", "csl.json": "csljson"}  # in archive.export
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl; charset=utf-8",
    "bib": "application/x-bibtex; charset=utf-8",
    "ris": "application/x-research-info-systems; charset=utf-8",
    "csl.json": "application/vnd.citationstyles.csl+json; charset=utf-8",
}
PIECES = 50  # articles or works that are sent at a time


async def export(served: Served) -> AsgiStream | Response:
    """All articles that the search finds, newest first, or the works that they cite."""
    ending = served.request.url_vars["ending"]
    asked = read(served.request.args)
    if asked.misfits:
        return served.refusal(asked.misfits)
    headers = {
        "Content-Disposition": f'attachment; filename="health-news.{ending}"',
        "Content-Security-Policy": POLICY,
        **SAFE,
    }

    async def stream(out: Any) -> None:
        gone = asyncio.ensure_future(_hung_up(served.request.receive))
        connection = await asyncio.to_thread(_connect, Path(served.database.path), served.database.is_mutable)
        try:
            pieces = written(Database(connection), asked, ending)
            while not gone.done() and (text := await asyncio.to_thread(_next, pieces)):
                await out.write(text)
        finally:
            gone.cancel()
            connection.close()

    return AsgiStream(stream, headers=headers, content_type=TYPES[ending])


def written(db: Database, asked: Asked, ending: str) -> Iterator[str]:
    """The export as pieces of text, from one state of the archive, whatever a crawl writes meanwhile."""
    db.conn.execute("begin")
    ids = matching(db, asked.q, copies=asked.every_copy, **asked.narrowing())
    name = WRITERS[ending]
    if name in ARTICLE_FORMATS:
        yield from ARTICLE_FORMATS[name](load(db, article_id).as_object() for article_id in ids)
    else:
        yield from WORK_FORMATS[name](works(db, ids))


def _next(pieces: Iterator[str]) -> str:
    return "".join(islice(pieces, PIECES))


def _connect(path: Path, mutable: bool) -> sqlite3.Connection:
    """A connection that cannot write and that several threads may use, one after the other."""
    mode = "mode=ro" if mutable else "immutable=1"
    uri = f"{path.absolute().as_uri()}?{mode}"
    return sqlite3.connect(uri, uri=True, check_same_thread=False, isolation_level=None)


async def _hung_up(receive: Callable[[], Awaitable[dict[str, Any]]]) -> None:
    """Ends when the client does not listen any more."""
    while (await receive())["type"] != "http.disconnect":
        pass


ROUTES = [
    (r"^/(?P<database>[^/]+)/-/search\.(?P<ending>csv|jsonl|bib|ris|csl\.json)$", archive_view(export)),
]
