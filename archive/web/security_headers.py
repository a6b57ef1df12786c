"""Headers of every response, Datasette's own pages, static files and errors included."""

import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

NONCE = "csp_nonce"  # of this request: its key in the ASGI scope, and its name in templates
NOSNIFF = (b"x-content-type-options", b"nosniff")  # stored text sent as CSV or JSON must not be rendered as a page
REFERRER = (b"referrer-policy", b"no-referrer")
ISOLATION = (
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
CSP = b"content-security-policy"
# No response but a page needs anything.
DATA_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# The style element that cm-resize adds to the editor of Datasette 0.65: first empty, then with its content.
EDITOR_STYLES = (
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' 'sha256-38xqj8N9cygggde3AvM+xVgS15DUXTOhM9fjk0hLOS0='"
)
# Datasette's pages have scripts and styles of their own, which carry the nonce, and style attributes, which cannot.
# The editor's handle is an image in a data: URL.
DATASETTE_POLICY = (
    f"default-src 'none'; script-src 'self' 'nonce-{{nonce}}'; style-src 'self' 'nonce-{{nonce}}' {EDITOR_STYLES}; "
    "style-src-attr 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


def with_safe_headers(application: Application, *, strict: bool) -> Application:
    """Wrap an ASGI application so that every response has `nosniff` and a referrer policy.

    If `strict`, every response also has a content security policy, unless it brings its own, and cannot be framed or
    loaded by other sites. Other plugins of Datasette may need what that forbids.
    """

    async def safe(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        nonce = secrets.token_urlsafe(16)

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _safe(message.get("headers", ()), nonce if strict else None)}
            await send(message)

        await application({**scope, NONCE: nonce} if strict else scope, receive, send_safely)

    return safe


def _safe(headers: Any, nonce: str | None) -> list[tuple[bytes, bytes]]:
    """Return the headers of a response with those that it must have; no `nonce`: not the strict ones."""
    found = [(name.lower(), value) for name, value in headers]
    names = {name for name, _ in found}
    added = [NOSNIFF, *([] if REFERRER[0] in names else [REFERRER])]
    if nonce:
        added += ISOLATION
        if CSP not in names:
            is_page = any(name == b"content-type" and value.startswith(b"text/html") for name, value in found)
            added.append((CSP, (DATASETTE_POLICY.format(nonce=nonce) if is_page else DATA_POLICY).encode()))
    replaced = {name for name, _ in added}
    return [*(pair for pair in found if pair[0] not in replaced), *added]
