"""Serve pages as they were received, from an origin of their own: another port of the same server.

A page is sent under a policy that sandboxes it: it is of no origin, runs nothing and may ask for nothing. Only the
pages of this server may frame it.
"""

import asyncio
import re
import sqlite3
from collections.abc import Collection, Mapping, MutableMapping
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from archive.articles.received import received_page
from archive.errors import DamagedError, NotStoredError
from archive.storage.connection import snapshot, warc_folder
from archive.text.messages import message
from archive.web.host_names import LOCALHOST, host_name
from archive.web.raw_html import safe_html
from archive.web.request_guard import guarded
from archive.web.security_headers import Application, Receive, Send
from archive.web.translation import translated, with_language

POLICY = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_PATH = re.compile(r"/([A-Za-z0-9_-]{1,200})/([0-9]{1,18})/([0-9]{1,9})")
_NAME = re.compile(r"[a-z0-9.-]+")  # of hosts that a policy can name; it has no addresses of IPv6
MOST_AT_ONCE = 2  # pages that are made safe at the same time: one of 8 MB takes seconds


def raw_application(archives: Mapping[str, Path], names: Collection[str]) -> Application:
    """Return the ASGI application of the raw origin, for requests under loopback names and `names`.

    archives: the files by the names that they have in URLs.
    """
    at_once = asyncio.Semaphore(MOST_AT_ONCE)

    async def raw(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:  # noqa: ARG001
        if scope["type"] != "http":
            return
        match = _PATH.fullmatch(scope["path"])
        archive = archives.get(match[1]) if match else None
        if match is None or archive is None:
            await _say(404, translated(message("There is no such page.")), scope, names, send)
            return
        async with at_once:
            status, content = await asyncio.to_thread(_page, archive, match[2], int(match[3]))
        if isinstance(content, bytes):
            await _respond(status, b"text/html; charset=utf-8", content, scope, names, send)
        else:
            await _say(status, translated(content), scope, names, send)

    return with_language(guarded(raw, names), everywhere=True)


def by_port(main: Application, raw: Application, port: int) -> Application:
    """Return an application that gives requests which arrive at `port` to `raw`, and all others to `main`."""

    async def chosen(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        server = scope.get("server")
        is_raw = scope["type"] in ("http", "websocket") and server and server[1] == port
        await (raw if is_raw else main)(scope, receive, send)

    return chosen


def _page(archive: Path, article: str, revision: int) -> tuple[int, bytes | str]:
    """Return the status with the page made safe, or with a sentence on why there is none."""
    with closing(sqlite3.connect(f"{archive.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        db = Database(connection)
        try:
            with snapshot(db):
                found = received_page(db, warc_folder(archive), article, revision)
        except NotStoredError as error:
            return 404, error.args[0]
        except DamagedError as error:
            return 500, str(error)
    if found.page is None:
        return 404, found.absence or ""
    return 200, safe_html(found.page, found.encoding)


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
        (b"cross-origin-resource-policy", b"same-site"),
        (b"cache-control", b"no-store"),  # a page that is taken down is nowhere
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def _framers(scope: MutableMapping[str, Any], names: Collection[str]) -> str:
    """Return the origins that may frame a page: those of this server, on any port."""
    asked = host_name(dict(scope["headers"]).get(b"host", b"").decode("latin-1"))
    known = dict.fromkeys(filter(None, (LOCALHOST, "127.0.0.1", *map(host_name, names), asked)))
    return " ".join(f"{scheme}://{name}:*" for name in known if _NAME.fullmatch(name) for scheme in ("http", "https"))
