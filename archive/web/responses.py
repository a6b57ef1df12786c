"""Requests for an archive and responses to them: find the archive, read it, and send safe headers."""

import hashlib
import json
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from datasette.utils import tilde_decode, tilde_encode
from datasette.utils.asgi import NotFound, Request, Response
from sqlite_utils import Database as ArchiveDatabase

from archive.errors import NotStoredError
from archive.storage.connection import snapshot
from archive.storage.steps import APPLICATION_ID
from archive.text.messages import message
from archive.web.notes_access import NotesAccess, notes_access, notes_file
from archive.web.sql_limits import time_limit
from archive.web.translation import translated

if TYPE_CHECKING:  # Datasette loads its plugins while it is being imported itself
    from datasette.app import Datasette
    from datasette.database import Database

T = TypeVar("T")

PLUGIN = "health-news-archive"  # the name of the plugin in Datasette, under which it serves static/
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
MAX_SECONDS = 20  # of all queries of a page
SAFE = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


@dataclass(frozen=True, slots=True)
class ArchiveRequest:
    """A request for a page of an archive that Datasette serves; `raw` is Datasette's own request."""

    raw: Request
    datasette: "Datasette"
    database: "Database"

    @property
    def args(self) -> Any:
        """The parameters of the query string."""
        return self.raw.args

    @property
    def url_vars(self) -> Mapping[str, str]:
        """The named groups of the route."""
        url_vars: Mapping[str, str] = self.raw.url_vars
        return url_vars

    async def read(self, reader: Callable[[ArchiveDatabase], T]) -> T:
        """Return what `reader` returns for a snapshot of the archive. It runs in a thread on a read-only connection.

        Raises sqlite3.OperationalError if SQLite is still at it after MAX_SECONDS.
        """

        def read(connection: sqlite3.Connection) -> T:
            db = ArchiveDatabase(connection)
            with time_limit(connection, MAX_SECONDS), snapshot(db):
                return reader(db)

        result: T = await self.database.execute_fn(read)
        return result

    def link(self, path: str, query: Mapping[str, str] | None = None) -> str:
        """Return the URL of a page of the archive: for `article/12` it is /<database>/-/article/12."""
        url = self.datasette.urls.path(f"{self.datasette.urls.database(self.database.name)}/-/{path}")
        return f"{url}?{urlencode(query)}" if query else str(url)

    def site_link(self, name: str) -> str:
        """Return the URL of the page on a site; any character of its name is encoded."""
        return self.link(f"site/{tilde_encode(name)}")

    def absolute(self, url: str) -> str:
        """Return a URL of this server with scheme and host, for feeds and programs."""
        return str(self.datasette.absolute_url(self.raw, url))

    def static(self, file: str) -> str:
        """Return the URL of a file in static/, with a digest that changes with the file."""
        return f"{self.datasette.urls.static_plugins(PLUGIN, file)}?{_digest(file)}"

    async def notes(self) -> NotesAccess | None:
        """Return the access of the user to the notes, None where notes are off or not for this user."""
        path = notes_file(self.datasette.plugin_config(PLUGIN))
        return await notes_access(self.datasette, path, self.raw.actor)

    async def html(
        self, template: str, context: Mapping[str, Any], *, status: int = 200, policy: str = POLICY
    ) -> Response:
        """Render a template that extends healthnews_base.html, under a strict content security policy."""
        common: dict[str, Any] = {
            "link": self.link,
            "site_link": self.site_link,
            "static": self.static,
            "database": self.database.name,
        }
        common["notes_access"] = await self.notes()
        body = await self.datasette.render_template(template, {**common, **context}, request=self.raw)
        return Response.html(body, status=status, headers={"Content-Security-Policy": policy, **SAFE})

    def json(self, value: Any, *, status: int = 200) -> Response:
        """Return the value as a JSON response."""
        body = json.dumps(value, ensure_ascii=False, indent=2) + "\n"
        headers = {"Content-Security-Policy": POLICY, **SAFE}
        return Response(body, status=status, headers=headers, content_type="application/json; charset=utf-8")

    def bad_request(self, sentences: Iterable[str]) -> Response:
        """Return a response with status 400 and the sentences as text; files and feeds cannot carry warnings."""
        headers = {"Content-Security-Policy": POLICY, **SAFE}
        return Response.text("\n".join(map(translated, sentences)) + "\n", status=400, headers=headers)

    async def not_found(self, sentence: str) -> Response:
        """Return a response with status 404, as JSON if the URL ends in .json, else as a page."""
        if self.raw.path.endswith(".json"):
            return self.json({"error": sentence}, status=404)
        return await self.html("healthnews_missing.html", {"sentence": translated(sentence)}, status=404)


def archive_view(view: Callable[[ArchiveRequest], Awaitable[Response]]) -> Callable[..., Awaitable[Response]]:
    """Turn `view` into a view of Datasette, for a route with a group `database`; NotStoredError becomes a 404.

    Databases that are not archives are not found; those that the user may not see are forbidden.
    """

    async def datasette_view(request: Request, datasette: "Datasette") -> Response:
        archive_request = await find_archive(request, datasette, tilde_decode(request.url_vars["database"]))
        try:
            return await view(archive_request)
        except NotStoredError as error:
            return await archive_request.not_found(error.args[0])

    return datasette_view


async def find_archive(request: Request, datasette: "Datasette", route: str) -> ArchiveRequest:
    """Return a request for the archive served as `route`. Raises NotFound, or Forbidden if the user may not see it."""
    try:
        database = datasette.get_database(route=route)
    except KeyError as error:
        raise NotFound(message("There is no database %(name)s.", name=route)) from error
    if not await database.execute_fn(is_archive):
        raise NotFound(message("This database is no health-news archive."))
    return await archive_request(request, datasette, database)


async def archive_request(request: Request, datasette: "Datasette", database: "Database") -> ArchiveRequest:
    """Return a request for the archive `database`. Raises Forbidden if the user may not see it."""
    await datasette.ensure_permissions(request.actor, [("view-database", database.name), "view-instance"])
    return ArchiveRequest(request, datasette, database)


def is_archive(connection: sqlite3.Connection) -> bool:
    """Return whether the connection's file is an archive, by the application id in its header."""
    return bool(connection.execute("pragma application_id").fetchone()[0] == APPLICATION_ID)


def connect_to_read(database: "Database") -> sqlite3.Connection:
    """Return a read-only connection of its own to a database; several threads may use it, one after the other."""
    mode = "mode=ro" if database.is_mutable else "immutable=1"
    uri = f"{Path(database.path).absolute().as_uri()}?{mode}"
    return sqlite3.connect(uri, uri=True, check_same_thread=False, isolation_level=None)


@cache
def _digest(file: str) -> str:
    content = files("archive.web").joinpath("static", file).read_bytes()
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()[:8]
