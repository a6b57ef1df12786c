"""Refuse requests that no reader of the archive makes, before Datasette sees them.

A page on another site can make a browser send requests here. Its scripts can read the answers if its name leads to this
server's address (DNS rebinding), so the Host header must be a name of this server. Other requests from other sites
could still burden the server, so only links to its pages are followed from there.
"""

import re
from collections.abc import Collection, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

from archive.text.messages import message
from archive.web.host_names import address, host_name, is_loopback, typed_name
from archive.web.security_headers import Application, Receive, Send
from archive.web.translation import translated

METHODS = ("GET", "HEAD")
MAX_TARGET = 49_152  # characters of path and query string
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})|%[01][0-9A-Fa-f]|%7[Ff]")  # not two digits, or a control character


@dataclass(frozen=True, slots=True)
class Refusal:
    """A status and a sentence that says why a request is refused."""

    status: int
    sentence: str


def guarded(application: Application, names: Collection[str]) -> Application:
    """Wrap an ASGI application so that only requests for loopback names, the address that they arrive at and `names`
    reach it. Others get a response with status 4xx and a sentence."""
    known = {name for each in names if (name := typed_name(each))}

    async def guard(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})  # before it is accepted: the client gets a 403
        elif scope["type"] == "http" and (refusal := refused(scope, known)):
            await _send(refusal, send)
        else:
            await application(scope, receive, send)

    return guard


def refused(scope: Mapping[str, Any], known: Collection[str]) -> Refusal | None:
    """Return why the request of an ASGI scope is refused, or None if it is not."""
    headers = [(name.lower(), value.decode("latin-1")) for name, value in scope["headers"]]
    return _host_refusal(
        [value for name, value in headers if name == b"host"], known, scope.get("server")
    ) or _request_refusal(scope, dict(headers))


def _host_refusal(hosts: list[str], known: Collection[str], server: tuple[str, int] | None) -> Refusal | None:
    if len(hosts) != 1:
        return Refusal(400, message("A request needs one Host header, and this one has %(number)s.", number=len(hosts)))
    name = host_name(hosts[0])
    if name is None:
        return Refusal(400, message("The Host header is not a name or address."))
    if is_loopback(name) or name in known or (server and name == address(server[0] or "")):
        return None
    return Refusal(
        421,
        message(
            "This server is not known as %(name)s: healthnews serve --allow-host %(name)s makes it known.", name=name
        ),
    )


def _request_refusal(scope: Mapping[str, Any], headers: Mapping[bytes, str]) -> Refusal | None:
    target, query = (scope.get("raw_path") or b"").decode("latin-1"), scope["query_string"].decode("latin-1")
    path, _, _ = target.partition("?")
    if scope["method"] not in METHODS:
        return Refusal(405, message("The archive can only be read, with GET or HEAD."))
    if len(path) + len(query) > MAX_TARGET:
        return Refusal(414, message("The URL is longer than %(most)s characters.", most=MAX_TARGET))
    if not path.isascii() or not query.isascii() or _BAD_ESCAPE.search(path) or not _is_utf8(path):
        return Refusal(400, message("The URL has characters or percent-encodings that no URL may have."))
    if not re.match(r"/(?!/)", path) or "\\" in path or "%5c" in path.lower():
        return Refusal(404, message("There is no such page."))  # Datasette would redirect //example.org/ to that host
    is_link = headers.get(b"sec-fetch-mode") == "navigate" and headers.get(b"sec-fetch-dest") == "document"
    if headers.get(b"sec-fetch-site") == "cross-site" and not is_link:
        return Refusal(403, message("Another site may link to the archive, but not load parts of it."))
    return None


def _is_utf8(path: str) -> bool:
    raw = re.sub(r"%([0-9A-Fa-f]{2})", lambda found: chr(int(found[1], 16)), path).encode("latin-1")
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


async def _send(refusal: Refusal, send: Send) -> None:
    body = f"{translated(refusal.sentence)}\n".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    if refusal.status == 405:
        headers.append((b"allow", ", ".join(METHODS).encode()))
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
