"""Requests to the web interface for tests, through Datasette's own client or an ASGI transport."""

import asyncio
import html
import re
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
from datasette.app import Datasette

from archive.web.server import RawOrigin, application, datasette


def get(datasette: Datasette, path: str) -> Any:
    """The answer to a request."""

    async def ask() -> Any:
        await datasette.invoke_startup()
        return await datasette.client.get(path)

    return asyncio.run(ask())


def ask(application: Any, path: str, *, method: str = "GET", headers: dict[str, str] | None = None) -> httpx.Response:
    """The answer of an ASGI application; an exception that it does not catch is raised."""

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app=application)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.request(method, path, headers=headers)

    return asyncio.run(send())


RAW_PORT = 8002


def ask_port(archive: Path, path: str, *, raw: bool, **headers: str) -> httpx.Response:
    """The answer at the port of an archive, or at that of its raw pages; `_` stands for `-` in names of headers."""
    origin = RawOrigin(RAW_PORT)
    served = application(datasette(archive, raw=origin), raw=origin)
    address = f"http://localhost:{RAW_PORT}{path}" if raw else path
    return ask(served, address, headers={name.replace("_", "-"): value for name, value in headers.items()})


PAGE = "/healthnews/-/article/1"
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


def page(served: Datasette, path: str = PAGE) -> str:
    """A page of ours, with what all of them must have."""
    answer = get(served, path)
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"].startswith(
        "default-src 'none'; style-src 'self'; script-src 'self';"
    )
    assert answer.headers["referrer-policy"] == "no-referrer"
    text, scripts = re.subn(r'<script defer src="[^"<>]*/\w+\.js\?[^"<>]*"></script>', "", str(answer.text))
    assert scripts >= 1
    assert "<script" not in text
    assert " style=" not in text
    assert [name for name, number in Counter(re.findall(r'\bid="([^"]*)"', text)).items() if number > 1] == []
    return text


def links(text: str) -> dict[str, str]:
    """The URLs of a page's links by their words."""
    found = re.findall(r'<a [^>]*href="([^"]*)"[^>]*>(.*?)</a>', text, re.DOTALL)
    return {" ".join(re.sub(r"<[^>]*>", "", words).split()): html.unescape(url) for url, words in found}
