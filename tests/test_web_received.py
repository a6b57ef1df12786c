"""Pages as they were received: shown from an origin of their own, and whatever they try gets nowhere."""

import hashlib
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.articles.fetch_result import FetchResult
from archive.articles.fetches import record
from archive.page import Page
from archive.storage.connection import timestamp, warc_folder
from archive.storage.database import open_archive
from archive.storage.frontier import NewPage, add_pages
from archive.storage.warc.files import Exchange, WarcWriter
from archive.web.raw_html import MAX_DATA, safe_html
from archive.web.raw_origin import POLICY
from archive.web.security_headers import Application
from archive.web.server import RawOrigin, application, datasette
from tests.archives import an_article, due_page, new_archive
from tests.browser import PHONE, Listener, chromium, open_at, serving, window
from tests.loopback import Asked, Loopback, Reply
from tests.web import RAW_PORT, ask, ask_port

PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
HOSTILE = """<!DOCTYPE html><html><head><base href="https://evil.example/"><title>An article</title>
<meta http-equiv="refresh" content="0; url=URL/refresh"><meta charset="utf-8">
<link rel="stylesheet" href="URL/style.css"><link rel="dns-prefetch" href="URL">
<link rel="preload" href="URL/x" as="image">
<style>@import "URL/import.css"; body { background: url(URL/ground.png) }
@font-face { font-family: x; src: url(URL/font) } h1 { font-family: x }</style>
<script src="URL/script.js"></script></head>
<body onload="fetch('URL/onload')" background="URL/background.png" style="background: url(URL/styled.png)">
<h1 id="top">标题</h1><p onclick="alert(1)">The text <a href="javascript:alert(1)">one</a>
<a href="URL/away" ping="URL/ping">two</a>
<a href="#top" target="_top">top</a></p>
<script>document.title = "broken"; parent.document.title = "broken"; fetch("URL/fetched")</script>
<iframe src="URL/frame"></iframe><object data="URL/object"></object><embed src="URL/embed">
<form action="URL/form"><input name="a" autofocus onfocus="alert(1)"><button>Send</button></form>
<img src="URL/image.png" srcset="URL/set.png 2x" alt="A graph" onerror="fetch('URL/onerror')">
<img src="PIXEL" alt="dot">
<picture><source srcset="URL/source.webp"><img data-src="/lazy.jpg" alt="lazy"></picture>
<svg onload="alert(1)"><image href="URL/svg.png"/><script>alert(1)</script></svg>
<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>
<video src="URL/video" poster="URL/poster.png" autoplay></video><noscript><img src="URL/noscript.png"></noscript>
<template><script>alert(1)</script></template><!-- <img src=URL/comment.png> --></body></html>"""


def page(body: str | bytes, url: str = "https://news.example/a/1") -> Page:
    return Page(url=url, body=body if isinstance(body, bytes) else body.encode(), content_type="text/html")


def safe(body: str | bytes, encoding: str = "utf-8") -> str:
    return safe_html(page(body), encoding).decode()


def test_nothing_of_a_hostile_page_runs_asks_or_leads_away() -> None:
    shown = safe(HOSTILE.replace("URL", "https://evil.example").replace("PIXEL", PIXEL))
    tags = set(re.findall(r"<([a-z]\w*)", shown))
    assert tags <= {"html", "head", "title", "style", "body", "h1", "p", "a", "img"}
    assert set(re.findall(r"\s(on\w+|srcset|ping|background|target|poster|action|http-equiv)=", shown)) == set()
    assert set(re.findall(r'href="([^"]*)"', shown)) == {"#top"}
    assert {source.partition(",")[0] for source in re.findall(r'src="([^"]*)"', shown)} == {
        "data:image/svg+xml",
        "data:image/gif;base64",
    }
    assert 'title="https://evil.example/away"' in shown
    assert 'title="https://news.example/lazy.jpg"' in shown
    assert '<h1 id="top">标题</h1>' in shown
    assert 'alt="A graph"' in shown
    assert "javascript:" not in shown


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", "<p></p>"),
        ("plain text", "plain text"),
        ("<p>a\0b", "a\ufffdb"),
        ("<p>a&#0;b", "a"),
        ("<frameset><frame src=x></frameset>", "html"),
        (f'<img src="data:image/png;base64,{"A" * MAX_DATA}">', "data:image/svg+xml"),
        ('<img src="data:image/svg+xml,<svg onload=alert(1)>">', "data:image/svg+xml,%3Csvg"),
        ("<div>" * 5_000 + "deep", "html"),
        ("<a href='http://[broken'>x</a>", "<a>x</a>"),
    ],
)
def test_odd_pages_are_shown(body: str, expected: str) -> None:
    assert expected in safe(body)


