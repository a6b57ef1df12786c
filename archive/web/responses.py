"""What the pages of an archive have in common: finding the archive, reading it, and answering with safe headers."""

import hashlib
import json
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from datasette.utils import tilde_decode, tilde_encode
from datasette.utils.asgi import NotFound, Request, Response
from sqlite_utils import Database as ArchiveDatabase

from archive.errors import NotStoredError
from archive.storage.connection import snapshot
from archive.storage.migrations import APPLICATION_ID

if TYPE_CHECKING:  # Datasette loads its plugins while it is being imported itself
    from datasette.app import Datasette
    from datasette.database import Database

T = TypeVar("T")

PLUGIN = "health-news-archive"  # our name among Datasette's plugins, under which it serves static/
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SAFE = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


@dataclass(frozen=True, slots=True)
class Served:
    """A request for something of an archive that Datasette serves."""

    request: Request
    datasette: "Datasette"
    database: "Database"

    async def read(self, reader: Callable[[ArchiveDatabase], T]) -> T:
        """What `reader` finds in one state of the archive; it runs in a thread, on a connection that cannot write."""

        def read(connection: sqlite3.Connection) -> T:
            db = ArchiveDatabase(connection)
            with snapshot(db):
                return reader(db)

        found: T = await self.database.execute_fn(read)
        return found

    def link(self, path: str, query: Mapping[str, str] | None = None) -> str:
        """The address of one of the archive's pages: `article/12` is /<database>/-/article/12."""
        address = self.datasette.urls.path(f"{self.datasette.urls.database(self.database.name)}/-/{path}")
        return f"{address}?{urlencode(query)}" if query else str(address)

    def site_link(self, name: str) -> str:
        """The address of the page on a site, whatever characters its name has."""
        return self.link(f"site/{tilde_encode(name)}")

    def absolute(self, address: str) -> str:
        """An address of ours with scheme and host, for readers outside the browser."""
        return str(self.datasette.absolute_url(self.request, address))

    def static(self, file: str) -> str:
        """The address of a file of ours in static/, which changes with the file."""
        return f"{self.datasette.urls.static_plugins(PLUGIN, file)}?{_digest(file)}"

    async def html(
        self, template: str, context: Mapping[str, Any], *, status: int = 200, policy: str = POLICY
    ) -> Response:
        """A page of ours: a template that extends healthnews_base.html, under a strict content security policy."""
        frame = {"link": self.link, "site_link": self.site_link, "static": self.static, "database": self.database.name}
        body = await self.datasette.render_template(template, {**frame, **context}, request=self.request)
        return Response.html(body, status=status, headers={"Content-Security-Policy": policy, **SAFE})

    def json(self, answer: Any, *, status: int = 200) -> Response:
        """An answer for programs."""
        body = json.dumps(answer, ensure_ascii=False, indent=2) + "\n"
        headers = {"Content-Security-Policy": POLICY, **SAFE}
        return Response(body, status=status, headers=headers, content_type="application/json; charset=utf-8")

    def refusal(self, sentences: Iterable[str]) -> Response:
        """That something cannot be answered as it was asked: a file has no room to say what was left out of it."""
        headers = {"Content-Security-Policy": POLICY, **SAFE}
        return Response.text("\n".join(sentences) + "\n", status=400, headers=headers)

    async def missing(self, sentence: str) -> Response:
        """That something is not there, as a page or as JSON, as was asked for."""
        if self.request.path.endswith(".json"):
            return self.json({"error": sentence}, status=404)
        return await self.html("healthnews_missing.html", {"sentence": sentence}, status=404)


def archive_view(view: Callable[[Served], Awaitable[Response]]) -> Callable[..., Awaitable[Response]]:
    """`view` as a view of Datasette, for a route with a group `database`; NotStoredError becomes a 404.

    Databases that are no archive of ours, or that the reader may not see, do not get so far.
    """

    async def of_archive(request: Request, datasette: "Datasette") -> Response:
        served = await find_served(request, datasette, tilde_decode(request.url_vars["database"]))
        try:
            return await view(served)
        except NotStoredError as error:
            return await served.missing(str(error))

    return of_archive


async def find_served(request: Request, datasette: "Datasette", route: str) -> Served:
    """The archive that is served as `route`. Raises NotFound, or Forbidden for who may not see it."""
    try:
        database = datasette.get_database(route=route)
    except KeyError as error:
        raise NotFound(f"There is no database {route}.") from error
    if not await database.execute_fn(is_archive):
        raise NotFound("This database is no health-news archive.")
    return await served_by(request, datasette, database)


async def served_by(request: Request, datasette: "Datasette", database: "Database") -> Served:
    """A request for an archive. Raises Forbidden for who may not see it."""
    await datasette.ensure_permissions(request.actor, [("view-database", database.name), "view-instance"])
    return Served(request, datasette, database)


def is_archive(connection: sqlite3.Connection) -> bool:
    """Whether the connection's file is an archive of ours, by the mark in its header."""
    return bool(connection.execute("pragma application_id").fetchone()[0] == APPLICATION_ID)


@cache
def _digest(file: str) -> str:
    content = files("archive.web").joinpath("static", file).read_bytes()
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()[:8]
