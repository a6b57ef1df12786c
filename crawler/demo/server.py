"""Serve the sample site on loopback; `respond` does the same without a socket."""

import hashlib
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import NamedTuple, Self
from urllib.parse import parse_qs, urlsplit

from crawler.demo import indexes
from crawler.demo.site import SITE_BUILT, pages, render_page

HTML = "text/html; charset=utf-8"
BARE_HTML = "text/html"  # without a charset: the pages declare it in a meta tag, as real sites do


class DemoResponse(NamedTuple):
    """The status, headers and body of a response."""

    status: int
    headers: dict[str, str]
    body: bytes


class Resource(NamedTuple):
    """The content at a path, before conditional requests are handled."""

    content_type: str
    body: bytes
    changed: datetime = SITE_BUILT


@cache
def _pages(base_url: str, later: bool) -> dict[str, Resource]:
    return {page.path: Resource(BARE_HTML, render_page(page, base_url, later=later), page.changed) for page in pages()}


def _indexes(base_url: str) -> dict[str, Callable[[], Resource]]:
    return {
        "/": lambda: Resource(HTML, indexes.render_home().encode()),
        "/robots.txt": lambda: Resource("text/plain", indexes.render_robots(base_url).encode()),
        "/feed.xml": lambda: Resource("application/rss+xml", indexes.render_feed(base_url).encode()),
        "/atom.xml": lambda: Resource("application/atom+xml", indexes.render_atom(base_url).encode()),
        "/sitemap.xml": lambda: Resource("application/xml", indexes.render_sitemap_index(base_url).encode()),
        "/sitemap-zh.xml": lambda: Resource("application/xml", indexes.render_sitemap(base_url, english=False)),
        "/sitemap-en.xml.gz": lambda: Resource("application/gzip", indexes.render_sitemap(base_url, english=True)),
    }


def _listing(query: str) -> Resource | None:
    page = parse_qs(query).get("page", ["1"])[0]
    if not (page.isascii() and page.isdecimal() and len(page) <= 4 and 1 <= int(page) <= indexes.listing_pages()):
        return None
    return Resource(HTML, indexes.render_listing(int(page)).encode())


def _find(path: str, base_url: str, later: bool) -> Resource | None:
    parts = urlsplit(path)
    if parts.path == "/news/":
        return _listing(parts.query)
    index = _indexes(base_url).get(parts.path)
    return index() if index else _pages(base_url, later).get(parts.path)


def _unchanged(headers: Mapping[str, str], etag: str, changed: datetime) -> bool:
    """Evaluate the validators by RFC 9110, 13.1: If-None-Match takes precedence, an invalid date is ignored."""
    fields = {name.lower(): value for name, value in headers.items()}
    if "if-none-match" in fields:
        return etag in (tag.strip().removeprefix("W/") for tag in fields["if-none-match"].split(","))
    try:
        since = parsedate_to_datetime(fields.get("if-modified-since", ""))
    except ValueError:
        return False
    return since.tzinfo is not None and changed <= since


def respond(
    path: str, headers: Mapping[str, str], base_url: str = "http://127.0.0.1", *, later: bool = False
) -> DemoResponse:
    """Return the response to a GET of `path` (with its query); `base_url` is the URL of the site for links, `later`
    whether it is asked after the site's editors changed a page.

    The status is 200, 304 if the request's validators match, 301, 404 or 410. Unknown queries are ignored.
    """
    bare = path.partition("?")[0]
    if bare in indexes.MOVED:
        return DemoResponse(301, {"Location": base_url + indexes.MOVED[bare]}, b"")
    try:
        found = _find(path, base_url, later)
    except ValueError:  # urlsplit: invalid URLs such as //[
        found = None
    if found is None:
        body = "<html><title>404</title><body><p>页面不存在</p></body></html>".encode()
        return DemoResponse(indexes.GONE.get(bare, 404), {"Content-Type": HTML}, body)
    etag = f'"{hashlib.sha256(found.body).hexdigest()[:16]}"'
    fields = {"ETag": etag, "Last-Modified": format_datetime(found.changed, usegmt=True)}
    if _unchanged(headers, etag, found.changed):
        return DemoResponse(304, fields, b"")
    return DemoResponse(200, {"Content-Type": found.content_type, **fields}, found.body)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "_Server"
    timeout = 10  # seconds until an idle keep-alive connection is closed
    disable_nagle_algorithm = True  # header and body are two writes: with Nagle each response waits for an ACK

    def do_GET(self) -> None:
        fields = dict(self.headers.items())
        self.server.note(self.path, fields)
        status, answered, body = respond(self.path, fields, self.server.url, later=self.server.later)
        self.send_response(status)
        for name, value in answered.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name the base class gives)
        """Log nothing: the requests are in `DemoServer.requests`."""


class _Server(ThreadingHTTPServer):
    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.later = False
        self._lock = threading.Lock()
        self._requests: list[tuple[float, str, Mapping[str, str]]] = []

    def note(self, path: str, headers: Mapping[str, str]) -> None:
        with self._lock:
            self._requests.append((time.monotonic(), path, headers))

    def requests(self) -> list[tuple[float, str, Mapping[str, str]]]:
        with self._lock:
            return list(self._requests)


class DemoServer:
    """Serve the site on 127.0.0.1 within a `with` block; port 0 takes a free port.

    Raises OSError if the port is taken.
    """

    def __init__(self, port: int = 0) -> None:
        self._server = _Server(port)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def edit(self) -> None:
        """From now on serve the pages as the site's editors changed them."""
        self._server.later = True

    @property
    def url(self) -> str:
        """The URL of the site, without a slash at the end."""
        return self._server.url

    @property
    def requests(self) -> list[tuple[float, str, Mapping[str, str]]]:
        """The requests so far, in order: monotonic time in seconds, path with query, headers."""
        return self._server.requests()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