@given(st.text("<>/\"'= abhimgsvrcontyle:#&;!-\0\ud83d", max_size=60) | st.text(max_size=40))
def test_any_text_is_made_safe(text: str) -> None:
    shown = safe(text.encode("utf-8", "surrogatepass"))
    assert not re.search(r"<(?:script|iframe|object|embed|form|input|link|meta|base|svg|math)\b", shown)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "big5", "utf-16"])
def test_a_page_is_decoded_as_the_article_was(encoding: str) -> None:
    body = "<meta charset='iso-8859-1'><p>硬皮病的治療</p>".encode(encoding)
    assert "硬皮病的治療" in safe(body, encoding)


def test_a_page_of_8_mb_is_shown() -> None:
    assert safe("<p>段落</p>" * 600_000).count("<p>") == 600_000


def raw_served(archive: Path, raw: RawOrigin, *names: str) -> Application:
    return application(datasette(archive, raw=raw), names=names, raw=raw)


@dataclass
class Kept:
    """An archive with WARC files."""

    path: Path

    def add(self, bodies: list[str | bytes], *, url: str = "https://news.example/a/1", **changes: object) -> None:
        """Stores a page that was fetched with each of the bodies, one revision for each."""
        db = open_archive(self.path)
        writer = WarcWriter(warc_folder(self.path), "test")
        for number, content in enumerate(bodies):
            body = content if isinstance(content, bytes) else content.encode()
            when = datetime(2024, 6, 1 + number, tzinfo=UTC)
            kind = str(changes.get("content_type", "text/html; charset=utf-8"))
            withheld = bool(changes.get("withheld"))
            place = writer.write(
                Exchange(
                    url=url, fetched_at=when, method="GET", request_headers=[], status=200, reason="OK",
                    headers=[("Content-Type", kind)], body=body, withheld=withheld,
                )
            )  # fmt: skip
            add_pages(db, [NewPage(url=url, host="news.example", site="demo")], timestamp(when))
            (page_id,) = db.execute("select id from pages where url = ?", [url]).fetchone()
            article = an_article(url=url, text=f"Text number {number}.", citations=(), references=())
            result = FetchResult(
                page=due_page(page_id, url), url=url, fetched_at=timestamp(when), status=200, content_type=kind,
                size=len(body), digest=hashlib.sha1(body).hexdigest(), warc=place, outcome="stored", due_at=None,
                article=article, withheld=withheld,
            )  # fmt: skip
            record(db, None, result)
        writer.close()
        db.close()

    def ask(self, path: str, *, raw: bool = False, **headers: str) -> tuple[int, str, dict[str, str]]:
        """The answer at the port of the archive, or of the raw pages."""
        answer = ask_port(self.path, path, raw=raw, **headers)
        return answer.status_code, answer.text, dict(answer.headers)


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    new_archive(tmp_path).close()
    return Kept(tmp_path / "healthnews.db")


def test_each_revision_is_shown_with_its_facts(kept: Kept) -> None:
    kept.add(["<p>The first.</p>", "<p>The second.</p>"])
    status, text, headers = kept.ask("/healthnews/-/article/1/received")
    assert status == 200
    assert f'<iframe class="hn-received" sandbox="" src="http://localhost:{RAW_PORT}/healthnews/1/2"' in text
    assert hashlib.sha1(b"<p>The second.</p>").hexdigest() in text
    assert "2024-06-02 00:00" in text
    assert "18 bytes, gb18030" in text
    assert "/healthnews/-/article/1/revision/1/received" in text
    assert headers["content-security-policy"].endswith(f"frame-src http://localhost:{RAW_PORT}")
    assert (
        f'src="http://localhost:{RAW_PORT}/healthnews/1/1"'
        in kept.ask("/healthnews/-/article/1/revision/1/received")[1]
    )
    assert "/healthnews/-/article/1/received" in kept.ask("/healthnews/-/article/1")[1]
    for revision, words in (("1", "The first."), ("2", "The second.")):
        status, text, headers = kept.ask(f"/healthnews/1/{revision}", raw=True)
        assert (status, words in text) == (200, True)
        assert headers["content-type"] == "text/html; charset=utf-8"
        assert headers["content-security-policy"].startswith(f"{POLICY}; frame-ancestors http://localhost:*")
        assert "x-frame-options" not in headers
        assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/1/1",
        "/healthnews/1/9",
        "/healthnews/9/1",
        "/other/1/1",
        "/healthnews",
        "/-/static/app.css",
        "/healthnews/1/1.json",
    ],
)
def test_the_raw_origin_has_nothing_else(kept: Kept, path: str) -> None:
    kept.add(["<p>One.</p>"])
    status, text, headers = kept.ask(path, raw=True)
    assert status == 404
    assert text.count("\n") == 1
    assert headers["content-security-policy"].startswith(POLICY)


