"""A server of raw bytes on loopback: each site has an address of its own, as crawlers treat hosts apart."""

import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Self

from tests.commands import PATIENCE

Send = Iterable[bytes]
Answer = Callable[[str], Send]  # path -> the bytes of the answer in pieces, its status line and headers included

DRIP = 0.2  # seconds between the pieces of a slow answer
HTML = "text/html; charset=utf-8"


class Reset(Exception):  # noqa: N818 it is no error of the server
    """Raised by an answer that ends with a reset of the connection."""


def head(status: str = "200 OK", *headers: str, length: int | None = None, kind: str = HTML) -> bytes:
    """Return a status line with headers, ended by an empty line."""
    own = [f"Content-Type: {kind}"] if kind else []
    size = [f"Content-Length: {length}"] if length is not None else []
    lines = [f"HTTP/1.1 {status}", *own, *size, "Connection: close", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def reply(body: bytes | str, *headers: str, status: str = "200 OK", kind: str = HTML) -> list[bytes]:
    """Return a whole answer."""
    data = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    return [head(status, *headers, length=len(data), kind=kind), data]


def redirect(where: str, *headers: str, status: str = "302 Found") -> list[bytes]:
    """Return a redirect."""
    return reply(b"", f"Location: {where}", *headers, status=status)


def slowly(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the pieces one by one, with a pause between them."""
    for piece in pieces:
        yield piece
        time.sleep(DRIP)


class RawSite:
    """Serves `answer(path)` on an address of its own; `paths` is what was asked for. A context manager.

    The path of a request that is not understood is empty. `answer` makes its pieces while they are sent, so an endless
    answer ends when the client hangs up.
    """

    def __init__(self, address: str, answer: Answer) -> None:
        self.answer = answer
        self.paths: list[str] = []
        self.heads: list[bytes] = []
        self._socket = socket.create_server((address, 0), backlog=32)
        self._ending = False
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://{address}:{self.port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending = True
        self._socket.close()

    def _accept(self) -> None:
        while not self._ending:
            try:
                connection, _ = self._socket.accept()
            except OSError:  # closed
                return
            threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):  # the client hangs up on much of what it gets
            connection.settimeout(PATIENCE)
            asked = _request(connection)
            if not asked:
                return
            path = [*asked.split(b" ", 2), b""][1].decode("latin-1")
            self.paths.append(path)
            self.heads.append(asked)
            try:
                for piece in self.answer(path):
                    if self._ending:
                        return
                    connection.sendall(piece)
            except Reset:
                # With a linger of no seconds, closing sends RST.
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def _request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data and len(data) < 1 << 20:
        piece = connection.recv(1 << 16)
        if not piece:
            return b""
        data += piece
    return data


def site_of_paths(pages: Mapping[str, Callable[[], Send]], *, robots: Callable[[], Send] | None = None) -> Answer:
    """Return an answer of these pages, with a listing /list/1 that leads to those below /a/; robots.txt permits all."""
    links = "".join(f'<a href="{path}">{path}</a>' for path in pages if path.startswith("/a/"))

    def answer(path: str) -> Send:
        if path == "/robots.txt" and path not in pages:
            return robots() if robots else reply(b"", status="404 Not Found")
        if path in pages:
            return pages[path]()
        if path == "/list/1":
            return reply(f"<html><body>{links}</body></html>")
        return reply(b"", status="404 Not Found")

    return answer
