"""The page that shows an article's page as it was received, in a sandboxed frame from the raw origin."""

from pathlib import Path
from urllib.parse import urlsplit

from datasette.utils.asgi import Response
from sqlite_utils import Database

from archive.articles.received import ReceivedPage, received_page
from archive.storage.connection import warc_folder
from archive.storage.page_history import Revision, revisions
from archive.web.formatting import web_link
from archive.web.responses import PLUGIN, POLICY, ArchiveRequest, archive_view

RAW = "raw"  # the key of the raw origin in the plugin's configuration: its port, or its URL behind a proxy


async def received(request: ArchiveRequest) -> Response:
    """Return the page as it was received, in the newest or the requested revision, or a sentence on why not."""
    url_vars = request.url_vars
    revision = int(url_vars["revision"]) if "revision" in url_vars else None
    folder = warc_folder(Path(request.database.path or ""))
    found, history = await request.read(lambda db: _read(db, folder, url_vars["id"], revision))
    origin = raw_origin(request)
    context = {
        "found": found,
        "revisions": history,
        "live": web_link(found.url),
        "frame": f"{origin}/{request.database.name}/{found.article_id}/{found.revision}"
        if origin and found.page
        else None,
        "has_origin": origin is not None,
    }
    policy = f"{POLICY}; frame-src {origin}" if origin else POLICY
    return await request.html("received.html", context, policy=policy)


def raw_origin(request: ArchiveRequest) -> str | None:
    """Return the origin of the raw pages, as the reader's browser knows it; None if this server has none.

    It is the host of the request on another port, unless an URL was given.
    """
    given = (request.datasette.plugin_config(PLUGIN) or {}).get(RAW)
    if not given:
        return None
    if isinstance(given, str):
        return given.rstrip("/")
    here = urlsplit(request.absolute("/"))
    host = f"[{here.hostname}]" if ":" in (here.hostname or "") else here.hostname
    return f"{here.scheme}://{host}:{given}"


def _read(db: Database, folder: Path, key: str, revision: int | None) -> tuple[ReceivedPage, tuple[Revision, ...]]:
    found = received_page(db, folder, key, revision)
    return found, revisions(db, found.article_id)


_ARTICLE = r"^/(?P<database>[^/]+)/-/article/(?P<id>[0-9]{1,18})"
ROUTES = [
    (rf"{_ARTICLE}/received$", archive_view(received)),
    (rf"{_ARTICLE}/revision/(?P<revision>[0-9]{{1,9}})/received$", archive_view(received)),
]
