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
# Where forms are sent if notes are on: those of notes and codings, and where plugins of Datasette sign in and out.
FORMS = re.compile(r"/[^/]+/-/(?:notes|coding)(?:/[^?]*)?|/-/log(?:in|out)")
MAX_FORM = 1024 * 1024  # bytes
FORM_TYPE = "application/x-www-form-urlencoded"
MAX_TARGET = 49_152  # characters of path and query string
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})|%[01][0-9A-Fa-f]|%7[Ff]")  # not two digits, or a control character


@dataclass(frozen=True, slots=True)
class Refusal:
    """A status and a sentence that says why a request is refused."""

    status: int
    sentence: str


def guarded(application: Application, names: Collection[str], *, forms: bool = False) -> Application:
    """Wrap an ASGI application so that only requests for loopback names, the address that they arrive at and `names`
    reach it. Others get a response with status 4xx and a sentence. With `forms`, the forms of notes may be sent."""
    known = {name for each in names if (name := typed_name(each))}

    async def guard(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})  # before it is accepted: the client gets a 403
        elif scope["type"] == "http" and (refusal := refused(scope, known, forms=forms)):
            await _send(refusal, send)
        elif scope["type"] == "http" and scope["method"] == "POST":
            await _with_form(application, scope, receive, send)
        else:
            await application(scope, receive, send)

    return guard


def refused(scope: Mapping[str, Any], known: Collection[str], *, forms: bool = False) -> Refusal | None:
    """Return why the request of an ASGI scope is refused, or None if it is not."""
    headers = [(name.lower(), value.decode("latin-1")) for name, value in scope["headers"]]
    return _host_refusal(
        [value for name, value in headers if name == b"host"], known, scope.get("server")
    ) or _request_refusal(scope, dict(headers), forms)


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


def _request_refusal(scope: Mapping[str, Any], headers: Mapping[bytes, str], forms: bool) -> Refusal | None:
    target, query = (scope.get("raw_path") or b"").decode("latin-1"), scope["query_string"].decode("latin-1")
    path, _, _ = target.partition("?")
    is_form = forms and scope["method"] == "POST" and FORMS.fullmatch(path)
    if scope["method"] not in METHODS and not is_form:
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
    return _form_refusal(headers) if is_form else None


def _form_refusal(headers: Mapping[bytes, str]) -> Refusal | None:
    """Return why a form is refused: only pages of this server may send one. Datasette checks its token beside that."""
    site, origin = headers.get(b"sec-fetch-site"), headers.get(b"origin", "").partition("://")[2]
    # The origin is `null` where the page that sends the form has the policy no-referrer, as ours have.
    if site not in ("same-origin", "none") if site else origin not in ("", headers.get(b"host")):
        return Refusal(403, message("Only pages of this server may send its forms."))
    if headers.get(b"content-type", "").partition(";")[0].strip().lower() != FORM_TYPE:
        return Refusal(415, message("A form is sent as %(type)s.", type=FORM_TYPE))
    return None


async def _with_form(application: Application, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
    """Read the form that is sent, so that its size is limited, and pass it on."""
    body, more = b"", True
    while more:
        received = await receive()
        if received["type"] != "http.request":
            return  # the client is gone
        body += received.get("body", b"")
        more = received.get("more_body", False)
        if len(body) > MAX_FORM:
            await _send(Refusal(413, message("A form has at most %(most)s bytes.", most=MAX_FORM)), send)
            return
    if not body.isascii():
        await _send(Refusal(400, message("The form has characters that no form may have.")), send)
        return
    sent = False

    async def receive_form() -> Any:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    await application(scope, receive_form, send)


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