def test_the_raw_origin_is_guarded(kept: Kept) -> None:
    kept.add(["<p>One.</p>"])
    assert kept.ask("/healthnews/1/1", raw=True, host="evil.example")[0] == 421
    assert kept.ask("/healthnews/1/1", raw=True, sec_fetch_site="cross-site", sec_fetch_dest="iframe")[0] == 403
    assert kept.ask("/healthnews/1/1", raw=True, sec_fetch_site="same-site", sec_fetch_dest="iframe")[0] == 200


def test_pages_without_bytes_are_a_sentence_without_a_frame(kept: Kept) -> None:
    cases: dict[str, dict[str, object]] = {
        "asks for no archived copy": {"withheld": True},
        "received as application/pdf, which": {"content_type": "application/pdf"},
    }
    for number, (sentence, changes) in enumerate(cases.items(), start=1):
        kept.add(["<p>SECRET</p>"], url=f"https://news.example/{number}", **changes)
        check_absent(kept, number, sentence)


def check_absent(kept: Kept, article: int, sentence: str) -> None:
    status, text, _ = kept.ask(f"/healthnews/-/article/{article}/received")
    assert (status, sentence in text, "<iframe" in text) == (200, True, False)
    status, text, _ = kept.ask(f"/healthnews/{article}/1", raw=True)
    assert (status, sentence in text, "SECRET" in text) == (404, True, False)


def test_an_excluded_page_is_not_shown(kept: Kept) -> None:
    kept.add(["<p>SECRET</p>"])
    with sqlite3.connect(kept.path) as connection:
        sql = "insert into optouts (kind, pattern, added_at, pages) values ('host', 'news.example', '2024-07-01', 0)"
        connection.execute(sql)
    connection.close()
    check_absent(kept, 1, "opted out")


def test_a_missing_or_damaged_warc_file_is_a_sentence(kept: Kept) -> None:
    kept.add(["<p>SECRET</p>"])
    [file] = warc_folder(kept.path).glob("*.warc.gz")
    content = file.read_bytes()
    file.write_bytes(b"\0" * len(content))
    check_absent(kept, 1, f"its record in {file.name} is missing or damaged")
    file.unlink()
    check_absent(kept, 1, f"its record in {file.name} is missing or damaged")


def test_a_repeated_page_is_read_from_the_record_of_the_same_bytes(kept: Kept) -> None:
    kept.add(["<p>One.</p>", "<p>Two.</p>", "<p>One.</p>"])
    with sqlite3.connect(kept.path) as connection:  # as if the third record only referred to the first
        connection.execute("update fetches set warc_offset = 1 where id = (select max(id) from fetches)")
    connection.close()
    assert "One." in kept.ask("/healthnews/1/3", raw=True)[1]


def test_a_server_without_a_raw_origin_says_so(kept: Kept) -> None:
    kept.add(["<p>One.</p>"])
    answer = ask(application(datasette(kept.path)), "/healthnews/-/article/1/received")
    assert "This server has no origin for pages of others" in answer.text
    assert "<iframe" not in answer.text
    assert "/received" not in ask(application(datasette(kept.path)), "/healthnews/-/article/1").text


def test_a_proxy_gives_the_raw_origin_a_name(kept: Kept) -> None:
    kept.add(["<p>One.</p>"])
    app = raw_served(kept.path, RawOrigin(RAW_PORT, "https://raw.news.example/"), "news.example")
    answer = ask(app, "/healthnews/-/article/1/received", headers={"host": "news.example"})
    assert 'src="https://raw.news.example/healthnews/1/1"' in answer.text
    assert answer.headers["content-security-policy"].endswith("frame-src https://raw.news.example")


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[Asked]]]:
    """Another site, and what it is asked for."""
    with Loopback(lambda _: Reply(200, b"got it")) as site:
        yield site.url, site.asked


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_hostile_page_gets_nowhere_in_a_browser(
    kept: Kept, elsewhere: tuple[str, list[Asked]], language: str, scheme: Literal["light", "dark"]
) -> None:
    url, asked = elsewhere
    kept.add([HOSTILE.replace("URL", url).replace("PIXEL", PIXEL)])
    with (
        chromium() as browser,
        serving(kept.path) as address,
        window(browser, base_url=address, locale=language, color_scheme=scheme, viewport=PHONE) as shown,
    ):
        listener = Listener(shown)
        open_at(shown, "/healthnews/-/article/1/received")
        frame = shown.frames[1]
        assert frame.locator("h1").inner_text() == "标题"
        assert frame.url != "about:blank"
        assert frame.evaluate("[origin, document.title]") == ["null", "An article"]
        assert "broken" not in shown.title()
        assert shown.evaluate("document.documentElement.scrollWidth") <= 360
        frame.get_by_text("two").click()
        frame.get_by_text("top").click()
        shown.wait_for_timeout(500)
        assert len(shown.frames) == 2
        assert frame.locator("h1").inner_text() == "标题"
        hosts = {each.split("/")[2] for each in listener.asked if not each.startswith("data:")}
        assert hosts == {address.split("/")[2], frame.url.split("/")[2]}
        assert asked == []
