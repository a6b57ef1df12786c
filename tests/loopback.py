"""A web site on loopback for tests: answers come from a function, requests are kept."""

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self


class Reply(NamedTuple):
    """What the server answers; `headers` are added to Content-Length, which follows the body unless given."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = {}


Answer = Callable[[str], Reply]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that are killed hang up in the middle: nothing to report."""


class Loopback:
    """Serves `answer(path)` on a free port of 127.0.0.1; a context manager. `paths` are those asked for, in order."""

    def __init__(self, answer: Answer) -> None:
        self.paths: list[str] = []
        self.agents: set[str] = set()
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.paths.append(self.path)
                site.agents.add(self.headers.get("User-Agent", ""))
                status, body, headers = answer(self.path)
                self.send_response(status)
                for name, value in {"Content-Type": "text/html", "Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                with suppress(ConnectionError):  # a client may hang up on what is too large for it
                    self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Silence."""

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def article_html(title: str, *paragraphs: str, head: str = "") -> bytes:
    """A plain page with an article of at least a few sentences."""
    filler = "This paragraph gives the page the length that an article has, so that extraction keeps it as one. " * 4
    body = "".join(f"<p>{paragraph}</p>" for paragraph in (*paragraphs, filler))
    page = f"<html><head><meta charset=utf-8><title>{title}</title>{head}</head>"
    return f"{page}<body><article><h1>{title}</h1>{body}</article></body></html>".encode()


def linked_site(articles: int, per_page: int = 25) -> Answer:
    """A listing in pages, each leading to the next and to `per_page` articles; robots.txt permits all."""
    pages = -(-articles // per_page)

    def answer(path: str) -> Reply:
        kind, _, number = path.strip("/").partition("/")
        if kind == "list" and number.isdecimal() and 1 <= int(number) <= pages:
            first = (int(number) - 1) * per_page
            links = "".join(f'<a href="/a/{n}">Article {n}</a>' for n in range(first, min(first + per_page, articles)))
            more = f'<a rel="next" href="/list/{int(number) + 1}">next</a>' if int(number) < pages else ""
            return Reply(body=f"<html><body>{links}{more}</body></html>".encode())
        if kind == "a" and number.isdecimal() and int(number) < articles:
            return Reply(body=article_html(f"Article {number}", f"Only article {number} says this of stem cells."))
        return Reply(404)

    return answer


def site_file(base: str, **keys: object) -> str:
    """A site file for `base`: its listing /list/1, no delay, loopback permitted; `keys` are TOML values as text."""
    lines = {
        "name": '"loop"',
        "home": f'"{base}/"',
        "listings": f'["{base}/list/1"]',
        "listing_pages": "100",
        "articles": "['/a/']",
        "delay": "0",
        "concurrency": "4",
        "allow_private": "true",
        **keys,
    }
    return "".join(f"{key} = {value}\n" for key, value in lines.items())
