"""Which requests reach the archive at all: by their Host header, method, URL and origin."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.web.host_names import host_name, is_loopback, typed_name
from archive.web.request_guard import MAX_TARGET, refused
from tests.archives import an_article, new_archive, store
from tests.browser import serving
from tests.commands import PATIENCE, run


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("localhost", "localhost"),
        ("LOCALHOST:8001", "localhost"),
        ("localhost.:8001", "localhost"),
        ("localhost:", "localhost"),
        ("127.0.0.1:8001", "127.0.0.1"),
        ("127.0.0.1.", "127.0.0.1"),
        ("[::1]:8001", "::1"),
        ("[0:0:0:0:0:0:0:1]", "::1"),
        ("[::ffff:127.0.0.1]:80", "127.0.0.1"),
        ("News.Example", "news.example"),
        ("my_host-1.example:65535", "my_host-1.example"),
        ("", None),
        (".", None),
        (" ", None),
        ("::1", None),
        ("[::1", None),
        ("[::1]x", None),
        ("[zz::1]", None),
        ("a b", None),
        ("localhost:8001:8001", None),
        ("localhost:http", None),
        ("user@localhost", None),
        ("localhost/", None),
        ("localhost, evil.example", None),
        ("localhost\x00", None),
        ("干细胞.example", None),
        ("a" * 254, None),
    ],
)
def test_host_headers_are_read(header: str, name: str | None) -> None:
    assert host_name(header) == name


@given(st.text(max_size=30))
def test_any_host_header_is_a_plain_name_or_none(header: str) -> None:
    name = host_name(header)
    assert name is None or (name.isascii() and name == name.lower() and host_name(f"[{name}]" if ":" in name else name))


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("News.Example.", "news.example"),
        ("::1", "::1"),
        ("[::1]", "::1"),
        ("干细胞.example", "xn--fwtp33e7nb.example"),
        ("a b", None),
        ("", None),
    ],
)
def test_names_may_be_typed_as_people_do(typed: str, name: str | None) -> None:
    assert typed_name(typed) == name


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "127.9.9.9", "::1"])
def test_loopback_is_known(name: str) -> None:
    assert is_loopback(name)


@pytest.mark.parametrize("name", ["x.localhost", "localhost.example", "127.0.0.1.example", "0.0.0.0", "128.0.0.1"])
def test_what_only_looks_like_loopback_is_not(name: str) -> None:
    assert not is_loopback(name)


def a_scope(*headers: tuple[str, str], path: str = "/", query: str = "", method: str = "GET") -> dict[str, Any]:
    """The ASGI scope of a request that arrives at 192.0.2.7."""
    return {
        "type": "http",
        "method": method,
        "raw_path": path.encode("latin-1"),
        "query_string": query.encode("latin-1"),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers],
        "server": ("192.0.2.7", 8001),
    }


def status(scope: dict[str, Any], *names: str) -> int | None:
    """The status of the refusal, None if there is none; its sentence is one."""
    refusal = refused(scope, names)
    if refusal is None:
        return None
    assert refusal.sentence.endswith(".")
    assert "\n" not in refusal.sentence
    return refusal.status


@pytest.mark.parametrize(
    ("host", "refusal"),
    [
        ("localhost:8001", None),
        ("127.0.0.1", None),
        ("[::1]:8001", None),
        ("192.0.2.7:8001", None),  # where it arrives
        ("news.example", None),  # allowed
        ("NEWS.example.:443", None),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("192.0.2.8", 421),
        ("0.0.0.0", 421),
        ("news.example.evil.example", 421),
        ("evil news.example", 400),
        ("", 400),
    ],
)
def test_other_hosts_are_refused(host: str, refusal: int | None) -> None:
    assert status(a_scope(("host", host)), "news.example") == refusal


def test_there_is_one_host_header() -> None:
    assert status(a_scope()) == 400
    assert status(a_scope(("Host", "localhost"), ("host", "evil.example"))) == 400
    assert status(a_scope(("host", "localhost"), ("x-forwarded-host", "evil.example"))) is None


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "FOO"])
def test_the_archive_is_only_read(method: str) -> None:
    assert status(a_scope(("host", "localhost"), method=method)) == 405
    assert status(a_scope(("host", "localhost"), method="HEAD")) is None


@pytest.mark.parametrize(
    ("path", "query", "refusal"),
    [
        ("/healthnews/-/site/~E5~B9~B2", "q=%00%ff%zz", None),
        ("/my%20archive", "", None),
        ("/%E5%B9%B2", "", None),
        ("/%ff", "", 400),
        ("/%00", "", 400),
        ("/%1b", "", 400),
        ("/%zz", "", 400),
        ("/%", "", 400),
        ("/\xe5", "", 400),
        ("/", "q=\xe5", 400),
        ("//evil.example/", "", 404),
        ("//evil.example/%20", "", 404),
        ("http://evil.example/", "", 404),
        ("*", "", 404),
        ("/\\evil.example/", "", 404),
        ("/%5Cevil.example/", "", 404),
        ("/" + "a" * MAX_TARGET, "", 414),
        ("/", "a" * MAX_TARGET, 414),
    ],
)
def test_urls_are_well_formed(path: str, query: str, refusal: int | None) -> None:
    assert status(a_scope(("host", "localhost"), path=path, query=query)) == refusal


@pytest.mark.parametrize(
    ("site", "mode", "destination", "refusal"),
    [
        ("none", "navigate", "document", None),
        ("same-origin", "cors", "empty", None),
        ("same-origin", "no-cors", "script", None),
        ("cross-site", "navigate", "document", None),  # a link
        ("cross-site", "navigate", "iframe", 403),
        ("cross-site", "no-cors", "image", 403),
        ("cross-site", "cors", "empty", 403),
    ],
)
def test_other_sites_may_link_and_no_more(site: str, mode: str, destination: str, refusal: int | None) -> None:
    fetch = [("sec-fetch-site", site), ("sec-fetch-mode", mode), ("sec-fetch-dest", destination)]
    assert status(a_scope(("host", "localhost"), *fetch)) == refusal


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """Host and port of a real server."""
    folder = tmp_path_factory.mktemp("guard")
    db = new_archive(folder)
    store(db, an_article())
    db.close()
    with serving(folder / "healthnews.db", "--allow-host", "news.example") as url:
        yield "127.0.0.1", int(url.rpartition(":")[2])


@pytest.mark.parametrize(
    ("request_lines", "code"),
    [
        (["GET / HTTP/1.1", "Host: localhost"], 200),
        (["GET / HTTP/1.1", "Host: news.example"], 200),
        (["HEAD / HTTP/1.1", "Host: localhost"], 200),
        (["GET / HTTP/1.1", "Host: evil.example"], 421),
        (["GET /-/static/app.css HTTP/1.1", "Host: evil.example"], 421),
        (["GET / HTTP/1.1", "Host: localhost", "Host: localhost"], 400),
        (["GET / HTTP/1.1"], 400),
        (["GET / HTTP/1.0"], 400),
        (["GET http://evil.example/ HTTP/1.1", "Host: localhost"], 404),
        (["GET /é HTTP/1.1", "Host: localhost"], 400),
        (["GET /%ff HTTP/1.1", "Host: localhost"], 400),
        (["GET //evil.example/ HTTP/1.1", "Host: localhost"], 404),
        (["GET /-/static/../../app.py HTTP/1.1", "Host: localhost"], 404),
        (["POST / HTTP/1.1", "Host: localhost", "Content-Length: 0"], 405),
        (["FOO / HTTP/1.1", "Host: localhost"], 405),
        (["nonsense"], 400),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_a_server_answers_raw_requests(address: tuple[str, int], request_lines: list[str], code: int) -> None:
    answer = raw(address, *request_lines, "Connection: close")
    assert answer.startswith(f"HTTP/1.1 {code} ")
    assert "Traceback" not in answer


def test_a_websocket_is_refused(address: tuple[str, int]) -> None:
    upgrade = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: eA=="]
    answer = raw(address, "GET /-/x HTTP/1.1", "Host: localhost", *upgrade)
    assert answer.startswith("HTTP/1.1 404 ")


def raw(address: tuple[str, int], *lines: str) -> str:
    """What a server answers to a request, up to where it stops."""
    with socket.create_connection(address, timeout=PATIENCE) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode("utf-8"))
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    return answer.decode("utf-8", "replace")


def test_a_name_that_is_none_is_refused(tmp_path: Path) -> None:
    done = run("serve", "--allow-host", "a b", cwd=tmp_path)
    assert done.returncode == 2
    assert "'a b' is not a name or address." in done.stderr
