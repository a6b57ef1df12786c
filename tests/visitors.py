"""Visitors of the web interface who are signed in: requests with cookies, and forms with Datasette's token."""

import asyncio
import html
import re
from typing import Any

import httpx

from archive.web.server import application

TOKEN = re.compile(r'name="csrftoken" value="([^"]+)"')


class Visitor:
    """A browser of one actor, None for nobody, on a Datasette instance behind the guard of requests."""

    def __init__(self, instance: Any, actor: str | None, language: str = "en") -> None:
        self.language = language
        self.application = application(instance, forms=True)
        self.cookies = httpx.Cookies()
        if actor:
            self.cookies.set("ds_actor", instance.sign({"a": {"id": actor}}, "actor"))

    def get(self, path: str) -> httpx.Response:
        return self._send("GET", path)

    def page(self, path: str, status: int = 200) -> str:
        """The text of a page."""
        found = self.get(path)
        assert found.status_code == status, found.text
        return found.text

    def post(self, path: str, form: dict[str, Any], **headers: str) -> httpx.Response:
        """Send a form as it is."""
        return self._send("POST", path, data=form, headers=headers)

    def send(self, page: str, path: str, form: dict[str, Any]) -> httpx.Response:
        """Send a form of `page` to `path`, with its token."""
        found = TOKEN.search(self.page(page))
        assert found, f"{page} has no form"
        return self.post(path, {"csrftoken": html.unescape(found[1]), **form})

    def _send(self, method: str, path: str, **request: Any) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.application)
            async with httpx.AsyncClient(
                transport=transport,
                base_url="http://localhost",
                cookies=self.cookies,
                headers={"accept-language": self.language},
            ) as client:
                answer = await client.request(method, path, **request)
                self.cookies = client.cookies
                return answer

        return asyncio.run(send())
