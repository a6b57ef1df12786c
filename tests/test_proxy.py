"""A proxy on a private address, with a password that is written nowhere; and names whose address changes."""

import gzip
from pathlib import Path
from unittest.mock import patch

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

from crawler.politeness.resolver import PublicResolver
from tests.commands import run_process
from tests.hostile.server import RawSite, Send, redirect, reply
from tests.loopback import article_html

SECRET = "open-sesame"
ENCODED = "bWU6b3Blbi1zZXNhbWU="  # of me:open-sesame, as in a header


def proxy(path: str) -> Send:
    """A proxy's answers, which is asked for whole URLs."""
    if path.endswith("/robots.txt"):
        return reply(b"", status="404 Not Found")
    if path.endswith("/inside"):
        return redirect("http://10.0.0.1/secret", "Set-Cookie: session=1")
    return reply(article_html("Fine", "Told at length by way of a proxy."))


@pytest.fixture
def crawled(tmp_path: Path) -> tuple[Path, RawSite, str]:
    """Crawl a public name and a redirect to a private address by way of a proxy on loopback."""
    with RawSite("127.0.0.1", proxy) as site:
        address = f"http://me:{SECRET}@127.0.0.1:{site.port}"
        direct = f"http://127.0.0.1:{site.port}/a"
        urls = ["http://news.example/fine", "http://news.example/inside", "http://10.0.0.1/", direct]
        environment = {"http_proxy": address, "HTTP_PROXY": "", "no_proxy": ""}
        done = run_process("crawl", *urls, "--contact", "me@example.org", cwd=tmp_path, **environment)
        assert done.returncode == 1  # of the refused ones
        return tmp_path, site, done.stdout + done.stderr


def test_a_proxy_may_be_private_and_pages_may_not(crawled: tuple[Path, RawSite, str]) -> None:
    _, site, _ = crawled
    asked = [f"http://news.example/{path}" for path in ("robots.txt", "fine", "inside", ".well-known/tdmrep.json")]
    assert sorted(site.paths) == sorted(asked)


def test_the_proxys_password_is_written_nowhere(crawled: tuple[Path, RawSite, str]) -> None:
    folder, site, output = crawled
    assert all(ENCODED.encode() in head for head in site.heads)
    written = [output.encode()]
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            written += [data, gzip.decompress(data) if path.suffix == ".gz" else b""]
    assert not any(SECRET.encode() in data or ENCODED.encode() in data for data in written)


def test_a_proxy_that_opens_no_tunnel_is_asked_twice(tmp_path: Path) -> None:
    with RawSite("127.0.0.1", lambda _: reply(b"", status="403 Forbidden")) as site:
        environment = {"https_proxy": f"http://127.0.0.1:{site.port}", "no_proxy": ""}
        url = "https://news.example/a"
        done = run_process("crawl", url, "--json", "--contact", "me@example.org", cwd=tmp_path, **environment)
    assert site.paths == ["news.example:443", "news.example:443"]
    assert "Could not open CONNECT tunnel with proxy" in done.stdout


def test_a_name_is_checked_at_each_look_up() -> None:
    """Twisted connects to the address that `getHostByName` returns, so the checked address is the one connected."""
    from twisted.internet import reactor

    resolver = PublicResolver(reactor, 0, 5)
    answers = iter(["8.8.8.8", "127.0.0.1", "224.0.0.1"])

    def look_up(_: object, name: str, timeout: object = ()) -> "Deferred[str]":
        found: Deferred[str] = Deferred()
        found.callback(next(answers))
        return found

    results: list[object] = []
    with patch("scrapy.resolver.CachingThreadedResolver.getHostByName", look_up):
        for _ in range(3):
            resolver.getHostByName("rebind.example").addBoth(results.append)
    assert results[0] == "8.8.8.8"
    assert all(result.check(DNSLookupError) for result in results[1:])  # type: ignore[attr-defined]
