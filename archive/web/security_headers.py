"""Headers of every response, Datasette's own pages included."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

NOSNIFF = (b"x-content-type-options", b"nosniff")


def with_nosniff(application: Application) -> Application:
    """Wrap an ASGI application so that every response has `nosniff`: stored text sent as CSV or JSON must not be
    rendered as a page."""

    async def safe(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                others = [pair for pair in message.get("headers", ()) if pair[0].lower() != NOSNIFF[0]]
                message = {**message, "headers": [*others, NOSNIFF]}
            await send(message)

        await application(scope, receive, send_safely)

    return safe
