"""Cases of the transfer: answers that do not end, end early, come slowly, or unpack to very much."""

import gzip
from collections.abc import Callable, Iterator

from tests.hostile.case import BROKEN, CUT_SHORT, READ, STORED, TIMED_OUT, TOO_LARGE, Case, article
from tests.hostile.payloads import MB, PAGE, bomb, endless, packed, page, zstd_bomb
from tests.hostile.server import Reset, Send, head, reply, slowly


def chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def reset_after(data: bytes) -> Callable[[], Send]:
    """An answer that is reset after these bytes."""

    def send() -> Iterator[bytes]:
        yield data
        raise Reset

    return send


TRANSFER = (
    article("endless body", lambda: endless(b"<p>more</p>" * 6_000, head()), TOO_LARGE),
    article("endless headers", lambda: endless(b"X-More: and more of it\r\n" * 500, b"HTTP/1.1 200 OK\r\n"), TOO_LARGE),
    article("endless header", lambda: endless(b"x" * 60_000, b"HTTP/1.1 200 OK\r\nX-Long: "), TOO_LARGE),
    article("endless status line", lambda: endless(b"x" * 60_000, b"HTTP/1.1 200 "), TOO_LARGE),
    article(
        "endless folded header", lambda: endless(b" more\r\n" * 9_000, b"HTTP/1.1 200 OK\r\nX-A: b\r\n"), TOO_LARGE
    ),
    article("endless continue", lambda: endless(b"HTTP/1.1 100 Continue\r\n\r\n" * 2_000), TOO_LARGE),
    article("header of 1 MB", lambda: page("", "", "X-Long: " + "x" * MB), TOO_LARGE),
    article("10,000 headers", lambda: page("", "", *(f"X-{n}: {n}" for n in range(10_000))), STORED),
    article(
        "Link header flood", lambda: page("", "", *(f"Link: </x/{n}>; rel=preload" for n in range(20_000))), TOO_LARGE
    ),
    article("ETag of 1 MB", lambda: page("", "", f'ETag: "{"e" * MB}"'), TOO_LARGE),
    article("ETag of 100 KB", lambda: page("", "", f'ETag: "{"e" * 100_000}"'), STORED),
    article(
        "endless chunks",
        lambda: endless(chunk(b"<p>x" * 9_000), head("200 OK", "Transfer-Encoding: chunked")),
        TOO_LARGE,
    ),
    article(
        "endless chunk extension",
        lambda: endless(b"x" * 9_000, head("200 OK", "Transfer-Encoding: chunked") + b"5;"),
        CUT_SHORT,
    ),
    article(
        "chunk of so many bytes",
        lambda: [head("200 OK", "Transfer-Encoding: chunked"), b"3fffffffffffffff\r\n<p>x"],
        CUT_SHORT,
    ),
    article(
        "negative chunk", lambda: [head("200 OK", "Transfer-Encoding: chunked"), b"-5\r\n<p>x\r\n0\r\n\r\n"], CUT_SHORT
    ),
    article(
        "endless trailers",
        lambda: endless(b"X-A: b\r\n" * 900, head("200 OK", "Transfer-Encoding: chunked") + b"0\r\n"),
        CUT_SHORT,
    ),
    article("length without end", lambda: [head(length=1 << 60), b"<p>x"], TOO_LARGE),
    article("negative length", lambda: [head("200 OK", "Content-Length: -1"), PAGE.encode()], BROKEN),
    article("two lengths", lambda: [head("200 OK", "Content-Length: 5", length=9), b"<p>xxxxxxxxxxxx"], BROKEN),
    article(
        "the same length twice",
        lambda: [head("200 OK", f"Content-Length: {len(PAGE)}", length=len(PAGE)), PAGE.encode()],
        STORED,
    ),
    article(
        "length and chunks",
        lambda: [head("200 OK", "Transfer-Encoding: chunked", length=3), chunk(PAGE.encode()), b"0\r\n\r\n"],
        STORED,
    ),
    article("length of another word", lambda: [head("200 OK", "Content-Length: many"), PAGE.encode()], BROKEN),
    article("empty", lambda: reply(b""), ("no article", "empty")),
    article("status 999", lambda: reply(PAGE, status="999 Request Denied"), ("failed", "http 999")),
    article("status 000", lambda: reply(PAGE, status="000 None"), ("failed", "http 0")),
    article("status 600", lambda: reply(PAGE, status="600 Six"), ("failed", "http 600")),
    article("status of a word", lambda: reply(PAGE, status="OK fine"), BROKEN),
    article("no status line", lambda: [PAGE.encode()], BROKEN),
    article("HTTP 0.9", lambda: [b"<html><body>" + PAGE.encode() + b"\n</html>\n"], BROKEN),
    article("another protocol", lambda: [b"SSH-2.0-OpenSSH_9.6\r\n"], BROKEN),
    article("TLS alert", lambda: [b"\x15\x03\x01\x00\x02\x02\x46"], BROKEN),
    article("closed at once", list, BROKEN),
    article("reset at once", reset_after(b""), BROKEN),
    article("reset in the status line", reset_after(b"HTTP/1.1 20"), BROKEN),
    article("reset in the headers", reset_after(b"HTTP/1.1 200 OK\r\nContent-Le"), BROKEN),
    article("reset in the body", reset_after(head(length=90_000) + b"<p>half"), CUT_SHORT),
    article(
        "reset in a chunk", reset_after(head("200 OK", "Transfer-Encoding: chunked") + b"ffff\r\n<p>half"), CUT_SHORT
    ),
)

SLOW = (
    article("slow body", lambda: slowly(endless(b"<p>", head())), TIMED_OUT),
    article("slow headers", lambda: slowly(endless(b"X-A: b\r\n", b"HTTP/1.1 200 OK\r\n")), TIMED_OUT),
    article("slow status line", lambda: slowly(endless(b"H")), TIMED_OUT),
    article("no answer", lambda: slowly(endless(b"")), TIMED_OUT),
    Case(
        "slow robots.txt",
        {"/a/x": page},
        {"/list/1": TIMED_OUT},
        robots=lambda: slowly(endless(b"#", head(kind="text/plain"))),
    ),
)

COMPRESSED = (
    article("gzip bomb", bomb("gzip"), TOO_LARGE),
    article("deflate bomb", bomb("deflate"), TOO_LARGE),
    article("br bomb", bomb("br"), TOO_LARGE),
    article("zstd bomb", zstd_bomb, TOO_LARGE),
    article(
        "nested gzip bomb",
        lambda: reply(gzip.compress(packed("gzip", 256 * MB)), "Content-Encoding: gzip, gzip"),
        TOO_LARGE,
    ),
    article(
        "thousand codings",
        lambda: reply(gzip.compress(PAGE.encode()), "Content-Encoding: " + "gzip, " * 999 + "gzip"),
        STORED,
    ),
    Case(
        "sitemap bomb",
        {"/map.xml.gz": lambda: reply(packed("gzip", 256 * MB), kind="application/gzip")},
        {"/map.xml.gz": READ},
        {"listings": "[]", "sitemaps": '["{url}/map.xml.gz"]'},
    ),
    Case(
        "feed bomb",
        {"/feeds.xml": bomb("gzip")},
        {"/feeds.xml": TOO_LARGE},
        {"listings": "[]", "feeds": '["{url}/feeds.xml"]'},
    ),
)
