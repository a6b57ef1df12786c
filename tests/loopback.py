"""A web site on loopback for tests: answers come from a function, requests are kept."""

import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self


class Reply(NamedTuple):
    """What the server answers; `headers` are added to Content-Length, which follows the body unless given.

    A header with the value "" is not sent.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = {}


class Asked(NamedTuple):
    """A request as it came; `at` is in seconds of a clock that only goes forward."""

    path: str
    headers: Message
    at: float


Answer = Callable[[str], Reply]
Respond = Callable[[Asked], Reply]
NOWHERE = Reply(404)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # connections that wait to be accepted: of more than five the system would drop some

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that are killed hang up in the middle: nothing to report."""


class Loopback:
    """Serves `answer(path)` on 127.0.0.1 or another `host`, on a free port unless one is named, over HTTPS with
    a `tls` context.

    `respond` takes the place of `answer` where the whole request matters. `asked` are the requests in order with the
    time that `seconds` gives, `paths` what they asked for, `at_once` is how many were under way at once at most. A
    context manager.
    """

    def __init__(
        self,
        answer: Answer = lambda _: NOWHERE,
        *,
        respond: Respond | None = None,
        tls: ssl.SSLContext | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self.asked: list[Asked] = []
        self.agents: set[str] = set()
        self.at_once = 0
        self._under_way = 0
        self._counting = threading.Lock()
        self._respond = respond or (lambda asked: answer(asked.path))
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # header and body are two writes: with Nagle each answer waits for an ACK

            def do_GET(self) -> None:
                with site._request(Asked(self.path, self.headers, seconds())) as asked:
                    reply = site._respond(asked)
                self._answer(*reply)  # now the client may come with its next request

            def _answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
                self.send_response(status)
                length = {} if status == 304 else {"Content-Type": "text/html", "Content-Length": str(len(body))}
                for name, value in {**length, **headers}.items():
                    if value:
                        self.send_header(name, value)
                with suppress(ConnectionError):  # a client may hang up on what is too large or too slow for it
                    self.end_headers()
                    self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Silence."""

        self._server = _Server((host, port), Handler)
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_port
        self.url = f"{'https' if tls else 'http'}://{host}:{self.port}"

    @property
    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    @contextmanager
    def _request(self, asked: Asked) -> Iterator[Asked]:
        with self._counting:
            self.asked.append(asked)
            self.agents.add(asked.headers.get("User-Agent", ""))
            self._under_way += 1
            self.at_once = max(self.at_once, self._under_way)
        try:
            yield asked
        finally:
            with self._counting:
                self._under_way -= 1

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
