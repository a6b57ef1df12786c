"""Serve pages as they were received, and the images of articles, from an origin of their own: another port of the same
server.

A page is sent with its images in it, under a policy that sandboxes it: it is of no origin, runs nothing and may ask for
nothing. Only the pages of this server may frame it. An image is sent as what its first bytes say that it is.
"""

import asyncio
import base64
import re
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, MutableMapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from sqlite_utils import Database

from archive.articles.images import ImageFate
from archive.articles.received import kept_image, received_page
from archive.errors import DamagedError, NotStoredError
from archive.storage.connection import snapshot, warc_folder
from archive.text.messages import message
from archive.web.host_names import LOCALHOST, host_name
from archive.web.raw_html import safe_html
from archive.web.request_guard import guarded
from archive.web.security_headers import Application, Receive, Send
from archive.web.translation import translated, with_language

POLICY = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_PAGE = re.compile(r"/([A-Za-z0-9_-]{1,200})/([0-9]{1,18})/([0-9]{1,9})")
_IMAGE = re.compile(r"/([A-Za-z0-9_-]{1,200})/image/([0-9]{1,18})")
_NAME = re.compile(r"[a-z0-9.-]+")  # of hosts that a policy can name; it has no addresses of IPv6
MOST_OF_IMAGES = 20_000_000  # bytes of all images that are sent in a page; of further ones there are grey boxes
MOST_AT_ONCE = 2  # pages that are made safe at the same time: one of 8 MB takes seconds


def raw_application(archives: Mapping[str, Path], names: Collection[str]) -> Application:
    """Return the ASGI application of the raw origin, for requests under loopback names and `names`.

    archives: the files by the names that they have in URLs.
    """
    at_once = asyncio.Semaphore(MOST_AT_ONCE)

    async def raw(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:  # noqa: ARG001
        if scope["type"] != "http":
            return
        page, image = _PAGE.fullmatch(scope["path"]), _IMAGE.fullmatch(scope["path"])
        match = page or image
        archive = archives.get(match[1]) if match else None
        if match is None or archive is None:
            await _say(404, translated(message("There is no such page.")), scope, names, send)
            return
        async with at_once:
            if page:
                found = await asyncio.to_thread(_page, archive, page[2], int(page[3]))
            else:
                found = await asyncio.to_thread(_image, archive, int(match[2]))
        if found.body is not None:
            await _respond(found.status, found.media_type.encode(), found.body, scope, names, send)
        else:
            await _say(found.status, translated(found.sentence), scope, names, send)

    return with_language(guarded(raw, names), everywhere=True)


def by_port(main: Application, raw: Application, port: int) -> Application:
    """Return an application that gives requests which arrive at `port` to `raw`, and all others to `main`."""

    async def chosen(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        server = scope.get("server")
        is_raw = scope["type"] in ("http", "websocket") and server and server[1] == port
        await (raw if is_raw else main)(scope, receive, send)

    return chosen


class _Answer(NamedTuple):
    """A status with a body and its media type, or with a sentence on why there is none."""

    status: int
    media_type: str = ""
    body: bytes | None = None
    sentence: str = ""


@contextmanager
def _opened(archive: Path) -> Iterator[Database]:
    with closing(sqlite3.connect(f"{archive.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        db = Database(connection)
        with snapshot(db):
            yield db


def _page(archive: Path, article: str, revision: int) -> _Answer:
    """Return the page made safe, with its images that are kept."""
    folder = warc_folder(archive)
    try:
        with _opened(archive) as db:
            found = received_page(db, folder, article, revision)
            kept = _kept_images(db, folder, found.images) if found.page else {}
    except NotStoredError as error:
        return _Answer(404, sentence=error.args[0])
    except DamagedError as error:
        return _Answer(500, sentence=str(error))
    if found.page is None:
        return _Answer(404, sentence=found.absence or "")
    return _Answer(200, "text/html; charset=utf-8", safe_html(found.page, found.encoding, kept))


def _kept_images(db: Database, folder: Path, images: Iterable[ImageFate]) -> dict[str, str]:
    """Return the images as data: URLs by their URLs, up to MOST_OF_IMAGES bytes."""
    kept: dict[str, str] = {}
    left = MOST_OF_IMAGES
    for image in images:
        if image.fetch_id is None or (image.size or 0) > left:
            continue
        if found := kept_image(db, folder, image.fetch_id):
            form, body = found
            left -= len(body)
            kept[image.url] = f"data:{form.media_type};base64,{base64.b64encode(body).decode()}"
    return kept


def _image(archive: Path, fetch_id: int) -> _Answer:
    """Return the image that a fetch kept, as what its bytes are."""
    with _opened(archive) as db:
        found = kept_image(db, warc_folder(archive), fetch_id)
    if found is None:
        return _Answer(404, sentence=message("There is no such image."))
    form, body = found
    return _Answer(200, form.media_type, body)


async def _say(status: int, sentence: str, scope: MutableMapping[str, Any], names: Collection[str], send: Send) -> None:
    await _respond(status, b"text/plain; charset=utf-8", f"{sentence}\n".encode(), scope, names, send)


async def _respond(
    status: int, kind: bytes, body: bytes, scope: MutableMapping[str, Any], names: Collection[str], send: Send
) -> None:
    headers = [
        (b"content-type", kind),
        (b"content-length", str(len(body)).encode()),
        (b"content-security-policy", f"{POLICY}; frame-ancestors {_framers(scope, names)}".encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"cross-origin-resource-policy", _may_load(scope)),
        (b"cache-control", b"no-store"),  # a page that is taken down is nowhere
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def _may_load(scope: MutableMapping[str, Any]) -> bytes:
    """Return the policy on which pages may load an answer: those of this site.

    Chromium takes two ports of one address, such as 127.0.0.1, for two sites here, and for one in Sec-Fetch-Site.
    """
    site = dict(scope["headers"]).get(b"sec-fetch-site")
    return b"cross-origin" if site == b"same-site" else b"same-site"


def _framers(scope: MutableMapping[str, Any], names: Collection[str]) -> str:
    """Return the origins that may frame a page: those of this server, on any port."""
    asked = host_name(dict(scope["headers"]).get(b"host", b"").decode("latin-1"))
    known = dict.fromkeys(filter(None, (LOCALHOST, "127.0.0.1", *map(host_name, names), asked)))
    return " ".join(f"{scheme}://{name}:*" for name in known if _NAME.fullmatch(name) for scheme in ("http", "https"))
